/* SPDX-License-Identifier: BSD-2-Clause */
/* test_keepalive.c - when a keep-alive refreshes and probes, and how its search goes, step by step. */
#include "config.h"

#include "tests/unit/keepalive_play.h"

static void test_KA_1_the_first_request_leaves_at_once_and_the_next_after_the_minimum(void **state)
{
        (void)state;
        start(20 * SECOND, 20 * SECOND);
        assert_phase(KEEPALIVE_STARTING);
        assert_due(KEEPALIVE_REFRESH, 0);
        assert_int_equal(report().next_ms, -1);
        refreshed(true);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
}

static void test_KA_2_equal_periods_leave_nothing_to_discover(void **state)
{
        (void)state;
        start_bound(20 * SECOND, 20 * SECOND);
        for (int i = 0; i < 1000; i++) {
                assert_phase(KEEPALIVE_FIXED);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
                refreshed(i % 7 == 0);
        }
        assert_int_equal(report().probes, 0);
        assert_int_equal(report().period_ms, 20 * SECOND);
}

static void test_KA_1_a_maximum_below_the_minimum_gives_way(void **state)
{
        (void)state;
        start_bound(20 * SECOND, 5 * SECOND);
        assert_phase(KEEPALIVE_FIXED);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
}

static void test_settings_of_zero_do_not_make_a_flood(void **state)
{
        (void)state;
        start_bound(0, 0);
        assert_due(KEEPALIVE_REFRESH, SECOND - ROUND_TRIP);
        start_bound(0, -1);
        assert_due(KEEPALIVE_PROBE, 2300);
        probed(PROBE_IGNORED);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 2300 - 2 * ROUND_TRIP);
}

static void test_the_greatest_settings_overflow_nothing(void **state)
{
        (void)state;
        start_bound(UINT32_MAX * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, UINT32_MAX * SECOND - ROUND_TRIP);
        begin(20 * SECOND, INT32_MAX * SECOND);
        for (int64_t silence = 20 * SECOND; silence < INT32_MAX / 2 * SECOND; silence *= 2)
                live(silence);
}

static void test_KA_2_a_failed_trial_renews_the_binding_at_once_and_warms_it(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        die(40 * SECOND, true);
        assert_phase(KEEPALIVE_WARMING);
        assert_int_equal(report().dead_ms, 40 * SECOND);
        assert_int_equal(report().failures, 1);
        warm();
        live(28284);
        assert_int_equal(report().alive_ms, 28284);
}

static void test_a_binding_that_dies_before_the_minimum_is_not_probed_to_death(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        die(20 * SECOND, true);
        assert_phase(KEEPALIVE_SHORT_LIVED);
        for (int i = 0; i < 24 * HOUR / (20 * SECOND); i++) {
                assert_phase(KEEPALIVE_SHORT_LIVED);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
                refreshed(true);
        }
        warm();
        live(20 * SECOND);
        assert_phase(KEEPALIVE_SEARCHING);
}

static void test_KA_2_the_search_ends_in_monitoring_with_a_probe_before_each_refresh(void **state)
{
        (void)state;
        monitor();
        for (int i = 0; i < 100; i++)
                live(20 * SECOND);
        assert_phase(KEEPALIVE_MONITORING);
        set(20 * SECOND, 31 * SECOND);
        for (int i = 0; i < 100; i++)
                live(20 * SECOND);
        assert_phase(KEEPALIVE_MONITORING);
        assert_int_equal(report().failures, 3);
}

static void test_KA_2_monitoring_waits_for_a_probe_only_as_long_as_the_margin_lasts(void **state)
{
        (void)state;
        begin(20 * SECOND, 100 * SECOND);
        live(20 * SECOND);
        live(40 * SECOND);
        live(80 * SECOND);
        live(98 * SECOND);
        assert_phase(KEEPALIVE_MONITORING);
        assert_due(KEEPALIVE_PROBE, 88200);
        assert_due(KEEPALIVE_REFRESH, 9500);
}

static void test_KA_2_a_failed_monitoring_probe_returns_to_the_search(void **state)
{
        (void)state;
        monitor();
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        probed(PROBE_EXPIRED);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_int_equal(report().alive_ms, 0);
        warm();
        assert_phase(KEEPALIVE_SEARCHING);
        live(20 * SECOND);
        /* It was the NAT that restarted: what had been found still holds. */
        assert_phase(KEEPALIVE_MONITORING);
}

