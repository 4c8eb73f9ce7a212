/* SPDX-License-Identifier: BSD-2-Clause */
/* test_device_table.c - entries and bindings. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway-hook/device_table.h"
#include "tests/unit/gateway_fixture.h"

static struct device_table *table;

static int make_table(void **state)
{
        (void)state;
        table = device_table_new(4, 2, 7);
        return table != NULL ? 0 : -1;
}

static int free_table(void **state)
{
        (void)state;
        device_table_free(table);
        return 0;
}

static int put(const char *serial, const char *address, const char *hwaddr, struct device_record *ret)
{
        struct device_record record = fixture_record(serial, address, hwaddr);
        int err = device_table_bind(table, &record);

        if (ret != NULL)
                *ret = record;
        return err;
}

static uint32_t instance_of(const char *serial, const char *address, const char *hwaddr)
{
        struct device_record record;

        assert_int_equal(put(serial, address, hwaddr, &record), 0);
        return record.instance;
}

static void test_GW_3_the_same_identity_is_one_entry(void **state)
{
        (void)state;
        assert_int_equal(instance_of("A", "192.0.2.1", "02:00:00:00:00:01"), 1);
        assert_int_equal(instance_of("A", "192.0.2.1", "02:00:00:00:00:01"), 1);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(device_table_bindings(table), 1);
}

static void test_GW_3_an_identity_that_differs_in_one_element_is_another_entry(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");

        (void)state;
        assert_int_equal(device_table_bind(table, &record), 0);
        record = fixture_record("A", "192.0.2.2", "02:00:00:00:00:02");
        strcpy(record.identity.product_class, "other");
        assert_int_equal(device_table_bind(table, &record), 0);
        record = fixture_record("A", "192.0.2.3", "02:00:00:00:00:03");
        strcpy(record.identity.oui, "00D09F");
        assert_int_equal(device_table_bind(table, &record), 0);
        assert_int_equal(device_table_entries(table), 3);
}

static void test_GW_9_an_entry_lives_while_one_of_its_bindings_does(void **state)
{
        struct device_record gone;

        (void)state;
        instance_of("A", "192.0.2.1", "02:00:00:00:00:01");
        instance_of("A", "192.0.2.2", "02:00:00:00:00:02");
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(device_table_bindings(table), 2);
        assert_int_equal(device_table_unbind(table, fixture_address("192.0.2.1"), &gone), 0);
        assert_int_equal(gone.instance, 1);
        assert_true(device_table_has(table, &gone.identity));
        assert_int_equal(device_table_unbind(table, fixture_address("192.0.2.2"), NULL), 0);
        assert_false(device_table_has(table, &gone.identity));
        assert_int_equal(device_table_unbind(table, fixture_address("192.0.2.2"), NULL), -ENOENT);
}

static void test_GW_8_a_binding_is_away_and_back_and_says_when_it_is_so_already(void **state)
{
        struct device_record record, found;
        struct in_addr address = fixture_address("192.0.2.1");

        (void)state;
        assert_int_equal(device_table_set_away(table, address, true, &record), -ENOENT);
        assert_int_equal(put("A", "192.0.2.1", "02:00:00:00:00:01", NULL), 0);
        assert_int_equal(put("A", "192.0.2.2", "02:00:00:00:00:02", NULL), 0);
        assert_int_equal(device_table_set_away(table, address, false, &record), -EALREADY);
        assert_int_equal(device_table_set_away(table, address, true, &record), 0);
        assert_true(record.away);
        assert_string_equal(record.identity.serial, "A");
        assert_int_equal(record.address.s_addr, address.s_addr);
        assert_int_equal(device_table_set_away(table, address, true, &record), -EALREADY);
        assert_true(device_table_find(table, address, &found) && found.away);
        assert_true(device_table_find(table, fixture_address("192.0.2.2"), &found) && !found.away);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(device_table_set_away(table, address, false, &record), 0);
        assert_false(record.away);
        assert_true(device_table_find(table, address, &found) && !found.away);
}

static void the_end_of_a_lease_moves_alone_and_tells_who_has_no_lease(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), found;
        struct in_addr address = fixture_address("192.0.2.1");

        (void)state;
        assert_int_equal(device_table_set_expires(table, address, 5), -ENOENT);
        record.source = DEVICE_SOURCE_INFORM;
        record.expires = 0;
        assert_int_equal(device_table_bind(table, &record), 0);
        assert_int_equal(device_table_leaseless(table), 1);
        assert_int_equal(device_table_set_expires(table, address, 1700003600), 0);
        assert_int_equal(device_table_leaseless(table), 0);
        assert_true(device_table_find(table, address, &found));
        assert_int_equal(found.expires, 1700003600);
        assert_int_equal(found.instance, record.instance);
        assert_int_equal(found.since, record.since);
        assert_int_equal(device_table_set_expires(table, address, 0), 0);
        assert_int_equal(device_table_leaseless(table), 1);
        assert_int_equal(device_table_unbind(table, address, NULL), 0);
        assert_int_equal(device_table_leaseless(table), 0);
}

static void another_identity_on_an_address_replaces_the_first(void **state)
{
        struct device_record found;

        (void)state;
        instance_of("A", "192.0.2.1", "02:00:00:00:00:01");
        assert_int_equal(instance_of("B", "192.0.2.1", "02:00:00:00:00:02"), 2);
        assert_int_equal(device_table_entries(table), 1);
        assert_true(device_table_find(table, fixture_address("192.0.2.1"), &found));
        assert_string_equal(found.identity.serial, "B");
        assert_false(device_table_find(table, fixture_address("192.0.2.9"), &found));
}

static void one_identity_that_changes_its_link_layer_address_keeps_its_entry(void **state)
{
        struct device_record found;

        (void)state;
        instance_of("A", "192.0.2.1", "02:00:00:00:00:01");
        assert_int_equal(instance_of("A", "192.0.2.1", "02:00:00:00:00:02"), 1);
        assert_true(device_table_find(table, fixture_address("192.0.2.1"), &found));
        assert_int_equal(found.hwaddr[5], 2);
}

static void test_D1_3_a_number_is_not_given_twice(void **state)
{
        (void)state;
        assert_int_equal(instance_of("A", "192.0.2.1", "02:00:00:00:00:01"), 1);
        device_table_unbind(table, fixture_address("192.0.2.1"), NULL);
        assert_int_equal(instance_of("A", "192.0.2.1", "02:00:00:00:00:01"), 2);
        assert_int_equal(device_table_next(table), 3);
        device_table_skip_to(table, 2);
        assert_int_equal(device_table_next(table), 3);
        device_table_skip_to(table, 100);
        assert_int_equal(instance_of("B", "192.0.2.2", "02:00:00:00:00:02"), 100);
}

static void after_the_last_number_a_free_one_is_found(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");

        (void)state;
        record.instance = 1;
        assert_int_equal(device_table_bind(table, &record), 0);
        device_table_skip_to(table, UINT32_MAX);
        assert_int_equal(instance_of("B", "192.0.2.2", "02:00:00:00:00:02"), UINT32_MAX);
        assert_int_equal(instance_of("C", "192.0.2.3", "02:00:00:00:00:03"), 2);
}

static void a_given_number_and_time_are_kept_and_a_taken_number_is_refused(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");

        (void)state;
        record.instance = 17;
        record.since = 1000;
        assert_int_equal(device_table_bind(table, &record), 0);
        record = fixture_record("A", "192.0.2.2", "02:00:00:00:00:02");
        record.since = 2000;
        assert_int_equal(device_table_bind(table, &record), 0);
        assert_int_equal(record.instance, 17);
        assert_int_equal(record.since, 1000);
        record = fixture_record("B", "192.0.2.3", "02:00:00:00:00:03");
        record.instance = 17;
        assert_int_equal(device_table_bind(table, &record), -EEXIST);
        assert_int_equal(device_table_next(table), 18);
}

static void test_GW_13_the_table_has_a_limit_and_keeps_what_it_has(void **state)
{
        struct device_record found;
        char serial[8], address[32], hwaddr[32];

        (void)state;
        for (int i = 1; i <= 5; i++) {
                snprintf(serial, sizeof(serial), "%d", i);
                snprintf(address, sizeof(address), "192.0.2.%d", i);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:00:%02x", i);
                assert_int_equal(put(serial, address, hwaddr, NULL), i <= 4 ? 0 : -ENOSPC);
        }
        assert_int_equal(device_table_entries(table), 4);
        assert_true(device_table_find(table, fixture_address("192.0.2.1"), &found));
        /* In a full table an address still changes hands: the last entry makes room for the next. */
        assert_int_equal(put("5", "192.0.2.4", "02:00:00:00:00:05", NULL), 0);
        assert_int_equal(device_table_entries(table), 4);
}

