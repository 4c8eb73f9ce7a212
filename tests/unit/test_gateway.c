/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway.c - how the gateway starts, whose requests it inspects and what it answers. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway-hook/gateway.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/gateway_play.h"
#include "tests/unit/packet.h"

static void assert_option(const char *text)
{
        struct packet wanted = packet_of(text);

        assert_true(answer.replace_option);
        assert_int_equal(answer.option_size, wanted.size);
        assert_memory_equal(answer.option, wanted.data, wanted.size);
}

/* The answer is what need not be made anew, and is told to be. */
static void assert_usual(void)
{
        size_t size;
        const uint8_t *option = gateway_option(gateway, &size);

        assert_true(answer.is_usual);
        assert_int_equal(answer.option_size, size);
        assert_memory_equal(answer.option, option, size);
}

static void test_GW_1_discover_request_and_inform_are_inspected(void **state)
{
        static const struct {
                uint8_t query, response;
                bool answered;
        } rows[] = {
                {GATEWAY_DISCOVER, GATEWAY_OFFER, true},
                {GATEWAY_REQUEST, GATEWAY_ACK, true},
                {GATEWAY_INFORM, GATEWAY_ACK, true},
                {GATEWAY_REQUEST, GATEWAY_NAK, false},
                {GATEWAY_DECLINE, GATEWAY_ACK, false},
                {GATEWAY_RELEASE, GATEWAY_ACK, false},
                {0, GATEWAY_ACK, false},
                {GATEWAY_DISCOVER, 0, false},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                play((struct exchange){DEVICE("A"), rows[i].query, rows[i].response, "192.0.2.1", MAC1,
                                       .lost = true},
                     NOW);
                assert_int_equal(answer.replace_option, rows[i].answered);
        }
        assert_int_equal(gateway_counters(gateway).identified, 3);
}

static void test_GW_1_only_the_named_interfaces_are_LAN(void **state)
{
        (void)state;
        restart(", \"interfaces\": [\"br0\", \"br1\"]", NOW);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .interface = "eth9"},
             NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
        restart(", \"interfaces\": [\"br0\", \"br1\"]", NOW);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .interface = "br1"},
             NOW);
        assert_true(answer.replace_option);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_GW_1_a_relayed_request_is_no_LAN_device_unless_configured(void **state)
{
        struct exchange relayed = {DEVICE("A"), GATEWAY_REQUEST,     GATEWAY_ACK, "192.0.2.1",
                                   MAC1,        .giaddr = "10.0.0.1"};

        (void)state;
        play(relayed, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
        restart(", \"relayed\": true", NOW);
        play(relayed, NOW);
        assert_true(answer.replace_option);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_GW_2_a_request_with_identity_is_answered_with_ours(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_DISCOVER, GATEWAY_OFFER, "192.0.2.1", MAC1, .lost = true},
             NOW);
        assert_option("00000de9 0c " OURS);
        assert_usual();
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_option("00000de9 0c " OURS);
        assert_usual();
        assert_int_equal(gateway_counters(gateway).answered, 2);
}

static void test_GW_2_a_request_without_identity_is_not(void **state)
{
        (void)state;
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_UNIDENTIFIED);
        /* Enterprise 3561, asking for an ACS (sub-option 11), but no identity. */
        request("7d 09 00000de9 04 0b 02 \"x\" 00 ff", "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        /* Serial number without OUI. */
        request("7d 08 00000de9 03 02 01 \"A\" ff", "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_EN_6_an_invalid_identity_is_neither_answered_nor_noted_but_counted_and_logged(void **state)
{
        static const char *const invalid[] = {
                "7d 0f 00000de9 0a 01 05 \"00D09\" 02 01 \"A\" ff", /* OUI too short */
                "7d 10 00000de9 0b 01 06 \"00D09G\" 02 01 \"A\" ff",
                "7d 10 00000de9 0b 01 06 \"00D09E\" 02 01 0a ff",
                "7d 10 00000de9 0b 01 06 \"00D09E\" 02 02 \"A\" ff", /* runs past its block */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
                request(invalid[i], "192.0.2.1", MAC1, NOW);
                assert_false(answer.replace_option);
                assert_int_equal(answer.claim.type, GATEWAY_CLAIM_UNIDENTIFIED);
                assert_int_equal(gateway_counters(gateway).invalid, i + 1);
        }
        assert_int_equal(said[MESSAGE_IDENTITY_INVALID], 4);
        assert_int_equal(strncmp(last_text, MAC1 ": ", 19), 0);
        assert_non_null(
                strstr(last_text, "; option 125: \"\\x00\\x00\\x0d\\xe9\\x0b\\x01\\x0600D09E\\x02\\x02A\""));
        for (int i = 0; i < 50; i++)
                request(invalid[0], "192.0.2.1", MAC1, NOW);
        assert_int_equal(said[MESSAGE_IDENTITY_INVALID], 5);
        assert_int_equal(gateway_counters(gateway).invalid, 54);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_EN_7_the_administrators_enterprises_stay(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "0000118b 03 01 01 \"x\""},
             NOW);
        assert_option("0000118b 03 01 01 \"x\" 00000de9 0c " OURS);
        assert_false(answer.is_usual);
}

static void test_EN_7_the_administrators_own_sub_options_stay_and_no_code_is_sent_twice(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 0d 0b 03 \"acs\" 04 06 \"999999\""},
             NOW);
        assert_option("00000de9 11 0b 03 \"acs\" " OURS);
        assert_false(answer.is_usual);
}

