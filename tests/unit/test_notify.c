/* SPDX-License-Identifier: BSD-2-Clause */
/* test_notify.c - what the ACS is to be told, and when; in simulated time. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/notify.h"

#define WATCHES 4

static struct notify notify;

static int make(void **state)
{
        (void)state;
        notify_init(&notify, WATCHES);
        return 0;
}

static uint64_t next_seq(uint64_t after)
{
        struct notify_event event;

        return notify_next(&notify, after, &event) ? event.seq : 0;
}

static void assert_value(uint64_t after, size_t watch, const char *value)
{
        struct notify_event event;

        assert_true(notify_next(&notify, after, &event));
        assert_int_equal(event.type, NOTIFY_VALUE_CHANGE);
        assert_int_equal(event.watch, watch);
        assert_string_equal(notify.watches[watch].seen, value);
}

static void a_parameter_that_is_off_makes_no_event(void **state)
{
        (void)state;
        notify_observe(&notify, 0, "1", 10);
        assert_int_equal(next_seq(0), 0);
        assert_false(notify.changed);
}

static void test_D1_4_a_change_makes_one_event_be_it_passive_or_active(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "1", 10);
        notify_set(&notify, 1, NOTIFICATION_PASSIVE, "a", 10);
        notify_observe(&notify, 0, "1", 11);
        assert_int_equal(next_seq(0), 0);
        notify_observe(&notify, 0, "2", 12);
        notify_observe(&notify, 1, "b", 12);
        assert_value(0, 0, "2");
        assert_value(1, 1, "b");
        assert_int_equal(next_seq(2), 0);
}

static void an_event_is_told_again_until_it_is_acknowledged(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "1", 10);
        notify_observe(&notify, 0, "2", 12);
        assert_int_equal(next_seq(0), 1);
        assert_int_equal(next_seq(0), 1);
        assert_int_equal(notify_ack(&notify, 1), 0);
        assert_int_equal(next_seq(0), 0);
}

static void the_latest_value_wins_and_an_old_acknowledgement_does_not_forget_it(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "1", 10);
        notify_observe(&notify, 0, "2", 12);
        notify_observe(&notify, 0, "3", 13);
        assert_int_equal(next_seq(0), 2);
        assert_value(0, 0, "3");
        assert_int_equal(notify_ack(&notify, 1), 0);
        assert_int_equal(next_seq(0), 2);
}

static void what_never_was_can_not_be_acknowledged(void **state)
{
        (void)state;
        assert_int_equal(notify_ack(&notify, 1), -ERANGE);
        assert_int_equal(notify_ack(&notify, 0), 0);
        assert_false(notify.changed);
}

static void test_GW_11_a_change_within_the_limit_is_told_once_when_it_ends(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "0", 10);
        notify_set_limit(&notify, 0, 60, 10);
        notify_observe(&notify, 0, "1", 100);
        assert_int_equal(next_seq(0), 1);
        notify_ack(&notify, 1);
        notify_observe(&notify, 0, "2", 120);
        notify_observe(&notify, 0, "3", 130);
        assert_int_equal(next_seq(0), 0);
        assert_int_equal(notify_deadline(&notify), 160);
        notify_tick(&notify, 159);
        assert_int_equal(next_seq(0), 0);
        notify_tick(&notify, 160);
        assert_value(0, 0, "3");
        assert_int_equal(notify_deadline(&notify), INT64_MAX);
}

static void test_GW_11_a_change_that_went_back_within_the_limit_is_told_all_the_same(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "0", 10);
        notify_set_limit(&notify, 0, 60, 10);
        notify_observe(&notify, 0, "1", 100);
        notify_ack(&notify, 1);
        notify_observe(&notify, 0, "2", 110);
        notify_observe(&notify, 0, "1", 120);
        notify_tick(&notify, 160);
        assert_value(0, 0, "1");
}

static void test_CB_6_the_limit_is_for_active_notification_only(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_PASSIVE, "0", 10);
        notify_set_limit(&notify, 0, 60, 10);
        notify_observe(&notify, 0, "1", 100);
        notify_observe(&notify, 0, "2", 101);
        assert_int_equal(next_seq(0), 2);
}

static void a_shorter_limit_lets_go_of_what_a_longer_one_held(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "0", 10);
        notify_set_limit(&notify, 0, 600, 10);
        notify_observe(&notify, 0, "1", 100);
        notify_observe(&notify, 0, "2", 101);
        notify_set_limit(&notify, 0, 10, 105);
        assert_int_equal(notify_deadline(&notify), 110);
        notify_set_limit(&notify, 0, 0, 106);
        assert_int_equal(next_seq(1), 2);
}

static void an_attribute_set_to_passive_lets_go_and_off_forgets(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "0", 10);
        notify_set_limit(&notify, 0, 600, 10);
        notify_observe(&notify, 0, "1", 100);
        notify_observe(&notify, 0, "2", 101);
        notify_set(&notify, 0, NOTIFICATION_PASSIVE, "2", 102);
        assert_int_equal(next_seq(1), 2);
        notify_set(&notify, 0, NOTIFICATION_OFF, "2", 103);
        assert_int_equal(next_seq(0), 0);
        notify_observe(&notify, 0, "3", 104);
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "3", 105);
        notify_observe(&notify, 0, "3", 106);
        assert_int_equal(next_seq(0), 0);
}

static void what_the_acs_sets_itself_is_no_news(void **state)
{
        (void)state;
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, "0", 10);
        notify_observe(&notify, 0, "1", 11);
        notify_acs_set(&notify, 0, "2");
        notify_observe(&notify, 0, "2", 12);
        assert_int_equal(next_seq(0), 0);
}

static void test_CR_10_connection_requests_are_one_event_until_acknowledged(void **state)
{
        struct notify_event event;

        (void)state;
        notify_connection_request(&notify);
        notify_connection_request(&notify);
        assert_true(notify_next(&notify, 0, &event));
        assert_int_equal(event.type, NOTIFY_CONNECTION_REQUEST);
        assert_int_equal(event.seq, 2);
        assert_int_equal(event.count, 2);
        assert_false(notify_next(&notify, 2, &event));
        assert_int_equal(notify_ack(&notify, 2), 0);
        notify_connection_request(&notify);
        assert_true(notify_next(&notify, 0, &event));
        assert_int_equal(event.count, 1);
}

static void a_value_too_long_to_keep_is_cut_and_changes_nothing_again(void **state)
{
        char value[2 * MODEL_VALUE_MAX];

        (void)state;
        memset(value, 'a', sizeof(value) - 1);
        value[sizeof(value) - 1] = '\0';
        notify_set(&notify, 0, NOTIFICATION_ACTIVE, value, 10);
        assert_int_equal(strlen(notify.watches[0].seen), MODEL_VALUE_MAX - 1);
}

/* --- Property: against a model that remembers everything --- */

