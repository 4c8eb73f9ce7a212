/* SPDX-License-Identifier: BSD-2-Clause */
/* test_record.c - the journal's and GatewayInfo's lines. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "libassoc/record.h"

static const struct device_record example_bind = {
        .type = DEVICE_RECORD_BIND,
        .instance = 7,
        .identity = {"00D09E", "S/N \"1\" \\ \xC3\xA9", "Set-Top"},
        .hwaddr = {0x02, 0x00, 0x5e, 0x00, 0x53, 0x01},
        .hwaddr_size = 6,
        .interface = "br-lan.7",
        .source = DEVICE_SOURCE_INFORM,
        .away = true,
        .since = 1700000000,
        .expires = 4102444800,
};

static const char example_line[] = "{\"type\":\"bind\",\"instance\":7,\"oui\":\"00D09E\",\"serial\":\"S\\/"
                                   "N\",\"class\":\"\",\"address\":"
                                   "\"192.0.2.5\",\"hwaddr\":\"02:00:5e:00:53:01\",\"interface\":\"br0\","
                                   "\"source\":\"lease\",\"away\":false,"
                                   "\"since\":1,\"expires\":0}\n";

static void a_binding_comes_back_as_it_was_written(void **state)
{
        struct device_record record = example_bind, back;
        char line[RECORD_LINE_MAX + 1];
        int length;

        (void)state;
        inet_pton(AF_INET, "192.0.2.5", &record.address);
        length = device_record_format(&record, line, sizeof(line));
        assert_true(length > 0);
        assert_int_equal(line[length - 1], '\n');
        assert_int_equal(strlen(line), length);
        assert_null(memchr(line, '\n', (size_t)length - 1));
        assert_int_equal(device_record_parse(line, (size_t)length, &back), 0);
        assert_memory_equal(&back, &record, sizeof(back));
        assert_int_equal(device_record_parse(line, (size_t)length - 1, &back), 0);
}

static void header_and_unbind_come_back_as_they_were_written(void **state)
{
        struct device_record header = {.type = DEVICE_RECORD_HEADER, .version = 1, .next = UINT32_MAX}, back;
        struct device_record unbind = {.type = DEVICE_RECORD_UNBIND, .reason = "release"};
        char line[RECORD_LINE_MAX + 1];
        int length;

        (void)state;
        length = device_record_format(&header, line, sizeof(line));
        assert_string_equal(line, "{\"journal\":\"tr111-devices\",\"version\":1,\"next\":4294967295}\n");
        assert_int_equal(device_record_parse(line, (size_t)length, &back), 0);
        assert_memory_equal(&back, &header, sizeof(back));
        inet_pton(AF_INET, "192.0.2.255", &unbind.address);
        length = device_record_format(&unbind, line, sizeof(line));
        assert_string_equal(line,
                            "{\"type\":\"unbind\",\"address\":\"192.0.2.255\",\"reason\":\"release\"}\n");
        assert_int_equal(device_record_parse(line, (size_t)length, &back), 0);
        assert_memory_equal(&back, &unbind, sizeof(back));
}

static void what_is_written_is_what_json_c_would_write(void **state)
{
        static const char *const texts[] = {"", "a", "\"\\/", "caf\xC3\xA9 \xE2\x82\xAC", "\x1f\x01", "~ !"};
        char line[RECORD_LINE_MAX + 1];

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                struct device_record record = example_bind;
                struct json_object *object;
                int length;

                strcpy(record.identity.product_class, texts[i]);
                record.hwaddr_size = i;
                record.expires = i % 2 == 0 ? INT64_MAX : INT64_MIN;
                record.away = i % 2 == 0;
                length = device_record_format(&record, line, sizeof(line));
                assert_true(length > 0);
                object = json_tokener_parse(line);
                assert_non_null(object);
                line[length - 1] = '\0';
                assert_string_equal(json_object_to_json_string_ext(
                                            object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
                                    line);
                json_object_put(object);
        }
}

static void the_longest_record_fits_its_limit(void **state)
{
        struct device_record record = example_bind;
        char line[RECORD_LINE_MAX + 1];

        (void)state;
        /* A quote is the longest that JSON makes of one byte that a valid identity may hold. */
        memset(record.identity.serial, '"', ASSOC_TEXT_MAX);
        memset(record.identity.product_class, '"', ASSOC_TEXT_MAX);
        memset(record.hwaddr, 0xff, sizeof(record.hwaddr));
        record.hwaddr_size = sizeof(record.hwaddr);
        record.instance = UINT32_MAX;
        record.since = record.expires = INT64_MAX - 1;
        memset(record.interface, 'x', RECORD_INTERFACE_MAX);
        record.interface[RECORD_INTERFACE_MAX] = '\0';
        assert_true(device_record_format(&record, line, sizeof(line)) > 0);
        assert_int_equal(device_record_parse(line, strlen(line), &record), 0);
        assert_int_equal(record.hwaddr_size, RECORD_HWADDR_MAX);
}

