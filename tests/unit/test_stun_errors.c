/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_errors.c - the STUN client where the server refuses: integrity in answer to a 401, pauses after
 * the rest. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/stun_fixture.h"

static void test_BD_5_a_401_is_answered_with_name_and_integrity(void **state)
{
        struct play_sent first;

        (void)state;
        begin_as("CPE57689", "password");
        assert_false(play_has(&play, ATTRIBUTE_INTEGRITY));
        first = *play_last(&play);
        play_error(&play, 401);
        assert_int_equal(play.count, 2);
        assert_int_equal(play_last(&play)->at, PLAY_START);
        assert_true(is_new_since(&first));
        assert_true(play_has(&play, ATTRIBUTE_BINDING));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE));
        assert_true(play_has(&play, ATTRIBUTE_USERNAME));
        assert_true(play_is_signed(&play, "password", STUN_RFC3489));
}

static void test_BD_5_a_response_without_our_integrity_is_discarded(void **state)
{
        struct stun_answer answer;

        (void)state;
        begin_as("CPE57689", "password");
        play_error(&play, 401);
        play_mapped(&play, "192.0.2.66", 666);
        assert_int_equal(play_report(&play).counters.unauthentic, 1);
        assert_false(play_report(&play).has_mapped);
        assert_non_null(play_last(&play));
        play_run(&play, 100); /* the timer runs on */
        assert_int_equal(play.count, 3);
        answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        stun_answer_sign(&answer, "password", STUN_RFC3489);
        play_receive(&play, STUN_PRIMARY, &answer);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
}

static void test_BD_5_CB_3_a_binding_change_is_repeated_whole_after_a_401(void **state)
{
        struct stun_answer answer;
        struct play_sent first;

        (void)state;
        begin_as("CPE57689", "password");
        play_mapped(&play, PLAY_PUBLIC, 40000);
        first = *play_last(&play);
        play_error(&play, 401);
        assert_true(is_new_since(&first));
        assert_true(play_has(&play, ATTRIBUTE_BINDING));
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
        assert_true(play_has(&play, ATTRIBUTE_USERNAME));
        assert_false(play_has(&play, ATTRIBUTE_RESPONSE_ADDRESS));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE_REQUEST));
        assert_true(play_is_signed(&play, "password", STUN_RFC3489));
        answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        stun_answer_sign(&answer, "password", STUN_RFC3489);
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_int_equal(play.count, 3);
        assert_int_equal(play_report(&play).state, STUN_STATE_BOUND);
}

static void test_BD_6_integrity_is_sent_only_in_answer_to_a_401(void **state)
{
        struct stun_answer answer;

        (void)state;
        begin_as("CPE57689", "password");
        for (int i = 0; i < 3; i++) {
                assert_false(play_has(&play, ATTRIBUTE_INTEGRITY));
                play_error(&play, 401);
                assert_true(play_is_signed(&play, "password", STUN_RFC3489));
                answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
                stun_answer_sign(&answer, "password", STUN_RFC3489);
                play_receive(&play, STUN_PRIMARY, &answer);
                if (play_has(&play, ATTRIBUTE_CHANGE))
                        play_mapped(&play, PLAY_PUBLIC, 40000);
                assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        }
}

static void assert_never_signed(const char *username, const char *password)
{
        begin_as(username, password);
        play_error(&play, 401);
        assert_int_equal(play.count, 1);
        assert_int_equal(play_report(&play).state, STUN_STATE_REFUSED);
        assert_int_equal(play_report(&play).last_error, 401);
        assert_non_null(play_next_request(&play, 10 * PLAY_MINIMUM));
        assert_false(play_has(&play, ATTRIBUTE_INTEGRITY));
}

static void test_BD_6_without_username_or_password_there_is_no_integrity(void **state)
{
        (void)state;
        assert_never_signed(NULL, NULL);
        assert_never_signed("", "password");
        assert_never_signed("CPE57689", "");
}

