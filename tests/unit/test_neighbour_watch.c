/* SPDX-License-Identifier: BSD-2-Clause */
/* test_neighbour_watch.c - who has left and who is back, in virtual time. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway-hook/neighbour_watch.h"

#define INTERVAL 60000
#define ROUNDS   3
#define MANY     2048

static const uint8_t MAC_1[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t MAC_2[6] = {2, 0, 0, 0, 0, 2};

static struct in_addr number(uint32_t n)
{
        return (struct in_addr){htonl(UINT32_C(0xC0000200) + n)};
}

static struct device_record binding(uint32_t n)
{
        struct device_record record = {.type = DEVICE_RECORD_BIND, .address = number(n), .hwaddr_size = 6};

        memcpy(record.hwaddr, MAC_1, sizeof(MAC_1));
        strcpy(record.interface, "br0");
        return record;
}

static struct neighbour_watch *make_watch(uint32_t max)
{
        struct neighbour_watch *watch = neighbour_watch_new(max, INTERVAL, ROUNDS, 7);

        assert_non_null(watch);
        return watch;
}

/* A watch of one device, .1 on br0 with MAC_1. */
static struct neighbour_watch *watch_one(void)
{
        struct neighbour_watch *watch = make_watch(4);
        struct device_record record = binding(1);

        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        return watch;
}

/* Wait for the next nudge; returns when it came. */
static int64_t nudged(struct neighbour_watch *watch)
{
        int64_t now = neighbour_watch_deadline(watch);
        struct neighbour_target nudge;

        assert_true(now < INT64_MAX);
        assert_true(neighbour_watch_next(watch, now, &nudge));
        assert_int_equal(nudge.address.s_addr, number(1).s_addr);
        assert_string_equal(nudge.interface, "br0");
        return now;
}

static bool failed(struct neighbour_watch *watch)
{
        return neighbour_watch_failed(watch, number(1)) == NEIGHBOUR_LOST;
}

static bool answers(struct neighbour_watch *watch, const uint8_t *hwaddr)
{
        return neighbour_watch_reachable(watch, number(1), hwaddr, 6) == NEIGHBOUR_RETURNED;
}

static bool is_watched(const struct neighbour_watch *watch, uint32_t n)
{
        struct neighbour_target whom;

        return neighbour_watch_find(watch, number(n), &whom);
}

static void lose(struct neighbour_watch *watch)
{
        for (int round = 1; round <= ROUNDS; round++) {
                nudged(watch);
                assert_int_equal(failed(watch), round == ROUNDS);
        }
}

static void nothing_watched_has_no_deadline(void **state)
{
        struct neighbour_watch *watch = make_watch(4);
        struct neighbour_target nudge;

        (void)state;
        assert_int_equal(neighbour_watch_deadline(watch), INT64_MAX);
        assert_false(neighbour_watch_next(watch, INT64_MAX, &nudge));
        assert_false(failed(watch));
        neighbour_watch_free(watch);
        neighbour_watch_free(NULL);
}

static void test_GW_7_a_device_is_lost_after_the_last_round_within_interval_times_rounds(void **state)
{
        struct neighbour_watch *watch = watch_one();
        int64_t last = 0;

        (void)state;
        for (int round = 1; round <= ROUNDS; round++) {
                last = nudged(watch);
                assert_int_equal(failed(watch), round == ROUNDS);
        }
        assert_true(last <= (int64_t)INTERVAL * ROUNDS);
        neighbour_watch_free(watch);
}

static void test_GW_7_a_lost_device_is_told_once(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        lose(watch);
        for (int round = 0; round < 2 * ROUNDS; round++) {
                nudged(watch);
                assert_false(failed(watch));
        }
        neighbour_watch_free(watch);
}

static void test_GW_4_failures_repeated_in_one_round_count_once(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        assert_false(failed(watch));
        for (int round = 1; round < ROUNDS; round++) {
                nudged(watch);
                for (int i = 0; i < 10; i++)
                        assert_false(failed(watch));
        }
        neighbour_watch_free(watch);
}

static void test_GW_4_a_sleeper_that_answers_within_its_rounds_stays_for_a_week(void **state)
{
        struct neighbour_watch *watch = watch_one();
        int64_t now = 0;

        (void)state;
        while (now < INT64_C(7) * 24 * 3600 * 1000) {
                for (int round = 1; round < ROUNDS; round++) {
                        nudged(watch);
                        assert_false(failed(watch));
                }
                now = nudged(watch);
                assert_false(answers(watch, MAC_1));
        }
        neighbour_watch_free(watch);
}

