/* SPDX-License-Identifier: BSD-2-Clause */
/* test_keepalive.c - what a keep-alive asks for, and what it makes of the outcomes, step by step. */
#include "config.h"

#include "tests/unit/unit.h"

#include "dm-bridge/keepalive.h"

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
/* Of an answer. */
#define ROUND_TRIP 40

static struct keepalive k;
static int64_t now;

static void start(int64_t minimum, int64_t maximum)
{
        struct keepalive_settings settings = {minimum, maximum};

        now = 1000000;
        keepalive_start(&k, &settings, now);
}

static void set(int64_t minimum, int64_t maximum)
{
        struct keepalive_settings settings = {minimum, maximum};

        keepalive_set(&k, &settings, now);
}

static struct keepalive_report report(void)
{
        struct keepalive_report made;

        keepalive_report(&k, now, &made);
        return made;
}

/* Go to the deadline, which is `after` from now; the action is due then and not earlier. */
static void assert_due(enum keepalive_action action, int64_t after)
{
        assert_int_equal(keepalive_deadline(&k) - now, after);
        if (after > 0)
                assert_int_equal(keepalive_tick(&k, now + after - 1), KEEPALIVE_WAIT);
        now += after;
        assert_int_equal(keepalive_tick(&k, now), action);
        assert_int_equal(keepalive_tick(&k, now), KEEPALIVE_WAIT);
}

static enum keepalive_action go_on(void)
{
        enum keepalive_action action;

        now = keepalive_deadline(&k) > now ? keepalive_deadline(&k) : now;
        action = keepalive_tick(&k, now);
        return action;
}

static void refreshed(bool rebound)
{
        now += ROUND_TRIP;
        keepalive_refreshed(&k, now, rebound);
}

static void unanswered(void)
{
        now += 9500;
        keepalive_unanswered(&k, now);
}

static void probed(enum probe_answer answer)
{
        now += answer == PROBE_SILENT ? 9500 : ROUND_TRIP;
        keepalive_probed(&k, now, answer);
}

static void assert_phase(enum keepalive_phase phase)
{
        assert_string_equal(keepalive_phase_name(report().phase), keepalive_phase_name(phase));
}

/* A trial or a monitoring period whose end finds the binding alive, and the refresh after it. */
static void live(int64_t silence)
{
        assert_due(KEEPALIVE_PROBE, silence);
        probed(PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
}

static void die(int64_t silence, bool rebound)
{
        assert_due(KEEPALIVE_PROBE, silence);
        probed(PROBE_SILENT);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(rebound);
}

/* A new binding becomes a used one. */
static void warm(void)
{
        assert_phase(KEEPALIVE_WARMING);
        assert_int_equal(go_on(), KEEPALIVE_PROBE);
        probed(PROBE_ALIVE);
        assert_int_equal(go_on(), KEEPALIVE_REFRESH);
        refreshed(false);
}

static void begin(int64_t minimum, int64_t maximum)
{
        start(minimum, maximum);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        warm();
        assert_phase(KEEPALIVE_SEARCHING);
}

/* Found: alive after 20 s, dead after 21 s and more. */
static void monitor(void)
{
        begin(20 * SECOND, 30 * SECOND);
        live(20 * SECOND);
        die(28 * SECOND, true);
        warm();
        die(23664, true);
        warm();
        die(21754, true);
        warm();
        assert_phase(KEEPALIVE_MONITORING);
}

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
        start(20 * SECOND, 20 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
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
        start(20 * SECOND, 5 * SECOND);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_phase(KEEPALIVE_FIXED);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
}

static void test_settings_of_zero_do_not_make_a_flood(void **state)
{
        (void)state;
        start(0, 0);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_due(KEEPALIVE_REFRESH, SECOND - ROUND_TRIP);
        start(0, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_due(KEEPALIVE_PROBE, 2300);
        probed(PROBE_IGNORED);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 2300 - 2 * ROUND_TRIP);
}

static void test_the_greatest_settings_overflow_nothing(void **state)
{
        (void)state;
        start(UINT32_MAX * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_due(KEEPALIVE_REFRESH, UINT32_MAX * SECOND - ROUND_TRIP);
        begin(20 * SECOND, INT32_MAX * SECOND);
        for (int64_t silence = 20 * SECOND; silence < INT32_MAX / 2 * SECOND; silence *= 2)
                live(silence);
}

static void test_KA_4_a_new_binding_is_probed_after_more_than_two_seconds_before_any_trial(void **state)
{
        (void)state;
        start(20 * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        keepalive_requested(&k, now); /* BINDING-CHANGE */
        refreshed(false);
        assert_phase(KEEPALIVE_WARMING);
        assert_due(KEEPALIVE_PROBE, 2300 - ROUND_TRIP);
        probed(PROBE_ALIVE);
        /* KA-1: this refresh, from which the first silence is counted, has to wait. */
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 2300 - ROUND_TRIP);
        refreshed(false);
        live(20 * SECOND);
        live(40 * SECOND);
        assert_int_equal(report().trials, 2);
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

static void test_KA_2_a_binding_that_came_back_with_its_port_was_dead_all_the_same(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        die(40 * SECOND, false);
        assert_int_equal(report().dead_ms, 40 * SECOND);
        warm();
}

static void test_KA_2_an_expired_binding_whose_port_was_given_away_is_dead(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        assert_due(KEEPALIVE_PROBE, 40 * SECOND);
        probed(PROBE_EXPIRED);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_int_equal(report().dead_ms, 40 * SECOND);
}

static void test_KA_2_silence_of_a_dead_server_says_nothing_of_the_binding(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        assert_due(KEEPALIVE_PROBE, 40 * SECOND);
        probed(PROBE_SILENT);
        assert_due(KEEPALIVE_REFRESH, 0);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 9500);
        refreshed(true);
        assert_int_equal(report().dead_ms, 0);
        assert_int_equal(report().failures, 0);
        assert_int_equal(report().voids, 1);
        warm();
        live(40 * SECOND);
}

static void test_KA_1_a_silent_server_is_asked_less_and_less_often(void **state)
{
        (void)state;
        start(5 * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 0);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 15 * SECOND - 9500);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 30 * SECOND - 9500);
        for (int i = 0; i < 100; i++) {
                unanswered();
                assert_due(KEEPALIVE_REFRESH, 60 * SECOND - 9500);
        }
        set(5 * SECOND, 20 * SECOND);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 9500);
        set(90 * SECOND, -1);
        unanswered();
        assert_due(KEEPALIVE_REFRESH, 90 * SECOND - 9500);
}