static void test_GW_13_one_link_layer_address_has_a_limit(void **state)
{
        (void)state;
        assert_int_equal(put("A", "192.0.2.1", "02:00:00:00:00:01", NULL), 0);
        assert_int_equal(put("B", "192.0.2.2", "02:00:00:00:00:01", NULL), 0);
        assert_int_equal(put("C", "192.0.2.3", "02:00:00:00:00:01", NULL), -EDQUOT);
        assert_int_equal(put("C", "192.0.2.2", "02:00:00:00:00:01", NULL), 0);
        assert_int_equal(put("D", "192.0.2.3", "02:00:00:00:00:02", NULL), 0);
        assert_int_equal(device_table_entries(table), 3);
}

static void test_GW_13_one_identity_can_not_take_all_bindings_for_itself(void **state)
{
        char address[32], hwaddr[32];

        (void)state;
        for (int i = 1; i <= 4 * DEVICE_TABLE_BINDINGS + 1; i++) {
                snprintf(address, sizeof(address), "192.0.2.%d", i);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:00:%02x", i);
                assert_int_equal(put("A", address, hwaddr, NULL),
                                 i <= 4 * DEVICE_TABLE_BINDINGS ? 0 : -ENOSPC);
        }
}

static int unbind_each(void *context, const struct device_record *record)
{
        int *count = context;

        (*count)++;
        return device_table_unbind(table, record->address, NULL);
}