static void test_GW_4_silence_stale_and_a_dead_link_are_no_loss(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        for (int round = 0; round < 10 * ROUNDS; round++) {
                int64_t now = nudged(watch);

                neighbour_watch_stirred(watch, number(1), now);
                neighbour_watch_link(watch, "br0", 99, now);
        }
        nudged(watch);
        assert_false(failed(watch));
        neighbour_watch_free(watch);
}

static void test_GW_4_what_is_heard_of_another_address_says_nothing(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        for (int round = 0; round < 2 * ROUNDS; round++) {
                nudged(watch);
                assert_int_equal(neighbour_watch_failed(watch, number(2)), NEIGHBOUR_NO_NEWS);
        }
        lose(watch);
        assert_int_equal(neighbour_watch_reachable(watch, number(2), MAC_1, 6), NEIGHBOUR_NO_NEWS);
        neighbour_watch_free(watch);
}

static void test_GW_4_a_dhcp_exchange_clears_the_failed_rounds(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);

        (void)state;
        for (int round = 1; round < ROUNDS; round++) {
                nudged(watch);
                assert_false(failed(watch));
        }
        assert_int_equal(neighbour_watch_add(watch, &record, 1), 0);
        lose(watch);
        neighbour_watch_free(watch);
}

static void test_GW_7_another_host_at_the_address_of_an_absent_device_does_not_keep_it(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        nudged(watch);
        assert_false(answers(watch, MAC_1));
        for (int round = 1; round <= ROUNDS; round++) {
                nudged(watch);
                assert_int_equal(neighbour_watch_reachable(watch, number(1), MAC_2, 6),
                                 round == ROUNDS ? NEIGHBOUR_LOST : NEIGHBOUR_NO_NEWS);
                assert_int_equal(neighbour_watch_reachable(watch, number(1), MAC_2, 6), NEIGHBOUR_NO_NEWS);
        }
        assert_true(answers(watch, MAC_1));
        neighbour_watch_free(watch);
}

/* Loss and return of a device whose answers come from the repeater's link-layer address. */
static void test_GW_4_behind_a_repeater_whoever_answers_the_first_nudge_is_the_device(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        for (int round = 0; round < 2 * ROUNDS; round++) {
                nudged(watch);
                assert_false(answers(watch, MAC_2));
        }
        lose(watch);
        assert_true(answers(watch, MAC_2));
        lose(watch);
        assert_true(answers(watch, MAC_1));
        neighbour_watch_free(watch);
}

static void test_GW_4_behind_another_repeater_the_next_exchange_tells_who_answers(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);

        (void)state;
        nudged(watch);
        assert_false(answers(watch, MAC_1));
        assert_int_equal(neighbour_watch_add(watch, &record, 1), 0);
        for (int round = 0; round < 2 * ROUNDS; round++) {
                nudged(watch);
                assert_int_equal(neighbour_watch_reachable(watch, number(1), MAC_2, 6), NEIGHBOUR_NO_NEWS);
        }
        neighbour_watch_free(watch);
}

static void test_GW_7_whom_the_kernel_knew_before_the_first_nudge_is_not_the_device(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        assert_false(answers(watch, MAC_2));
        nudged(watch);
        assert_false(answers(watch, MAC_1));
        for (int round = 1; round <= ROUNDS; round++) {
                nudged(watch);
                assert_int_equal(neighbour_watch_reachable(watch, number(1), MAC_2, 6) == NEIGHBOUR_LOST,
                                 round == ROUNDS);
        }
        neighbour_watch_free(watch);
}

static void test_GW_4_a_flapping_link_does_not_use_up_the_rounds(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct neighbour_target nudge;
        int64_t start = nudged(watch);
        int nudges = 0;

        (void)state;
        for (int64_t now = start; now <= start + INTERVAL; now += 100) {
                neighbour_watch_link(watch, "br0", 99, now);
                nudges += neighbour_watch_next(watch, now, &nudge);
        }
        assert_int_equal(nudges, 2);
        neighbour_watch_free(watch);
}

static void test_GW_7_a_link_that_goes_down_hastens_the_next_nudge(void **state)
{
        struct neighbour_watch *watch = watch_one();
        int64_t now = nudged(watch) + INTERVAL / 2 + 1;

        (void)state;
        neighbour_watch_link(watch, "eth9", 99, now);
        assert_true(neighbour_watch_deadline(watch) > now);
        neighbour_watch_link(watch, "br0", 99, now);
        assert_int_equal(neighbour_watch_deadline(watch), now);
        assert_int_equal(nudged(watch), now);
        assert_int_equal(neighbour_watch_deadline(watch), now + INTERVAL);
        neighbour_watch_free(watch);
}

