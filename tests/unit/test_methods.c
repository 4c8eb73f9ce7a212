/* SPDX-License-Identifier: BSD-2-Clause */
/* test_methods.c - what changes the daemon: set, attributes, subscribe, ack. */
#include "config.h"

#include "tests/unit/unit.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "dm-bridge/changes.h"
#include "dm-bridge/methods.h"
#include "dm-bridge/rpc.h"
#include "tests/unit/bridge_fixture.h"

#define MS "Device.ManagementServer."

static struct configuration config;
static struct bridge bridge;
static struct session session;
static char reply[16384];
static unsigned saves;
static int save_result;

static int save(struct bridge *saved)
{
        assert_ptr_equal(saved, &bridge);
        saves++;
        return save_result;
}

static int make(void **state)
{
        (void)state;
        fixture_init(&bridge, &config, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
        config.root = "Device.";
        bridge.devices.state = SOURCE_OK;
        bridge.gateway.state = SOURCE_OK;
        bridge.save = save;
        session = (struct session){.bridge = &bridge};
        saves = 0;
        save_result = 0;
        fixture_add(&bridge.devices.set, 3, "192.0.2.3", false);
        return 0;
}

static int unmake(void **state)
{
        (void)state;
        bridge_done(&bridge);
        return 0;
}

static const char *keep(char *text, size_t size)
{
        reply[0] = '\0';
        if (text == NULL)
                return reply;
        assert_true(size > 0 && size <= sizeof(reply));
        memcpy(reply, text, size - 1);
        reply[size - 1] = '\0';
        free(text);
        return reply;
}

static const char *ask(const char *method, const char *params)
{
        char line[2048];
        size_t size;
        char *text;

        snprintf(line, sizeof(line), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", method,
                 params);
        assert_int_equal(rpc_handle(&session, line, strlen(line), &text, &size), 0);
        return keep(text, size);
}

static void assert_answer(const char *method, const char *params, const char *result)
{
        char expected[4096];

        snprintf(expected, sizeof(expected), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":%s}", result);
        assert_string_equal(ask(method, params), expected);
}

static void assert_has(const char *text, const char *part)
{
        if (strstr(text, part) == NULL)
                fail_msg("expected '%s' in '%s'", part, text);
}

static const char *event(void)
{
        size_t size;
        char *text;

        assert_int_equal(rpc_next_event(&session, &text, &size), 0);
        return keep(text, size);
}

static void test_D2_3_what_is_set_is_read_and_written_down_once(void **state)
{
        (void)state;
        assert_answer("set",
                      "{\"values\":[{\"name\":\"" MS "STUNEnable\",\"value\":\"1\"},{\"name\":\"" MS
                      "STUNServerPort\",\"value\":\"03479\"}]}",
                      "{}");
        assert_int_equal(saves, 1);
        assert_answer("get", "{\"names\":[\"" MS "STUNEnable\",\"" MS "STUNServerPort\"]}",
                      "[{\"name\":\"" MS
                      "STUNEnable\",\"value\":\"true\",\"type\":\"boolean\"},{\"name\":\"" MS
                      "STUNServerPort\",\"value\":\"3479\",\"type\":\"unsignedInt\"}]");
}

static void test_D2_1_passwords_read_as_empty(void **state)
{
        (void)state;
        assert_answer("set",
                      "{\"values\":[{\"name\":\"" MS "STUNPassword\",\"value\":\"s\"},{\"name\":\"" MS
                      "ConnectionRequestPassword\",\"value\":\"t\"}]}",
                      "{}");
        assert_string_equal(bridge.values.text[VALUE_STUN_PASSWORD], "s");
        assert_answer("get", "{\"names\":[\"" MS "STUNPassword\",\"" MS "ConnectionRequestPassword\"]}",
                      "[{\"name\":\"" MS "STUNPassword\",\"value\":\"\",\"type\":\"string\"},{\"name\":\"" MS
                      "ConnectionRequestPassword\",\"value\":\"\",\"type\":\"string\"}]");
}

static void test_D2_3_a_set_with_faults_lists_all_and_changes_nothing(void **state)
{
        const char *text;

        (void)state;
        text = ask("set",
                   "{\"values\":[{\"name\":\"" MS "URL\",\"value\":\"http://a\"},"
                   "{\"name\":\"" MS "Nothing\",\"value\":\"\"},{\"name\":\"" MS
                   "\",\"value\":\"\"},{\"name\":\"" MS "STUNEnable\",\"value\":\"maybe\"},{\"name\":\"" MS
                   "STUNServerPort\",\"value\":\"65536\"},{\"name\":\"" MS
                   "NATDetected\",\"value\":\"1\"},{\"name\":\"" MS
                   "URL\",\"value\":\"http://b\"},{\"name\":\"" MS
                   "ManageableDevice.3.SerialNumber\",\"value\":\"x\"}]}");
        assert_has(text, "\"error\":{\"code\":9003,");
        assert_has(text, "{\"name\":\"" MS "Nothing\",\"code\":9005,");
        assert_has(text, "{\"name\":\"" MS "\",\"code\":9005,");
        assert_has(text,
                   "{\"name\":\"" MS
                   "STUNEnable\",\"code\":9006,\"message\":\"expected 0, 1, false or true, got 'maybe'\"}");
        assert_has(text, "{\"name\":\"" MS
                         "STUNServerPort\",\"code\":9007,\"message\":\"expected 0 to 65535, got '65536'\"}");
        assert_has(text, "{\"name\":\"" MS "NATDetected\",\"code\":9008,");
        assert_has(text, "{\"name\":\"" MS "URL\",\"code\":9003,\"message\":\"the parameter stands twice\"}");
        assert_has(text, "{\"name\":\"" MS "ManageableDevice.3.SerialNumber\",\"code\":9008,");
        assert_string_equal(bridge.values.text[VALUE_URL], "");
        assert_int_equal(saves, 0);
}

static void a_password_that_is_refused_is_not_repeated(void **state)
{
        char params[1024], password[300];

        (void)state;
        memset(password, 'p', sizeof(password) - 1);
        password[sizeof(password) - 1] = '\0';
        snprintf(params, sizeof(params), "{\"values\":[{\"name\":\"" MS "STUNPassword\",\"value\":\"%s\"}]}",
                 password);
        assert_null(strstr(ask("set", params), "pp"));
}

static void test_D2_3_what_can_not_be_written_down_is_not_set(void **state)
{
        (void)state;
        save_result = -ENOSPC;
        assert_has(ask("set", "{\"values\":[{\"name\":\"" MS "URL\",\"value\":\"http://a\"}]}"),
                   "\"code\":9002,\"message\":\"the state can't be written: No space left on device\"");
        assert_string_equal(bridge.values.text[VALUE_URL], "");
        assert_has(ask("set_attributes",
                       "{\"attributes\":[{\"name\":\"" MS "URL\",\"notification\":2},{\"name\":\"" MS
                       "ManageableDevice.3.SerialNumber\",\"notification\":1}]}"),
                   "\"code\":9002,");
        assert_answer("get_attributes",
                      "{\"names\":[\"" MS "URL\",\"" MS "ManageableDevice.3.SerialNumber\"]}",
                      "[{\"name\":\"" MS "URL\",\"notification\":0},{\"name\":\"" MS
                      "ManageableDevice.3.SerialNumber\",\"notification\":0}]");
}

static void malformed_requests_are_told_what_was_expected(void **state)
{
        static const char *const cases[][3] = {
                {"set", "{}", "values: expected an array of {name, value}, got none"},
                {"set", "{\"values\":{}}", "values: expected an array of {name, value}, got object"},
                {"set", "{\"values\":[{\"name\":\"a\"}]}", "values[0]: expected an object of two strings"},
                {"set", "{\"values\":[{\"name\":\"a\",\"value\":1}]}",
                 "values[0]: expected an object of two strings"},
                {"set", "{\"values\":[{\"name\":\"a\",\"value\":\"\",\"x\":1}]}", "values[0]: expected"},
                {"set", "{\"values\":[],\"by\":\"me\"}", "by: expected \\\"acs\\\" or \\\"local\\\""},
                {"set", "{\"values\":[],\"what\":1}", "params: unknown member 'what'"},
                {"get_attributes", "{}", "names: expected an array of strings, got none"},
                {"set_attributes", "{}", "attributes: expected an array of {name, notification}, got none"},
                {"set_attributes", "{\"attributes\":[{\"name\":\"a\",\"notification\":3}]}",
                 "attributes[0]: expected"},
                {"set_attributes", "{\"attributes\":[{\"name\":\"a\",\"notification\":\"2\"}]}",
                 "attributes[0]: expected"},
                {"set_attributes", "{\"attributes\":[1]}", "attributes[0]: expected"},
                {"subscribe", "{\"since\":1}", "since: expected the number of an event, 0 to 0"},
                {"subscribe", "{\"since\":-1}", "since: expected"},
                {"subscribe", "{\"since\":\"0\"}", "since: expected"},
                {"ack", "{}", "seq: expected the number of an event, 0 to 0"},
                {"ack", "{\"seq\":1}", "seq: expected"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                assert_has(ask(cases[i][0], cases[i][1]), "\"code\":-32602,");
                assert_has(reply, cases[i][2]);
        }
        assert_int_equal(saves, 0);
}

static void test_D1_4_D2_2_attributes_are_set_by_name_and_by_path(void **state)
{
        (void)state;
        assert_answer("set_attributes",
                      "{\"attributes\":[{\"name\":\"Device.ManagementServer.STUNEnable\",\"notification\":2},"
                      "{\"name\":"
                      "\"Device.GatewayInfo.\",\"notification\":1}]}",
                      "{}");
        assert_int_equal(saves, 1);
        assert_answer(
                "get_attributes", "{\"names\":[\"" MS "STUNEnable\",\"Device.GatewayInfo.\"]}",
                "[{\"name\":\"" MS "STUNEnable\",\"notification\":2},{\"name\":\"Device.GatewayInfo."
                "ManufacturerOUI\",\"notification\":1},{\"name\":\"Device.GatewayInfo.SerialNumber\","
                "\"notification\":1},{\"name\":\"Device.GatewayInfo.ProductClass\",\"notification\":1}]");
}

static int set_active(void *context, const struct model_node *node)
{
        char params[512];

        (void)context;
        if (node->parameter == NULL || node->parameter->active_denied)
                return 0;
        snprintf(params, sizeof(params), "{\"attributes\":[{\"name\":\"%s\",\"notification\":2}]}",
                 node->name);
        assert_answer("set_attributes", params, "{}");
        snprintf(params, sizeof(params), "{\"attributes\":[{\"name\":\"%s\",\"notification\":1}]}",
                 node->name);
        assert_answer("set_attributes", params, "{}");
        return 0;
}

static void test_D2_2_D1_4_every_parameter_but_three_takes_active_and_passive(void **state)
{
        (void)state;
        assert_int_equal(model_walk(&bridge, "", false, set_active, NULL), 0);
        assert_has(ask("set_attributes",
                       "{\"attributes\":[{\"name\":\"" MS "URL\",\"notification\":2},{\"name\":\"" MS
                       "ManageableDevice.\",\"notification\":2}]}"),
                   "{\"name\":\"" MS "ManageableDevice.\",\"code\":9009,");
        assert_answer("get_attributes", "{\"names\":[\"" MS "URL\"]}",
                      "[{\"name\":\"" MS "URL\",\"notification\":1}]");
        assert_answer("set_attributes",
                      "{\"attributes\":[{\"name\":\"" MS "ManageableDevice.\",\"notification\":1}]}", "{}");
        assert_answer("get_attributes", "{\"names\":[\"" MS "ManageableDevice.3.ProductClass\"]}",
                      "[{\"name\":\"" MS "ManageableDevice.3.ProductClass\",\"notification\":1}]");
        assert_has(
                ask("set_attributes", "{\"attributes\":[{\"name\":\"" MS "Nothing\",\"notification\":2}]}"),
                "\"code\":9005,");
}

static void test_DV_4_a_new_acs_url_makes_gateway_info_active_again(void **state)
{
        (void)state;
        ask("set_attributes", "{\"attributes\":[{\"name\":\"Device.GatewayInfo.\",\"notification\":0}]}");
        ask("set", "{\"values\":[{\"name\":\"" MS "URL\",\"value\":\"\"}],\"by\":\"local\"}");
        assert_answer("get_attributes", "{\"names\":[\"Device.GatewayInfo.SerialNumber\"]}",
                      "[{\"name\":\"Device.GatewayInfo.SerialNumber\",\"notification\":2}]");
        fixture_gateway(&bridge, "eth0", 1, "G1");
        changes_observe(&bridge);
        ask("subscribe", "{}");
        assert_has(event(), "\"name\":\"Device.GatewayInfo.ManufacturerOUI\",\"value\":\"00D09E\"");
        assert_string_equal(
                event(), "{\"jsonrpc\":\"2.0\",\"method\":\"value_change\",\"params\":{\"name\":\"Device."
                         "GatewayInfo.SerialNumber\",\"value\":\"G1\",\"type\":\"string\",\"notification\":2,"
                         "\"seq\":2}}");
        assert_string_equal(event(), "");
}

static void what_the_acs_sets_raises_no_event_and_what_others_set_does(void **state)
{
        (void)state;
        ask("set_attributes", "{\"attributes\":[{\"name\":\"" MS "STUNEnable\",\"notification\":1}]}");
        ask("subscribe", "{}");
        ask("set", "{\"values\":[{\"name\":\"" MS "STUNEnable\",\"value\":\"1\"}],\"by\":\"acs\"}");
        assert_string_equal(event(), "");
        ask("set", "{\"values\":[{\"name\":\"" MS "STUNEnable\",\"value\":\"0\"}],\"by\":\"local\"}");
        assert_has(event(), "\"value\":\"false\",\"type\":\"boolean\",\"notification\":1,\"seq\":1}");
}

static void events_go_to_subscribers_only_and_once_each(void **state)
{
        (void)state;
        notify_connection_request(&bridge.notify);
        assert_string_equal(event(), "");
        assert_answer("subscribe", "{}", "{\"sequence\":1}");
        assert_string_equal(event(),
                            "{\"jsonrpc\":\"2.0\",\"method\":\"connection_request\",\"params\":{\"seq\":1,"
                            "\"count\":1}}");
        assert_string_equal(event(), "");
        notify_connection_request(&bridge.notify);
        assert_has(event(), "\"seq\":2,\"count\":2}");
}

static void a_subscriber_begins_behind_what_it_knows_and_an_ack_forgets(void **state)
{
        (void)state;
        notify_connection_request(&bridge.notify);
        assert_answer("subscribe", "{\"since\":1}", "{\"sequence\":1}");
        assert_string_equal(event(), "");
        assert_answer("subscribe", "{\"since\":0}", "{\"sequence\":1}");
        assert_has(event(), "connection_request");
        saves = 0;
        assert_answer("ack", "{\"seq\":1}", "{\"sequence\":1}");
        assert_int_equal(saves, 1);
        assert_answer("subscribe", "{}", "{\"sequence\":1}");
        assert_string_equal(event(), "");
}

static void test_CB_5_an_address_is_no_news_before_it_is_settled(void **state)
{
        (void)state;
        bridge.connection.unsettled = true;
        assert_answer("set_attributes",
                      "{\"attributes\":[{\"name\":\"" MS "UDPConnectionRequestAddress\",\"notification\":2},"
                      "{\"name\":\"" MS "NATDetected\",\"notification\":1}]}",
                      "{}");
        assert_answer("subscribe", "{}", "{\"sequence\":0}");
        strcpy(bridge.connection.address, "10.0.0.2:7547");
        changes_observe(&bridge);
        assert_string_equal(event(), "");
        strcpy(bridge.connection.address, "203.0.113.7:40001");
        bridge.connection.nat_detected = true;
        bridge.connection.unsettled = false;
        changes_observe(&bridge);
        assert_has(event(), "\"value\":\"203.0.113.7:40001\",");
        assert_has(event(), "NATDetected\",\"value\":\"true\",");
        assert_string_equal(event(), "");
}

static void test_CB_6_while_a_binding_is_being_explored_addresses_are_told_once_a_minute(void **state)
{
        (void)state;
        assert_answer("set_attributes",
                      "{\"attributes\":[{\"name\":\"" MS
                      "UDPConnectionRequestAddress\",\"notification\":2}]}",
                      "{}");
        assert_answer("subscribe", "{}", "{\"sequence\":0}");
        bridge.connection.discovering = true;
        strcpy(bridge.connection.address, "203.0.113.7:40001");
        changes_observe(&bridge);
        assert_has(event(), "40001");
        strcpy(bridge.connection.address, "203.0.113.7:40002");
        changes_observe(&bridge);
        assert_string_equal(event(), "");
        assert_int_equal(notify_deadline(&bridge.notify), FIXTURE_NOW + CHANGES_DISCOVERY_LIMIT);
        strcpy(bridge.connection.address, "203.0.113.7:40003");
        bridge.connection.discovering = false;
        changes_observe(&bridge);
        assert_has(event(), "40003");
        assert_string_equal(event(), "");
}

static void test_CR_5_an_ack_that_cannot_be_written_forgets_nothing(void **state)
{
        (void)state;
        notify_connection_request(&bridge.notify);
        save_result = -ENOSPC;
        assert_has(ask("ack", "{\"seq\":1}"), "\"code\":9002,");
        save_result = 0;
        assert_answer("subscribe", "{}", "{\"sequence\":1}");
        assert_has(event(), "connection_request");
        assert_answer("ack", "{\"seq\":1}", "{\"sequence\":1}");
        assert_answer("subscribe", "{}", "{\"sequence\":1}");
        assert_string_equal(event(), "");
}

#define METHOD_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                METHOD_TEST(test_D2_3_what_is_set_is_read_and_written_down_once),
                METHOD_TEST(test_D2_1_passwords_read_as_empty),
                METHOD_TEST(test_D2_3_a_set_with_faults_lists_all_and_changes_nothing),
                METHOD_TEST(a_password_that_is_refused_is_not_repeated),
                METHOD_TEST(test_D2_3_what_can_not_be_written_down_is_not_set),
                METHOD_TEST(malformed_requests_are_told_what_was_expected),
                METHOD_TEST(test_D1_4_D2_2_attributes_are_set_by_name_and_by_path),
                METHOD_TEST(test_D2_2_D1_4_every_parameter_but_three_takes_active_and_passive),
                METHOD_TEST(test_DV_4_a_new_acs_url_makes_gateway_info_active_again),
                METHOD_TEST(what_the_acs_sets_raises_no_event_and_what_others_set_does),
                METHOD_TEST(events_go_to_subscribers_only_and_once_each),
                METHOD_TEST(test_CB_5_an_address_is_no_news_before_it_is_settled),
                METHOD_TEST(test_CB_6_while_a_binding_is_being_explored_addresses_are_told_once_a_minute),
                METHOD_TEST(test_CR_5_an_ack_that_cannot_be_written_forgets_nothing),
                METHOD_TEST(a_subscriber_begins_behind_what_it_knows_and_an_ack_forgets),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
