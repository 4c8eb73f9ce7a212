/* SPDX-License-Identifier: BSD-2-Clause */
/* test_keepalive_doubt.c - what a keep-alive makes of silence, disturbed trials, servers that are no help,
 * and suspends, step by step. */
#include "config.h"

#include "tests/unit/keepalive_play.h"

static void test_KA_4_a_new_binding_is_probed_after_more_than_two_seconds_before_any_trial(void **state)
{
        (void)state;
        start_bound(20 * SECOND, -1);
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

/* A trial whose probe is silent although another packet comes through beside it; the binding keeps its port.
 */
static void doubt(int64_t silence)
{
        assert_due(KEEPALIVE_PROBE, silence);
        keepalive_disturbed(&k, now + 1000);
        probed(PROBE_SILENT);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
}

static void test_KA_4_a_silent_probe_beside_which_another_packet_came_through_proves_nothing(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        doubt(20 * SECOND);
        assert_int_equal(report().failures, 0);
        assert_int_equal(report().voids, 1);
        warm();
        live(20 * SECOND);
}

/* A monitoring probe beside which another packet comes, and the refresh that does not wait for it longer than
 * the margin lasts. */
static void monitor_disturbed(bool rebound)
{
        assert_due(KEEPALIVE_PROBE, 20 * SECOND);
        keepalive_disturbed(&k, now + 100);
        assert_due(KEEPALIVE_REFRESH, 1700);
        refreshed(rebound);
}

/* It may have come from the LAN. */
static void test_KA_4_packets_beside_probes_do_not_hide_a_dead_binding(void **state)
{
        (void)state;
        begin(20 * SECOND, -1);
        live(20 * SECOND);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(report().failures, 0);
                doubt(40 * SECOND);
                warm();
        }
        assert_int_equal(report().dead_ms, 40 * SECOND);
        monitor();
        for (int i = 0; i < 3; i++) {
                monitor_disturbed(false);
                assert_int_equal(report().failures, 3);
                warm();
                if (i < 2)
                        live(20 * SECOND);
        }
        monitor_disturbed(false);
        assert_int_equal(report().failures, 4);
        monitor();
        monitor_disturbed(true);
        assert_int_equal(report().failures, 4);
}

/* What the server makes of the first probe leaves nothing to search for. */
static void fall_back(enum probe_answer answer)
{
        start_bound(20 * SECOND, -1);
        assert_due(KEEPALIVE_PROBE, 2300);
        probed(answer);
        assert_phase(KEEPALIVE_FALLBACK);
}

static void test_KA_5_a_server_that_ignores_response_address_leaves_the_minimum_period(void **state)
{
        static const enum probe_answer answers[] = {PROBE_IGNORED, PROBE_REFUSED};

        (void)state;
        for (int i = 0; i < 2; i++) {
                fall_back(answers[i]);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - 2300 - 2 * ROUND_TRIP);
                refreshed(false);
                assert_due(KEEPALIVE_REFRESH, 20 * SECOND - ROUND_TRIP);
                assert_int_equal(report().period_ms, 20 * SECOND);
        }
}

static void test_KA_5_such_a_server_is_tried_again_after_an_hour_and_with_new_settings(void **state)
{
        (void)state;
        fall_back(PROBE_IGNORED);
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
        fall_back(PROBE_IGNORED);
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
        start_bound(20 * SECOND, -1);
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
                cmocka_unit_test(
                        test_KA_4_a_new_binding_is_probed_after_more_than_two_seconds_before_any_trial),
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
                cmocka_unit_test(test_a_machine_that_slept_refreshes_at_once_and_concludes_nothing),
                cmocka_unit_test(test_a_probe_that_could_not_be_sent_is_no_verdict),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