static int stop_after_two(void *context, const struct device_record *record)
{
        (void)record;
        ++*(int *)context;
        return -ECANCELED;
}

static void a_walk_sees_every_binding_and_may_end_the_one_it_sees(void **state)
{
        int count = 0;

        (void)state;
        instance_of("A", "192.0.2.1", "02:00:00:00:00:01");
        instance_of("A", "192.0.2.2", "02:00:00:00:00:02");
        instance_of("B", "192.0.2.3", "02:00:00:00:00:03");
        assert_int_equal(device_table_each(table, stop_after_two, &count), -ECANCELED);
        assert_int_equal(count, 1);
        count = 0;
        assert_int_equal(device_table_each(table, unbind_each, &count), 0);
        assert_int_equal(count, 3);
        assert_int_equal(device_table_entries(table), 0);
        assert_int_equal(device_table_bindings(table), 0);
}

/* A simple model beside the table: who holds which address. */
static void ten_thousand_random_changes_agree_with_a_plain_array(void **state)
{
        int holder[16] = {0};
        uint32_t random = 12345;
        char serial[8], address[32], hwaddr[32];

        (void)state;
        for (int i = 0; i < 10000; i++) {
                int where, who, bound = 0;

                random = random * 1103515245 + 12345;
                where = (random >> 16) % 6;
                who = (random >> 20) % 4 + 1;
                snprintf(address, sizeof(address), "192.0.2.%d", where);
                snprintf(serial, sizeof(serial), "%d", who);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:00:%02x", where);
                if (random >> 31) {
                        assert_int_equal(put(serial, address, hwaddr, NULL), 0);
                        holder[where] = who;
                } else {
                        assert_int_equal(device_table_unbind(table, fixture_address(address), NULL),
                                         holder[where] ? 0 : -ENOENT);
                        holder[where] = 0;
                }
                for (int j = 0; j < 16; j++)
                        bound += holder[j] != 0;
                assert_int_equal(device_table_bindings(table), bound);
        }
        for (int who = 1; who <= 4; who++) {
                bool held = false;
                struct device_record record;

                snprintf(serial, sizeof(serial), "%d", who);
                record = fixture_record(serial, "192.0.2.1", "02:00:00:00:00:01");
                for (int j = 0; j < 16; j++)
                        held = held || holder[j] == who;
                assert_int_equal(device_table_has(table, &record.identity), held);
        }
}

static void every_failed_allocation_is_reported(void **state)
{
        struct device_table *made = NULL;
        int n = 0;

        (void)state;
        while (made == NULL) {
                fixture_fail_allocation(++n);
                made = device_table_new(4, 2, 7);
        }
        fixture_fail_allocation(0);
        assert_true(n > 10);
        device_table_free(made);
        device_table_free(NULL);
}

#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, make_table, free_table)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TABLE_TEST(test_GW_3_the_same_identity_is_one_entry),
                TABLE_TEST(test_GW_3_an_identity_that_differs_in_one_element_is_another_entry),
                TABLE_TEST(test_GW_9_an_entry_lives_while_one_of_its_bindings_does),
                TABLE_TEST(test_GW_8_a_binding_is_away_and_back_and_says_when_it_is_so_already),
                TABLE_TEST(the_end_of_a_lease_moves_alone_and_tells_who_has_no_lease),
                TABLE_TEST(another_identity_on_an_address_replaces_the_first),
                TABLE_TEST(one_identity_that_changes_its_link_layer_address_keeps_its_entry),
                TABLE_TEST(test_D1_3_a_number_is_not_given_twice),
                TABLE_TEST(after_the_last_number_a_free_one_is_found),
                TABLE_TEST(a_given_number_and_time_are_kept_and_a_taken_number_is_refused),
                TABLE_TEST(test_GW_13_the_table_has_a_limit_and_keeps_what_it_has),
                TABLE_TEST(test_GW_13_one_link_layer_address_has_a_limit),
                TABLE_TEST(test_GW_13_one_identity_can_not_take_all_bindings_for_itself),
                TABLE_TEST(a_walk_sees_every_binding_and_may_end_the_one_it_sees),
                TABLE_TEST(ten_thousand_random_changes_agree_with_a_plain_array),
                cmocka_unit_test(every_failed_allocation_is_reported),
        };

        return cmocka_run_group_tests_name("device_table", tests, NULL, NULL);
}
