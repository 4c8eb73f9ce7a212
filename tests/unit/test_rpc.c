/* SPDX-License-Identifier: BSD-2-Clause */
/* test_rpc.c - JSON-RPC 2.0: a line in, a line out. */
#include "config.h"

#include "tests/unit/unit.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "dm-bridge/methods.h"
#include "dm-bridge/rpc.h"
#include "tests/unit/bridge_fixture.h"

#define MS "InternetGatewayDevice.ManagementServer."

static struct configuration config;
static struct bridge bridge;
static struct session session = {.bridge = &bridge};
static char reply[8192];

static int make(void **state)
{
        (void)state;
        fixture_init(&bridge, &config, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
        fixture_add(&bridge.devices.set, 3, "192.0.2.3", false);
        return 0;
}

static int unmake(void **state)
{
        (void)state;
        bridge_done(&bridge);
        return 0;
}

/* The reply without its line end; "" if there is none. */
static const char *ask_bytes(const char *line, size_t length)
{
        size_t size;
        char *text;

        assert_int_equal(rpc_handle(&session, line, length, &text, &size), 0);
        reply[0] = '\0';
        if (text == NULL)
                return reply;
        assert_true(size > 0 && size <= sizeof(reply));
        assert_int_equal(text[size - 1], '\n');
        memcpy(reply, text, size - 1);
        reply[size - 1] = '\0';
        assert_null(strchr(reply, '\n'));
        free(text);
        return reply;
}

static const char *ask(const char *line)
{
        return ask_bytes(line, strlen(line));
}

static void get_answers_with_name_value_and_type(void **state)
{
        (void)state;
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"get\",\"params\":{\"names\":[\"" MS
                    "ManageableDeviceNumberOfEntries\",\"" MS "ManageableDevice.3.SerialNumber\"]}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":[{\"name\":\"" MS
                "ManageableDeviceNumberOfEntries\",\"value\":\"1\",\"type\":\"unsignedInt\"},{\"name\":\"" MS
                "ManageableDevice.3.SerialNumber\",\"value\":\"S3\",\"type\":\"string\"}]}");
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"get\",\"params\":{\"names\":[]}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":[]}");
}

static void get_lists_every_faulty_name(void **state)
{
        (void)state;
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"get\",\"params\":{\"names\":[\"Foo\","
                    "\"" MS "\",\"a\\u0000b\"]}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"error\":{\"code\":9005,\"message\":\"Invalid parameter "
                "name\",\"data\":{\"faults\":[{\"name\":\"Foo\",\"code\":9005,\"message\":\"no such "
                "parameter or "
                "object\"},{\"name\":\"a\\u0000b\",\"code\":9005,\"message\":\"no such parameter or "
                "object\"}]}}}");
        assert_int_equal(bridge.counters.faults, 1);
        assert_int_equal(bridge.counters.protocol_errors, 0);
}

static void a_nul_does_not_make_a_longer_name_a_known_one(void **state)
{
        (void)state;
        assert_non_null(
                strstr(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"path\":\"" MS
                           "\\u0000x\"}}"),
                       "\"code\":9005"));
        assert_non_null(
                strstr(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\\u0000\"}"), "\"code\":-32601"));
}

static void names_answers_with_name_and_writable(void **state)
{
        (void)state;
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"names\",\"params\":{\"path\":\"" MS
                    "ManageableDevice.\",\"next_level\":true}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":[{\"name\":\"" MS
                "ManageableDevice.3.\",\"writable\":false}]}");
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"path\":\"" MS
                    "STUNEnable\"}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"name\":\"" MS
                "STUNEnable\",\"writable\":true}]}");
}

