/* SPDX-License-Identifier: BSD-2-Clause */
/* test_client_config.c - the lines that are printed for each DHCP client. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/client_config.h"

static char text[4096];

/* What is printed, without its comments. */
static const char *configuration(const char *client, const struct assoc_identity *identity)
{
        char *buffer = NULL, *line, *rest;
        size_t size = 0;
        FILE *file = open_memstream(&buffer, &size);

        assert_non_null(file);
        assert_int_equal(client_config_print(file, client, identity), 0);
        assert_int_equal(fclose(file), 0);
        text[0] = '\0';
        for (line = strtok_r(buffer, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
                if (line[0] == '#')
                        continue;
                assert_true(strlen(text) + strlen(line) + 2 < sizeof(text));
                strcat(strcat(text, line), "\n");
        }
        free(buffer);
        return text;
}

static const struct assoc_identity plain = {"00D09E", "S-1", "STB"};
static const struct assoc_identity no_class = {"00D09E", "S-1", ""};

static void dhcpcd_gets_quoted_lines(void **state)
{
        (void)state;
        assert_string_equal(configuration("dhcpcd", &plain), "define 125 request binhex tr111_raw\n"
                                                             "vsio 3561 1,\"00D09E\"\n"
                                                             "vsio 3561 2,\"S-1\"\n"
                                                             "vsio 3561 3,\"STB\"\n");
}

static void test_DV_1_dhcpcd_gets_quotes_and_backslashes_escaped_and_nothing_else(void **state)
{
        static const struct assoc_identity hostile = {"00D09E", " a\"b\\ $(id) `x` #1\\", "\"\xC3\xA9'"};

        (void)state;
        assert_string_equal(configuration("dhcpcd", &hostile),
                            "define 125 request binhex tr111_raw\n"
                            "vsio 3561 1,\"00D09E\"\n"
                            "vsio 3561 2,\" a\\\"b\\\\ $(id) `x` #1\\\\\"\n"
                            "vsio 3561 3,\"\\\"\xC3\xA9'\"\n");
}

static void an_older_dhcpcd_gets_no_line_that_it_does_not_know(void **state)
{
        (void)state;
        assert_string_equal(configuration("dhcpcd-old", &plain), "define 125 request binhex tr111_raw\n");
}

static void udhcpc_gets_arguments_of_hexadecimal_digits(void **state)
{
        (void)state;
        assert_string_equal(
                configuration("udhcpc", &plain),
                "-x 0x7d:00000de91201063030443039450203532d310303535442 -O 125 -s " ASSOC_LIBEXECDIR
                "/udhcpc-assoc\n");
}

static void dhclient_gets_a_raw_option(void **state)
{
        (void)state;
        assert_string_equal(configuration("dhclient", &no_class),
                            "option assoc-raw code 125 = string;\n"
                            "send assoc-raw "
                            "00:00:0d:e9:0d:01:06:30:30:44:30:39:45:02:03:53:2d:31;\n"
                            "also request assoc-raw;\n");
}

static void networkd_gets_every_byte_escaped(void **state)
{
        (void)state;
        assert_string_equal(
                configuration("networkd", &no_class),
                "[DHCPv4]\n"
                "SendOption=125:string:\\x00\\x00\\x0d\\xe9\\x0d\\x01\\x06\\x30\\x30\\x44\\x30\\x39\\x45"
                "\\x02\\x03\\x53\\x2d\\x31\n");
}

static void a_missing_class_has_no_line(void **state)
{
        (void)state;
        assert_null(strstr(configuration("dhcpcd", &no_class), "3561 3"));
}

static void every_client_that_is_named_is_known_and_no_other(void **state)
{
        char names[128], *name, *rest;

        (void)state;
        assert_true(strlen(client_config_names()) < sizeof(names));
        strcpy(names, client_config_names());
        for (name = strtok_r(names, ", ", &rest); name != NULL; name = strtok_r(NULL, ", ", &rest))
                assert_true(strlen(configuration(name, &plain)) > 0);
        assert_int_equal(client_config_print(stdout, "dhcp", &plain), -ENOENT);
        assert_int_equal(client_config_print(stdout, "", &plain), -ENOENT);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(dhcpcd_gets_quoted_lines),
                cmocka_unit_test(test_DV_1_dhcpcd_gets_quotes_and_backslashes_escaped_and_nothing_else),
                cmocka_unit_test(an_older_dhcpcd_gets_no_line_that_it_does_not_know),
                cmocka_unit_test(udhcpc_gets_arguments_of_hexadecimal_digits),
                cmocka_unit_test(dhclient_gets_a_raw_option),
                cmocka_unit_test(networkd_gets_every_byte_escaped),
                cmocka_unit_test(a_missing_class_has_no_line),
                cmocka_unit_test(every_client_that_is_named_is_known_and_no_other),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
