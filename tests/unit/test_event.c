/* SPDX-License-Identifier: BSD-2-Clause */
/* test_event.c - dhcpcd's environment. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client-hook/event.h"

static int make_environment(void **state)
{
        (void)state;
        clearenv();
        setenv("reason", "BOUND", 1);
        setenv("protocol", "dhcp", 1);
        setenv("interface", "eth0", 1);
        setenv("ifmetric", "202", 1);
        setenv("new_dhcp_lease_time", "3600", 1);
        setenv("new_ip_address", "192.0.2.7", 1);
        setenv("new_dhcp_server_identifier", "192.0.2.1", 1);
        setenv("new_tr111_raw", "00000de900", 1);
        return 0;
}

static struct event read_event(void)
{
        struct event event = {0};
        char error[EVENT_ERROR_MAX] = "";

        if (event_from_environment(&event, EVENT_DHCPCD, NULL, error, sizeof(error)) != 0)
                fail_msg("%s", error);
        return event;
}

static void expect_error(const char *name, const char *value, const char *message)
{
        struct event event = {.metric = 5}, before = event;
        char error[EVENT_ERROR_MAX] = "";

        if (value == NULL)
                unsetenv(name);
        else
                setenv(name, value, 1);
        assert_int_equal(event_from_environment(&event, EVENT_DHCPCD, NULL, error, sizeof(error)), -EINVAL);
        assert_string_equal(error, message);
        assert_memory_equal(&event, &before, sizeof(event));
}

static void an_ack_is_read_whole(void **state)
{
        struct event event;

        (void)state;
        event = read_event();
        assert_int_equal(event.kind, EVENT_ACK);
        assert_string_equal(event.interface, "eth0");
        assert_string_equal(event.reason, "bound");
        assert_int_equal(event.metric, 202);
        assert_int_equal(event.lease_time, 3600);
        assert_int_equal(event.address.s_addr, htonl(0xC0000207));
        assert_int_equal(event.server.s_addr, htonl(0xC0000201));
        assert_string_equal(event.option, "00000de900");
        assert_false(event.option_undefined);
}

static void test_DV_8_each_reason_has_its_kind(void **state)
{
        static const struct {
                const char *reason;
                enum event_kind kind;
        } expected[] = {
                {"BOUND", EVENT_ACK},
                {"RENEW", EVENT_ACK},
                {"REBIND", EVENT_ACK},
                {"REBOOT", EVENT_ACK},
                {"INFORM", EVENT_ACK},
                {"EXPIRE", EVENT_END},
                {"EXPIRED", EVENT_END},
                {"NAK", EVENT_END},
                {"FAIL", EVENT_END},
                {"RELEASE", EVENT_END},
                {"STOP", EVENT_END},
                {"DEPARTED", EVENT_END},
                {"STATIC", EVENT_STATIC},
                {"TIMEOUT", EVENT_OTHER},
                {"RECONFIGURE", EVENT_OTHER},
                {"PREINIT", EVENT_OTHER},
                {"CARRIER", EVENT_OTHER},
                {"NOCARRIER", EVENT_OTHER},
                {"NOCARRIER_ROAMING", EVENT_OTHER},
                {"IPV4LL", EVENT_OTHER},
                {"3RDPARTY", EVENT_OTHER},
                {"STOPPED", EVENT_OTHER},
                {"TEST", EVENT_OTHER},
                {"DUMP", EVENT_OTHER},
                {"UNKNOWN", EVENT_OTHER},
                {"ROUTERADVERT", EVENT_OTHER},
                {"BOUND6", EVENT_OTHER},
                {"EXPIRE6", EVENT_OTHER},
                {"STOP6", EVENT_OTHER},
                {"bound", EVENT_OTHER},
                {"", EVENT_OTHER},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
                setenv("reason", expected[i].reason, 1);
                if (read_event().kind != expected[i].kind)
                        fail_msg("%s", expected[i].reason);
        }
}

static void an_ack_of_another_protocol_is_none(void **state)
{
        (void)state;
        setenv("protocol", "ipv4ll", 1);
        assert_int_equal(read_event().kind, EVENT_OTHER);
        setenv("reason", "DEPARTED", 1);
        setenv("protocol", "link", 1);
        assert_int_equal(read_event().kind, EVENT_END);
        setenv("reason", "RENEW", 1);
        unsetenv("protocol");
        assert_int_equal(read_event().kind, EVENT_ACK);
}

static void an_infinite_lease_has_no_end(void **state)
{
        (void)state;
        setenv("new_dhcp_lease_time", "4294967295", 1);
        assert_int_equal(read_event().lease_time, 0);
        unsetenv("new_dhcp_lease_time");
        assert_int_equal(read_event().lease_time, 0);
}

static void an_option_that_dhcpcd_does_not_hand_over_is_noticed(void **state)
{
        (void)state;
        setenv("new_vivso_enterprise_number", "3561", 1);
        assert_false(read_event().option_undefined);
        unsetenv("new_tr111_raw");
        assert_true(read_event().option_undefined);
        assert_null(read_event().option);
}

static void every_error_names_variable_and_both_sides(void **state)
{
        (void)state;
        expect_error("ifmetric", "-1", "ifmetric: expected 0 to 4294967295, got '-1'");
        expect_error("ifmetric", "4294967296", "ifmetric: expected 0 to 4294967295, got '4294967296'");
        expect_error("ifmetric", "1x", "ifmetric: expected 0 to 4294967295, got '1x'");
        expect_error("ifmetric", "", "ifmetric: expected 0 to 4294967295, got ''");
        setenv("ifmetric", "0", 1);
        expect_error("new_ip_address", "192.0.2", "new_ip_address: expected an IPv4 address, got '192.0.2'");
        setenv("new_ip_address", "192.0.2.7", 1);
        expect_error("new_dhcp_server_identifier", "$(id)\n",
                     "new_dhcp_server_identifier: expected an IPv4 address, got '$(id)\\x0A'");
        expect_error("interface", NULL,
                     "interface: expected the name of a network interface, but it is not set");
        expect_error("reason", NULL,
                     "reason: expected the DHCP client's reason for running its script, but it is not set");
}

static void a_name_that_no_interface_has_never_becomes_a_path(void **state)
{
        static const char *const wrong[] = {
                "",     ".",    "..",       "../../etc/x",     "a/b", "a b", "a:1",
                "a\"b", "a\nb", "eth0\x7F", "sixteen-letters-"};
        struct event event;
        char error[EVENT_ERROR_MAX];

        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                setenv("interface", wrong[i], 1);
                assert_int_equal(event_from_environment(&event, EVENT_DHCPCD, NULL, error, sizeof(error)),
                                 -EINVAL);
                setenv("reason", i % 2 == 0 ? "EXPIRE" : "BOUND", 1);
        }
        setenv("interface", "fifteen-letters", 1);
        assert_string_equal(read_event().interface, "fifteen-letters");
}

struct variable {
        const char *name, *value;
};

/* Reads the event of another client, with no variables but these. */
static struct event read_of(enum event_client client, const char *reason, const struct variable *variables)
{
        struct event event = {0};
        char error[EVENT_ERROR_MAX] = "";

