/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_client.c - what the STUN client sends from the primary port, and what it makes of the answers. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/stun_fixture.h"

#define C001 "c001001464736c666f72756d2e6f72672f54522d31313120"
#define C002 "c0020000"

/* The last datagram's attributes, all of them, but for the length and what is random. */
static void assert_attributes(const char *expected)
{
        const struct play_sent *sent = play_last(&play);
        char hex[2 * STUN_REQUEST_MAX + 1] = "";

        for (size_t i = 20; i < sent->size; i++)
                snprintf(hex + 2 * (i - 20), 3, "%02x", sent->bytes[i]);
        assert_string_equal(hex, expected);
}

static void test_BD_1_BD_2_CB_1_discovery_asks_the_server_from_the_primary_port(void **state)
{
        (void)state;
        assert_int_equal(play.count, 1);
        assert_int_equal(play_last(&play)->at, PLAY_START);
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
        assert_true(stun_address_equals(&play_last(&play)->to, &play.server));
        assert_attributes(C001);
        assert_int_equal(play_report(&play).state, STUN_STATE_DISCOVERING);
}

static void test_CB_3_the_first_answer_is_followed_by_a_binding_change_at_once(void **state)
{
        struct play_sent first = *play_last(&play);

        (void)state;
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_int_equal(play.count, 2);
        assert_true(is_new_since(&first));
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
        assert_attributes(C001 C002);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_int_equal(play.count, 2);
}

static void test_CB_3_no_other_request_has_a_binding_change(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        for (int i = 0; i < 5; i++) {
                assert_non_null(play_next_request(&play, PLAY_MINIMUM));
                assert_attributes(C001);
                play_mapped(&play, PLAY_PUBLIC, 40000);
        }
        assert_int_equal(play.count, 7);
}

static void test_CB_3_each_change_of_the_binding_is_told(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40001);
        assert_attributes(C001 C002);
        play_mapped(&play, PLAY_PUBLIC, 40001);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, "198.51.100.2", 40001);
        assert_attributes(C001 C002);
        assert_int_equal(play_report(&play).counters.rebinds, 2);
}

static void test_CB_3_a_binding_without_translation_is_told_too(void **state)
{
        (void)state;
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_attributes(C001 C002);
}

static void test_CB_3_a_nat_that_never_keeps_an_address_does_not_make_us_flood(void **state)
{
        unsigned answered = 0;

        (void)state;
        for (uint16_t port = 40000; answered < 50; port++, answered++) {
                size_t before = play.count;

                play_mapped(&play, PLAY_PUBLIC, port);
                if (play.count == before)
                        break;
        }
        assert_int_equal(answered, STUN_CHANGES_MAX);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000 + STUN_CHANGES_MAX);
        /* The next refresh goes on with it. */
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_attributes(C001);
        play_mapped(&play, PLAY_PUBLIC, 40000 + STUN_CHANGES_MAX);
        assert_attributes(C001 C002);
}

static void test_CB_2_CB_4_the_username_is_in_each_request_padded_with_spaces(void **state)
{
        (void)state;
        begin_as("CPE57", NULL);
        assert_attributes(C001 "000600084350453537202020");
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_attributes(C001 C002 "000600084350453537202020");
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_attributes(C001 "000600084350453537202020");
}

static void test_CB_4_an_unanswered_binding_change_is_copied_nine_times_and_not_repeated(void **state)
{
        (void)state;
        play_mapped(&play, PLAY_PUBLIC, 40000);
        play_run(&play, 9499);
        assert_int_equal(play.count, 1 + STUN_COPIES);
        assert_attributes(C001 C002);
        for (int i = 0; i < 3; i++) {
                assert_non_null(play_next_request(&play, 2 * PLAY_MINIMUM));
                assert_attributes(C001);
                play_mapped(&play, PLAY_PUBLIC, 40000);
                assert_attributes(C001);
        }
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40001);
        assert_attributes(C001 C002);
}

static void test_CB_4_a_refused_binding_change_is_not_repeated(void **state)
{
        (void)state;
        play_mapped(&play, PLAY_PUBLIC, 40000);
        play_error(&play, 401);
        assert_int_equal(play.count, 2);
        assert_int_equal(play_report(&play).state, STUN_STATE_BOUND);
        assert_int_equal(play_report(&play).last_error, 401);
        for (int i = 0; i < 3; i++) {
                assert_non_null(play_next_request(&play, PLAY_MINIMUM));
                assert_attributes(C001);
                play_mapped(&play, PLAY_PUBLIC, 40000);
        }
}

static void test_BD_3_CB_5_translation_is_another_address_or_port(void **state)
{
        (void)state;
        play_assert_contact(&play, false, PLAY_LOCAL, 7547);
        play_become_bound(&play, 7547);
        play_assert_contact(&play, true, PLAY_PUBLIC, 7547);
        begin(state);
        play_mapped(&play, PLAY_LOCAL, 40000);
        play_assert_contact(&play, true, PLAY_LOCAL, 40000);
        begin(state);
        play_mapped(&play, PLAY_LOCAL, 7547);
        play_assert_contact(&play, false, PLAY_LOCAL, 7547);
}

