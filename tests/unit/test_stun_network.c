/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_network.c - the STUN client when addresses and names change. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/stun_fixture.h"

static void test_BD_7_a_new_local_address_is_discovered_at_once(void **state)
{
        size_t count;

        (void)state;
        play_become_bound(&play, 40000);
        count = play.count;
        play_run(&play, 10);
        play_set_local(&play, "10.0.0.3", 7547);
        assert_asked_at_once(count);
        assert_int_equal(state_now(), STUN_STATE_DISCOVERING);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000); /* until there is news */
        /* The binding is another one, though it looks the same from outside. */
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
}

static void test_BD_7_each_new_local_address_is_discovered_at_once(void **state)
{
        (void)state;
        for (uint16_t port = 7548; port < 7558; port++) {
                size_t count = play.count;

                play_run(&play, 10);
                play_set_local(&play, PLAY_LOCAL, port);
                assert_asked_at_once(count);
        }
}

static void the_same_local_address_is_no_news(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_set_local(&play, PLAY_LOCAL, 7547);
        assert_int_equal(play.count, 2);
        assert_int_equal(state_now(), STUN_STATE_BOUND);
}

static void test_CB_5_without_translation_the_local_address_is_followed(void **state)
{
        unsigned told;

        (void)state;
        play_mapped(&play, PLAY_LOCAL, 7547);
        play_mapped(&play, PLAY_LOCAL, 7547);
        told = play.bindings;
        play_set_local(&play, "10.0.0.3", 7547);
        play_assert_contact(&play, false, "10.0.0.3",
                            7547); /* and no translation from the old to the new one */
        assert_int_equal(play.bindings, told + 1);
        play_set_local(&play, NULL, 0);
        play_assert_contact(&play, false, "10.0.0.3", 7547);
}

static void without_a_route_nothing_is_sent(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_set_local(&play, NULL, 0);
        assert_int_equal(state_now(), STUN_STATE_NO_ROUTE);
        assert_int_equal(stun_client_deadline(&play.client), INT64_MAX);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        play_run(&play, 10 * PLAY_MINIMUM);
        assert_int_equal(play.count, 2);
        play_set_local(&play, PLAY_LOCAL, 7547);
        assert_asked_at_once(2);
}

static void test_KA_1_a_route_that_flaps_does_not_shorten_the_period(void **state)
{
        size_t count;

        (void)state;
        play_become_bound(&play, 40000);
        count = play.count;
        for (int i = 0; i < 10; i++) {
                play_set_local(&play, NULL, 0);
                play_run(&play, 100);
                play_set_local(&play, PLAY_LOCAL, 7547);
                assert_int_equal(play.count, count);
        }
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now, PLAY_START + PLAY_MINIMUM);
}

static void test_BD_8_answers_to_a_transaction_that_was_dropped_have_no_effect(void **state)
{
        struct stun_answer late = stun_answer_mapped(play_last(&play)->bytes, "192.0.2.66", 666);

        (void)state;
        play_set_local(&play, "10.0.0.3", 7547);
        play_receive(&play, STUN_PRIMARY, &late);
        assert_false(play_report(&play).has_mapped);
        assert_int_equal(play_report(&play).counters.stray, 1);
        play_become_bound(&play, 40000);
        late = stun_answer_mapped(play_last(&play)->bytes, "192.0.2.66", 666);
        play_set_local(&play, "10.0.0.4",
                       7547); /* those that were answered are not listened to any more either */
        play_receive(&play, STUN_PRIMARY, &late);
        assert_int_equal(play_report(&play).counters.stray, 2);
}

static void test_BD_1_a_server_that_moves_is_asked_at_once_and_told_of_the_binding(void **state)
{
        size_t count;

        (void)state;
        play_become_bound(&play, 40000);
        count = play.count;
        play_set_server(&play, "203.0.113.9");
        assert_asked_at_once(count);
        play_assert_contact(&play, true, PLAY_PUBLIC, 40000);
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_true(play_has(&play, ATTRIBUTE_CHANGE));
        assert_true(stun_address_equals(&play_last(&play)->to, &play.server));
}