        clearenv();
        for (; variables->name != NULL; variables++)
                setenv(variables->name, variables->value, 1);
        if (event_from_environment(&event, client, reason, error, sizeof(error)) != 0)
                fail_msg("%s", error);
        return event;
}

static void expect_ack(const struct event *event, const char *reason)
{
        assert_int_equal(event->kind, EVENT_ACK);
        assert_string_equal(event->interface, "eth0");
        assert_string_equal(event->reason, reason);
        assert_int_equal(event->metric, 7);
        assert_int_equal(event->lease_time, 3600);
        assert_int_equal(event->address.s_addr, htonl(0xC0000207));
        assert_int_equal(event->server.s_addr, htonl(0xC0000201));
}

static void dhclient_has_words_of_its_own(void **state)
{
        static const struct variable variables[] = {
                {"reason", "REBOOT"},
                {"interface", "eth0"},
                {"IF_METRIC", "7"},
                {"new_ip_address", "192.0.2.7"},
                {"new_dhcp_server_identifier", "192.0.2.1"},
                {"new_dhcp_lease_time", "3600"},
                {"new_assoc_raw", "0:0:d:e9:0"},
                {"protocol", "ra"},
                {"new_vivso_enterprise_number", "1"},
                {NULL, NULL},
        };
        struct event event = read_of(EVENT_DHCLIENT, NULL, variables);

        (void)state;
        expect_ack(&event, "reboot");
        assert_string_equal(event.option, "0:0:d:e9:0");
        assert_string_equal(event.option_name, "new_assoc_raw");
        assert_false(event.option_undefined);
}

