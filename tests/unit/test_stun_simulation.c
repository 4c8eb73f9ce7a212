/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_simulation.c - the whole STUN client behind NATs of every kind, in virtual time: what it finds,
 * and whether the manager reaches it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "tests/unit/durations.h"
#include "tests/unit/simulated_stun.h"

#define SEEDS 20

static struct simulated_stun s;

static void init(int64_t truth, double loss, uint64_t seed)
{
        simulated_stun_init(&s, truth < 30 * SECOND ? truth : 30 * SECOND, truth, seed);
        s.network.loss = loss;
}

static int64_t random_below(int64_t limit)
{
        return simulated_random_below(&s.network, limit);
}

static struct keepalive_report keepalive(void)
{
        return simulated_stun_report(&s).keepalive;
}

static void assert_phase(enum keepalive_phase phase)
{
        assert_string_equal(keepalive_phase_name(keepalive().phase), keepalive_phase_name(phase));
}

static void assert_found(int64_t truth)
{
        assert_phase(KEEPALIVE_MONITORING);
        assert_in_range(keepalive().period_ms, truth * 4 / 5, truth);
}

static void converge(int64_t truth)
{
        assert_true(simulated_stun_converge(&s));
        assert_found(truth);
        assert_int_equal(s.wrong, 0);
}

static void assert_reachable(void)
{
        unsigned before = s.requested;

        simulated_stun_request(&s);
        simulated_stun_run(&s, SECOND);
        assert_int_equal(s.requested, before + 3);
}

static void assert_request_address(struct stun_address expected)
{
        struct stun_report report = simulated_stun_report(&s);

        assert_true(report.has_request_address);
        assert_true(stun_address_equals(&report.request_address, &expected));
}

static void test_KA_2_KA_4_the_timeout_is_found_and_kept_below(void **state)
{
        static const int64_t truths[] = {20, 60, 120, 600, 1800};
        static const double losses[] = {0, 0.01, 0.1, 0.2};
        unsigned low;

        (void)state;
        for (size_t i = 0; i < 20; i++) {
                low = 0;
                for (uint64_t seed = 0; seed < SEEDS; seed++) {
                        int64_t truth = truths[i / 4] * SECOND;

                        init(truth, losses[i % 4], seed);
                        s.settings.minimum_ms = 8 * SECOND + 101 * (int64_t)seed;
                        simulated_stun_start(&s);
                        assert_true(simulated_stun_converge(&s));
                        low += keepalive().period_ms * 5 < truth * 4;
                        assert_true(keepalive().period_ms < truth);
                        assert_true(s.tally.closest >= s.settings.minimum_ms);
                        assert_int_equal(s.wrong, 0);
                }
                assert_true(low <= SEEDS / 20);
        }
}

static void test_KA_4_a_timeout_of_12_s_keeps_three_quarters(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                simulated_stun_init(&s, 5 * SECOND, 12 * SECOND, seed);
                s.network.loss = 0.01;
                s.settings.minimum_ms = 2 * SECOND + 51 * (int64_t)seed;
                simulated_stun_start(&s);
                assert_true(simulated_stun_converge(&s));
                assert_in_range(keepalive().period_ms, 9 * SECOND, 12 * SECOND);
        }
}

static void test_a_request_after_an_hour_of_silence_arrives(void **state)
{
        (void)state;
        for (int demand = SIMULATED_NEVER; demand <= SIMULATED_ALWAYS; demand++) {
                init(120 * SECOND, 0, 1);
                s.demand = (enum simulated_demand)demand;
                simulated_stun_start(&s);
                converge(120 * SECOND);
                simulated_stun_run(&s, HOUR);
                assert_reachable();
                assert_true(s.recorded <= 6);
                assert_request_address(s.secured);
                assert_true(simulated_stun_report(&s).nat_detected);
        }
}

static void test_a_request_at_any_time_after_the_search_arrives(void **state)
{
        (void)state;
        init(90 * SECOND, 0, 1);
        s.demand = SIMULATED_CHANGES;
        simulated_stun_start(&s);
        converge(90 * SECOND);
        for (int i = 0; i < 5000; i++) {
                simulated_stun_run(&s, random_below(3 * MINUTE));
                simulated_stun_converge(&s);
                assert_reachable();
        }
}