static void test_KA_2_a_connection_request_does_not_disturb_monitoring(void **state)
{
        (void)state;
        monitor();
        now += 10 * SECOND;
        keepalive_disturbed(&k, now);
        live(10 * SECOND);
        assert_int_equal(report().voids, 0);
}

static void test_KA_2_a_longer_period_is_tried_after_a_day_then_two(void **state)
{
        unsigned failures;
        int64_t began;

        (void)state;
        monitor();
        failures = report().failures;
        for (int days = 1; days <= 2; days++) {
                began = now;
                while (report().phase == KEEPALIVE_MONITORING)
                        live(keepalive_deadline(&k) - now);
                assert_in_range(now - began, days * 24 * HOUR - 60 * SECOND, days * 24 * HOUR);
                die(21754, true);
                warm();
                assert_phase(KEEPALIVE_MONITORING);
        }
        assert_int_equal(report().failures, failures + 2);
}

static void test_settings_changed_during_a_trial_hold_at_once(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        live(40 * SECOND);
        now += 30 * SECOND;
        set(20 * SECOND, 62 * SECOND);
        assert_due(KEEPALIVE_PROBE, 30 * SECOND);
        probed(PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        assert_phase(KEEPALIVE_MONITORING);
        now += 30 * SECOND;
        set(20 * SECOND, 20 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        assert_phase(KEEPALIVE_FIXED);
        set(20 * SECOND, -1);
        assert_int_equal(report().alive_ms, 60 * SECOND);
}

static void test_KA_1_a_minimum_that_was_raised_during_a_trial_is_kept(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        set(50 * SECOND, -1);
        probed(PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 30 * SECOND - 2 * ROUND_TRIP);
}

static void test_KA_1_the_maximum_is_kept_though_a_probe_is_in_flight(void **state)
{
        (void)state;
        begin(20 * SECOND, 30 * SECOND);
        live(20 * SECOND);
        assert_due(KEEPALIVE_PROBE, 28 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 2 * SECOND - ROUND_TRIP);
        /* It was not waited for: once is no proof. */
        keepalive_probed(&k, now + 1, PROBE_SILENT);
        refreshed(false);
        assert_int_equal(report().dead_ms, 0);
        warm();
        assert_due(KEEPALIVE_PROBE, 28 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 2 * SECOND - ROUND_TRIP);
        refreshed(false);
        assert_int_equal(report().dead_ms, 28 * SECOND);
}

static void test_KA_1_at_the_maximum_no_probe_is_begun(void **state)
{
        (void)state;
        start(1 * SECOND, 5 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 0);
        now += 5520;
        keepalive_refreshed(&k, now, true);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        now += 5 * SECOND;
        assert_int_equal(keepalive_tick(&k, now), KEEPALIVE_REFRESH);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_1_the_first_request_leaves_at_once_and_the_next_after_the_minimum),
                cmocka_unit_test(test_KA_2_equal_periods_leave_nothing_to_discover),
                cmocka_unit_test(test_KA_1_a_maximum_below_the_minimum_gives_way),
                cmocka_unit_test(test_settings_of_zero_do_not_make_a_flood),
                cmocka_unit_test(test_the_greatest_settings_overflow_nothing),
                cmocka_unit_test(test_KA_2_a_failed_trial_renews_the_binding_at_once_and_warms_it),
                cmocka_unit_test(test_a_binding_that_dies_before_the_minimum_is_not_probed_to_death),
                cmocka_unit_test(test_KA_2_the_search_ends_in_monitoring_with_a_probe_before_each_refresh),
                cmocka_unit_test(test_KA_2_monitoring_waits_for_a_probe_only_as_long_as_the_margin_lasts),
                cmocka_unit_test(test_KA_2_a_failed_monitoring_probe_returns_to_the_search),
                cmocka_unit_test(test_KA_2_a_connection_request_does_not_disturb_monitoring),
                cmocka_unit_test(test_KA_2_a_longer_period_is_tried_after_a_day_then_two),
                cmocka_unit_test(test_settings_changed_during_a_trial_hold_at_once),
                cmocka_unit_test(test_KA_1_a_minimum_that_was_raised_during_a_trial_is_kept),
                cmocka_unit_test(test_KA_1_the_maximum_is_kept_though_a_probe_is_in_flight),
                cmocka_unit_test(test_KA_1_at_the_maximum_no_probe_is_begun),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
