/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_client.c - what the STUN client sends from the primary port, and what it makes of the answers. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/fake_keepalive.h"
#include "tests/unit/stun_play.h"

#define C001 "c001001464736c666f72756d2e6f72672f54522d31313120"
#define C002 "c0020000"

enum attribute {
        RESPONSE_ADDRESS = 0x0002,
        CHANGE_REQUEST = 0x0003,
        USERNAME = 0x0006,
        MESSAGE_INTEGRITY = 0x0008,
        CONNECTION_REQUEST_BINDING = 0xC001,
        BINDING_CHANGE = 0xC002,
};

static struct stun_play play;

static int begin(void **state)
{
        (void)state;
        memset(&fake_keepalive, 0, sizeof(fake_keepalive));
        play_begin(&play, NULL, NULL, STUN_POLICY_RFC3489);
        return 0;
}

static void begin_as(const char *username, const char *password)
{
        memset(&fake_keepalive, 0, sizeof(fake_keepalive));
        play_begin(&play, username, password, STUN_POLICY_RFC3489);
}

static int end(void **state)
{
        (void)state;
        assert_false(fake_keepalive.broken);
        return 0;
}

static bool has(uint16_t type)
{
        return stun_has(play_last(&play)->bytes, play_last(&play)->size, type);
}

static bool is_signed(const char *password)
{
        return stun_is_signed(play_last(&play)->bytes, play_last(&play)->size, password, STUN_RFC3489);
}

/* The last datagram's attributes, all of them, but for the length and what is random. */
static void assert_attributes(const char *expected)
{
        const struct play_sent *sent = play_last(&play);
        char hex[2 * STUN_REQUEST_MAX + 1] = "";

        for (size_t i = 20; i < sent->size; i++)
                snprintf(hex + 2 * (i - 20), 3, "%02x", sent->bytes[i]);
        assert_string_equal(hex, expected);
}

static bool is_new_since(const struct play_sent *before)
{
        return memcmp(before->bytes + 4, play_last(&play)->bytes + 4, STUN_TRANSACTION_SIZE) != 0;
}

/* Answer discovery and the BINDING-CHANGE that follows it. */
static void become_bound(uint16_t port)
{
        play_mapped(&play, PLAY_PUBLIC, port);
        if (has(BINDING_CHANGE))
                play_mapped(&play, PLAY_PUBLIC, port);
        assert_int_equal(play_report(&play).state, STUN_STATE_BOUND);
}

static void assert_contact(bool nat_detected, const char *address, uint16_t port)
{
        struct stun_report report = play_report(&play);
        struct stun_address expected = play_address(address, port);

        assert_true(report.has_request_address);
        assert_int_equal(report.nat_detected, nat_detected);
        assert_true(stun_address_equals(&report.request_address, &expected));
}

/* --- What is in a request --- */

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
        become_bound(40000);
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
        become_bound(40000);
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
        assert_contact(true, PLAY_PUBLIC, 40000 + STUN_CHANGES_MAX);
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

/* --- Integrity --- */

static void test_BD_5_a_401_is_answered_with_name_and_integrity(void **state)
{
        struct play_sent first;

        (void)state;
        begin_as("CPE57689", "password");
        assert_false(has(MESSAGE_INTEGRITY));
        first = *play_last(&play);
        play_error(&play, 401);
        assert_int_equal(play.count, 2);
        assert_int_equal(play_last(&play)->at, PLAY_START);
        assert_true(is_new_since(&first));
        assert_true(has(CONNECTION_REQUEST_BINDING));
        assert_false(has(BINDING_CHANGE));
        assert_true(has(USERNAME));
        assert_true(is_signed("password"));
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
        assert_contact(true, PLAY_PUBLIC, 40000);
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
        assert_true(has(CONNECTION_REQUEST_BINDING));
        assert_true(has(BINDING_CHANGE));
        assert_true(has(USERNAME));
        assert_false(has(RESPONSE_ADDRESS));
        assert_false(has(CHANGE_REQUEST));
        assert_true(is_signed("password"));
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
                assert_false(has(MESSAGE_INTEGRITY));
                play_error(&play, 401);
                assert_true(is_signed("password"));
                answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
                stun_answer_sign(&answer, "password", STUN_RFC3489);
                play_receive(&play, STUN_PRIMARY, &answer);
                if (has(BINDING_CHANGE))
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
        assert_false(has(MESSAGE_INTEGRITY));
}