static void next_level_of_a_full_name_is_an_invalid_argument(void **state)
{
        (void)state;
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"path\":"
                    "\"InternetGatewayDevice.ManagementServer.ManageableDeviceNumberOfEntries\",\"next_"
                    "level\":true}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":9003,\"message\":\"Invalid "
                "arguments\",\"data\":{\"faults\":[{\"name\":\"InternetGatewayDevice.ManagementServer."
                "ManageableDeviceNumberOfEntries\",\"code\":"
                "9003,\"message\":\"next_level: expected a path that is empty or ends in '.'\"}]}}}");
}

static void next_level_of_no_name_is_an_invalid_name(void **state)
{
        (void)state;
        assert_non_null(strstr(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"path\":"
                                   "\"Nope\",\"next_level\":true}}"),
                               "{\"name\":\"Nope\",\"code\":9005,"));
}

static void devices_shows_entries_with_their_bindings(void **state)
{
        (void)state;
        fixture_add(&bridge.devices.set, 1, "192.0.2.1", true);
        assert_string_equal(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"devices\"}"),
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"instance\":1,\"oui\":\"00D09E\","
                            "\"serial\":\"S1\","
                            "\"class\":\"\",\"present\":false,\"since\":100,\"bindings\":[{\"address\":\"192."
                            "0.2.1\",\"hwaddr\":"
                            "\"02:00:00:00:00:01\",\"interface\":\"br0\",\"source\":\"lease\",\"away\":true,"
                            "\"expires\":200}]},{"
                            "\"instance\":3,\"oui\":\"00D09E\",\"serial\":\"S3\",\"class\":\"\",\"present\":"
                            "true,\"since\":100,"
                            "\"bindings\":[{\"address\":\"192.0.2.3\",\"hwaddr\":\"02:00:00:00:00:01\","
                            "\"interface\":\"br0\","
                            "\"source\":\"lease\",\"away\":false,\"expires\":200}]}]}");
}

static void link_layer_addresses_of_any_size_are_shown(void **state)
{
        struct device_record record = fixture_bind(3, "192.0.2.3", false);

        (void)state;
        record.hwaddr_size = 0;
        device_set_apply(&bridge.devices.set, &record);
        assert_non_null(
                strstr(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"devices\"}"), "\"hwaddr\":\"\""));
        record.hwaddr_size = RECORD_HWADDR_MAX;
        memset(record.hwaddr, 0xAB, sizeof(record.hwaddr));
        device_set_apply(&bridge.devices.set, &record);
        assert_non_null(strstr(ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"devices\"}"),
                               "\"hwaddr\":\"ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab\""));
}

static void test_DV_7_gateway_marks_the_record_that_is_shown(void **state)
{
        (void)state;
        fixture_gateway(&bridge, "eth0", 100, "G0");
        fixture_gateway(&bridge, "wlan0", 200, "G1");
        bridge.gateway.records[0].expires = FIXTURE_NOW + 60;
        assert_string_equal(
                ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"gateway\",\"params\":{}}"),
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"interface\":\"eth0\",\"metric\":100,\"oui\":"
                "\"00D09E\","
                "\"serial\":\"G0\",\"class\":\"\",\"active\":true,\"expires_in\":60,\"reason\":\"bound\"},{"
                "\"interface\":\"wlan0\",\"metric\":200,\"oui\":\"00D09E\",\"serial\":\"G1\",\"class\":\"\","
                "\"active\":false,\"expires_in\":null,\"reason\":\"bound\"}]}");
}

static void report_stun(const struct bridge *reported, struct stun_report *ret)
{
        assert_ptr_equal(reported, &bridge);
        *ret = (struct stun_report){.state = STUN_STATE_REFUSED,
                                    .last_error = 420,
                                    .dialect = STUN_RFC5389,
                                    .has_server = true,
                                    .has_local = true,
                                    .server = {{htonl(0xc0000201)}, 3478},
                                    .local = {{htonl(0x0a000002)}, 7547},
                                    .next_ms = 1500,
                                    .keepalive = {.phase = KEEPALIVE_SEARCHING, .alive_ms = 60000},
                                    .counters = {.requests = 7, .misunderstood = UINT32_MAX + 1ULL}};
}

