/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_watch.c - what the neighbour watch's news mean for the table.
 * The watch itself is a stand-in: it remembers what it was told to watch, and says what a test wants. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway-hook/neighbour.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/gateway_play.h"

/* --- The stand-in for neighbour.c --- */

struct neighbour {
        neighbour_fn *fn;
        void *context;
        uint32_t max_bindings, interval, rounds;
        unsigned added, removed;
        struct device_record last; /* added */
        struct in_addr last_removed;
        bool freed;
        int new_error, dispatch_error;
        struct in_addr address; /* news of the next dispatch */
        enum neighbour_news news;
};

static struct neighbour watch;

int neighbour_new(uint32_t max_bindings, uint32_t interval, uint32_t rounds, neighbour_fn *fn, void *context,
                  struct neighbour **ret)
{
        if (watch.new_error < 0)
                return watch.new_error;
        watch.fn = fn;
        watch.context = context;
        watch.max_bindings = max_bindings;
        watch.interval = interval;
        watch.rounds = rounds;
        *ret = &watch;
        return 0;
}

void neighbour_free(struct neighbour *neighbour)
{
        watch.freed = neighbour != NULL;
}

int neighbour_fd(const struct neighbour *neighbour)
{
        assert_ptr_equal(neighbour, &watch);
        return 77;
}

void neighbour_add(struct neighbour *neighbour, const struct device_record *record)
{
        if (neighbour == NULL)
                return;
        watch.added++;
        watch.last = *record;
}

void neighbour_remove(struct neighbour *neighbour, struct in_addr address)
{
        if (neighbour == NULL)
                return;
        watch.removed++;
        watch.last_removed = address;
}

int neighbour_dispatch(struct neighbour *neighbour)
{
        assert_ptr_equal(neighbour, &watch);
        if (watch.news != NEIGHBOUR_NO_NEWS)
                watch.fn(watch.context, watch.address, watch.news);
        watch.news = NEIGHBOUR_NO_NEWS;
        return watch.dispatch_error;
}

/* --- What the tests share --- */

static int make_watched(void **state)
{
        memset(&watch, 0, sizeof(watch));
        return make_gateway(state) == 0 && gateway_watch_start(gateway, NOW) == 77 ? 0 : -1;
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, make_watched, remove_gateway)

static void news(const char *address, enum neighbour_news what, int64_t now)
{
        watch.address = fixture_address(address);
        watch.news = what;
        gateway_watch(gateway, now);
}

/* Is this the journal's last line, but for its start? */
static bool journal_ends_with(const char *text)
{
        const char *content = fixture_read(path);
        size_t size = strlen(content), end = strlen(text);

        return size > end && content[size - 1] == '\n' && strncmp(content + size - 1 - end, text, end) == 0;
}

/* --- Loss and return --- */

static void test_GW_7_a_device_with_a_lease_is_away_when_it_is_lost(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(watch.added, 1);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        assert_int_equal(gateway_counters(gateway).lost, 1);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        assert_int_equal(said[MESSAGE_DEVICE_AWAY], 1);
        assert_int_equal(watch.removed, 0);
        assert_true(journal_ends_with("\"away\":true,\"since\":100000,\"expires\":103600}"));
}

static void test_GW_8_a_device_that_is_away_is_back_when_it_answers(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 120);
        assert_int_equal(gateway_counters(gateway).returned, 1);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_int_equal(said[MESSAGE_DEVICE_BACK], 1);
        assert_true(journal_ends_with("\"away\":false,\"since\":100000,\"expires\":103600}"));
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 180);
        assert_int_equal(gateway_counters(gateway).returned, 1);
}

static void test_GW_8_a_lease_that_ended_while_the_device_was_away_does_not_return(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + LEASE);
        assert_int_equal(gateway_counters(gateway).returned, 0);
        assert_true(journal_ends_with("\"away\":true,\"since\":100000,\"expires\":103600}"));
}

static void test_GW_8_a_lease_without_end_returns(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = GATEWAY_LIFETIME_INFINITE},
             NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        assert_int_equal(said[MESSAGE_DEVICE_AWAY], 1);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 1000 * LEASE);
        assert_int_equal(gateway_counters(gateway).returned, 1);
}

static void test_GW_10_a_device_that_only_informed_is_removed_when_it_is_lost(void **state)
{
        (void)state;
        inform(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_int_equal(watch.removed, 1);
        assert_int_equal(watch.last_removed.s_addr, fixture_address("192.0.2.1").s_addr);
        assert_true(journal_ends_with("\"reason\":\"lost\"}"));
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 120);
        assert_int_equal(gateway_counters(gateway).returned, 0);
}

/* kea_leases.cc finds the lease of an address that a host informs about. */
static void inform_with_lease(int64_t expires)
{
        struct gateway_claim claim = {.type = GATEWAY_CLAIM_DEVICE, .inspected = true};

        claim.record = fixture_record("A", "192.0.2.1", MAC1);
        claim.record.source = DEVICE_SOURCE_INFORM;
        claim.record.expires = expires;
        gateway_commit(gateway, &claim, NOW);
}

static void test_GW_10_a_device_that_informed_over_its_lease_is_away_and_returns(void **state)
{
        (void)state;
        inform_with_lease(NOW + LEASE);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        assert_int_equal(said[MESSAGE_DEVICE_AWAY], 1);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 120);
        assert_int_equal(said[MESSAGE_DEVICE_BACK], 1);
}