/* Answer each request with an error, and each retry with integrity too. Returns the pause before the next. */
static int64_t pause_after(unsigned first, unsigned second)
{
        int64_t at = play.now;

        play_error(&play, first);
        if (play_has(&play, ATTRIBUTE_INTEGRITY))
                play_error(&play, second);
        assert_int_equal(play.now, at);
        return play_next_request(&play, 24 * 3600000) == NULL ? -1 : play.now - at;
}

static void assert_backs_off(unsigned first, unsigned second)
{
        static const int64_t pauses[] = {30, 60, 120, 240, 480, 600, 600, 600};

        begin_as("CPE57689", "password");
        play.settings.maximum_ms = -1;
        play_configure(&play);
        for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
                assert_int_equal(pause_after(first, second), pauses[i] * 1000);
                assert_false(play_has(&play, ATTRIBUTE_INTEGRITY));
        }
}

static void wrong_credentials_make_the_client_back_off(void **state)
{
        (void)state;
        assert_backs_off(401, 401);
        assert_backs_off(401, 430);
        assert_backs_off(401, 431);
        assert_backs_off(401, 432);
}

static void errors_of_the_server_make_the_client_back_off(void **state)
{
        (void)state;
        assert_backs_off(400, 0);
        assert_backs_off(420, 0);
        assert_backs_off(431, 0);
        assert_backs_off(500, 0);
}

static void the_pause_is_within_the_maximum_and_ends_with_an_answer(void **state)
{
        (void)state;
        play.settings.maximum_ms = 40000;
        play_configure(&play);
        assert_int_equal(pause_after(500, 0), 30000);
        assert_int_equal(pause_after(500, 0), 40000);
        assert_int_equal(pause_after(500, 0), 40000);
        play_become_bound(&play, 40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(pause_after(500, 0), 30000);
}

static void an_error_of_class_6_ends_it_until_something_is_set(void **state)
{
        (void)state;
        play_error(&play, 600);
        assert_null(play_next_request(&play, 365LL * 24 * 3600000));
        assert_int_equal(stun_client_deadline(&play.client), INT64_MAX);
        assert_int_equal(play_report(&play).next_ms, -1);
        play.settings.minimum_ms = 20000; /* a period is no reason */
        play_configure(&play);
        assert_int_equal(play.count, 1);
        play.settings.username = "other";
        play_configure(&play);
        assert_int_equal(play.count, 2);
}

static void a_refusal_is_shown_until_a_request_of_its_kind_is_accepted(void **state)
{
        (void)state;
        play_error(&play, 500);
        assert_int_equal(play_report(&play).last_error, 500);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_int_equal(play_report(&play).last_error, 0);
        play_error(&play, 401); /* BINDING-CHANGE */
        for (int i = 0; i < 2; i++) {
                assert_non_null(play_next_request(&play, PLAY_MINIMUM));
                play_mapped(&play, PLAY_PUBLIC, 40000);
                assert_int_equal(play_report(&play).last_error, 401);
        }
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40001);
        play_mapped(&play, PLAY_PUBLIC, 40001);
        assert_int_equal(play_report(&play).last_error, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        const struct CMUnitTest tests[] = {
                TEST(test_BD_5_a_401_is_answered_with_name_and_integrity),
                TEST(test_BD_5_a_response_without_our_integrity_is_discarded),
                TEST(test_BD_5_CB_3_a_binding_change_is_repeated_whole_after_a_401),
                TEST(test_BD_6_integrity_is_sent_only_in_answer_to_a_401),
                TEST(test_BD_6_without_username_or_password_there_is_no_integrity),
                TEST(wrong_credentials_make_the_client_back_off),
                TEST(errors_of_the_server_make_the_client_back_off),
                TEST(the_pause_is_within_the_maximum_and_ends_with_an_answer),
                TEST(an_error_of_class_6_ends_it_until_something_is_set),
                TEST(a_refusal_is_shown_until_a_request_of_its_kind_is_accepted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