static void a_buffer_too_small_is_never_overrun(void **state)
{
        struct device_record header = {.type = DEVICE_RECORD_HEADER, .version = 1, .next = 1};
        char line[RECORD_LINE_MAX + 1], guard[RECORD_LINE_MAX + 1];
        int length = device_record_format(&header, line, sizeof(line));

        (void)state;
        assert_true(length > 0);
        for (size_t size = 0; size <= (size_t)length; size++) {
                memset(guard, 0x55, sizeof(guard));
                assert_int_equal(device_record_format(&header, guard, size), -ENOBUFS);
                assert_int_equal(guard[size], 0x55);
        }
        assert_int_equal(device_record_format(&header, guard, (size_t)length + 1), length);
}

static void every_prefix_of_a_line_is_refused(void **state)
{
        struct device_record record;

        (void)state;
        assert_int_equal(device_record_parse(example_line, sizeof(example_line) - 1, &record), 0);
        for (size_t length = 0; length < sizeof(example_line) - 2; length++)
                assert_int_equal(device_record_parse(example_line, length, &record), -EBADMSG);
}

/* example_line with one piece of text replaced by another. */
static int parse_changed(const char *from, const char *to)
{
        struct device_record record;
        char line[4096];
        const char *at = strstr(example_line, from);

        assert_non_null(at);
        snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - example_line), example_line, to,
                 at + strlen(from));
        return device_record_parse(line, strlen(line), &record);
}

static void a_damaged_member_is_refused(void **state)
{
        static const char *const changes[][2] = {
                {"\"bind\"", "\"unknown\""},
                {"\"bind\"", "7"},
                {"\"instance\":7", "\"instance\":0"},
                {"\"instance\":7", "\"instance\":-1"},
                {"\"instance\":7", "\"instance\":4294967296"},
                {"\"instance\":7", "\"instance\":1e3"},
                {"\"instance\":7", "\"instance\":\"7\""},
                {"00D09E", "00D09"},
                {"00D09E", "00D0\\n9"},
                {"00D09E", ""},
                {"S\\/N", ""},
                {"S\\/N", "a\\u0000b"},
                {"S\\/N", "\\u001b[2J"},
                {"S\\/N", "12345678901234567890123456789012345678901234567890123456789012345"},
                {"192.0.2.5", "192.0.2"},
                {"192.0.2.5", "2001:db8::1"},
                {"02:00:5e:00:53:01", "02:00:5e:00:53:"},
                {"02:00:5e:00:53:01", "02:00:5e:00:53:0"},
                {"02:00:5e:00:53:01", "02:00:5e:00:53:0g"},
                {"02:00:5e:00:53:01", "0200.5e00"},
                {"02:00:5e:00:53:01", "000102030405060708090a0b0c0d0e0f1011121314"},
                {"br0", "../../etc"},
                {"br0", "br 0"},
                {"br0", "1234567890123456"},
                {"lease\"", "other\""},
                {"\"away\":false", "\"away\":0"},
                {"\"since\":1", "\"since\":-1"},
                {"\"expires\":0", "\"expires\":null"},
                {"}\n", "}x\n"},
                {"\"since\":1", "\"since\":[[[[1]]]]"},
        };

        (void)state;
        assert_int_equal(parse_changed("br0", "br1"), 0);
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
                if (parse_changed(changes[i][0], changes[i][1]) != -EBADMSG)
                        fail_msg("%s for %s was not refused", changes[i][1], changes[i][0]);
}

static void unknown_members_are_ignored(void **state)
{
        (void)state;
        assert_int_equal(parse_changed("\"since\"", "\"later\":{\"x\":1},\"since\""), 0);
}

static void a_header_of_another_version_is_reported_not_judged(void **state)
{
        static const char line[] = "{\"journal\":\"tr111-devices\",\"version\":2,\"following\":9}";
        struct device_record record;

        (void)state;
        assert_int_equal(device_record_parse(line, strlen(line), &record), 0);
        assert_int_equal(record.type, DEVICE_RECORD_HEADER);
        assert_int_equal(record.version, 2);
}

static void test_DV_3_gateway_info_keeps_empty_elements(void **state)
{
        static const struct gateway_info infos[] = {
                {"eth0", 202, {"00D09E", "GW1", "Home"}, 123456, "bound"},
                {"eth0.100", 0, {"", "GW1", ""}, 0, "rebind"},
                {"wlan0", UINT32_MAX, {"00D09E", "", ""}, 1, "inform"},
                {"wlan0", 1, {"", "", "Home"}, 1, "inform"},
                {"wlan0", 1, {"", "", ""}, 1, "renew"},
        };
        char line[RECORD_LINE_MAX + 1];

        (void)state;
        for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
                struct gateway_info back;
                int length = gateway_info_format(&infos[i], line, sizeof(line));

                assert_true(length > 0);
                assert_int_equal(gateway_info_parse(line, (size_t)length, &back), 0);
                assert_string_equal(back.interface, infos[i].interface);
                assert_string_equal(back.reason, infos[i].reason);
                assert_true(back.metric == infos[i].metric && back.expires == infos[i].expires);
                assert_true(assoc_identity_equal(&back.identity, &infos[i].identity));
        }
}

