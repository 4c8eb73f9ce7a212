/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_report.c - what the control commands answer. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <json.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/gateway_internal.h"
#include "libassoc/kea_json.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/gateway_play.h"

/* The table's devices, as most tests have them. */
#define BOX                                                                                                  \
        "{\"instance\":1,\"oui\":\"00D09E\",\"serial\":\"BOX\",\"class\":\"\",\"present\":true,"             \
        "\"since\":1000,\"bindings\":["                                                                      \
        "{\"address\":\"192.0.2.9\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":\"br0\","                 \
        "\"source\":\"lease\",\"away\":false,\"expires\":0},"                                                \
        "{\"address\":\"192.0.2.10\",\"hwaddr\":\"02:00:00:00:00:02\",\"interface\":\"br0\","                \
        "\"source\":\"inform\",\"away\":true,\"expires\":200000}]}"
#define PHONE                                                                                                \
        "{\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"PHONE \\\"é\\\\\",\"class\":\"VoIP\","             \
        "\"present\":false,\"since\":1000,\"bindings\":["                                                    \
        "{\"address\":\"192.0.2.20\",\"hwaddr\":\"\",\"interface\":\"\","                                    \
        "\"source\":\"lease\",\"away\":true,\"expires\":200000}]}"

static void commit(const struct device_record *record)
{
        struct gateway_claim claim = {.type = GATEWAY_CLAIM_DEVICE, .inspected = true, .record = *record};

        gateway_commit(gateway, &claim, NOW);
}

static void add(const char *serial, const char *address, const char *hwaddr)
{
        struct device_record record = fixture_record(serial, address, hwaddr);

        commit(&record);
}

static void add_box_and_phone(void)
{
        struct device_record second = fixture_record("BOX", "192.0.2.10", MAC2);
        struct device_record phone = fixture_record("PHONE", "192.0.2.20", MAC1);

        second.source = DEVICE_SOURCE_INFORM;
        second.away = true;
        second.expires = 2 * NOW;
        commit(&second);
        add("BOX", "192.0.2.9", MAC1);
        assert_int_equal(assoc_identity_set(&phone.identity, "00D09E", "PHONE \"é\\", "VoIP", NULL), 0);
        phone.hwaddr_size = 0;
        phone.interface[0] = '\0';
        phone.away = true;
        phone.expires = 2 * NOW;
        commit(&phone);
}

static void assert_answer(const char *command, const char *arguments, const char *expected)
{
        char *reply = gateway_command(gateway, command, arguments);

        assert_non_null(reply);
        assert_string_equal(reply, expected);
        free(reply);
}

static void assert_refused(const char *command, const char *arguments, const char *text)
{
        char expected[512];

        snprintf(expected, sizeof(expected), "{\"result\":1,\"text\":\"%s\"}", text);
        assert_answer(command, arguments, expected);
}

/* The reply, parsed; ends by json_object_put(). */
static struct json_object *ask(const char *command, const char *arguments)
{
        char *reply = gateway_command(gateway, command, arguments);
        struct json_object *object;

        assert_non_null(reply);
        object = json_tokener_parse(reply);
        assert_non_null(object);
        free(reply);
        return object;
}

static struct json_object *member(struct json_object *object, const char *key)
{
        struct json_object *value;

        assert_true(json_object_object_get_ex(object, key, &value));
        return value;
}

static int64_t number(struct json_object *object, const char *key)
{
        assert_true(json_object_is_type(member(object, key), json_type_int));
        return json_object_get_int64(member(object, key));
}

static void a_list_of_no_devices_is_the_result_for_nothing_found(void **state)
{
        (void)state;
        assert_answer("assoc-device-list", NULL,
                      "{\"result\":3,\"text\":\"0 device(s) found.\","
                      "\"arguments\":{\"devices\":[],\"count\":0}}");
}

static void a_list_has_entries_by_number_and_their_bindings_by_address(void **state)
{
        (void)state;
        add_box_and_phone();
        assert_answer("assoc-device-list", "{}",
                      "{\"result\":0,\"text\":\"2 device(s) found.\","
                      "\"arguments\":{\"devices\":[" BOX "," PHONE "],\"count\":2}}");
}

static void a_page_begins_above_from_and_has_at_most_limit_devices(void **state)
{
        (void)state;
        add_box_and_phone();
        assert_answer("assoc-device-list", "{\"limit\":1}",
                      "{\"result\":0,\"text\":\"1 device(s) found.\","
                      "\"arguments\":{\"devices\":[" BOX "],\"count\":1}}");
        assert_answer("assoc-device-list", "{\"from\":1,\"limit\":1}",
                      "{\"result\":0,\"text\":\"1 device(s) found.\","
                      "\"arguments\":{\"devices\":[" PHONE "],\"count\":1}}");
        assert_answer("assoc-device-list", "{\"from\":2,\"limit\":1}",
                      "{\"result\":3,\"text\":\"0 device(s) found.\","
                      "\"arguments\":{\"devices\":[],\"count\":0}}");
}