static void test_KA_4_a_packet_in_the_middle_of_a_trial_makes_it_void(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        now += 21 * SECOND;
        keepalive_disturbed(&k, now);
        keepalive_disturbed(&k, now);
        assert_int_equal(report().voids, 1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        live(40 * SECOND);
}

static void test_KA_1_KA_4_a_void_trial_is_not_repeated_before_the_minimum_is_over(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        now += 5 * SECOND;
        keepalive_disturbed(&k, now);
        assert_due(KEEPALIVE_REFRESH, 15 * SECOND - ROUND_TRIP);
        refreshed(false);
        live(20 * SECOND);
}

static void test_KA_4_a_copy_of_a_response_only_shifts_the_silence(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        now += 400;
        keepalive_disturbed(&k, now);
        assert_int_equal(report().voids, 0);
        live(20 * SECOND);
}

static void test_KA_4_copies_of_responses_of_a_slow_server_only_shift_the_silence(void **state)
{
        (void)state;
        begin(2 * SECOND, -1);
        live(2 * SECOND);
        assert_due(KEEPALIVE_PROBE, 4 * SECOND);
        now += 1600;
        keepalive_probed(&k, now, PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 0);
        now += 1600;
        keepalive_refreshed(&k, now, false);
        now += 1500;
        keepalive_disturbed(&k, now);
        assert_int_equal(report().voids, 0);
        assert_due(KEEPALIVE_PROBE, 8 * SECOND);
}

/* Eight times in a row a packet comes in the middle of a trial of 20 s. */
static void disturb_all_trials(void)
{
        for (int i = 0; i < 8; i++) {
                assert_phase(KEEPALIVE_SEARCHING);
                now += 20 * SECOND - ROUND_TRIP - 1;
                keepalive_disturbed(&k, now);
                if (i < 7) {
                        assert_due(KEEPALIVE_REFRESH, 1);
                        refreshed(false);
                }
        }
        assert_phase(KEEPALIVE_MONITORING);
}

static void test_KA_2_a_binding_that_dies_while_the_search_rests_ends_the_rest(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        disturb_all_trials();
        assert_due(KEEPALIVE_PROBE, 1 + ROUND_TRIP);
        probed(PROBE_EXPIRED);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        warm();
        assert_phase(KEEPALIVE_SEARCHING);
}

static void test_KA_4_a_binding_that_is_never_left_alone_is_searched_later(void **state)
{
        int64_t until;

        (void)state;
        begin(20 * SECOND, -1);
        disturb_all_trials();
        until = now + HOUR;
        assert_int_equal(report().period_ms, 20 * SECOND);
        live(1 + ROUND_TRIP);
        /* So long was the silence that the probe judged, not 20 s. */
        assert_int_equal(report().alive_ms, 1 + ROUND_TRIP);
        for (; now < until; live(20 * SECOND))
                assert_phase(KEEPALIVE_MONITORING);
        assert_phase(KEEPALIVE_SEARCHING);
}

static void test_KA_4_a_silent_probe_beside_which_another_packet_came_through_proves_nothing(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        keepalive_disturbed(&k, now + 1000);
        probed(PROBE_SILENT);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        assert_int_equal(report().failures, 0);
        assert_int_equal(report().voids, 1);
        warm();
        live(20 * SECOND);
}

/* It may have come from the LAN. */
static void test_KA_4_packets_beside_probes_do_not_hide_a_dead_binding(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(report().failures, 0);
                assert_due(KEEPALIVE_PROBE, 40 * SECOND);
                keepalive_disturbed(&k, now + 1000);
                probed(PROBE_SILENT);
                assert_due(KEEPALIVE_REFRESH, 0);
                refreshed(false);
                warm();
        }
        assert_int_equal(report().dead_ms, 40 * SECOND);
        monitor();
        for (int i = 0; i < 3; i++) {
                assert_due(KEEPALIVE_PROBE, 20 * SECOND);
                keepalive_disturbed(&k, now + 100);
                assert_due(KEEPALIVE_REFRESH, 1700);
                refreshed(false);
                assert_int_equal(report().failures, 3);
                warm();
                if (i < 2)
                        live(20 * SECOND);
        }
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        keepalive_disturbed(&k, now + 100);
        assert_due(KEEPALIVE_REFRESH, 1700);
        refreshed(false);
        assert_int_equal(report().failures, 4);
        monitor();
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        keepalive_disturbed(&k, now + 100);
        assert_due(KEEPALIVE_REFRESH, 1700);
        refreshed(true);
        assert_int_equal(report().failures, 4);
}