static void test_BD_6_without_username_or_password_there_is_no_integrity(void **state)
{
        (void)state;
        assert_never_signed(NULL, NULL);
        assert_never_signed("", "password");
        assert_never_signed("CPE57689", "");
}

/* --- Errors --- */

/* Answer each request with an error, and each retry with integrity too. Returns the pause before the next. */
static int64_t pause_after(unsigned first, unsigned second)
{
        int64_t at = play.now;

        play_error(&play, first);
        if (has(MESSAGE_INTEGRITY))
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
                assert_false(has(MESSAGE_INTEGRITY));
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
        become_bound(40000);
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

/* --- BINDING-CHANGE that fails --- */

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

/* --- What is learnt --- */

static void test_BD_3_CB_5_translation_is_another_address_or_port(void **state)
{
        (void)state;
        assert_contact(false, PLAY_LOCAL, 7547);
        become_bound(7547);
        assert_contact(true, PLAY_PUBLIC, 7547);
        begin(state);
        play_mapped(&play, PLAY_LOCAL, 40000);
        assert_contact(true, PLAY_LOCAL, 40000);
        begin(state);
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_contact(false, PLAY_LOCAL, 7547);
}

static void test_BD_4_translation_is_judged_again_at_every_keep_alive(void **state)
{
        unsigned told;

        (void)state;
        become_bound(40000);
        told = play.bindings;
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_contact(false, PLAY_LOCAL, 7547);
        assert_int_equal(play.bindings, told + 1);
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_LOCAL, 7547);
        assert_int_equal(play.bindings, told + 1);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_contact(true, PLAY_PUBLIC, 40000);
        assert_int_equal(play.bindings, told + 2);
}

static void test_CB_5_a_server_that_is_silent_takes_nothing_away(void **state)
{
        unsigned told;

        (void)state;
        become_bound(40000);
        told = play.bindings;
        play_run(&play, 3600000);
        assert_int_equal(play_report(&play).state, STUN_STATE_UNREACHABLE);
        assert_contact(true, PLAY_PUBLIC, 40000);
        assert_int_equal(play.bindings, told);
        assert_true(play_report(&play).counters.unanswered > 10);
}

static void test_BD_8_contradicting_answers_are_taken_back(void **state)
{
        struct stun_answer other;

        (void)state;
        become_bound(40000);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        other = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 40000);
        play_mapped(&play, "192.0.2.66", 666); /* forged, and faster than the server */
        assert_contact(true, "192.0.2.66", 666);
        play_receive(&play, STUN_PRIMARY, &other);
        assert_contact(true, PLAY_PUBLIC, 40000);
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
        assert_contact(false, PLAY_LOCAL, 7547);
        assert_false(play_report(&play).has_mapped);
        /* The BINDING-CHANGE that has left by then tells the truth, and is told once more. */
        assert_attributes(C001 C002);
        play_run(&play, 9500);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now - began, PLAY_MINIMUM);
        assert_attributes(C001);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_contact(true, PLAY_PUBLIC, 40000);
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

/* --- keepalive is told --- */

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
                TEST(test_BD_5_a_401_is_answered_with_name_and_integrity),
                TEST(test_BD_5_a_response_without_our_integrity_is_discarded),
                TEST(test_BD_5_CB_3_a_binding_change_is_repeated_whole_after_a_401),
                TEST(test_BD_6_integrity_is_sent_only_in_answer_to_a_401),
                TEST(test_BD_6_without_username_or_password_there_is_no_integrity),
                TEST(wrong_credentials_make_the_client_back_off),
                TEST(errors_of_the_server_make_the_client_back_off),
                TEST(the_pause_is_within_the_maximum_and_ends_with_an_answer),
                TEST(an_error_of_class_6_ends_it_until_something_is_set),
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