static void test_GW_7_a_link_layer_address_that_a_bridge_forgets_hastens_the_next_nudge(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(2);
        int64_t now;

        (void)state;
        memcpy(record.hwaddr, MAC_2, sizeof(MAC_2));
        assert_int_equal(neighbour_watch_add(watch, &record, INTERVAL), 0);
        now = nudged(watch) + INTERVAL / 2;
        neighbour_watch_moved(watch, MAC_1, 5, now);
        neighbour_watch_moved(watch, MAC_1, 0, now);
        assert_true(neighbour_watch_deadline(watch) > now);
        neighbour_watch_moved(watch, MAC_1, 6, now);
        assert_int_equal(nudged(watch), now);
        assert_true(neighbour_watch_deadline(watch) > now);
        neighbour_watch_free(watch);
}

static void test_GW_7_a_binding_is_found_by_the_link_layer_address_of_its_last_exchange(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);

        (void)state;
        memcpy(record.hwaddr, MAC_2, sizeof(MAC_2));
        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        neighbour_watch_moved(watch, MAC_1, 6, 1);
        assert_true(neighbour_watch_deadline(watch) > 1);
        neighbour_watch_moved(watch, MAC_2, 6, 1);
        assert_int_equal(neighbour_watch_deadline(watch), 1);
        neighbour_watch_remove(watch, number(1));
        neighbour_watch_moved(watch, MAC_2, 6, 1);
        assert_int_equal(neighbour_watch_deadline(watch), INT64_MAX);
        neighbour_watch_free(watch);
}

static void a_nudge_tells_where_the_neighbour_was_found_and_whether_the_last_was_heard(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);
        struct neighbour_target whom;

        (void)state;
        assert_true(neighbour_watch_next(watch, neighbour_watch_deadline(watch), &whom));
        assert_int_equal(whom.ifindex, 0);
        assert_false(whom.unheard);
        neighbour_watch_found(watch, number(1), 7);
        neighbour_watch_found(watch, number(2), 8);
        assert_true(neighbour_watch_next(watch, neighbour_watch_deadline(watch), &whom));
        assert_int_equal(whom.ifindex, 7);
        assert_true(whom.unheard);
        assert_false(failed(watch));
        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        assert_true(neighbour_watch_find(watch, number(1), &whom));
        assert_int_equal(whom.ifindex, 7);
        assert_false(whom.unheard);
        strcpy(record.interface, "br1");
        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        assert_true(neighbour_watch_find(watch, number(1), &whom));
        assert_int_equal(whom.ifindex, 0);
        neighbour_watch_free(watch);
}

static void test_GW_4_a_nudge_that_could_not_be_sent_is_no_round_and_is_sent_soon(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        for (int round = 0; round < 2 * ROUNDS; round++) {
                int64_t now = nudged(watch);

                neighbour_watch_unsent(watch, number(1), now);
                neighbour_watch_unsent(watch, number(2), now);
                assert_false(failed(watch));
                assert_int_equal(neighbour_watch_deadline(watch), now + NEIGHBOUR_WATCH_SPACE);
        }
        lose(watch);
        neighbour_watch_free(watch);
}

static void test_GW_7_a_link_is_known_by_its_index_too_for_it_may_have_been_renamed(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        neighbour_watch_found(watch, number(1), 7);
        neighbour_watch_link(watch, "lan0", 8, 1);
        assert_true(neighbour_watch_deadline(watch) > 1);
        neighbour_watch_link(watch, "lan0", 7, 1);
        assert_int_equal(neighbour_watch_deadline(watch), 1);
        neighbour_watch_free(watch);
}

static void test_GW_8_the_same_link_layer_address_brings_a_device_back_once(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        lose(watch);
        assert_true(answers(watch, MAC_1));
        assert_false(answers(watch, MAC_1));
        lose(watch);
        neighbour_watch_free(watch);
}

static void test_GW_8_another_link_layer_address_does_not_bring_it_back(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        lose(watch);
        nudged(watch);
        assert_false(answers(watch, MAC_2));
        nudged(watch);
        assert_int_equal(neighbour_watch_reachable(watch, number(1), MAC_1, 0), NEIGHBOUR_NO_NEWS);
        assert_true(answers(watch, MAC_1));
        neighbour_watch_free(watch);
}

static void test_GW_8_one_that_is_away_is_looked_for_and_soon_when_something_stirs(void **state)
{
        struct neighbour_watch *watch = watch_one();
        int64_t now;

        (void)state;
        lose(watch);
        now = nudged(watch);
        assert_int_equal(neighbour_watch_deadline(watch), now + INTERVAL);
        neighbour_watch_stirred(watch, number(1), now);
        assert_int_equal(neighbour_watch_deadline(watch), now + NEIGHBOUR_WATCH_SPACE);
        neighbour_watch_free(watch);
}

