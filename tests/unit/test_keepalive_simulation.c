/* SPDX-License-Identifier: BSD-2-Clause */
/* test_keepalive_simulation.c - the keep-alive against NATs of every kind, in virtual time.
 * tests/bench/bench_keepalive.c has the whole table. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

#include "tests/unit/durations.h"
#include "tests/unit/simulated_keepalive.h"

#define SEEDS 40

static struct simulated_keepalive s;

/* A NAT that forgets new flows after 30 s, or earlier. */
static void init(int64_t truth, double loss, uint64_t seed)
{
        simulated_keepalive_init(&s, truth < 30 * SECOND ? truth : 30 * SECOND, truth, seed);
        s.network.loss = loss;
}

static void start(int64_t minimum, int64_t maximum)
{
        struct keepalive_settings settings = {minimum, maximum};

        simulated_keepalive_start(&s, &settings);
}

static int64_t random_below(int64_t limit)
{
        return simulated_random_below(&s.network, limit);
}

static void run_for(int64_t time)
{
        simulated_keepalive_run(&s, s.network.now + time);
}

static struct keepalive_report report(void)
{
        struct keepalive_report made;

        keepalive_report(&s.keepalive, s.network.now, &made);
        return made;
}

static void assert_monitoring(void)
{
        assert_string_equal(keepalive_phase_name(report().phase), "monitoring");
}

/* Of `percent` of the truth at least. */
static void assert_found(int64_t truth, int percent)
{
        assert_monitoring();
        assert_in_range(report().period_ms, truth * percent / 100, truth);
}

static void converge(int64_t truth)
{
        assert_true(simulated_keepalive_converge(&s, DAY));
        assert_found(truth, 80);
}

/* How many of the seeds ended below `percent` of the truth; none may be above it. */
static unsigned count_low(int64_t truth, double loss, int64_t minimum, int percent)
{
        unsigned low = 0;

        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(truth, loss, seed);
                start(minimum + 41 * (int64_t)seed, -1);
                assert_true(simulated_keepalive_converge(&s, DAY));
                assert_monitoring();
                low += report().period_ms * 100 < truth * percent;
                assert_true(report().period_ms < truth);
                run_for(20 * report().period_ms);
                assert_true(s.above_most <= 1);
                assert_true(s.tally.closest >= minimum + 41 * (int64_t)seed);
                assert_true(s.tally.lapsed <= 20 * report().period_ms / 50);
        }
        return low;
}

static void test_KA_2_KA_4_periods_are_four_fifths_of_the_truth_with_any_loss(void **state)
{
        static const int64_t truths[] = {20, 33, 60, 120, 300, 900, 1800};
        static const double losses[] = {0, 0.01, 0.1, 0.2};

        (void)state;
        for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
                for (size_t j = 0; j < sizeof(losses) / sizeof(losses[0]); j++)
                        assert_true(count_low(truths[i] * SECOND, losses[j], 8 * SECOND, 80) <= SEEDS / 20);
        }
}

static void test_KA_2_KA_4_a_timeout_of_12_s_keeps_three_quarters(void **state)
{
        static const double losses[] = {0, 0.01, 0.05};

        (void)state;
        for (size_t j = 0; j < sizeof(losses) / sizeof(losses[0]); j++)
                assert_true(count_low(12 * SECOND, losses[j], 2 * SECOND, 75) <= SEEDS / 20);
}

static void test_KA_4_what_is_found_is_the_timeout_of_a_used_binding(void **state)
{
        (void)state;
        simulated_keepalive_init(&s, 4 * SECOND, 120 * SECOND, 1);
        start(3 * SECOND, -1);
        converge(120 * SECOND);
        assert_true(s.rebinds_to_converge <= 5);
}

static void test_KA_4_also_where_only_outbound_packets_refresh(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(120 * SECOND, 0.05, seed);
                s.network.nats[0].settings.ignores_inbound = true;
                start(15 * SECOND, -1);
                converge(120 * SECOND);
                run_for(20 * HOUR);
                assert_int_equal(s.deaths, 0);
        }
}