static void add_many(unsigned int count)
{
        for (unsigned int i = 0; i < count; i++) {
                char serial[16], address[24], hwaddr[24];

                snprintf(serial, sizeof(serial), "S%u", i);
                snprintf(address, sizeof(address), "10.0.%u.%u", i / 256, i % 256);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:%02x:%02x", i / 256, i % 256);
                add(serial, address, hwaddr);
        }
}

/* Numbers of one page, which must rise above `from`; returns the last, and adds to *count. */
static int64_t take_page(int64_t from, int64_t limit, unsigned int *count)
{
        char arguments[64];
        struct json_object *reply, *devices;

        snprintf(arguments, sizeof(arguments), "{\"from\": %d, \"limit\": %d}", (int)from, (int)limit);
        reply = ask("assoc-device-list", arguments);
        devices = member(member(reply, "arguments"), "devices");
        assert_in_range(json_object_array_length(devices), 0, limit);
        for (size_t i = 0; i < json_object_array_length(devices); i++) {
                int64_t instance = number(json_object_array_get_idx(devices, i), "instance");

                assert_true(instance > from);
                from = instance;
                (*count)++;
        }
        json_object_put(reply);
        return from;
}

static void pages_of_any_size_have_every_device_once(void **state)
{
        (void)state;
        add_many(300);
        /* Free slots in the middle, filled with higher numbers. */
        for (int i = 100; i < 110; i++) {
                char address[24];

                snprintf(address, sizeof(address), "10.0.0.%d", i);
                gateway_lease_ended(gateway, fixture_address(address), NULL, 0, "release", NOW);
        }
        add("LATE", "10.1.0.1", "02:00:00:01:00:01");
        for (int64_t limit = 1; limit <= 1000; limit = limit * 3 + 1) {
                unsigned int count = 0;
                int64_t from = 0, last;

                while ((last = take_page(from, limit, &count)) != from)
                        from = last;
                assert_int_equal(count, 291);
                assert_int_equal(from, 301);
        }
}

static void a_device_is_got_by_identity_by_address_and_by_number(void **state)
{
        static const char *const asked[] = {
                "{\"manufacturer-oui\":\"00d09e\",\"serial-number\":\"BOX\"}",
                "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"BOX\",\"product-class\":\"\"}",
                "{\"ip-address\":\"192.0.2.9\"}",
                "{\"ip-address\":\"192.0.2.10\"}",
                "{\"instance\":1}",
        };

        (void)state;
        add_box_and_phone();
        for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
                assert_answer("assoc-device-get", asked[i],
                              "{\"result\":0,\"text\":\"Device found.\",\"arguments\":" BOX "}");
        assert_answer("assoc-device-get",
                      "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"PHONE \\\"é\\\\\","
                      "\"product-class\":\"VoIP\"}",
                      "{\"result\":0,\"text\":\"Device found.\",\"arguments\":" PHONE "}");
}

static void a_device_that_is_not_there_is_the_result_for_nothing_found(void **state)
{
        static const char *const asked[] = {
                "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"box\"}",
                "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"BOX\",\"product-class\":\"STB\"}",
                "{\"ip-address\":\"192.0.2.11\"}",
                "{\"ip-address\":\"0.0.0.0\"}",
                "{\"instance\":4294967295}",
        };

        (void)state;
        add_box_and_phone();
        for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
                assert_answer("assoc-device-get", asked[i], "{\"result\":3,\"text\":\"Device not found.\"}");
}