static void test_BD_4_a_NAT_that_restarts_with_another_address_is_followed(void **state)
{
        int64_t period;
        unsigned recorded;

        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(120 * SECOND, 0.01, seed);
                s.demand = SIMULATED_CHANGES;
                simulated_stun_start(&s);
                converge(120 * SECOND);
                period = keepalive().period_ms;
                simulated_stun_run(&s, random_below(HOUR));
                recorded = s.recorded;
                simulated_restart(&s.network.nats[0]);
                s.network.nats[0].settings.address.s_addr ^= htonl(1);
                simulated_stun_run(&s, period + 30 * SECOND);
                assert_true(s.recorded > recorded);
                assert_true(simulated_stun_reachable_for(&s) > 0);
                assert_request_address(s.secured);
                converge(120 * SECOND);
                assert_int_equal(keepalive().period_ms, period);
        }
}

static void test_KA_2_two_NATs_in_a_row(void **state)
{
        struct simulated_nat_settings *outer;

        (void)state;
        for (int i = 0; i < 4; i++) {
                init(i % 2 ? 50 * SECOND : 200 * SECOND, 0.01, 1);
                outer = simulated_add_nat(&s.network);
                outer->used_ms = i % 2 ? 200 * SECOND : 50 * SECOND;
                outer->ports = i / 2 ? SIMULATED_PORTS_RANDOM : SIMULATED_PORTS_KEPT;
                simulated_stun_start(&s);
                converge(50 * SECOND);
                simulated_stun_run(&s, HOUR);
                assert_true(simulated_stun_reachable_for(&s) > 0);
        }
}

static void test_KA_2_ports_that_are_kept_or_given_away_at_once(void **state)
{
        (void)state;
        for (int i = 0; i < 6; i++) {
                init(100 * SECOND, 0.02, 1 + (uint64_t)i);
                s.network.nats[0].settings.ports = (enum simulated_ports)(i / 2);
                s.network.nats[0].settings.keeps_strays = i % 2;
                s.demand = SIMULATED_CHANGES;
                simulated_stun_start(&s);
                converge(100 * SECOND);
                simulated_stun_run(&s, HOUR);
                assert_true(simulated_stun_reachable_for(&s) > 0);
        }
}

static void test_KA_2_KA_4_slow_and_uneven_networks(void **state)
{
        static const int64_t delays[] = {1, 100, 200, 400, 800, 1500};

        (void)state;
        for (int i = 0; i < 12; i++) {
                init(120 * SECOND, 0.01, 1 + (uint64_t)i);
                s.network.delay_ms = delays[i / 2];
                s.network.jitter_ms = i % 2 * delays[i / 2];
                s.demand = SIMULATED_CHANGES;
                simulated_stun_start(&s);
                converge(120 * SECOND);
                assert_int_equal(simulated_stun_report(&s).counters.conflicts, 0);
        }
}

static void test_KA_4_a_NAT_that_only_outbound_packets_refresh(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(100 * SECOND, 0.02, seed);
                s.network.nats[0].settings.ignores_inbound = true;
                simulated_stun_start(&s);
                converge(100 * SECOND);
        }
}

static void test_KA_5_servers_without_response_address(void **state)
{
        (void)state;
        for (int kind = SIMULATED_IGNORES; kind <= SIMULATED_DROPS; kind++) {
                init(60 * SECOND, 0.01, 1);
                s.kind = (enum simulated_server)kind;
                s.demand = SIMULATED_CHANGES;
                simulated_stun_start(&s);
                simulated_stun_run(&s, 3 * MINUTE);
                assert_phase(KEEPALIVE_FALLBACK);
                assert_int_equal(keepalive().period_ms, 20 * SECOND);
                simulated_stun_run(&s, DAY);
                assert_true(simulated_stun_reachable_for(&s) > 0);
                assert_int_equal(s.recorded, 1);
                s.kind = SIMULATED_HONOURS;
                simulated_stun_run(&s, 2 * HOUR);
                assert_found(60 * SECOND);
        }
}

static void test_KA_2_a_server_that_is_away_for_a_while_teaches_nothing(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(120 * SECOND, 0.01, seed);
                s.demand = SIMULATED_CHANGES;
                simulated_stun_start(&s);
                simulated_stun_run(&s, random_below(20 * MINUTE));
                s.is_dead = true;
                s.has_no_name = seed % 2;
                simulated_stun_run(&s, 15 * SECOND + random_below(HOUR));
                s.is_dead = s.has_no_name = false;
                simulated_stun_run(&s, 90 * SECOND);
                assert_true(simulated_stun_reachable_for(&s) > 0);
                simulated_stun_run(&s, HOUR);
                assert_found(120 * SECOND);
                assert_true(s.tally.closest >= 20 * SECOND);
        }
}