static void test_BD_4_translation_is_judged_again_at_every_keep_alive(void **state)
{
        unsigned told;

        (void)state;
        play_become_bound(&play, 40000);
        told = play.bindings;
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_LOCAL, 7547);
        play_assert_contact(&play, false, PLAY_LOCAL, 7547);
        assert_int_equal(play.bindings, told + 1);
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_int_equal(play.bindings, told + 1);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40000);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        assert_int_equal(play.bindings, told + 2);
}

static void test_CB_5_a_server_that_is_silent_takes_nothing_away(void **state)
{
        unsigned told;

        (void)state;
        play_become_bound(&play, 40000);
        told = play.bindings;
        play_run(&play, 3600000);
        assert_int_equal(play_report(&play).state, STUN_STATE_UNREACHABLE);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        assert_int_equal(play.bindings, told);
        assert_true(play_report(&play).counters.unanswered > 10);
}

static void test_BD_8_contradicting_answers_are_taken_back(void **state)
{
        struct stun_answer other;

        (void)state;
        play_become_bound(&play, 40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        other = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        play_mapped(&play, "192.0.2.66", 666); /* forged, and faster than the server */
        play_assert_contact(&play, true, "192.0.2.66", 666);
        play_receive(&play, STUN_PRIMARY, &other);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        assert_int_equal(play_report(&play).state, STUN_STATE_CONTRADICTED);
        assert_int_equal(play_report(&play).counters.conflicts, 1);
}

static void test_BD_8_after_a_contradiction_discovery_goes_on_within_the_limits(void **state)
{
        struct stun_answer other = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        int64_t began = play.now;

        (void)state;
        play_mapped(&play, "192.0.2.66", 666);
        play_receive(&play, STUN_PRIMARY, &other);
        play_assert_contact(&play, false, PLAY_LOCAL, 7547);
        assert_false(play_report(&play).has_mapped);
        /* The BINDING-CHANGE that has left by then tells the truth, and is told once more. */
        assert_attributes(C001 C002);
        play_run(&play, 9500);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now - began, PLAY_MINIMUM);
        assert_attributes(C001);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        assert_attributes(C001 C002);
}

static void test_BD_8_answers_of_others_have_no_effect(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, "192.0.2.66", 666);
        struct stun_address other = play_address("203.0.113.6", 3478);

        (void)state;
        stun_client_received(&play.client, STUN_PRIMARY, &other, answer.bytes, answer.size, play.now);
        play_receive(&play, STUN_SECONDARY, &answer);
        answer.bytes[19] ^= 1;
        play_receive(&play, STUN_PRIMARY, &answer);
        answer.size = 3;
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_false(play_report(&play).has_mapped);
        assert_int_equal(play.count, 1);
        assert_int_equal(play_report(&play).counters.foreign, 1);
        assert_int_equal(play_report(&play).counters.stray, 3);
        assert_int_equal(fake_keepalive.disturbed, 3);
}

static void test_KA_4_keepalive_is_told_of_every_packet_of_the_primary_port(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);

        (void)state;
        assert_int_equal(fake_keepalive.started, 1);
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_int_equal(fake_keepalive.refreshed, 1);
        assert_int_equal(fake_keepalive.rebound, 1);
        assert_int_equal(fake_keepalive.requested, 1); /* BINDING-CHANGE */
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_int_equal(fake_keepalive.refreshed, 2);
        assert_int_equal(fake_keepalive.rebound, 1);
        assert_int_equal(fake_keepalive.disturbed, 0);
        play_receive(&play, STUN_PRIMARY, &answer); /* once more */
        assert_int_equal(fake_keepalive.disturbed, 1);
        assert_int_equal(play_report(&play).counters.repeated, 1);
        stun_client_disturbed(&play.client, play.now);
        assert_int_equal(fake_keepalive.disturbed, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        const struct CMUnitTest tests[] = {
                TEST(test_BD_1_BD_2_CB_1_discovery_asks_the_server_from_the_primary_port),
                TEST(test_CB_3_the_first_answer_is_followed_by_a_binding_change_at_once),
                TEST(test_CB_3_no_other_request_has_a_binding_change),
                TEST(test_CB_3_each_change_of_the_binding_is_told),
                TEST(test_CB_3_a_binding_without_translation_is_told_too),
                TEST(test_CB_3_a_nat_that_never_keeps_an_address_does_not_make_us_flood),
                TEST(test_CB_2_CB_4_the_username_is_in_each_request_padded_with_spaces),
                TEST(test_CB_4_an_unanswered_binding_change_is_copied_nine_times_and_not_repeated),
                TEST(test_CB_4_a_refused_binding_change_is_not_repeated),
                TEST(test_BD_3_CB_5_translation_is_another_address_or_port),
                TEST(test_BD_4_translation_is_judged_again_at_every_keep_alive),
                TEST(test_CB_5_a_server_that_is_silent_takes_nothing_away),
                TEST(test_BD_8_contradicting_answers_are_taken_back),
                TEST(test_BD_8_after_a_contradiction_discovery_goes_on_within_the_limits),
                TEST(test_BD_8_answers_of_others_have_no_effect),
                TEST(test_KA_4_keepalive_is_told_of_every_packet_of_the_primary_port),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
