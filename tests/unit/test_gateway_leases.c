/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_leases.c - the table held against the server's lease database. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway-hook/gateway.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/gateway_play.h"
#include "tests/unit/packet.h"

static void check_all(int64_t now)
{
        set_lease_clock(now);
        gateway_check_leases(gateway, ask_leases, now);
}

static void check_one(const char *address, int64_t now)
{
        set_lease_clock(now);
        gateway_check_lease(gateway, ask_leases, fixture_address(address), now);
}

static void check_due(int64_t now)
{
        set_lease_clock(now);
        gateway_check_due_leases(gateway, ask_leases, now);
}

static uint64_t removed(void)
{
        return gateway_counters(gateway).removed;
}

static bool ended(const char *address, const char *reason)
{
        char line[128];

        snprintf(line, sizeof(line), "{\"type\":\"unbind\",\"address\":\"%s\",\"reason\":\"%s\"}\n", address,
                 reason);
        return journal_holds(line);
}

/* Two devices with leases; the first one's is what the test is about. */
static void start_with_two(void)
{
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
}

static void assert_only_first_ended(const char *reason)
{
        assert_int_equal(removed(), 1);
        assert_true(ended("192.0.2.1", reason));
        check_all(NOW);
        assert_int_equal(removed(), 1);
}

static void test_GW_6_a_lease_that_was_deleted_ends_the_entry(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        check_one("192.0.2.2", NOW);
        check_one("192.0.2.9", NOW);
        assert_int_equal(removed(), 0);
        check_one("192.0.2.1", NOW);
        assert_only_first_ended("delete");
}

static void test_GW_6_leases_that_were_wiped_end_their_entries(void **state)
{
        (void)state;
        start_with_two();
        check_all(NOW);
        assert_int_equal(removed(), 0);
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        lease_of("192.0.2.2")->state = GATEWAY_LEASE_NONE;
        check_all(NOW);
        assert_int_equal(removed(), 2);
        assert_int_equal(said[MESSAGE_LEASES_CHECKED], 2);
        assert_non_null(strstr(last_text, "2 addresses held against the lease database: 2 had ended, 0 "));
}

static void test_GW_6_a_lease_that_was_given_to_another_client_ends_the_entry(void **state)
{
        (void)state;
        start_with_two();
        fixture_hwaddr(MAC2, lease_of("192.0.2.1")->hwaddr);
        check_one("192.0.2.1", NOW);
        assert_only_first_ended("reassign");
}

static void test_GW_6_a_declined_lease_ends_the_entry(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_DECLINED;
        lease_of("192.0.2.1")->hwaddr_size = 0;
        check_all(NOW);
        assert_only_first_ended("decline");
}

static void test_GW_5_a_lease_that_is_kept_for_a_returning_client_has_expired(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_EXPIRED;
        check_all(NOW);
        assert_only_first_ended("expire");
}

static void a_lease_without_link_layer_address_is_whose_it_was(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->hwaddr_size = 0;
        check_all(NOW);
        assert_int_equal(removed(), 0);
}

static void test_GW_12_what_ended_while_the_server_was_down_is_gone(void **state)
{
        (void)state;
        start_with_two();
        request(DEVICE("C"), "192.0.2.3", "02:00:00:00:00:03", NOW + 10);
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        restart("", NOW + LEASE);
        check_all(NOW + LEASE);
        assert_true(ended("192.0.2.1", "expire"));
        assert_true(ended("192.0.2.2", "expire"));
        assert_int_equal(removed(), 2);
        assert_int_equal(entries_at(NOW + LEASE), 1);
}

static void test_GW_12_a_lease_that_was_renewed_unseen_keeps_its_entry_and_number(void **state)
{
        (void)state;
        start_with_two();
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        lease_of("192.0.2.2")->expires = NOW + 2 * LEASE;
        restart("", NOW + LEASE + 1);
        check_all(NOW + LEASE + 1);
        assert_true(journal_holds("\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"B\""));
        assert_true(journal_holds("\"since\":100000,\"expires\":107200}\n"));
        assert_int_equal(entries_at(NOW + LEASE + 1), 1);
        assert_int_equal(entries_at(NOW + 2 * LEASE), 0);
}

static void test_GW_12_a_database_that_can_not_be_asked_ends_nothing_and_is_asked_again(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        restart("", NOW + LEASE);
        for (int i = 0; i < 3; i++) {
                set_lease_clock(-1);
                gateway_check_leases(gateway, ask_leases, NOW + LEASE);
                gateway_check_due_leases(gateway, ask_leases, NOW + LEASE);
        }
        assert_int_equal(removed(), 0);
        assert_int_equal(said[MESSAGE_LEASES_ERROR], 1);
        assert_int_equal(said[MESSAGE_LEASES_CHECKED], 0);
        assert_non_null(strstr(last_text, "no connection; "));
        check_due(NOW + 10);
        assert_int_equal(removed(), 1);
        assert_int_equal(said[MESSAGE_LEASES_CHECKED], 1);
}

