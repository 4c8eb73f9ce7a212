/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_settings.c - the STUN client when settings change, and the server's dialect. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/stun_fixture.h"

static int begin_auto(void **state)
{
        (void)state;
        begin_with(NULL, NULL, STUN_POLICY_AUTO);
        return 0;
}

static void test_CB_5_switched_off_it_is_silent_and_shows_the_local_address(void **state)
{
        unsigned told;

        (void)state;
        play_become_bound(&play, 40000);
        told = play.bindings;
        play.settings.enabled = false;
        play_configure(&play);
        assert_int_equal(state_now(), STUN_STATE_DISABLED);
        play_assert_contact(&play, false, PLAY_LOCAL, 7547);
        assert_int_equal(play.bindings, told + 1);
        assert_int_equal(stun_client_deadline(&play.client), INT64_MAX);
        play_set_server(&play, "203.0.113.9"); /* of a lookup that was under way */
        assert_false(play_report(&play).has_server);
        stun_client_disturbed(&play.client, play.now);
        play_run(&play, 10 * PLAY_MINIMUM);
        assert_int_equal(play.count, 2);
        play_set_local(&play, "10.0.0.3", 7547);
        play_assert_contact(&play, false, "10.0.0.3", 7547);
}

static void test_BD_1_switched_on_again_it_discovers_anew(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play.settings.enabled = false;
        play_configure(&play);
        play_run(&play, PLAY_MINIMUM);
        play.settings.enabled = true;
        play_configure(&play);
        assert_int_equal(play.resolves, 2);
        assert_int_equal(state_now(), STUN_STATE_UNRESOLVED);
        play_set_server(&play, "203.0.113.5");
        assert_asked_at_once(2);
        play_assert_contact(&play, false, PLAY_LOCAL, 7547); /* what was known before is too old */
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
}

static void test_KA_1_switching_off_and_on_does_not_shorten_the_period(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        for (int i = 0; i < 10; i++) {
                play.settings.enabled = i % 2 == 1;
                play_configure(&play);
                play_set_server(&play, "203.0.113.5");
        }
        assert_int_equal(play.count, 2);
        assert_int_equal(play_report(&play).next_ms, PLAY_MINIMUM);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now, PLAY_START + PLAY_MINIMUM);
}

static void test_CB_2_another_username_is_told_of_the_binding(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play.settings.username = "CPE57689";
        play_configure(&play);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now, PLAY_START + PLAY_MINIMUM);
        assert_true(play_has(&play, ATTRIBUTE_USERNAME));
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
}

static void test_BD_5_a_password_that_was_set_ends_a_pause(void **state)
{
        (void)state;
        begin_with("CPE57689", NULL, STUN_POLICY_RFC3489);
        play.settings.maximum_ms = -1;
        play_configure(&play);
        for (int i = 0; i < 4; i++) {
                play_error(&play, 401);
                assert_non_null(play_next_request(&play, 3600000));
        }
        play_error(&play, 401);
        assert_int_equal(play_report(&play).next_ms, 480000);
        play.settings.password = "password";
        play_configure(&play);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_error(&play, 401);
        assert_true(play_is_signed(&play, "password", STUN_RFC3489));
}

static void other_periods_only_move_the_next_request(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play.settings.minimum_ms = play.settings.maximum_ms = 60000;
        play_configure(&play);
        assert_int_equal(state_now(), STUN_STATE_BOUND);
        assert_int_equal(fake_keepalive.settings.minimum_ms, 60000);
        assert_int_equal(fake_keepalive.settings.maximum_ms, 60000);
        assert_int_equal(fake_keepalive.started, 1);
        assert_null(play_next_request(&play, 60000 - 1));
        assert_non_null(play_next_request(&play, 1));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE));
}

static void the_same_settings_change_nothing(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_configure(&play);
        assert_int_equal(play.count, 2);
        assert_int_equal(state_now(), STUN_STATE_BOUND);
        assert_int_equal(play.resolves, 1);
}

static void texts_that_are_too_long_are_refused(void **state)
{
        char text[STUN_SERVER_MAX + 2];
        struct stun_settings settings = play.settings;

        (void)state;
        memset(text, 'x', sizeof(text));
        text[sizeof(text) - 1] = '\0';
        settings.server = text;
        assert_int_equal(stun_client_configure(&play.client, &settings, play.now), -EINVAL);
        text[STUN_TEXT_MAX + 1] = '\0';
        settings.server = play.settings.server;
        settings.username = text;
        assert_int_equal(stun_client_configure(&play.client, &settings, play.now), -EINVAL);
        settings.username = NULL;
        settings.password = text;
        assert_int_equal(stun_client_configure(&play.client, &settings, play.now), -EINVAL);
        settings.password = settings.username = text + 1;
        assert_int_equal(stun_client_configure(&play.client, &settings, play.now), 0);
}