static void test_KA_2_ports_that_are_kept_or_given_away_at_once_mislead_nobody(void **state)
{
        static const enum simulated_ports ports[] = {SIMULATED_PORTS_KEPT, SIMULATED_PORTS_RANDOM,
                                                     SIMULATED_PORTS_LOWEST};

        (void)state;
        for (int i = 0; i < 6; i++) {
                init(100 * SECOND, 0.02, 1 + (uint64_t)i);
                s.network.nats[0].settings.ports = ports[i / 2];
                s.network.nats[0].settings.keeps_strays = i % 2;
                start(20 * SECOND, -1);
                converge(100 * SECOND);
                assert_true(report().failures >= 1);
        }
}

static void test_KA_2_the_shorter_of_two_NATs_decides(void **state)
{
        (void)state;
        for (int i = 0; i < 2; i++) {
                init(i == 0 ? 60 * SECOND : 300 * SECOND, 0.02, 1);
                simulated_add_nat(&s.network)->used_ms = i == 0 ? 300 * SECOND : 60 * SECOND;
                start(20 * SECOND, -1);
                converge(60 * SECOND);
        }
}

static void test_KA_1_KA_2_requests_keep_within_minimum_and_maximum(void **state)
{
        (void)state;
        for (int64_t seed = 0; seed < SEEDS; seed++) {
                int64_t minimum = (5 + seed) * SECOND, maximum = minimum + seed * seed * 300 + 1;

                init(120 * SECOND, 0.1, (uint64_t)seed);
                start(minimum, maximum);
                run_for(6 * HOUR);
                assert_in_range(s.tally.closest, minimum, maximum);
                assert_in_range(s.tally.farthest, minimum, maximum);
        }
}

static void test_KA_2_KA_4_slow_and_uneven_networks_are_no_obstacle(void **state)
{
        static const int64_t delays[] = {1, 100, 200, 400, 800, 1500};

        (void)state;
        for (int i = 0; i < 12; i++) {
                init(120 * SECOND, 0.01, 1 + (uint64_t)i);
                s.network.delay_ms = delays[i / 2];
                s.network.jitter_ms = i % 2 * delays[i / 2];
                start(20 * SECOND, -1);
                converge(120 * SECOND);
                assert_true(report().voids <= 1);
        }
}

static void test_KA_2_without_NAT_the_period_grows_to_the_ceiling(void **state)
{
        (void)state;
        init(HOUR, 0.01, 1);
        s.network.nat_count = 0;
        start(30 * SECOND, -1);
        assert_true(simulated_keepalive_converge(&s, DAY));
        assert_monitoring();
        assert_in_range(report().period_ms, 50 * MINUTE, HOUR);
        assert_int_equal(report().failures, 0);
}

/* Connection requests come twice a minute on the average: no longer silence can ever be judged. */
static void test_KA_4_trials_disturbed_by_requests_are_void_and_bounded(void **state)
{
        struct keepalive_report made;

        (void)state;
        init(300 * SECOND, 0.01, 1);
        start(20 * SECOND, -1);
        for (int i = 0; i < 24 * 60 * 2; i++) {
                run_for(random_below(MINUTE));
                simulated_keepalive_connection_request(&s);
        }
        made = report();
        assert_true(made.voids > 8);
        assert_true(made.failures <= 6);
        assert_true(made.rebinds <= 7);
        assert_true(made.period_ms <= 300 * SECOND);
        assert_true(s.tally.closest >= 20 * SECOND);
}

static void test_KA_4_a_request_now_and_then_does_not_keep_the_truth_away(void **state)
{
        (void)state;
        init(120 * SECOND, 0.01, 2);
        start(20 * SECOND, -1);
        for (int i = 0; i < 12; i++) {
                run_for(2 * MINUTE + random_below(10 * MINUTE));
                simulated_keepalive_connection_request(&s);
        }
        converge(120 * SECOND);
}