static void test_GW_10_an_inform_without_lease_stays_until_another_client_leases_its_address(void **state)
{
        (void)state;
        inform(DEVICE("A"), "192.0.2.50", MAC1, NOW);
        check_all(NOW);
        lease_of("192.0.2.50")->state = GATEWAY_LEASE_EXPIRED;
        check_all(NOW);
        check_due(NOW + 100 * LEASE);
        assert_int_equal(removed(), 0);
        /* Now the address is leased, to its host, and then to another. */
        request(PLAIN, "192.0.2.50", MAC1, NOW);
        check_all(NOW);
        assert_true(
                journal_holds("\"source\":\"inform\",\"away\":false,\"since\":100000,\"expires\":103600}\n"));
        fixture_hwaddr(MAC2, lease_of("192.0.2.50")->hwaddr);
        check_all(NOW);
        assert_true(ended("192.0.2.50", "reassign"));
}

static void an_endless_lease_ends_for_an_inform_far_away_but_not_for_a_request(void **state)
{
        struct gateway_lease lease = {.state = GATEWAY_LEASE_VALID, .endless = true, .expires = NOW};

        (void)state;
        assert_int_equal(gateway_lease_end(&lease, DEVICE_SOURCE_LEASE), 0);
        assert_int_equal(gateway_lease_end(&lease, DEVICE_SOURCE_INFORM), NOW);
        lease.endless = false;
        assert_int_equal(gateway_lease_end(&lease, DEVICE_SOURCE_LEASE), NOW);
        /* Its deletion is noticed. */
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = UINT32_MAX},
             NOW);
        check_all(NOW + 1000000);
        assert_true(journal_holds("\"expires\":0}\n"));
        assert_int_equal(removed(), 0);
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        check_all(NOW + 1000000);
        assert_true(ended("192.0.2.1", "delete"));
}

static void test_GW_5_a_lease_that_ends_without_a_word_is_noticed_when_its_time_has_come(void **state)
{
        (void)state;
        start_with_two();
        check_due(NOW);
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        check_due(NOW + LEASE - 1);
        assert_int_equal(removed(), 0);
        /* The other was renewed at another server of the same database. */
        lease_of("192.0.2.2")->expires = NOW + LEASE + 50;
        check_due(NOW + LEASE);
        assert_true(ended("192.0.2.1", "expire"));
        assert_int_equal(removed(), 1);
        /* A shorter lease than all others has its own time. */
        play((struct exchange){DEVICE("C"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.3", MAC1, .lifetime = 10},
             NOW + LEASE);
        check_due(NOW + LEASE + 9);
        assert_int_equal(removed(), 1);
        check_due(NOW + LEASE + 10);
        assert_int_equal(removed(), 2);
        check_due(NOW + LEASE + 50);
        assert_int_equal(removed(), 3);
}

static void a_check_that_finds_nothing_new_writes_nothing(void **state)
{
        struct stat before, after;

        (void)state;
        start_with_two();
        assert_int_equal(stat(path, &before), 0);
        check_all(NOW + 1);
        check_due(NOW + 1);
        check_one("192.0.2.1", NOW + 1);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(after.st_size, before.st_size);
}

static void a_check_without_memory_is_made_up_for(void **state)
{
        (void)state;
        start_with_two();
        lease_of("192.0.2.1")->state = GATEWAY_LEASE_NONE;
        fixture_fail_allocation(1);
        check_all(NOW);
        fixture_fail_allocation(0);
        assert_int_equal(removed(), 0);
        check_due(NOW);
        assert_int_equal(removed(), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                GATEWAY_TEST(test_GW_6_a_lease_that_was_deleted_ends_the_entry),
                GATEWAY_TEST(test_GW_6_leases_that_were_wiped_end_their_entries),
                GATEWAY_TEST(test_GW_6_a_lease_that_was_given_to_another_client_ends_the_entry),
                GATEWAY_TEST(test_GW_6_a_declined_lease_ends_the_entry),
                GATEWAY_TEST(test_GW_5_a_lease_that_is_kept_for_a_returning_client_has_expired),
                GATEWAY_TEST(a_lease_without_link_layer_address_is_whose_it_was),
                GATEWAY_TEST(test_GW_12_what_ended_while_the_server_was_down_is_gone),
                GATEWAY_TEST(test_GW_12_a_lease_that_was_renewed_unseen_keeps_its_entry_and_number),
                GATEWAY_TEST(test_GW_12_a_database_that_can_not_be_asked_ends_nothing_and_is_asked_again),
                GATEWAY_TEST(
                        test_GW_10_an_inform_without_lease_stays_until_another_client_leases_its_address),
                GATEWAY_TEST(an_endless_lease_ends_for_an_inform_far_away_but_not_for_a_request),
                GATEWAY_TEST(test_GW_5_a_lease_that_ends_without_a_word_is_noticed_when_its_time_has_come),
                GATEWAY_TEST(a_check_that_finds_nothing_new_writes_nothing),
                GATEWAY_TEST(a_check_without_memory_is_made_up_for),
        };

        return cmocka_run_group_tests_name("gateway_leases", tests, NULL, NULL);
}
