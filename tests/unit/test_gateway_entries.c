/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_entries.c - what adds, changes and ends entries and bindings. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/gateway_internal.h"
#include "tests/unit/gateway_fixture.h"
#include "tests/unit/gateway_play.h"
#include "tests/unit/packet.h"

static void test_GW_3_the_ack_and_only_the_ack_adds_an_entry(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_DISCOVER, GATEWAY_OFFER, "192.0.2.1", MAC1,
                               .lost = false},
             NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_NAK, "0.0.0.0", MAC1, .lost = false},
             NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1, .lost = true},
             NOW);
        assert_int_equal(gateway_counters(gateway).added, 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_int_equal(said[MESSAGE_DEVICE_ADDED], 1);
        assert_true(journal_holds(
                "{\"type\":\"bind\",\"instance\":1,\"oui\":\"00D09E\",\"serial\":\"A\",\"class\":\"\","
                "\"address\":\"192.0.2.1\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":\"br0\","
                "\"source\":\"lease\",\"away\":false,\"since\":100000,\"expires\":103600}\n"));
}

static void test_GW_3_a_renewal_keeps_the_entry_and_prolongs_it(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_true(journal_holds("\"since\":100000,\"expires\":105400}\n"));
        assert_int_equal(entries_at(NOW + LEASE + 1), 1);
        assert_int_equal(entries_at(NOW + LEASE / 2 + LEASE), 0);
}

/* The journal's end is at most an eighth of the lease's time too early; the table's is the true one. */
static void test_GW_3_renewals_in_quick_succession_are_not_all_written_down(void **state)
{
        const int64_t day = 86400;
        struct device_record record;
        struct stat before, after;
        int written = 0;

        (void)state;
        for (int64_t now = NOW; now < NOW + day; now += 60) {
                assert_int_equal(stat(path, &before), 0);
                play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                                       .lifetime = day},
                     now);
                assert_int_equal(stat(path, &after), 0);
                written += after.st_size != before.st_size;
                assert_int_equal(device_table_find(gateway->table, fixture_address("192.0.2.1"), &record), 1);
                assert_int_equal(record.expires, now + day);
        }
        /* Steps of 8192 seconds, the largest power of two that an eighth of a day holds. */
        assert_in_range(written, 10, 12);
        assert_int_equal(entries_at(NOW + 2 * day - day / 8 - 60), 1);
        assert_int_equal(entries_at(NOW + 2 * day), 0);
}

static void test_GW_3_a_lease_that_is_shortened_or_made_endless_is_written_down(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = LEASE - 1},
             NOW);
        assert_true(journal_holds("\"expires\":103599}\n"));
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = GATEWAY_LIFETIME_INFINITE},
             NOW);
        assert_true(journal_holds("\"expires\":0}\n"));
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + 1);
        assert_true(journal_holds("\"expires\":103601}\n"));
}

static void nothing_new_writes_nothing(void **state)
{
        struct stat before, after;

        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(stat(path, &before), 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC2, NOW);
        request(PLAIN, "192.0.2.2", MAC2, NOW);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(after.st_size, before.st_size);
}

static void an_endless_lease_has_no_end(void **state)
{
        (void)state;
        play((struct exchange){DEVICE("A"), GATEWAY_REQUEST, GATEWAY_ACK, "192.0.2.1", MAC1,
                               .lifetime = UINT32_MAX},
             NOW);
        assert_true(journal_holds("\"expires\":0}\n"));
        assert_int_equal(entries_at(INT64_C(1) << 40), 1);
}

static void test_GW_5_GW_6_the_end_of_a_lease_removes_the_entry(void **state)
{
        uint8_t mac1[6], mac2[6];

        (void)state;
        fixture_hwaddr(MAC1, mac1);
        fixture_hwaddr(MAC2, mac2);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        /* Not the lease of whoever has the address now. */
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac2, 6, "expire", NOW);
        gateway_lease_ended(gateway, fixture_address("192.0.2.9"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("{\"type\":\"unbind\",\"address\":\"192.0.2.1\",\"reason\":\"expire\"}\n"));
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), mac1, 6, "expire", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        gateway_lease_ended(gateway, fixture_address("192.0.2.2"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 2);
        assert_int_equal(entries_at(NOW), 0);
}