static void stun_tells_addresses_times_and_counters(void **state)
{
        const char *got;

        (void)state;
        bridge.stun_report = report_stun;
        strcpy(bridge.connection.address, "203.0.113.7:40001");
        bridge.connection.nat_detected = true;
        got = ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stun\"}");
        assert_non_null(strstr(got, "\"result\":{\"state\":\"refused\",\"last_error\":420,\"dialect\":"
                                    "\"rfc5389\",\"server\":\"192.0.2.1:3478\",\"local\":\"10.0.0.2:7547\","
                                    "\"mapped\":\"\",\"address\":\"203.0.113.7:40001\",\"nat_detected\":true,"
                                    "\"next_ms\":1500,\"keepalive\":{\"phase\":\"searching\","
                                    "\"alive_ms\":60000,\"dead_ms\":null,"));
        assert_non_null(strstr(got, "\"counters\":{\"requests\":7,\"probes\":0,"));
        assert_non_null(strstr(got, ",\"misunderstood\":4294967296}"));
}

static void stun_without_a_client_is_disabled(void **state)
{
        const char *got;

        (void)state;
        got = ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stun\"}");
        assert_non_null(strstr(got, "\"result\":{\"state\":\"disabled\",\"last_error\":null,"));
        assert_non_null(strstr(got, "\"next_ms\":null,"));
}

/* Take out what stands from `from` up to `to`. */
static void cut_out(char *text, const char *from, const char *to)
{
        char *start = strstr(text, from), *end = strstr(text, to);

        assert_non_null(start);
        assert_true(end > start);
        memmove(start, end, strlen(end) + 1);
}

static void status_tells_roles_sources_and_counters(void **state)
{
        char expected[1024], got[4096];

        (void)state;
        config.roles = BRIDGE_ROLE_GATEWAY;
        snprintf(config.journal, sizeof(config.journal), "/j");
        bridge.devices.state = SOURCE_OK;
        bridge.devices.skipped = 5;
        bridge.counters.clients = 2;
        snprintf(got, sizeof(got), "%s", ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}"));
        cut_out(got, "\"connection\":", "\"clients\"");
        snprintf(expected, sizeof(expected),
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"version\":\"%s\",\"uptime\":0,\"roles\":["
                 "\"gateway\"],"
                 "\"root\":\"InternetGatewayDevice.\",\"sources\":{\"journal\":{\"path\":\"/"
                 "j\",\"state\":\"ok\","
                 "\"entries\":1,\"bindings\":1,\"skipped\":5}},\"clients\":2,\"counters\":{\"requests\":1,"
                 "\"faults\":0,"
                 "\"protocol_errors\":0,\"dropped_clients\":0}}}",
                 PACKAGE_VERSION);
        assert_string_equal(got, expected);
}

static void status_tells_what_became_of_each_datagram(void **state)
{
        const char *got;

        (void)state;
        bridge.connection.local = (struct stun_address){{htonl(0xc0000205)}, 7547};
        bridge.connection.accepted_at = 1800000000;
        bridge.connection.dropped = 9;
        bridge.requests.counts[REQUEST_ACCEPTED] = 2;
        bridge.requests.counts[REQUEST_BAD_VALUE] = 3;
        bridge.requests.limited = 4;
        got = ask("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}");
        assert_non_null(strstr(got, "\"connection\":{\"listening\":\"192.0.2.5:7547\","));
        assert_non_null(strstr(got, "\"last_accepted\":1800000000,\"datagrams\":{\"accepted\":2,"));
        assert_non_null(strstr(got, ",\"bad_value\":3,\"limited\":4,\"dropped\":9}"));
}