static void test_KA_2_a_timeout_that_shrinks_is_noticed_within_one_period(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(300 * SECOND, 0.05, seed);
                start(20 * SECOND, -1);
                converge(300 * SECOND);
                run_for(random_below(HOUR));
                s.network.nats[0].settings.used_ms = 60 * SECOND;
                run_for(2 * HOUR);
                assert_int_equal(s.deaths, 1);
                assert_found(60 * SECOND, 80);
        }
}

static void test_KA_2_a_timeout_that_grows_is_noticed_after_a_day(void **state)
{
        (void)state;
        init(60 * SECOND, 0.01, 1);
        start(20 * SECOND, -1);
        converge(60 * SECOND);
        s.network.nats[0].settings.used_ms = 300 * SECOND;
        run_for(25 * HOUR);
        assert_found(300 * SECOND, 80);
}

/* As a line whose address changes each night. */
static void test_KA_2_a_NAT_that_restarts_each_day_does_not_change_what_was_found(void **state)
{
        int64_t period;

        (void)state;
        init(120 * SECOND, 0.01, 1);
        start(20 * SECOND, -1);
        converge(120 * SECOND);
        period = report().period_ms;
        for (int i = 0; i < 30; i++) {
                simulated_restart(&s.network.nats[0]);
                s.network.nats[0].settings.address.s_addr ^= 0x01000000;
                run_for(DAY);
                converge(120 * SECOND);
                assert_int_equal(report().period_ms, period);
        }
        assert_true(report().failures <= 45);
}

static void test_KA_2_an_outage_is_survived_and_teaches_nothing(void **state)
{
        (void)state;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
                init(120 * SECOND, 0.01, seed);
                start(20 * SECOND, -1);
                run_for(random_below(15 * MINUTE));
                s.network.is_down = true;
                run_for(30 * SECOND + random_below(15 * MINUTE));
                s.network.is_down = false;
                run_for(70 * SECOND);
                assert_true(simulated_keepalive_is_reachable(&s));
                run_for(HOUR);
                assert_found(120 * SECOND, 80);
        }
}

static void test_KA_5_servers_without_response_address_leave_the_minimum_period(void **state)
{
        (void)state;
        for (int i = 0; i < 3; i++) {
                init(60 * SECOND, 0.01, 1);
                s.is_ignoring = i == 0;
                s.is_refusing = i == 1;
                s.is_dropping = i == 2;
                start(25 * SECOND, -1);
                run_for(2 * MINUTE);
                assert_int_equal(report().phase, KEEPALIVE_FALLBACK);
                assert_int_equal(report().period_ms, 25 * SECOND);
                run_for(DAY);
                assert_in_range(s.tally.farthest, 25 * SECOND, 36 * SECOND);
                assert_int_equal(report().rebinds, 1);
        }
}

static void test_KA_5_and_are_used_again_when_they_have_learnt_it(void **state)
{
        (void)state;
        init(60 * SECOND, 0.01, 1);
        s.is_ignoring = true;
        start(25 * SECOND, -1);
        run_for(5 * HOUR);
        s.is_ignoring = false;
        run_for(2 * HOUR);
        assert_found(60 * SECOND, 80);
}

static void test_a_request_at_any_time_after_the_search_finds_the_binding(void **state)
{
        (void)state;
        init(90 * SECOND, 0, 1);
        start(20 * SECOND, -1);
        converge(90 * SECOND);
        for (int i = 0; i < 10000; i++) {
                run_for(random_below(MINUTE));
                if (s.keepalive.phase != KEEPALIVE_MONITORING)
                        continue;
                assert_true(simulated_keepalive_is_reachable(&s));
        }
        assert_int_equal(s.deaths, 0);
}