static void udhcpc_names_the_event_apart(void **state)
{
        static const struct variable variables[] = {
                {"reason", "STOP"},   {"interface", "eth0"},     {"IF_METRIC", "7"},
                {"ip", "192.0.2.7"},  {"serverid", "192.0.2.1"}, {"lease", "3600"},
                {"opt125", "00000d"}, {"new_tr111_raw", "ff"},   {NULL, NULL},
        };
        struct event event = read_of(EVENT_UDHCPC, "bound", variables);

        (void)state;
        expect_ack(&event, "bound");
        assert_string_equal(event.option, "00000d");
        assert_string_equal(event.option_name, "opt125");
}

static void test_DV_8_the_reasons_of_dhclient_and_udhcpc_have_their_kinds(void **state)
{
        static const struct variable variables[] = {
                {"interface", "eth0"},
                {NULL, NULL},
        };
        static const struct {
                enum event_client client;
                const char *reason;
                enum event_kind kind;
        } expected[] = {
                {EVENT_DHCLIENT, "BOUND", EVENT_ACK},     {EVENT_DHCLIENT, "RENEW", EVENT_ACK},
                {EVENT_DHCLIENT, "REBIND", EVENT_ACK},    {EVENT_DHCLIENT, "REBOOT", EVENT_ACK},
                {EVENT_DHCLIENT, "EXPIRE", EVENT_END},    {EVENT_DHCLIENT, "FAIL", EVENT_END},
                {EVENT_DHCLIENT, "RELEASE", EVENT_END},   {EVENT_DHCLIENT, "STOP", EVENT_END},
                {EVENT_DHCLIENT, "TIMEOUT", EVENT_OTHER}, {EVENT_DHCLIENT, "PREINIT", EVENT_OTHER},
                {EVENT_DHCLIENT, "MEDIUM", EVENT_OTHER},  {EVENT_DHCLIENT, "NBI", EVENT_OTHER},
                {EVENT_DHCLIENT, "BOUND6", EVENT_OTHER},  {EVENT_DHCLIENT, "bound", EVENT_OTHER},
                {EVENT_UDHCPC, "bound", EVENT_ACK},       {EVENT_UDHCPC, "renew", EVENT_ACK},
                {EVENT_UDHCPC, "deconfig", EVENT_END},    {EVENT_UDHCPC, "nak", EVENT_END},
                {EVENT_UDHCPC, "leasefail", EVENT_END},   {EVENT_UDHCPC, "BOUND", EVENT_OTHER},
                {EVENT_UDHCPC, "", EVENT_OTHER},          {EVENT_DHCPCD, "deconfig", EVENT_OTHER},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
                if (read_of(expected[i].client, expected[i].reason, variables).kind != expected[i].kind)
                        fail_msg("%s", expected[i].reason);
}

static void the_end_of_a_lease_needs_no_valid_numbers(void **state)
{
        (void)state;
        setenv("reason", "EXPIRE", 1);
        setenv("ifmetric", "junk", 1);
        setenv("new_ip_address", "junk", 1);
        assert_int_equal(read_event().kind, EVENT_END);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(an_ack_is_read_whole, make_environment),
                cmocka_unit_test_setup(test_DV_8_each_reason_has_its_kind, make_environment),
                cmocka_unit_test_setup(an_ack_of_another_protocol_is_none, make_environment),
                cmocka_unit_test_setup(an_infinite_lease_has_no_end, make_environment),
                cmocka_unit_test_setup(an_option_that_dhcpcd_does_not_hand_over_is_noticed, make_environment),
                cmocka_unit_test_setup(every_error_names_variable_and_both_sides, make_environment),
                cmocka_unit_test_setup(a_name_that_no_interface_has_never_becomes_a_path, make_environment),
                cmocka_unit_test(dhclient_has_words_of_its_own),
                cmocka_unit_test(udhcpc_names_the_event_apart),
                cmocka_unit_test(test_DV_8_the_reasons_of_dhclient_and_udhcpc_have_their_kinds),
                cmocka_unit_test_setup(the_end_of_a_lease_needs_no_valid_numbers, make_environment),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