static void test_KA_1_a_name_that_leads_elsewhere_each_time_does_not_shorten_the_period(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_set_server(&play, "203.0.113.9");
        assert_asked_at_once(2);
        play_run(&play, 10);
        play_set_server(&play, "203.0.113.5");
        assert_int_equal(play.count, 3);
        play_set_server(&play, "203.0.113.9");
        assert_int_equal(play.count, 3);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play.now, PLAY_START + PLAY_MINIMUM);
        /* One that answers has earned it again. */
        play_become_bound(&play, 40000);
        play_set_server(&play, "203.0.113.5");
        assert_int_equal(play_last(&play)->at, play.now);
        assert_false(play_has(&play, ATTRIBUTE_CHANGE));
}

static void the_same_address_of_the_server_is_no_news(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_set_server(&play, "203.0.113.5");
        assert_int_equal(state_now(), STUN_STATE_BOUND);
        assert_int_equal(fake_keepalive.started, 1);
}

static void test_BD_8_the_name_is_looked_up_again_after_each_failed_transaction(void **state)
{
        (void)state;
        assert_int_equal(play.resolves, 1); /* when it was switched on */
        play_run(&play, 9499);
        assert_int_equal(play.resolves, 1);
        play_run(&play, 1);
        assert_int_equal(play.resolves, 2);
        assert_int_equal(state_now(), STUN_STATE_UNREACHABLE);
        play_run(&play, PLAY_MINIMUM);
        play_run(&play, 9500);
        assert_int_equal(play.resolves, 3);
}

static void test_BD_8_a_known_address_is_used_while_its_name_leads_nowhere(void **state)
{
        (void)state;
        play_become_bound(&play, 40000);
        play_set_server(&play, NULL);
        assert_int_equal(state_now(), STUN_STATE_BOUND);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, 40000);
        assert_int_equal(state_now(), STUN_STATE_BOUND);
}

static void test_BD_8_a_name_without_address_is_looked_up_again_and_again(void **state)
{
        (void)state;
        play.settings.server = "other.example:3478";
        play_configure(&play);
        assert_int_equal(state_now(), STUN_STATE_UNRESOLVED);
        assert_int_equal(play.resolves, 2);
        play_set_server(&play, NULL);
        play_run(&play, STUN_RESOLVE_RETRY_MS - 1);
        assert_int_equal(play.resolves, 2);
        play_run(&play, 1);
        assert_int_equal(play.resolves, 3);
        play_run(&play, 10 * STUN_RESOLVE_RETRY_MS); /* nobody answers */
        assert_int_equal(play.resolves, 13);
        assert_int_equal(play.count, 1);
        play_set_server(&play, "203.0.113.9");
        assert_int_equal(state_now(), STUN_STATE_DISCOVERING);
        assert_asked_at_once(1);
}

static void without_a_name_nothing_is_looked_up(void **state)
{
        (void)state;
        play.settings.server = "";
        play_configure(&play);
        assert_int_equal(play.resolves, 1);
        assert_int_equal(stun_client_deadline(&play.client), INT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        const struct CMUnitTest tests[] = {
                TEST(test_BD_7_a_new_local_address_is_discovered_at_once),
                TEST(test_BD_7_each_new_local_address_is_discovered_at_once),
                TEST(the_same_local_address_is_no_news),
                TEST(test_CB_5_without_translation_the_local_address_is_followed),
                TEST(without_a_route_nothing_is_sent),
                TEST(test_KA_1_a_route_that_flaps_does_not_shorten_the_period),
                TEST(test_BD_8_answers_to_a_transaction_that_was_dropped_have_no_effect),
                TEST(test_BD_1_a_server_that_moves_is_asked_at_once_and_told_of_the_binding),
                TEST(test_KA_1_a_name_that_leads_elsewhere_each_time_does_not_shorten_the_period),
                TEST(the_same_address_of_the_server_is_no_news),
                TEST(test_BD_8_the_name_is_looked_up_again_after_each_failed_transaction),
                TEST(test_BD_8_a_known_address_is_used_while_its_name_leads_nowhere),
                TEST(test_BD_8_a_name_without_address_is_looked_up_again_and_again),
                TEST(without_a_name_nothing_is_looked_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