/* What an agent and its ACS would see: it reads, forgets, acknowledges at random. */
struct model {
        enum notification notification[WATCHES];
        int value[WATCHES];
        int known[WATCHES];       /* what the ACS was told or set last */
        bool changed[WATCHES];    /* since the ACS was told */
        int64_t told_at[WATCHES]; /* of the last event that was made */
        uint64_t last_seq[WATCHES];
        unsigned requests;
};

static const char *text(int value)
{
        static char buffer[16];

        snprintf(buffer, sizeof(buffer), "%d", value);
        return buffer;
}

/* Every event that is not acknowledged is found, in rising order, and shows the value of now. */
static void collect(struct model *model, uint32_t limit, int64_t now)
{
        struct notify_event event = {0};
        bool found[WATCHES] = {false};
        uint64_t after = 0;

        while (notify_next(&notify, after, &event)) {
                assert_true(event.seq > after);
                after = event.seq;
                if (event.type == NOTIFY_CONNECTION_REQUEST) {
                        assert_int_equal(event.count, model->requests);
                        continue;
                }
                found[event.watch] = true;
                assert_int_not_equal(model->notification[event.watch], NOTIFICATION_OFF);
                assert_string_equal(notify.watches[event.watch].seen, text(model->value[event.watch]));
                if (event.seq != model->last_seq[event.watch]) {
                        if (event.watch == 0 && model->notification[0] == NOTIFICATION_ACTIVE &&
                            model->last_seq[0] != 0 && notify.watches[0].told_at == now)
                                assert_true(now - model->told_at[0] >= limit);
                        model->last_seq[event.watch] = event.seq;
                        model->told_at[event.watch] = now;
                }
        }
        /* Nothing is lost: what changed and is not known to the ACS is told, or waits with a deadline. */
        for (size_t i = 0; i < WATCHES; i++) {
                if (model->notification[i] == NOTIFICATION_OFF || !model->changed[i])
                        continue;
                assert_true(found[i] || notify.watches[i].waiting);
                if (notify.watches[i].waiting)
                        assert_true(notify_deadline(&notify) <= now + limit);
        }
}