static void the_longest_texts_can_be_sent(void **state)
{
        char text[STUN_TEXT_MAX + 1];

        (void)state;
        memset(text, 'x', STUN_TEXT_MAX);
        text[STUN_TEXT_MAX] = '\0';
        begin_with(text, text, STUN_POLICY_RFC3489);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        play_error(&play, 401);
        assert_int_equal(play.count, 3);
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
        assert_true(play_is_signed(&play, text, STUN_RFC3489));
}

static bool has_cookie(void)
{
        return memcmp(play_last(&play)->bytes + 4, "\x21\x12\xA4\x42", 4) == 0;
}

static void fail_one(void)
{
        uint64_t failed = play_report(&play).counters.unanswered;

        while (play_report(&play).counters.unanswered == failed)
                play_run(&play, 100);
        assert_non_null(play_next_request(&play, 2 * PLAY_MINIMUM));
}

static void test_BD_8_by_default_only_the_dialect_of_rfc_3489_is_spoken(void **state)
{
        (void)state;
        for (int i = 0; i < 5; i++) {
                assert_false(has_cookie());
                fail_one();
        }
}

static void test_BD_8_auto_tries_the_dialects_in_turn(void **state)
{
        (void)state;
        for (int i = 0; i < 5; i++) {
                assert_int_equal(has_cookie(), i % 2 == 1);
                assert_int_equal(play_report(&play).dialect, i % 2 == 1 ? STUN_RFC5389 : STUN_RFC3489);
                fail_one();
        }
}

static void xor_mapped(uint16_t port)
{
        struct stun_answer answer = stun_answer_xor_mapped(play_last(&play)->bytes, PLAY_PUBLIC, port);

        play_receive(&play, STUN_PRIMARY, &answer);
}

static void test_BD_8_auto_stays_with_what_has_worked(void **state)
{
        (void)state;
        fail_one();
        assert_true(has_cookie());
        xor_mapped(40000);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        assert_true(has_cookie());
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
        xor_mapped(40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_true(has_cookie());
        /* A server that is down for a moment has not unlearnt it. */
        fail_one();
        assert_true(has_cookie());
        xor_mapped(40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        fail_one();
        assert_true(has_cookie());
        /* One that is down for longer may be replaced by another. */
        fail_one();
        assert_false(has_cookie());
        fail_one();
        assert_true(has_cookie());
}

static void test_BD_8_auto_signs_as_the_dialect_does(void **state)
{
        struct stun_answer answer;

        (void)state;
        begin_with("CPE57", "password", STUN_POLICY_AUTO);
        fail_one();
        play_error(&play, 401);
        assert_true(has_cookie());
        assert_true(play_is_signed(&play, "password", STUN_RFC5389));
        answer = stun_answer_xor_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        stun_answer_sign(&answer, "password", STUN_RFC5389);
        play_receive(&play, STUN_PRIMARY, &answer);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
}

static void test_BD_8_auto_tries_the_other_integrity_when_one_is_refused(void **state)
{
        (void)state;
        begin_with("CPE57689", "password", STUN_POLICY_AUTO);
        play_error(&play, 401);
        assert_true(play_has(&play, ATTRIBUTE_INTEGRITY));
        play_error(&play, 431);
        assert_non_null(play_next_request(&play, 3600000));
        assert_true(has_cookie());
        play_error(&play, 401);
        assert_true(play_is_signed(&play, "password", STUN_RFC5389));
}

static void test_BD_8_another_server_is_first_asked_as_tr_111_says(void **state)
{
        (void)state;
        fail_one();
        assert_true(has_cookie());
        play.settings.server = "other.example:3478";
        play_configure(&play);
        play_set_server(&play, "203.0.113.9");
        assert_true(stun_address_equals(&play_last(&play)->to, &play.server));
        assert_false(has_cookie());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define AUTO(name) cmocka_unit_test_setup_teardown(name, begin_auto, end)
        const struct CMUnitTest tests[] = {
                TEST(test_CB_5_switched_off_it_is_silent_and_shows_the_local_address),
                TEST(test_BD_1_switched_on_again_it_discovers_anew),
                TEST(test_KA_1_switching_off_and_on_does_not_shorten_the_period),
                TEST(test_CB_2_another_username_is_told_of_the_binding),
                TEST(test_BD_5_a_password_that_was_set_ends_a_pause),
                TEST(other_periods_only_move_the_next_request),
                TEST(the_same_settings_change_nothing),
                TEST(texts_that_are_too_long_are_refused),
                TEST(the_longest_texts_can_be_sent),
                TEST(test_BD_8_by_default_only_the_dialect_of_rfc_3489_is_spoken),
                AUTO(test_BD_8_auto_tries_the_dialects_in_turn),
                AUTO(test_BD_8_auto_stays_with_what_has_worked),
                AUTO(test_BD_8_auto_signs_as_the_dialect_does),
                AUTO(test_BD_8_auto_tries_the_other_integrity_when_one_is_refused),
                AUTO(test_BD_8_another_server_is_first_asked_as_tr_111_says),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