static void wrong_arguments_are_refused_with_what_was_expected_and_what_came(void **state)
{
#define ONE_OF "expected one of 'instance', 'ip-address', and 'manufacturer-oui' with 'serial-number', got "
        static const struct {
                const char *command, *arguments, *text;
        } rows[] = {
                {"list", "{\"limit\":0}",
                 "argument 'limit': expected a whole number from 1 to 4294967295, got 0"},
                {"list", "{\"limit\":1.5}",
                 "argument 'limit': expected a whole number from 1 to 4294967295, got 1.5"},
                {"list", "{\"from\":-1}",
                 "argument 'from': expected a whole number from 0 to 4294967295, got -1"},
                {"list", "{\"from\":4294967296}",
                 "argument 'from': expected a whole number from 0 to 4294967295, got 4294967296"},
                {"list", "{\"form\":1}", "unknown argument \\\"form\\\", expected one of from, limit"},
                {"list", "7", "argument 'arguments': expected an object, got 7"},
                {"list", "null", "argument 'arguments': expected an object, got null"},
                {"list", "no JSON", "argument 'arguments': expected an object, got null"},
                {"get", NULL, ONE_OF "none"},
                {"get", "{\"instance\":1,\"ip-address\":\"192.0.2.9\"}", ONE_OF "several"},
                {"get", "{\"instance\":0}",
                 "argument 'instance': expected a whole number from 1 to 4294967295, got 0"},
                {"get", "{\"ip-address\":\"192.0.2\"}",
                 "argument 'ip-address': expected an IPv4 address, got \\\"192.0.2\\\""},
                {"get", "{\"ip-address\":3}", "argument 'ip-address': expected an IPv4 address, got 3"},
                {"get", "{\"serial-number\":\"BOX\"}",
                 "argument 'manufacturer-oui': expected six hexadecimal digits, got nothing: it is required"},
                {"get", "{\"manufacturer-oui\":\"00D09E\"}",
                 "argument 'serial-number': expected 1 to 64 bytes of text, got nothing: it is required"},
                {"get", "{\"manufacturer-oui\":\"D09E\",\"serial-number\":\"BOX\"}",
                 "argument 'manufacturer-oui': expected six hexadecimal digits, got \\\"D09E\\\""},
                {"get", "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"a\\u001bb\"}",
                 "argument 'serial-number': expected 1 to 64 bytes of text, got \\\"a\\\\u001bb\\\""},
                {"get", "{\"manufacturer-oui\":\"00D09E\",\"serial-number\":\"a\\u0000b\"}",
                 "argument 'serial-number': expected a string, got \\\"a\\\\u0000b\\\""},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char command[32];

                snprintf(command, sizeof(command), "assoc-device-%s", rows[i].command);
                assert_refused(command, rows[i].arguments, rows[i].text);
        }
        assert_refused("assoc-status", "{\"all\":true}", "unknown argument \\\"all\\\", expected none");
        assert_refused("assoc-device-lose", NULL, "expected a command of the association hook, got another");
}