static void test_GW_6_an_address_that_another_client_gets_ends_the_entry(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(PLAIN, "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"reason\":\"reassign\""));
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 2);
        assert_int_equal(said[MESSAGE_DEVICE_REMOVED], 2);
        assert_int_equal(entries_at(NOW), 1);
}

static void a_device_that_changes_its_identity_is_another_entry(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).added, 2);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"B\""));
}

static void a_host_that_no_longer_says_who_it_is_leaves_the_table(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_true(journal_holds("\"reason\":\"unidentified\""));
}

static void test_GW_9_two_leases_are_one_entry_that_lives_while_either_does(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("A"), "192.0.2.2", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).added, 1);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        gateway_lease_ended(gateway, fixture_address("192.0.2.2"), NULL, 0, "release", NOW);
        assert_int_equal(gateway_counters(gateway).removed, 1);
}

static void test_GW_10_an_inform_adds_an_entry_without_lease(void **state)
{
        (void)state;
        inform(DEVICE("A"), "192.0.2.50", MAC1, NOW);
        assert_true(answer.replace_option);
        assert_true(journal_holds(
                "\"address\":\"192.0.2.50\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":\"br0\","
                "\"source\":\"inform\",\"away\":false,\"since\":100000,\"expires\":0}\n"));
        assert_int_equal(entries_at(NOW + 1000000), 1);
        inform(DEVICE("B"), "0.0.0.0", MAC2, NOW);
        assert_int_equal(answer.claim.type, GATEWAY_CLAIM_NONE);
}

/* The shim fills in the lease's end where the lease database knows one. */
static void inform_leased(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_INFORM, GATEWAY_ACK, address, hwaddr, .lost = true}, now);
        *lease_of(address) = (struct gateway_lease){.state = GATEWAY_LEASE_VALID, .expires = now + LEASE};
        answer.claim.record.expires = now + LEASE;
        gateway_commit(gateway, &answer.claim, now);
}

static void test_GW_10_a_lease_renewed_without_identity_keeps_what_was_informed(void **state)
{
        (void)state;
        request(PLAIN, "192.0.2.1", MAC1, NOW);
        inform_leased(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        /* dhcpcd 9.4.1 with its companion: each renewal is a plain request and then an inform. */
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE / 2);
        inform_leased(DEVICE("A"), "192.0.2.1", MAC1, NOW + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).added, 1);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        /* The companion is gone: the entry ends with the lease that it last spoke of. */
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE);
        assert_int_equal(gateway_counters(gateway).removed, 0);
        request(PLAIN, "192.0.2.1", MAC1, NOW + LEASE + LEASE / 2);
        assert_int_equal(gateway_counters(gateway).removed, 1);
}

static void an_inform_does_not_take_a_leased_address(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.1", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 1);
        assert_int_equal(said[MESSAGE_INFORM_REFUSED], 1);
        assert_false(journal_holds("\"serial\":\"B\""));
        inform_leased(DEVICE("C"), "192.0.2.3", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.3", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 2);
        inform(DEVICE("E"), "192.0.2.1", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 3);
        play((struct exchange){DEVICE("F"), GATEWAY_INFORM, GATEWAY_ACK, "192.0.2.5", MAC2, .lost = true},
             NOW);
        answer.claim.is_anothers = true;
        gateway_commit(gateway, &answer.claim, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 4);
        assert_int_equal(said[MESSAGE_INFORM_REFUSED], 4);
        assert_int_equal(entries_at(NOW), 2);
        /* That lease is over; and where there was none, the last who speaks has the address. */
        inform(DEVICE("B"), "192.0.2.1", MAC2, NOW + LEASE);
        inform(DEVICE("D"), "192.0.2.4", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.4", MAC2, NOW);
        assert_int_equal(gateway_counters(gateway).informs_refused, 0);
}

static void test_GW_12_numbers_and_times_survive_a_restart(void **state)
{
        (void)state;
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        gateway_lease_ended(gateway, fixture_address("192.0.2.1"), NULL, 0, "release", NOW);
        assert_int_equal(entries_at(NOW + 10), 1);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW + LEASE / 2);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW + LEASE / 2);
        assert_true(journal_holds(
                "\"instance\":2,\"oui\":\"00D09E\",\"serial\":\"B\",\"class\":\"\",\"address\":\"192.0.2.2\","
                "\"hwaddr\":\"02:00:00:00:00:02\",\"interface\":\"br0\",\"source\":\"lease\","
                "\"away\":false,\"since\":100000,\"expires\":105400}\n"));
        assert_true(journal_holds("\"instance\":3,\"oui\":\"00D09E\",\"serial\":\"A\""));
}