static void a_damaged_gateway_info_is_refused(void **state)
{
        static const char *const lines[] = {
                "",
                "\n",
                "[]",
                "null",
                "{}",
                "{\"interface\":\"\",\"metric\":1,\"oui\":\"\",\"serial\":\"\",\"class\":\"\",\"expires\":0,"
                "\"reason\":\"x\"}",
                "{\"interface\":\"a/"
                "b\",\"metric\":1,\"oui\":\"\",\"serial\":\"\",\"class\":\"\",\"expires\":0,\"reason\":"
                "\"x\"}",
                "{\"interface\":\"e\",\"metric\":-1,\"oui\":\"\",\"serial\":\"\",\"class\":\"\",\"expires\":"
                "0,\"reason\":\"x\"}",
                "{\"interface\":\"e\",\"metric\":1,\"oui\":\"12\",\"serial\":\"\",\"class\":\"\",\"expires\":"
                "0,\"reason\":\"x\"}",
                "{\"interface\":\"e\",\"metric\":1,\"oui\":\"\",\"serial\":\"\\u0007\",\"class\":\"\","
                "\"expires\":0,\"reason\":\"x\"}",
                "{\"interface\":\"e\",\"metric\":1,\"oui\":\"\",\"serial\":\"\xff\",\"class\":\"\","
                "\"expires\":0,\"reason\":\"x\"}",
                "{\"interface\":\"e\",\"metric\":1,\"oui\":\"\",\"serial\":\"\",\"class\":\"\",\"reason\":"
                "\"x\"}",
        };
        struct gateway_info info;

        (void)state;
        for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
                if (gateway_info_parse(lines[i], strlen(lines[i]), &info) != -EBADMSG)
                        fail_msg("not refused: %s", lines[i]);
}

/* Every line by the scanner, if it takes it, and by json-c: a space after the brace is no difference to JSON,
 * and nothing that we write. */
static void compare_parsers(const char *line, size_t length)
{
        struct device_record scanned = {0}, parsed = {0};
        char spaced[RECORD_LINE_MAX + 2];
        int err;

        if (length == 0 || line[0] != '{' || length >= RECORD_LINE_MAX)
                return;
        snprintf(spaced, sizeof(spaced), "{ ");
        memcpy(spaced + 2, line + 1, length - 1);
        err = device_record_parse(line, length, &scanned);
        assert_int_equal(device_record_parse(spaced, length + 1, &parsed), err);
        assert_memory_equal(&scanned, &parsed, sizeof(scanned));
}

static void each_byte_changed_is_read_alike_by_both_parsers(void **state)
{
        static const char bytes[] = "0a9A\"\\ ,:/{}\x01\x7f\xC3\n";
        struct device_record record = example_bind;
        char line[RECORD_LINE_MAX + 1];
        int length;

        (void)state;
        strcpy(record.identity.serial, "SERIAL 1");
        record.hwaddr[0] = 0;
        length = device_record_format(&record, line, sizeof(line));
        assert_true(length > 0);
        compare_parsers(line, (size_t)length);
        for (int i = 1; i < length; i++) {
                char saved = line[i];

                for (size_t byte = 0; byte < sizeof(bytes); byte++) {
                        line[i] = bytes[byte];
                        compare_parsers(line, (size_t)length);
                }
                line[i] = saved;
                /* Left out; doubled. */
                memmove(line + i, line + i + 1, (size_t)(length - i));
                compare_parsers(line, (size_t)length - 1);
                memmove(line + i + 1, line + i, (size_t)(length - i));
                line[i] = saved;
                memmove(line + i + 1, line + i, (size_t)(length - i + 1));
                compare_parsers(line, (size_t)length + 1);
                memmove(line + i, line + i + 1, (size_t)(length - i + 1));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_binding_comes_back_as_it_was_written),
                cmocka_unit_test(header_and_unbind_come_back_as_they_were_written),
                cmocka_unit_test(what_is_written_is_what_json_c_would_write),
                cmocka_unit_test(the_longest_record_fits_its_limit),
                cmocka_unit_test(a_buffer_too_small_is_never_overrun),
                cmocka_unit_test(every_prefix_of_a_line_is_refused),
                cmocka_unit_test(a_damaged_member_is_refused),
                cmocka_unit_test(each_byte_changed_is_read_alike_by_both_parsers),
                cmocka_unit_test(unknown_members_are_ignored),
                cmocka_unit_test(a_header_of_another_version_is_reported_not_judged),
                cmocka_unit_test(test_DV_3_gateway_info_keeps_empty_elements),
                cmocka_unit_test(a_damaged_gateway_info_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
