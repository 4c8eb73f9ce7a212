/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_respond.c - which DHCPINFORM is believed. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/gateway_play.h"

static void play_inform(struct exchange exchange)
{
        exchange.options = DEVICE("A");
        exchange.query_type = GATEWAY_INFORM;
        exchange.response_type = GATEWAY_ACK;
        exchange.hwaddr = MAC1;
        play(exchange, NOW);
}

/* Forged informs are answered, noted nowhere, counted and logged with their reason. */
static void assert_forged(struct exchange exchange, const char *reason)
{
        uint64_t forged = gateway_counters(gateway).informs_forged;

        play_inform(exchange);
        assert_true(answer.replace_option);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        assert_int_equal(gateway_counters(gateway).informs_forged, forged + 1);
        assert_int_equal(gateway_counters(gateway).added, 0);
        assert_non_null(strstr(last_text, reason));
}

static void test_GW_10_an_inform_is_believed_only_from_its_own_address(void **state)
{
        (void)state;
        assert_forged((struct exchange){.address = "192.0.2.50", .source = "192.0.2.51"}, MAC1
                      ": ciaddr 192.0.2.50, source address 192.0.2.51, interface br0: not noted, sent from");
        assert_forged((struct exchange){.address = "192.0.2.50", .source = "0.0.0.0"}, "another address");
        assert_forged((struct exchange){.address = "192.0.2.1", .ciaddr_is_ours = true},
                      "the server's own address");
        assert_int_equal(said[MESSAGE_INFORM_FORGED], 3);
        play_inform((struct exchange){.address = "192.0.2.50"});
        assert_int_equal(gateway_counters(gateway).added, 1);
}

static void test_GW_10_an_inform_is_believed_only_from_a_host_of_a_served_subnet(void **state)
{
        static const struct {
                const char *address, *subnet;
                uint8_t length;
        } forged[] = {
                {"198.51.100.7", "192.0.2.0", 24},    {"192.0.3.0", "192.0.2.0", 24},
                {"192.0.2.7", "0.0.0.0", 0},          {"192.0.2.7", "192.0.2.0", 33},
                {"192.0.2.0", "192.0.2.0", 24},       {"192.0.2.255", "192.0.2.0", 24},
                {"192.0.2.8", "192.0.2.8", 30},       {"192.0.2.11", "192.0.2.8", 30},
                {"192.0.2.12", "192.0.2.8", 30},      {"0.0.0.0", "192.0.2.0", 24},
                {"255.255.255.255", "192.0.2.0", 24}, {"224.0.0.1", "192.0.2.0", 24},
                {"192.0.2.9", "192.0.2.8", 32},
        };
        static const struct {
                const char *address, *subnet;
                uint8_t length;
        } good[] = {
                {"192.0.2.9", "192.0.2.8", 30}, {"192.0.2.10", "192.0.2.8", 30},
                {"192.0.2.8", "192.0.2.8", 31}, {"192.0.2.9", "192.0.2.8", 31},
                {"192.0.2.8", "192.0.2.8", 32}, {"10.255.255.254", "10.0.0.0", 8},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
                assert_forged((struct exchange){.address = forged[i].address,
                                                .subnet = forged[i].subnet,
                                                .subnet_length = forged[i].length},
                              "no host's address of a subnet");
        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
                play_inform((struct exchange){.address = good[i].address,
                                              .subnet = good[i].subnet,
                                              .subnet_length = good[i].length});
                assert_int_equal(answer.claim.type, GATEWAY_CLAIM_DEVICE);
        }
}

static void test_GW_10_a_relayed_inform_comes_from_its_relay(void **state)
{
        (void)state;
        restart(", \"relayed\": true", NOW);
        play_inform((struct exchange){.address = "192.0.2.50", .source = "192.0.2.9", .giaddr = "192.0.2.9"});
        assert_int_equal(gateway_counters(gateway).added, 1);
        play_inform((struct exchange){
                .address = "192.0.2.51", .source = "192.0.2.9", .giaddr = "192.0.2.9", .subnet = "0.0.0.0"});
        assert_int_equal(gateway_counters(gateway).informs_forged, 1);
}

static void test_GW_13_a_flood_of_forged_informs_is_a_few_lines_in_the_log(void **state)
{
        char source[16];

        (void)state;
        for (unsigned i = 0; i < 10000; i++) {
                snprintf(source, sizeof(source), "10.0.%u.%u", i >> 8, i & 0xff);
                play_inform((struct exchange){.address = "192.0.2.50", .source = source});
        }
        assert_int_equal(gateway_counters(gateway).informs_forged, 10000);
        assert_int_equal(said[MESSAGE_INFORM_FORGED], 5);
        assert_int_equal(entries_at(NOW), 0);
}

static void without_identity_nothing_is_said_of_a_forged_inform(void **state)
{
        (void)state;
        play((struct exchange){PLAIN, GATEWAY_INFORM, GATEWAY_ACK, "192.0.2.50", MAC1,
                               .source = "192.0.2.51"},
             NOW);
        assert_int_equal(gateway_counters(gateway).informs_forged, 0);
        assert_int_equal(said[MESSAGE_INFORM_FORGED], 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                GATEWAY_TEST(test_GW_10_an_inform_is_believed_only_from_its_own_address),
                GATEWAY_TEST(test_GW_10_an_inform_is_believed_only_from_a_host_of_a_served_subnet),
                GATEWAY_TEST(test_GW_10_a_relayed_inform_comes_from_its_relay),
                GATEWAY_TEST(test_GW_13_a_flood_of_forged_informs_is_a_few_lines_in_the_log),
                GATEWAY_TEST(without_identity_nothing_is_said_of_a_forged_inform),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