static void status_tells_identity_table_limits_journal_and_watch(void **state)
{
        char expected[512];
        struct json_object *reply, *arguments;

        (void)state;
        add_box_and_phone();
        reply = ask("assoc-status", NULL);
        assert_int_equal(number(reply, "result"), 0);
        arguments = member(reply, "arguments");
        assert_string_equal(json_object_get_string(member(arguments, "version")), PACKAGE_VERSION);
        assert_int_equal(number(arguments, "since"), NOW);
        assert_string_equal(json_object_get_string(member(arguments, "manufacturer-oui")), "0011AA");
        assert_string_equal(json_object_get_string(member(arguments, "serial-number")), "GW");
        assert_string_equal(json_object_get_string(member(arguments, "product-class")), "");
        assert_string_equal(
                json_object_to_json_string_ext(member(arguments, "table"), JSON_C_TO_STRING_PLAIN),
                "{\"devices\":2,\"addresses\":3,\"max-devices\":1024,\"max-addresses\":2048,"
                "\"max-per-client\":4}");
        snprintf(expected, sizeof(expected), "{\"path\":\"%s\",\"state\":\"ok\",\"lines\":4}", path);
        assert_string_equal(
                json_object_to_json_string_ext(member(arguments, "journal"),
                                               JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
                expected);
        assert_string_equal(
                json_object_to_json_string_ext(member(arguments, "neighbour-watch"), JSON_C_TO_STRING_PLAIN),
                "{\"state\":\"failed\",\"interval\":60,\"rounds\":3}");
        json_object_put(reply);
}

static const char *watch_state(void)
{
        static char text[16];
        struct json_object *reply = ask("assoc-status", NULL);

        snprintf(text, sizeof(text), "%s",
                 json_object_get_string(
                         member(member(member(reply, "arguments"), "neighbour-watch"), "state")));
        json_object_put(reply);
        return text;
}

static void status_tells_whether_the_neighbour_watch_runs(void **state)
{
        (void)state;
        assert_true(gateway_watch_start(gateway, NOW) >= 0);
        assert_string_equal(watch_state(), "running");
        restart(", \"neighbour-watch\": {\"enabled\": false}", NOW);
        assert_string_equal(watch_state(), "off");
}

static void status_tells_when_the_journal_is_behind(void **state)
{
        struct json_object *reply, *arguments;
        char blocked[sizeof(path) + 8];

        (void)state;
        /* A folder stands where the rewritten journal has to go. */
        assert_int_equal(unlink(path), 0);
        snprintf(blocked, sizeof(blocked), "%s.new", path);
        assert_int_equal(mkdir(blocked, 0700), 0);
        add("BOX", "192.0.2.9", MAC1);
        reply = ask("assoc-status", NULL);
        arguments = member(reply, "arguments");
        assert_string_equal(json_object_get_string(member(member(arguments, "journal"), "state")), "behind");
        assert_int_equal(number(member(arguments, "counters"), "journal-errors"), 1);
        json_object_put(reply);
}

/* The rows stand in the order of the struct. */
static void status_has_each_counter_under_its_name(void **state)
{
        static const char expected[] =
                "{\"identified\":1,\"answered\":2,\"invalid\":3,\"other-role\":4,\"added\":5,\"removed\":6,"
                "\"lost\":7,\"returned\":8,\"table-full\":9,\"client-limit\":10,\"informs-refused\":11,"
                "\"informs-forged\":12,\"option-errors\":13,\"journal-errors\":14";
        uint64_t *counters = (uint64_t *)(void *)&gateway->counters;
        struct json_object *reply;

        (void)state;
        for (size_t i = 0; i < sizeof(gateway->counters) / sizeof(uint64_t); i++)
                counters[i] = i + 1;
        reply = ask("assoc-status", NULL);
        /* Others may follow. */
        assert_memory_equal(json_object_to_json_string_ext(member(member(reply, "arguments"), "counters"),
                                                           JSON_C_TO_STRING_PLAIN),
                            expected, sizeof(expected) - 1);
        json_object_put(reply);
}

static void an_answer_for_which_memory_runs_out_is_none(void **state)
{
        unsigned int n = 0;
        char *reply;

        (void)state;
        add_box_and_phone();
        do {
                fixture_fail_allocation((int)++n);
                reply = gateway_command(gateway, "assoc-device-list", NULL);
        } while (reply == NULL);
        fixture_fail_allocation(0);
        assert_true(n > 2);
        free(reply);
}

static void *come_and_go(void *context)
{
        (void)context;
        for (int i = 0; i < 2000; i++) {
                add("BOX", "192.0.2.9", MAC1);
                gateway_lease_ended(gateway, fixture_address("192.0.2.9"), NULL, 0, "release", NOW);
        }
        return NULL;
}

static void a_list_is_whole_while_devices_come_and_go(void **state)
{
        pthread_t thread;

        (void)state;
        add_many(200);
        assert_int_equal(pthread_create(&thread, NULL, come_and_go, NULL), 0);
        for (int i = 0; i < 20; i++) {
                unsigned int count = 0;

                take_page(0, 1000, &count);
                assert_in_range(count, 200, 201);
        }
        pthread_join(thread, NULL);
}

static void what_kea_escapes_becomes_utf_8_again(void **state)
{
        static const struct {
                const char *kea, *utf8;
        } rows[] = {
                {"\"\\u00c3\\u00a9\"", "\"é\""},
                {"\"\\u00C3\\u00A9\"", "\"é\""},
                {"\"\\u007f\\u001f\"", "\"\\u007f\\u001f\""},
                {"\"\\u0100\"", "\"\\u0100\""},
                {"\"\\\\u00c3\"", "\"\\\\u00c3\""},
                {"\"\\\\\\u00c3\\u00a9\"", "\"\\\\é\""},
                {"\"\\\"\\u00c3\\u00a9\"", "\"\\\"é\""},
                {"\\u00c", "\\u00c"},
                {"\\u00", "\\u00"},
                {"\\", "\\"},
                {"", ""},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                char text[64];

                strcpy(text, rows[i].kea);
                kea_json_restore(text);
                assert_string_equal(text, rows[i].utf8);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                GATEWAY_TEST(a_list_of_no_devices_is_the_result_for_nothing_found),
                GATEWAY_TEST(a_list_has_entries_by_number_and_their_bindings_by_address),
                GATEWAY_TEST(a_page_begins_above_from_and_has_at_most_limit_devices),
                GATEWAY_TEST(pages_of_any_size_have_every_device_once),
                GATEWAY_TEST(a_device_is_got_by_identity_by_address_and_by_number),
                GATEWAY_TEST(a_device_that_is_not_there_is_the_result_for_nothing_found),
                GATEWAY_TEST(wrong_arguments_are_refused_with_what_was_expected_and_what_came),
                GATEWAY_TEST(status_tells_identity_table_limits_journal_and_watch),
                GATEWAY_TEST(status_tells_whether_the_neighbour_watch_runs),
                GATEWAY_TEST(status_tells_when_the_journal_is_behind),
                GATEWAY_TEST(status_has_each_counter_under_its_name),
                GATEWAY_TEST(an_answer_for_which_memory_runs_out_is_none),
                GATEWAY_TEST(a_list_is_whole_while_devices_come_and_go),
                cmocka_unit_test(what_kea_escapes_becomes_utf_8_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