static void disturb_somehow(void)
{
        uint64_t random = simulated_random(&s.network);
        struct keepalive_settings settings = {(int64_t)(random >> 8 & 63) * SECOND,
                                              (int64_t)(random >> 16 & 255) * SECOND - SECOND};
        struct simulated_nat_settings *nat = &s.network.nats[0].settings;

        switch (random % 8) {
        case 0:
                simulated_keepalive_connection_request(&s);
                break;
        case 1:
                simulated_restart(&s.network.nats[0]);
                break;
        case 2:
                s.network.is_down = !s.network.is_down;
                break;
        case 3:
                keepalive_set(&s.keepalive, &settings, s.network.now);
                break;
        case 4:
                s.is_ignoring = random >> 9 & 1;
                break;
        case 5:
                nat->used_ms = (int64_t)(random >> 8 & 511) * SECOND;
                break;
        case 6:
                s.network.now += (int64_t)(random >> 8 & 4095) * SECOND;
                break;
        default:
                s.is_dropping = random >> 9 & 1;
                break;
        }
}

/* Whatever happens: after it is over, the truth is found. */
static void test_KA_2_nothing_that_happens_keeps_it_from_finding_the_truth_afterwards(void **state)
{
        struct keepalive_settings settings = {10 * SECOND, -1};

        (void)state;
        for (uint64_t seed = 0; seed < 10 * SEEDS; seed++) {
                init(60 * SECOND, 0.05, seed);
                start(20 * SECOND, -1);
                for (int i = 0; i < 100; i++) {
                        run_for(random_below(2 * MINUTE));
                        disturb_somehow();
                }
                s.network.is_down = s.is_ignoring = s.is_dropping = false;
                s.network.nats[0].settings.used_ms = 120 * SECOND;
                settings.minimum_ms++;
                keepalive_set(&s.keepalive, &settings, s.network.now);
                s.tally.closest = INT64_MAX;
                run_for(2 * DAY);
                assert_found(120 * SECOND, 80);
                assert_true(s.tally.closest >= 10 * SECOND);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_2_KA_4_periods_are_four_fifths_of_the_truth_with_any_loss),
                cmocka_unit_test(test_KA_2_KA_4_a_timeout_of_12_s_keeps_three_quarters),
                cmocka_unit_test(test_KA_4_what_is_found_is_the_timeout_of_a_used_binding),
                cmocka_unit_test(test_KA_4_also_where_only_outbound_packets_refresh),
                cmocka_unit_test(test_KA_2_ports_that_are_kept_or_given_away_at_once_mislead_nobody),
                cmocka_unit_test(test_KA_2_the_shorter_of_two_NATs_decides),
                cmocka_unit_test(test_KA_1_KA_2_requests_keep_within_minimum_and_maximum),
                cmocka_unit_test(test_KA_2_KA_4_slow_and_uneven_networks_are_no_obstacle),
                cmocka_unit_test(test_KA_2_without_NAT_the_period_grows_to_the_ceiling),
                cmocka_unit_test(test_KA_4_trials_disturbed_by_requests_are_void_and_bounded),
                cmocka_unit_test(test_KA_4_a_request_now_and_then_does_not_keep_the_truth_away),
                cmocka_unit_test(test_KA_2_a_timeout_that_shrinks_is_noticed_within_one_period),
                cmocka_unit_test(test_KA_2_a_timeout_that_grows_is_noticed_after_a_day),
                cmocka_unit_test(test_KA_2_a_NAT_that_restarts_each_day_does_not_change_what_was_found),
                cmocka_unit_test(test_KA_2_an_outage_is_survived_and_teaches_nothing),
                cmocka_unit_test(test_KA_5_servers_without_response_address_leave_the_minimum_period),
                cmocka_unit_test(test_KA_5_and_are_used_again_when_they_have_learnt_it),
                cmocka_unit_test(test_a_request_at_any_time_after_the_search_finds_the_binding),
                cmocka_unit_test(test_KA_2_nothing_that_happens_keeps_it_from_finding_the_truth_afterwards),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