static void test_GW_8_a_binding_read_from_the_journal_as_away_returns(void **state)
{
        struct neighbour_watch *watch = make_watch(4);
        struct device_record record = binding(1);

        (void)state;
        record.away = true;
        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        assert_true(answers(watch, MAC_1));
        neighbour_watch_free(watch);
}

static void test_GW_8_a_dhcp_exchange_brings_it_back_and_clears_its_rounds(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);

        (void)state;
        lose(watch);
        assert_int_equal(neighbour_watch_add(watch, &record, 1000000), 0);
        assert_false(answers(watch, MAC_1));
        lose(watch);
        neighbour_watch_free(watch);
}

static void test_GW_10_one_that_is_removed_is_never_nudged_again(void **state)
{
        struct neighbour_watch *watch = watch_one();

        (void)state;
        neighbour_watch_remove(watch, number(1));
        neighbour_watch_remove(watch, number(1));
        assert_false(is_watched(watch, 1));
        assert_int_equal(neighbour_watch_deadline(watch), INT64_MAX);
        assert_false(answers(watch, MAC_1));
        neighbour_watch_free(watch);
}

static void a_binding_without_interface_is_not_watched(void **state)
{
        struct neighbour_watch *watch = watch_one();
        struct device_record record = binding(1);

        (void)state;
        record.interface[0] = '\0';
        assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        assert_false(is_watched(watch, 1));
        neighbour_watch_free(watch);
}

static void a_full_watch_refuses_and_has_room_again(void **state)
{
        struct neighbour_watch *watch = make_watch(2);
        struct device_record one = binding(1), two = binding(2), three = binding(3);

        (void)state;
        assert_int_equal(neighbour_watch_add(watch, &one, 0), 0);
        assert_int_equal(neighbour_watch_add(watch, &two, 0), 0);
        assert_int_equal(neighbour_watch_add(watch, &three, 0), -ENOSPC);
        assert_int_equal(neighbour_watch_add(watch, &two, 0), 0);
        neighbour_watch_remove(watch, number(1));
        assert_int_equal(neighbour_watch_add(watch, &three, 0), 0);
        assert_true(is_watched(watch, 3));
        neighbour_watch_free(watch);
}

/* Run the watch by its deadlines from `now` to `end`, counting nudges by address and in bursts. */
static void run(struct neighbour_watch *watch, int64_t now, int64_t end, unsigned int *counts, int *wakes)
{
        struct neighbour_target nudge;

        for (; now <= end; now = neighbour_watch_deadline(watch)) {
                int burst = 0;

                while (neighbour_watch_next(watch, now, &nudge)) {
                        counts[ntohl(nudge.address.s_addr) - UINT32_C(0xC0000200)]++;
                        burst++;
                }
                assert_true(burst <= NEIGHBOUR_WATCH_BURST);
                assert_true(neighbour_watch_deadline(watch) > now);
                ++*wakes;
        }
}

static void test_GW_4_many_devices_are_each_nudged_once_an_interval_and_never_all_at_once(void **state)
{
        struct neighbour_watch *watch = make_watch(MANY);
        unsigned int counts[MANY] = {0};
        int wakes = 0;

        (void)state;
        for (uint32_t n = 0; n < MANY; n++) {
                struct device_record record = binding(n);

                assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        }
        run(watch, 0, 10 * INTERVAL, counts, &wakes);
        for (uint32_t n = 0; n < MANY; n++)
                assert_in_range(counts[n], 9, 11);
        assert_true(wakes <= 11 * MANY);
        neighbour_watch_free(watch);
}

static void a_link_that_goes_down_under_many_makes_bursts_with_pauses(void **state)
{
        struct neighbour_watch *watch = make_watch(MANY);
        unsigned int counts[MANY] = {0};
        int wakes = 0;

        (void)state;
        for (uint32_t n = 0; n < MANY; n++) {
                struct device_record record = binding(n);

                assert_int_equal(neighbour_watch_add(watch, &record, 0), 0);
        }
        neighbour_watch_link(watch, "br0", 99, 1);
        run(watch, 1, (MANY / NEIGHBOUR_WATCH_BURST) * NEIGHBOUR_WATCH_PAUSE, counts, &wakes);
        assert_int_equal(wakes, MANY / NEIGHBOUR_WATCH_BURST);
        for (uint32_t n = 0; n < MANY; n++)
                assert_int_equal(counts[n], 1);
        neighbour_watch_free(watch);
}