static void bad_requests_are_told_what_was_expected(void **state)
{
        static const struct {
                const char *line, *id;
                int code;
                const char *message;
        } cases[] = {
                {"", "null", -32700, "unexpected end of data"},
                {"{", "null", -32700, "unexpected end of data"},
                {"\\xff", "null", -32700, "unexpected character"},
                {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "null", -32700, "nesting too deep"},
                {"{\"id\":1,\"id\":1}", "null", -32700, "a member stands twice in one object"},
                {"[]", "null", -32600, "batch not supported: expected one object a line"},
                {"5", "null", -32600, "expected an object, got int"},
                {"null", "null", -32600, "expected an object, got null"},
                {"{}", "null", -32600, "jsonrpc: expected \\\"2.0\\\""},
                {"{\"jsonrpc\":\"2.0\",\"id\":{}}", "null", -32600,
                 "id: expected a string, a number of 64 bits or null"},
                {"{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"status\"}", "null", -32600,
                 "id: expected a string, a number of 64 bits or null"},
                {"{\"jsonrpc\":\"1.0\",\"id\":\"x\",\"method\":\"status\"}", "\"x\"", -32600,
                 "jsonrpc: expected \\\"2.0\\\""},
                {"{\"jsonrpc\":\"2.0\",\"id\":1}", "1", -32600, "method: expected a string, got none"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", "1", -32600,
                 "method: expected a string, got int"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no\\n\"}", "1", -32601, "no method 'no\\\\x0a'"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\"}", "1", -32602,
                 "names: expected an array of strings, got none"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":[\"\"]}", "1", -32602,
                 "params: expected an object, got array"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":\"\"}}", "1", -32602,
                 "names: expected an array of strings, got string"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"\",null]}}", "1",
                 -32602, "names[1]: expected a string, got null"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[],\"x\":1}}", "1",
                 -32602, "params: unknown member 'x'"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"next_level\":true}}", "1",
                 -32602, "path: expected a string, got none"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"names\",\"params\":{\"path\":\"\",\"next_"
                 "level\":1}}",
                 "1", -32602, "next_level: expected a boolean, got int"},
                {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":{\"a\":1}}", "1", -32602,
                 "params: unknown member 'a'"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char expected[512];

                snprintf(expected, sizeof(expected),
                         "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":%d,\"message\":\"%s\"}}",
                         cases[i].id, cases[i].code, cases[i].message);
                assert_string_equal(ask(cases[i].line), expected);
        }
        assert_int_equal(bridge.counters.protocol_errors, sizeof(cases) / sizeof(cases[0]));
        assert_int_equal(bridge.counters.requests, sizeof(cases) / sizeof(cases[0]));
}

/* json-c from 0.17 on takes such a number for none at all: then it is a parse error. */
static void an_id_of_more_than_64_bits_is_refused(void **state)
{
        const char *answer = ask("{\"jsonrpc\":\"2.0\",\"id\":18446744073709551616,\"method\":\"status\"}");

        (void)state;
        if (strcmp(answer, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,"
                           "\"message\":\"number expected\"}}") != 0)
                assert_string_equal(answer,
                                    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,"
                                    "\"message\":\"id: expected a string, a number of 64 bits or null\"}}");
}

static void ids_come_back_as_they_were(void **state)
{
        static const char *const ids[] = {"0",           "-5",   "9223372036854775806", "1.50",
                                          "1e3",         "\"\"", "\"a\\\"\\u0000b\"",   "null",
                                          "\"\xC3\xA9\""};

        (void)state;
        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
                char line[128], start[128];

                snprintf(line, sizeof(line), "{\"method\":\"gateway\",\"id\":%s,\"jsonrpc\":\"2.0\"}",
                         ids[i]);
                snprintf(start, sizeof(start), "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":[]}", ids[i]);
                assert_string_equal(ask(line), start);
        }
}