static void test_GW_13_past_the_limits_new_ones_are_refused_counted_and_logged(void **state)
{
        (void)state;
        restart(", \"max-devices\": 2, \"max-per-client\": 1", NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).client_limit, 1);
        assert_int_equal(said[MESSAGE_CLIENT_LIMIT], 1);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        for (int i = 0; i < 20; i++)
                request(DEVICE("C"), "192.0.2.3", "02:00:00:00:00:03", NOW);
        assert_true(answer.replace_option);
        assert_int_equal(gateway_counters(gateway).table_full, 20);
        assert_int_equal(said[MESSAGE_TABLE_FULL], 5);
        assert_int_equal(entries_at(NOW), 2);
}

/* Anybody can invent DHCPINFORMs, and a pool's leases come to an end. */
static void test_GW_13_hosts_without_a_lease_take_half_of_the_table_at_most(void **state)
{
        (void)state;
        restart(", \"max-devices\": 4", NOW);
        inform(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        inform(DEVICE("C"), "192.0.2.3", "02:00:00:00:00:03", NOW);
        assert_int_equal(gateway_counters(gateway).table_full, 1);
        assert_int_equal(said[MESSAGE_TABLE_FULL], 1);
        inform(DEVICE("B2"), "192.0.2.2", MAC2, NOW);
        request(DEVICE("C"), "192.0.2.3", "02:00:00:00:00:03", NOW);
        request(DEVICE("D"), "192.0.2.4", "02:00:00:00:00:04", NOW);
        assert_int_equal(gateway_counters(gateway).table_full, 1);
        assert_int_equal(entries_at(NOW), 4);
        /* One of them has got a lease: there is room for another without. */
        gateway_lease_ended(gateway, fixture_address("192.0.2.4"), NULL, 0, "release", NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        inform(DEVICE("E"), "192.0.2.5", "02:00:00:00:00:05", NOW);
        assert_int_equal(entries_at(NOW), 4);
        assert_true(journal_holds("\"serial\":\"E\""));
}

static void who_is_refused_still_takes_the_address_from_its_last_holder(void **state)
{
        (void)state;
        restart(", \"max-per-client\": 1", NOW);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW);
        request(DEVICE("A"), "192.0.2.2", MAC1, NOW);
        assert_int_equal(gateway_counters(gateway).client_limit, 1);
        assert_int_equal(gateway_counters(gateway).removed, 1);
        assert_false(journal_holds("\"serial\":\"A\",\"class\":\"\",\"address\":\"192.0.2.2\""));
        assert_int_equal(entries_at(NOW), 1);
}

static void a_client_with_a_strange_link_layer_address_or_interface_is_noted(void **state)
{
        struct packet query = packet_message(DEVICE("A"), NULL, NULL);
        struct gateway_exchange event = {.query = query.data,
                                         .query_size = query.size,
                                         .query_type = GATEWAY_REQUEST,
                                         .response_type = GATEWAY_ACK,
                                         .interface = "we\"ird",
                                         .yiaddr = fixture_address("192.0.2.1")};
        const struct gateway_lease endless = {.state = GATEWAY_LEASE_VALID, .endless = true};
        uint8_t hwaddr[64] = {0};

        (void)state;
        *lease_of("192.0.2.1") = *lease_of("192.0.2.2") = endless;
        gateway_respond(gateway, &event, NOW, &answer);
        gateway_commit(gateway, &answer.claim, NOW);
        event.yiaddr = fixture_address("192.0.2.2");
        event.hwaddr = hwaddr;
        event.hwaddr_size = sizeof(hwaddr);
        event.interface = "a-name-that-is-too-long";
        gateway_respond(gateway, &event, NOW, &answer);
        gateway_commit(gateway, &answer.claim, NOW);
        assert_true(journal_holds("\"address\":\"192.0.2.1\",\"hwaddr\":\"\",\"interface\":\"\""));
        assert_int_equal(entries_at(NOW), 1);
}

static void a_journal_that_can_not_be_written_does_not_stop_the_exchange(void **state)
{
        char hidden[sizeof(path) + 4];

        (void)state;
        /* Deleted, and a folder stands where it would be written again. */
        snprintf(hidden, sizeof(hidden), "%s.new", path);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(hidden, 0700), 0);
        request(DEVICE("A"), "192.0.2.1", MAC1, NOW);
        assert_true(answer.replace_option);
        request(DEVICE("B"), "192.0.2.2", MAC2, NOW + 1);
        assert_int_equal(gateway_counters(gateway).journal_errors, 1);
        assert_int_equal(said[MESSAGE_JOURNAL_ERROR], 1);
        assert_int_equal(rmdir(hidden), 0);
        request(PLAIN, "192.0.2.3", "02:00:00:00:00:03", NOW + 10);
        assert_int_equal(said[MESSAGE_JOURNAL_REWRITTEN], 1);
        assert_int_equal(entries_at(NOW + 10), 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                GATEWAY_TEST(test_GW_3_the_ack_and_only_the_ack_adds_an_entry),
                GATEWAY_TEST(test_GW_3_a_renewal_keeps_the_entry_and_prolongs_it),
                GATEWAY_TEST(test_GW_3_renewals_in_quick_succession_are_not_all_written_down),
                GATEWAY_TEST(test_GW_3_a_lease_that_is_shortened_or_made_endless_is_written_down),
                GATEWAY_TEST(nothing_new_writes_nothing),
                GATEWAY_TEST(an_endless_lease_has_no_end),
                GATEWAY_TEST(test_GW_5_GW_6_the_end_of_a_lease_removes_the_entry),
                GATEWAY_TEST(test_GW_6_an_address_that_another_client_gets_ends_the_entry),
                GATEWAY_TEST(a_device_that_changes_its_identity_is_another_entry),
                GATEWAY_TEST(a_host_that_no_longer_says_who_it_is_leaves_the_table),
                GATEWAY_TEST(test_GW_9_two_leases_are_one_entry_that_lives_while_either_does),
                GATEWAY_TEST(test_GW_10_an_inform_adds_an_entry_without_lease),
                GATEWAY_TEST(test_GW_10_a_lease_renewed_without_identity_keeps_what_was_informed),
                GATEWAY_TEST(an_inform_does_not_take_a_leased_address),
                GATEWAY_TEST(test_GW_12_numbers_and_times_survive_a_restart),
                GATEWAY_TEST(test_GW_13_past_the_limits_new_ones_are_refused_counted_and_logged),
                GATEWAY_TEST(test_GW_13_hosts_without_a_lease_take_half_of_the_table_at_most),
                GATEWAY_TEST(who_is_refused_still_takes_the_address_from_its_last_holder),
                GATEWAY_TEST(a_client_with_a_strange_link_layer_address_or_interface_is_noted),
                GATEWAY_TEST(a_journal_that_can_not_be_written_does_not_stop_the_exchange),
        };

        return cmocka_run_group_tests_name("gateway_entries", tests, NULL, NULL);
}