/* Adds, removals and nudges in a random order: whoever is watched gets its nudge, in the order of deadlines.
 */
static void any_order_of_additions_and_removals_keeps_every_turn(void **state)
{
        struct neighbour_watch *watch = make_watch(64);
        bool watched[64] = {false};
        uint32_t seed = 1;
        int64_t now = 0, seen[64] = {0};
        struct neighbour_target nudge;

        (void)state;
        for (int step = 0; step < 100000; step++, now += 50) {
                uint32_t n = (seed = seed * 1664525 + 1013904223) >> 26;
                struct device_record record = binding(n);

                if (watched[n] && (seed >> 8) % 4 == 0) {
                        neighbour_watch_remove(watch, number(n));
                        watched[n] = false;
                } else if (!watched[n] && (seed >> 8) % 4 == 1) {
                        assert_int_equal(neighbour_watch_add(watch, &record, now), 0);
                        watched[n] = true;
                        seen[n] = now;
                }
                while (neighbour_watch_next(watch, now, &nudge)) {
                        n = ntohl(nudge.address.s_addr) - UINT32_C(0xC0000200);
                        assert_true(watched[n]);
                        seen[n] = now;
                }
                for (n = 0; n < 64; n++)
                        assert_true(!watched[n] || now - seen[n] <= INTERVAL + 1000);
        }
        neighbour_watch_free(watch);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_watched_has_no_deadline),
                cmocka_unit_test(
                        test_GW_7_a_device_is_lost_after_the_last_round_within_interval_times_rounds),
                cmocka_unit_test(test_GW_7_a_lost_device_is_told_once),
                cmocka_unit_test(test_GW_4_failures_repeated_in_one_round_count_once),
                cmocka_unit_test(test_GW_4_a_sleeper_that_answers_within_its_rounds_stays_for_a_week),
                cmocka_unit_test(test_GW_4_silence_stale_and_a_dead_link_are_no_loss),
                cmocka_unit_test(test_GW_4_what_is_heard_of_another_address_says_nothing),
                cmocka_unit_test(test_GW_4_a_dhcp_exchange_clears_the_failed_rounds),
                cmocka_unit_test(test_GW_7_another_host_at_the_address_of_an_absent_device_does_not_keep_it),
                cmocka_unit_test(test_GW_4_behind_a_repeater_whoever_answers_the_first_nudge_is_the_device),
                cmocka_unit_test(test_GW_4_behind_another_repeater_the_next_exchange_tells_who_answers),
                cmocka_unit_test(test_GW_7_whom_the_kernel_knew_before_the_first_nudge_is_not_the_device),
                cmocka_unit_test(test_GW_4_a_flapping_link_does_not_use_up_the_rounds),
                cmocka_unit_test(test_GW_7_a_link_that_goes_down_hastens_the_next_nudge),
                cmocka_unit_test(test_GW_7_a_link_layer_address_that_a_bridge_forgets_hastens_the_next_nudge),
                cmocka_unit_test(test_GW_7_a_binding_is_found_by_the_link_layer_address_of_its_last_exchange),
                cmocka_unit_test(a_nudge_tells_where_the_neighbour_was_found_and_whether_the_last_was_heard),
                cmocka_unit_test(test_GW_4_a_nudge_that_could_not_be_sent_is_no_round_and_is_sent_soon),
                cmocka_unit_test(test_GW_7_a_link_is_known_by_its_index_too_for_it_may_have_been_renamed),
                cmocka_unit_test(test_GW_8_the_same_link_layer_address_brings_a_device_back_once),
                cmocka_unit_test(test_GW_8_another_link_layer_address_does_not_bring_it_back),
                cmocka_unit_test(test_GW_8_one_that_is_away_is_looked_for_and_soon_when_something_stirs),
                cmocka_unit_test(test_GW_8_a_binding_read_from_the_journal_as_away_returns),
                cmocka_unit_test(test_GW_8_a_dhcp_exchange_brings_it_back_and_clears_its_rounds),
                cmocka_unit_test(test_GW_10_one_that_is_removed_is_never_nudged_again),
                cmocka_unit_test(a_binding_without_interface_is_not_watched),
                cmocka_unit_test(a_full_watch_refuses_and_has_room_again),
                cmocka_unit_test(
                        test_GW_4_many_devices_are_each_nudged_once_an_interval_and_never_all_at_once),
                cmocka_unit_test(a_link_that_goes_down_under_many_makes_bursts_with_pauses),
                cmocka_unit_test(any_order_of_additions_and_removals_keeps_every_turn),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