static void test_KA_4_requests_that_arrive_during_the_search(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(120 * SECOND, 0.01, seed);
                simulated_stun_start(&s);
                for (int i = 0; i < 15; i++) {
                        simulated_stun_run(&s, MINUTE + random_below(5 * MINUTE));
                        simulated_stun_request(&s);
                }
                converge(120 * SECOND);
        }
}

static void test_BD_7_another_local_address_is_told_at_once(void **state)
{
        (void)state;
        init(120 * SECOND, 0, 1);
        s.demand = SIMULATED_ALWAYS;
        simulated_stun_start(&s);
        converge(120 * SECOND);
        simulated_stun_run(&s, 5 * SECOND);
        simulated_stun_local(&s, "192.168.1.3");
        simulated_stun_run(&s, SECOND);
        assert_reachable();
        converge(120 * SECOND);
}

static void disturb_somehow(void)
{
        uint64_t random = simulated_random(&s.network);
        struct simulated_nat_settings *nat = &s.network.nats[0].settings;

        switch (random % 10) {
        case 0:
                simulated_stun_request(&s);
                break;
        case 1:
                simulated_restart(&s.network.nats[0]);
                nat->address.s_addr ^= htonl(random >> 8 & 1);
                break;
        case 2:
                s.network.is_down = random >> 8 & 1;
                break;
        case 3:
                s.is_dead = random >> 8 & 1;
                s.has_no_name = random >> 9 & 1;
                break;
        case 4:
                s.settings.minimum_ms = (int64_t)(random >> 8 & 63) * SECOND;
                s.settings.maximum_ms = (int64_t)(random >> 16 & 255) * SECOND - SECOND;
                simulated_stun_configure(&s);
                break;
        case 5:
                s.kind = (enum simulated_server)(random >> 8 & 3);
                break;
        case 6:
                nat->used_ms = (int64_t)(random >> 8 & 511) * SECOND;
                break;
        case 7:
                s.network.now += (int64_t)(random >> 8 & 4095) * SECOND;
                break;
        case 8:
                s.demand = (enum simulated_demand)((random >> 8) % 3);
                break;
        default:
                simulated_stun_local(&s, random >> 8 & 1 ? "192.168.1.2" : "192.168.1.3");
                break;
        }
}

static void calm_down(void)
{
        s.network.is_down = s.is_dead = s.has_no_name = false;
        s.kind = SIMULATED_HONOURS;
        s.network.nats[0].settings.used_ms = 120 * SECOND;
        s.settings.minimum_ms = 10 * SECOND;
        s.settings.maximum_ms = -1;
        simulated_stun_configure(&s);
}

/* Whatever happens: after it is over the manager reaches the client, and the truth is found. */
static void test_KA_1_KA_2_nothing_that_happens_does_lasting_harm(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < 10 * SEEDS; seed++) {
                init(60 * SECOND, 0.05, seed);
                simulated_stun_start(&s);
                for (int i = 0; i < 200; i++) {
                        simulated_stun_run(&s, random_below(2 * MINUTE));
                        disturb_somehow();
                }
                assert_int_equal(s.wrong, 0);
                calm_down();
                simulated_stun_run(&s, 2 * HOUR);
                s.tally.closest = INT64_MAX;
                simulated_stun_run(&s, 2 * DAY);
                assert_true(simulated_stun_converge(&s));
                assert_found(120 * SECOND);
                assert_true(s.tally.closest >= 10 * SECOND);
                assert_true(simulated_stun_reachable_for(&s) > 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_2_KA_4_the_timeout_is_found_and_kept_below),
                cmocka_unit_test(test_KA_4_a_timeout_of_12_s_keeps_three_quarters),
                cmocka_unit_test(test_a_request_after_an_hour_of_silence_arrives),
                cmocka_unit_test(test_a_request_at_any_time_after_the_search_arrives),
                cmocka_unit_test(test_BD_4_a_NAT_that_restarts_with_another_address_is_followed),
                cmocka_unit_test(test_KA_2_two_NATs_in_a_row),
                cmocka_unit_test(test_KA_2_ports_that_are_kept_or_given_away_at_once),
                cmocka_unit_test(test_KA_2_KA_4_slow_and_uneven_networks),
                cmocka_unit_test(test_KA_4_a_NAT_that_only_outbound_packets_refresh),
                cmocka_unit_test(test_KA_5_servers_without_response_address),
                cmocka_unit_test(test_KA_2_a_server_that_is_away_for_a_while_teaches_nothing),
                cmocka_unit_test(test_KA_4_requests_that_arrive_during_the_search),
                cmocka_unit_test(test_BD_7_another_local_address_is_told_at_once),
                cmocka_unit_test(test_KA_1_KA_2_nothing_that_happens_does_lasting_harm),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