static void test_KA_5_a_server_that_ignores_response_address_leaves_the_minimum_period(void **state)
{
        static const enum probe_answer answers[] = {PROBE_IGNORED, PROBE_REFUSED};

        (void)state;
        for (int i = 0; i < 2; i++) {
                start(20 * SECOND, -1);
                assert_due(KEEPALIVE_REFRESH, 0);
                refreshed(true);
                assert_due(KEEPALIVE_PROBE, 2300);
                probed(answers[i]);
                assert_phase(KEEPALIVE_FALLBACK);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 2300 - 2 * ROUND_TRIP);
                refreshed(false);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
                assert_int_equal(report().period_ms, 20 * SECOND);
        }
}

static void test_KA_5_such_a_server_is_tried_again_after_an_hour_and_with_new_settings(void **state)
{
        (void)state;
        start(20 * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_due(KEEPALIVE_PROBE, 2300);
        probed(PROBE_IGNORED);
        for (int i = 0; i < HOUR / (20 * SECOND); i++) {
                assert_phase(KEEPALIVE_FALLBACK);
                assert_int_equal(go_on(), KEEPALIVE_REFRESH);
                refreshed(false);
        }
        assert_int_equal(go_on(), KEEPALIVE_REFRESH);
        refreshed(false);
        assert_due(KEEPALIVE_PROBE, 0);
        probed(PROBE_IGNORED);
        assert_phase(KEEPALIVE_FALLBACK);
        set(10 * SECOND, -1);
        assert_due(KEEPALIVE_PROBE, 0);
        probed(PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 10 * SECOND - 3 * ROUND_TRIP);
        refreshed(false);
        live(10 * SECOND);
        assert_phase(KEEPALIVE_SEARCHING);
}

static void test_KA_5_a_server_that_has_learnt_it_is_one_like_others(void **state)
{
        (void)state;
        start(20 * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        assert_due(KEEPALIVE_PROBE, 2300);
        probed(PROBE_IGNORED);
        while (go_on() == KEEPALIVE_REFRESH)
                refreshed(false);
        probed(PROBE_ALIVE);
        assert_int_equal(go_on(), KEEPALIVE_REFRESH);
        refreshed(false);
        disturb_all_trials();
}

static void test_KA_5_a_server_that_answers_no_probe_at_all_is_recognised_too(void **state)
{
        (void)state;
        start(20 * SECOND, -1);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
        for (int i = 0; i < 3; i++) {
                assert_phase(KEEPALIVE_WARMING);
                assert_int_equal(go_on(), KEEPALIVE_PROBE);
                probed(PROBE_SILENT);
                assert_int_equal(go_on(), KEEPALIVE_REFRESH);
                refreshed(false);
        }
        assert_phase(KEEPALIVE_FALLBACK);
        assert_int_equal(report().failures, 0);
        assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
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

static void test_a_machine_that_slept_refreshes_at_once_and_concludes_nothing(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        now += 8 * HOUR;
        assert_int_equal(keepalive_tick(&k, now), KEEPALIVE_REFRESH);
        /* On a NAT that keeps ports. */
        refreshed(false);
        assert_int_equal(report().dead_ms, 0);
        assert_int_equal(report().voids, 1);
        warm();
        live(40 * SECOND);
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

static void test_a_probe_that_could_not_be_sent_is_no_verdict(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        probed(PROBE_VOID);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
        live(20 * SECOND);
        assert_int_equal(report().voids, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_1_the_first_request_leaves_at_once_and_the_next_after_the_minimum),
                cmocka_unit_test(test_KA_2_equal_periods_leave_nothing_to_discover),
                cmocka_unit_test(test_KA_1_a_maximum_below_the_minimum_gives_way),
                cmocka_unit_test(test_settings_of_zero_do_not_make_a_flood),
                cmocka_unit_test(test_the_greatest_settings_overflow_nothing),
                cmocka_unit_test(
                        test_KA_4_a_new_binding_is_probed_after_more_than_two_seconds_before_any_trial),
                cmocka_unit_test(test_KA_2_a_failed_trial_renews_the_binding_at_once_and_warms_it),
                cmocka_unit_test(test_KA_2_a_binding_that_came_back_with_its_port_was_dead_all_the_same),
                cmocka_unit_test(test_KA_2_an_expired_binding_whose_port_was_given_away_is_dead),
                cmocka_unit_test(test_KA_2_silence_of_a_dead_server_says_nothing_of_the_binding),
                cmocka_unit_test(test_KA_1_a_silent_server_is_asked_less_and_less_often),
                cmocka_unit_test(test_KA_4_a_packet_in_the_middle_of_a_trial_makes_it_void),
                cmocka_unit_test(test_KA_1_KA_4_a_void_trial_is_not_repeated_before_the_minimum_is_over),
                cmocka_unit_test(test_KA_4_a_copy_of_a_response_only_shifts_the_silence),
                cmocka_unit_test(test_KA_4_copies_of_responses_of_a_slow_server_only_shift_the_silence),
                cmocka_unit_test(test_KA_2_a_binding_that_dies_while_the_search_rests_ends_the_rest),
                cmocka_unit_test(test_KA_4_a_binding_that_is_never_left_alone_is_searched_later),
                cmocka_unit_test(
                        test_KA_4_a_silent_probe_beside_which_another_packet_came_through_proves_nothing),
                cmocka_unit_test(test_KA_4_packets_beside_probes_do_not_hide_a_dead_binding),
                cmocka_unit_test(test_KA_5_a_server_that_ignores_response_address_leaves_the_minimum_period),
                cmocka_unit_test(test_KA_5_such_a_server_is_tried_again_after_an_hour_and_with_new_settings),
                cmocka_unit_test(test_KA_5_a_server_that_has_learnt_it_is_one_like_others),
                cmocka_unit_test(test_KA_5_a_server_that_answers_no_probe_at_all_is_recognised_too),
                cmocka_unit_test(test_a_binding_that_dies_before_the_minimum_is_not_probed_to_death),
                cmocka_unit_test(test_KA_2_the_search_ends_in_monitoring_with_a_probe_before_each_refresh),
                cmocka_unit_test(test_KA_2_monitoring_waits_for_a_probe_only_as_long_as_the_margin_lasts),
                cmocka_unit_test(test_KA_2_a_failed_monitoring_probe_returns_to_the_search),
                cmocka_unit_test(test_KA_2_a_connection_request_does_not_disturb_monitoring),
                cmocka_unit_test(test_KA_2_a_longer_period_is_tried_after_a_day_then_two),
                cmocka_unit_test(test_a_machine_that_slept_refreshes_at_once_and_concludes_nothing),
                cmocka_unit_test(test_settings_changed_during_a_trial_hold_at_once),
                cmocka_unit_test(test_KA_1_a_minimum_that_was_raised_during_a_trial_is_kept),
                cmocka_unit_test(test_KA_1_the_maximum_is_kept_though_a_probe_is_in_flight),
                cmocka_unit_test(test_KA_1_at_the_maximum_no_probe_is_begun),
                cmocka_unit_test(test_a_probe_that_could_not_be_sent_is_no_verdict),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