static void step(struct model *model, int64_t now)
{
        size_t i = (size_t)rand() % WATCHES;

        switch (rand() % 12) {
        case 0:
                model->notification[i] = (enum notification)(rand() % 3);
                if (model->notification[i] == NOTIFICATION_OFF ||
                    notify.watches[i].notification == NOTIFICATION_OFF)
                        model->changed[i] = false;
                notify_set(&notify, i, model->notification[i], text(model->value[i]), now);
                break;
        case 1:
                model->value[i] = rand() % 4;
                model->changed[i] = false;
                notify_acs_set(&notify, i, text(model->value[i]));
                break;
        case 2:
                model->requests++;
                notify_connection_request(&notify);
                break;
        case 3:
                assert_int_equal(notify_ack(&notify, notify.sequence), 0);
                model->requests = 0;
                for (size_t j = 0; j < WATCHES; j++)
                        model->changed[j] = model->changed[j] && notify.watches[j].waiting;
                break;
        default: {
                int value = rand() % 4;

                model->changed[i] |= value != model->value[i] && model->notification[i] != NOTIFICATION_OFF;
                model->value[i] = value;
                notify_observe(&notify, i, text(value), now);
        }
        }
}

static void test_GW_11_CB_6_no_change_is_lost_and_no_limit_broken(void **state)
{
        (void)state;
        for (unsigned seed = 1; seed <= 300; seed++) {
                struct model model = {0};
                uint32_t limit = seed % 7 * 10;
                int64_t now = 1000;

                srand(seed);
                notify_init(&notify, WATCHES);
                notify_set_limit(&notify, 0, limit, now);
                for (int i = 0; i < 400; i++) {
                        step(&model, now);
                        notify_tick(&notify, now);
                        collect(&model, limit, now);
                        now += rand() % 8;
                        notify_tick(&notify, now);
                        collect(&model, limit, now);
                }
        }
}

#define NOTIFY_TEST(function) cmocka_unit_test_setup(function, make)

int main(void)
{
        const struct CMUnitTest tests[] = {
                NOTIFY_TEST(a_parameter_that_is_off_makes_no_event),
                NOTIFY_TEST(test_D1_4_a_change_makes_one_event_be_it_passive_or_active),
                NOTIFY_TEST(an_event_is_told_again_until_it_is_acknowledged),
                NOTIFY_TEST(the_latest_value_wins_and_an_old_acknowledgement_does_not_forget_it),
                NOTIFY_TEST(what_never_was_can_not_be_acknowledged),
                NOTIFY_TEST(test_GW_11_a_change_within_the_limit_is_told_once_when_it_ends),
                NOTIFY_TEST(test_GW_11_a_change_that_went_back_within_the_limit_is_told_all_the_same),
                NOTIFY_TEST(test_CB_6_the_limit_is_for_active_notification_only),
                NOTIFY_TEST(a_shorter_limit_lets_go_of_what_a_longer_one_held),
                NOTIFY_TEST(an_attribute_set_to_passive_lets_go_and_off_forgets),
                NOTIFY_TEST(what_the_acs_sets_itself_is_no_news),
                NOTIFY_TEST(test_CR_10_connection_requests_are_one_event_until_acknowledged),
                NOTIFY_TEST(a_value_too_long_to_keep_is_cut_and_changes_nothing_again),
                NOTIFY_TEST(test_GW_11_CB_6_no_change_is_lost_and_no_limit_broken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