static void test_EN_7_a_plain_client_gets_what_the_administrator_configured(void **state)
{
        (void)state;
        play((struct exchange){PLAIN, GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 05 0b 03 \"acs\""},
             NOW);
        assert_false(answer.replace_option);
}

static void a_response_whose_option_is_broken_goes_out_as_it_is_and_the_device_is_noted(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .option = "00000de9 ff 0b 03 \"acs\""},
             NOW);
        assert_false(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).option_errors, 1);
        assert_int_equal(said[MESSAGE_OPTION_ERROR], 1);
        assert_int_equal(entries_at(NOW), 1);
}

static void test_EN_9_a_TR_124_router_is_neither_answered_nor_noted(void **state)
{
        const char *router = "7d 13 00000de9 0e 01 06 \"00D09E\" 02 01 \"A\" 04 01 \"S\" ff";

        (void)state;
        request(router, "192.0.2.1", MAC1, NOW);
        assert_false(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).other_role, 1);
        assert_int_equal(said[MESSAGE_IDENTITY_OTHER_ROLE], 1);
        assert_int_equal(entries_at(NOW), 0);
}

static void every_prefix_of_a_request_is_taken_calmly(void **state)
{
        struct packet query = packet_message(DEVICE("A"), NULL, NULL);
        struct gateway_exchange event = {
                .query_type = GATEWAY_REQUEST, .response_type = GATEWAY_ACK, .interface = "br0"};

        (void)state;
        for (size_t size = 0; size < query.size - 1; size++) {
                struct packet prefix = packet_prefix(&query, size);

                event.query = prefix.data;
                event.query_size = size;
                gateway_respond(gateway, &event, NOW, &answer);
                assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        }
}

static void assert_start_fails(const char *content, const char *text)
{
        char error[GATEWAY_ERROR_MAX], parameters[256], wanted[GATEWAY_ERROR_MAX];
        struct gateway *other = NULL;

        gateway_free(gateway, NOW);
        gateway = NULL;
        fixture_write(path, content);
        snprintf(parameters, sizeof(parameters),
                 "{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"GW\", \"journal\": \"%s\"}", path);
        assert_true(gateway_new(parameters, say, path, NOW, &other, error, sizeof(error)) < 0);
        snprintf(wanted, sizeof(wanted), "journal %s: %s", path, text);
        assert_string_equal(error, wanted);
        assert_null(other);
}

static void a_journal_that_is_none_of_ours_stops_the_start_with_a_clear_line(void **state)
{
        (void)state;
        assert_start_fails("{\"journal\":\"tr111-devices\",\"version\":7,\"next\":1}\n",
                           "expected format version 1, got 7");
        assert_start_fails("address,hwaddr\n", "expected a journal of devices, got some other file");
}

static void a_bad_parameter_stops_the_start_with_its_name(void **state)
{
        char error[GATEWAY_ERROR_MAX];
        struct gateway *other = NULL;

        (void)state;
        assert_int_equal(gateway_new("{\"serial\": 1}", say, path, NOW, &other, error, sizeof(error)),
                         -EINVAL);
        assert_memory_equal(error, "unknown parameter \"serial\"", 26);
}

static void every_failed_allocation_at_the_start_is_reported(void **state)
{
        int n = 0;

        (void)state;
        gateway_free(gateway, NOW);
        gateway = NULL;
        while (gateway == NULL) {
                fixture_fail_allocation(++n);
                if (gateway == NULL && start_with("", NOW) != 0)
                        assert_null(gateway);
        }
        fixture_fail_allocation(0);
        assert_true(n > 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                GATEWAY_TEST(test_GW_1_discover_request_and_inform_are_inspected),
                GATEWAY_TEST(test_GW_1_only_the_named_interfaces_are_LAN),
                GATEWAY_TEST(test_GW_1_a_relayed_request_is_no_LAN_device_unless_configured),
                GATEWAY_TEST(test_GW_2_a_request_with_identity_is_answered_with_ours),
                GATEWAY_TEST(test_GW_2_a_request_without_identity_is_not),
                GATEWAY_TEST(
                        test_EN_6_an_invalid_identity_is_neither_answered_nor_noted_but_counted_and_logged),
                GATEWAY_TEST(test_EN_7_the_administrators_enterprises_stay),
                GATEWAY_TEST(test_EN_7_the_administrators_own_sub_options_stay_and_no_code_is_sent_twice),
                GATEWAY_TEST(test_EN_7_a_plain_client_gets_what_the_administrator_configured),
                GATEWAY_TEST(a_response_whose_option_is_broken_goes_out_as_it_is_and_the_device_is_noted),
                GATEWAY_TEST(test_EN_9_a_TR_124_router_is_neither_answered_nor_noted),
                GATEWAY_TEST(every_prefix_of_a_request_is_taken_calmly),
                GATEWAY_TEST(a_journal_that_is_none_of_ours_stops_the_start_with_a_clear_line),
                GATEWAY_TEST(a_bad_parameter_stops_the_start_with_its_name),
                GATEWAY_TEST(every_failed_allocation_at_the_start_is_reported),
        };

        return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