static void notifications_get_no_reply(void **state)
{
        (void)state;
        assert_string_equal(ask("{\"jsonrpc\":\"2.0\",\"method\":\"status\"}"), "");
        assert_string_equal(ask("{\"jsonrpc\":\"2.0\",\"method\":\"no such\"}"), "");
        assert_string_equal(ask("{\"jsonrpc\":\"2.0\",\"method\":\"get\",\"params\":{\"names\":[\"x\"]}}"),
                            "");
        assert_string_equal(ask("{\"jsonrpc\":\"2.0\",\"method\":\"get\",\"params\":5}"), "");
        assert_int_equal(bridge.counters.requests, 4);
}

static void bytes_that_are_no_text_get_one_error(void **state)
{
        (void)state;
        assert_non_null(strstr(ask_bytes("\xff\xfe", 2), "\"not UTF-8\""));
        assert_non_null(strstr(ask_bytes("{}\0", 3), "\"control character\""));
}

/* One short name can stand for many values: the reply has a bound, whatever is asked. */
static void a_request_for_too_many_values_is_refused(void **state)
{
        char line[8192] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"\"";

        (void)state;
        for (unsigned i = 0; i < 500; i++) {
                struct device_record record = fixture_bind(i + 1, "10.0.0.0", false);

                record.address.s_addr = htonl(0x0A000000 + i);
                device_set_apply(&bridge.devices.set, &record);
        }
        for (unsigned i = 0; i < 100; i++)
                strcat(line, ",\"\"");
        strcat(line, "]}}");
        assert_string_equal(ask(line),
                            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":9004,\"message\":\"Resources "
                            "exceeded\",\"data\":{\"faults\":[{\"name\":\"\",\"code\":9004,\"message\":"
                            "\"expected at most 131072 values, got more\"}]}}}");
}

static void ten_thousand_devices_fit_into_one_reply(void **state)
{
        static const char line[] =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"" MS
                "ManageableDevice.\"]}}";
        struct json_object *object;
        size_t size;
        char *text;

        (void)state;
        for (unsigned i = 0; i < 10000; i++) {
                struct device_record record = fixture_bind(i + 1, "10.0.0.0", false);

                record.address.s_addr = htonl(0x0A000000 + i);
                assert_int_equal(device_set_apply(&bridge.devices.set, &record), 0);
        }
        assert_int_equal(rpc_handle(&session, line, sizeof(line) - 1, &text, &size), 0);
        text[size - 1] = '\0';
        object = json_tokener_parse(text);
        assert_int_equal(json_object_array_length(json_object_object_get(object, "result")), 30000);
        json_object_put(object);
        free(text);
}

#define BRIDGE_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                BRIDGE_TEST(get_answers_with_name_value_and_type),
                BRIDGE_TEST(get_lists_every_faulty_name),
                BRIDGE_TEST(a_nul_does_not_make_a_longer_name_a_known_one),
                BRIDGE_TEST(names_answers_with_name_and_writable),
                BRIDGE_TEST(next_level_of_a_full_name_is_an_invalid_argument),
                BRIDGE_TEST(next_level_of_no_name_is_an_invalid_name),
                BRIDGE_TEST(devices_shows_entries_with_their_bindings),
                BRIDGE_TEST(link_layer_addresses_of_any_size_are_shown),
                BRIDGE_TEST(test_DV_7_gateway_marks_the_record_that_is_shown),
                BRIDGE_TEST(status_tells_roles_sources_and_counters),
                BRIDGE_TEST(status_tells_what_became_of_each_datagram),
                BRIDGE_TEST(stun_tells_addresses_times_and_counters),
                BRIDGE_TEST(stun_without_a_client_is_disabled),
                BRIDGE_TEST(bad_requests_are_told_what_was_expected),
                BRIDGE_TEST(an_id_of_more_than_64_bits_is_refused),
                BRIDGE_TEST(ids_come_back_as_they_were),
                BRIDGE_TEST(notifications_get_no_reply),
                BRIDGE_TEST(bytes_that_are_no_text_get_one_error),
                BRIDGE_TEST(a_request_for_too_many_values_is_refused),
                BRIDGE_TEST(ten_thousand_devices_fit_into_one_reply),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
