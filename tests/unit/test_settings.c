/* SPDX-License-Identifier: BSD-2-Clause */
/* test_settings.c - the hook's parameters and the one line that says what is wrong with them. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway-hook/settings.h"

#define IDENTITY "\"manufacturer-oui\": \"0011aa\", \"serial-number\": \"GW-1\""

static struct settings settings;
static char error[SETTINGS_ERROR_MAX];

static void only_the_identity_is_required(void **state)
{
        (void)state;
        assert_int_equal(settings_parse("{" IDENTITY "}", &settings, error, sizeof(error)), 0);
        assert_string_equal(settings.identity.oui, "0011AA");
        assert_string_equal(settings.identity.serial, "GW-1");
        assert_string_equal(settings.identity.product_class, "");
        assert_string_equal(settings.journal, ASSOC_JOURNAL);
        assert_int_equal(settings.interface_count, 0);
        assert_true(settings_serve(&settings, "anything"));
        assert_false(settings.relayed);
        assert_int_equal(settings.max_devices, 1024);
        assert_int_equal(settings.max_per_client, 4);
        assert_true(settings.neighbour_watch.enabled);
        assert_int_equal(settings.neighbour_watch.interval, 60);
        assert_int_equal(settings.neighbour_watch.rounds, 3);
}

static void every_parameter_is_read(void **state)
{
        (void)state;
        assert_int_equal(
                settings_parse("{" IDENTITY ", \"product-class\": \"Box\", \"journal\": \"/x/y\", "
                               "\"interfaces\": [\"br0\", \"wlan0\"], \"relayed\": true, \"max-devices\": 7, "
                               "\"max-per-client\": 2, \"neighbour-watch\": "
                               "{\"enabled\": false, \"interval\": 10, \"rounds\": 5}}",
                               &settings, error, sizeof(error)),
                0);
        assert_string_equal(settings.identity.product_class, "Box");
        assert_string_equal(settings.journal, "/x/y");
        assert_int_equal(settings.interface_count, 2);
        assert_true(settings_serve(&settings, "wlan0"));
        assert_false(settings_serve(&settings, "wlan"));
        assert_false(settings_serve(&settings, "eth0"));
        assert_true(settings.relayed);
        assert_int_equal(settings.max_devices, 7);
        assert_int_equal(settings.max_per_client, 2);
        assert_false(settings.neighbour_watch.enabled);
        assert_int_equal(settings.neighbour_watch.interval, 10);
        assert_int_equal(settings.neighbour_watch.rounds, 5);
}

static const struct {
        const char *json, *error;
} refused[] = {
        {NULL, "parameter 'manufacturer-oui': expected six hexadecimal digits, got nothing: it is required"},
        {"null",
         "parameter 'manufacturer-oui': expected six hexadecimal digits, got nothing: it is required"},
        {"{\"manufacturer-oui\": \"0011AA\"}",
         "parameter 'serial-number': expected 1 to 64 bytes of text, got nothing: it is required"},
        {"{\"serial-number\": \"1\"}",
         "parameter 'manufacturer-oui': expected six hexadecimal digits, got nothing: it is required"},
        {"[1]", "parameter 'parameters': expected an object, got [1]"},
        {"{\"manufacturer-oui\": \"0011A\", \"serial-number\": \"1\"}",
         "parameter 'manufacturer-oui': expected six hexadecimal digits, got \"0011A\""},
        {"{\"manufacturer-oui\": \"0011AG\", \"serial-number\": \"1\"}",
         "parameter 'manufacturer-oui': expected six hexadecimal digits, got \"0011AG\""},
        {"{\"manufacturer-oui\": 112233, \"serial-number\": \"1\"}",
         "parameter 'manufacturer-oui': expected a string, got 112233"},
        {"{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"\"}",
         "parameter 'serial-number': expected 1 to 64 bytes of text, got \"\""},
        {"{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"a\\u0000b\"}",
         "parameter 'serial-number': expected a string, got \"a\\u0000b\""},
        {"{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"a\\nb\"}",
         "parameter 'serial-number': expected 1 to 64 bytes of text, got \"a\\nb\""},
        {"{" IDENTITY ", \"product-class\": "
         "\"12345678901234567890123456789012345678901234567890123456789012345\"}",
         "parameter 'product-class': expected 0 to 64 bytes of text, got "
         "\"1234567890123456789012345678901234567890123456789012345..."},
        {"{" IDENTITY ", \"journal\": \"relative\"}",
         "parameter 'journal': expected the absolute path of a file, got \"relative\""},
        {"{" IDENTITY ", \"journal\": \"/folder/\"}",
         "parameter 'journal': expected the absolute path of a file, got \"/folder/\""},
        {"{" IDENTITY ", \"interfaces\": \"br0\"}",
         "parameter 'interfaces': expected a list of 1 to 64 interface names, got \"br0\""},
        {"{" IDENTITY ", \"interfaces\": []}",
         "parameter 'interfaces': expected a list of 1 to 64 interface names, got []"},
        {"{" IDENTITY ", \"interfaces\": [\"br0\", 7]}",
         "parameter 'interfaces': expected interface names of 1 to 15 characters, got 7"},
        {"{" IDENTITY ", \"interfaces\": [\"a234567890123456\"]}",
         "parameter 'interfaces': expected interface names of 1 to 15 characters, got \"a234567890123456\""},
        {"{" IDENTITY ", \"relayed\": 1}", "parameter 'relayed': expected true or false, got 1"},
        {"{" IDENTITY ", \"max-devices\": 0}",
         "parameter 'max-devices': expected a whole number from 1 to 65536, got 0"},
        {"{" IDENTITY ", \"max-devices\": 65537}",
         "parameter 'max-devices': expected a whole number from 1 to 65536, got 65537"},
        {"{" IDENTITY ", \"max-devices\": -1}",
         "parameter 'max-devices': expected a whole number from 1 to 65536, got -1"},
        {"{" IDENTITY ", \"max-devices\": 1.5}",
         "parameter 'max-devices': expected a whole number from 1 to 65536, got 1.5"},
        {"{" IDENTITY ", \"max-devices\": 99999999999}",
         "parameter 'max-devices': expected a whole number from 1 to 65536, got 99999999999"},
        {"{" IDENTITY ", \"max-per-client\": \"4\"}",
         "parameter 'max-per-client': expected a whole number from 1 to 1024, got \"4\""},
        {"{" IDENTITY ", \"neighbour-watch\": true}",
         "parameter 'neighbour-watch': expected an object, got true"},
        {"{" IDENTITY ", \"neighbour-watch\": {\"interval\": 1}}",
         "parameter 'neighbour-watch.interval': expected a whole number from 5 to 86400, got 1"},
        {"{" IDENTITY ", \"neighbour-watch\": {\"retries\": 1}}",
         "unknown parameter neighbour-watch.\"retries\", expected one of enabled, interval, rounds"},
        {"{" IDENTITY ", \"max-device\": 1}",
         "unknown parameter \"max-device\", expected one of manufacturer-oui, serial-number, product-class, "
         "journal, "
         "interfaces, relayed, max-devices, max-per-client, neighbour-watch"},
        {"{" IDENTITY ", \"\\u001b[31m\": 1}",
         "unknown parameter \"\\u001b[31m\", expected one of manufacturer-oui, serial-number, product-class, "
         "journal, "
         "interfaces, relayed, max-devices, max-per-client, neighbour-watch"},
};

static void a_bad_parameter_is_named_with_what_was_expected_and_what_came(void **state)
{
        (void)state;
        for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
                memset(&settings, 0x5a, sizeof(settings));
                assert_int_equal(settings_parse(refused[i].json, &settings, error, sizeof(error)), -EINVAL);
                assert_string_equal(error, refused[i].error);
                assert_int_equal(settings.max_devices, 0x5a5a5a5a);
        }
}

static void the_longest_path_leaves_room_for_the_rewrite(void **state)
{
        char json[PATH_MAX + 200], path[PATH_MAX + 1];

        (void)state;
        for (size_t length = PATH_MAX - 7; length < PATH_MAX; length++) {
                memset(path, 'x', length);
                path[0] = '/';
                path[length] = '\0';
                snprintf(json, sizeof(json), "{" IDENTITY ", \"journal\": \"%s\"}", path);
                assert_int_equal(settings_parse(json, &settings, error, sizeof(error)),
                                 length + 5 <= PATH_MAX ? 0 : -EINVAL);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_the_identity_is_required),
                cmocka_unit_test(every_parameter_is_read),
                cmocka_unit_test(a_bad_parameter_is_named_with_what_was_expected_and_what_came),
                cmocka_unit_test(the_longest_path_leaves_room_for_the_rewrite),
        };

        return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