static void test_GW_9_a_device_with_two_bindings_stays_until_both_are_lost(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("A"), "192.0.2.2", MAC2, NOW);
        news("192.0.2.2", NEIGHBOUR_LOST, NOW + 60);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        assert_int_equal(entries_at(NOW + 61), 1);
        inform(DEVICE("A"), "192.0.2.2", MAC2, NOW + 62);
        assert_int_equal(gateway_watch_start(gateway, NOW + 63), 77);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW + 64);
        news("192.0.2.2", NEIGHBOUR_LOST, NOW + 120);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_int_equal(entries_at(NOW + 121), 0);
}

static void news_of_an_address_that_nobody_has_change_nothing(void **state)
{
        (void)state;
        news("192.0.2.1", NEIGHBOUR_LOST, NOW);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW);
        assert_int_equal(gateway_counters(gateway).lost, 0);
        assert_int_equal(gateway_counters(gateway).returned, 0);
}

/* --- Who is watched --- */

static void test_GW_8_a_dhcp_exchange_brings_back_who_was_away(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + 120);
        assert_int_equal(watch.added, 2);
        assert_false(watch.last.away);
        assert_true(journal_ends_with("\"away\":false,\"since\":100000,\"expires\":103720}"));
}

/* With a lease without end a renewal changes nothing in the journal; but the device has just been here. */
static void test_GW_4_an_exchange_that_changes_nothing_clears_the_failed_rounds(void **state)
{
        struct exchange exchange = {DEVICE("A"), GATEWAY_REQUEST,
                                    GATEWAY_ACK, "192.0.2.1",
                                    MAC1,        .lifetime = GATEWAY_LIFETIME_INFINITE};

        (void)state;
        play(exchange, NOW);
        play(exchange, NOW + 1);
        assert_int_equal(watch.added, 2);
}

static void test_GW_6_whose_lease_ends_is_watched_no_more(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        assert_int_equal(watch.removed, 1);
}

static void test_GW_4_a_binding_behind_a_relay_has_no_interface_to_be_watched_on(void **state)
{
        (void)state;
        restart(", \"relayed\": true", NOW);
        assert_int_equal(gateway_watch_start(gateway, NOW), 77);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .giaddr = "192.0.2.254"},
             NOW);
        assert_string_equal(watch.last.interface, "");
}

static void test_GW_12_what_the_journal_holds_is_watched_as_it_was(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        news("192.0.2.1", NEIGHBOUR_LOST, NOW + 60);
        restart("", NOW + 120);
        assert_true(watch.freed);
        assert_int_equal(watch.added, 1);
        assert_int_equal(gateway_watch_start(gateway, NOW + 120), 77);
        assert_int_equal(watch.added, 2);
        assert_true(watch.last.away);
        news("192.0.2.1", NEIGHBOUR_RETURNED, NOW + 180);
        assert_int_equal(gateway_counters(gateway).returned, 1);
}

/* --- Start and errors --- */

static void the_watch_is_as_the_parameters_say(void **state)
{
        (void)state;
        restart(", \"max-devices\": 10, \"neighbour-watch\": {\"interval\": 5, \"rounds\": 7}", NOW);
        assert_int_equal(gateway_watch_start(gateway, NOW), 77);
        assert_int_equal(watch.max_bindings, 20);
        assert_int_equal(watch.interval, 5);
        assert_int_equal(watch.rounds, 7);
        assert_int_equal(gateway_watch_start(gateway, NOW), -EALREADY);
}

static void a_watch_that_is_switched_off_is_not_begun(void **state)
{
        (void)state;
        restart(", \"neighbour-watch\": {\"enabled\": false}", NOW);
        assert_int_equal(gateway_watch_start(gateway, NOW), -ENOENT);
        gateway_watch(gateway, NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(watch.added, 0);
}

static void a_watch_that_can_not_begin_is_logged_and_the_rest_goes_on(void **state)
{
        (void)state;
        restart("", NOW);
        watch.new_error = -EPERM;
        assert_int_equal(gateway_watch_start(gateway, NOW), -EPERM);
        assert_int_equal(said[MESSAGE_WATCH_ERROR], 1);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).added, 1);
}

static void a_watch_that_is_blind_is_logged(void **state)
{
        (void)state;
        watch.dispatch_error = -EPERM;
        gateway_watch(gateway, NOW);
        assert_int_equal(said[MESSAGE_WATCH_ERROR], 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WATCH_TEST(test_GW_7_a_device_with_a_lease_is_away_when_it_is_lost),
                WATCH_TEST(test_GW_8_a_device_that_is_away_is_back_when_it_answers),
                WATCH_TEST(test_GW_8_a_lease_that_ended_while_the_device_was_away_does_not_return),
                WATCH_TEST(test_GW_8_a_lease_without_end_returns),
                WATCH_TEST(test_GW_10_a_device_that_only_informed_is_removed_when_it_is_lost),
                WATCH_TEST(test_GW_10_a_device_that_informed_over_its_lease_is_away_and_returns),
                WATCH_TEST(test_GW_9_a_device_with_two_bindings_stays_until_both_are_lost),
                WATCH_TEST(news_of_an_address_that_nobody_has_change_nothing),
                WATCH_TEST(test_GW_8_a_dhcp_exchange_brings_back_who_was_away),
                WATCH_TEST(test_GW_4_an_exchange_that_changes_nothing_clears_the_failed_rounds),
                WATCH_TEST(test_GW_6_whose_lease_ends_is_watched_no_more),
                WATCH_TEST(test_GW_4_a_binding_behind_a_relay_has_no_interface_to_be_watched_on),
                WATCH_TEST(test_GW_12_what_the_journal_holds_is_watched_as_it_was),
                WATCH_TEST(the_watch_is_as_the_parameters_say),
                WATCH_TEST(a_watch_that_is_switched_off_is_not_begun),
                WATCH_TEST(a_watch_that_can_not_begin_is_logged_and_the_rest_goes_on),
                WATCH_TEST(a_watch_that_is_blind_is_logged),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
