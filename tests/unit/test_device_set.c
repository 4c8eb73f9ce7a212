/* SPDX-License-Identifier: BSD-2-Clause */
/* test_device_set.c - the ManageableDevice table as the journal tells it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

#include "dm-bridge/device_set.h"
#include "tests/unit/bridge_fixture.h"

static void an_entry_lives_while_one_binding_does(void **state)
{
        struct device_set set = {0};

        (void)state;
        assert_int_equal(fixture_add(&set, 1, "192.0.2.1", false), 0);
        assert_int_equal(fixture_add(&set, 1, "192.0.2.2", false), 0);
        assert_int_equal(set.present_count, 1);
        assert_int_equal(fixture_remove(&set, "192.0.2.1"), 0);
        assert_int_equal(set.present_count, 1);
        assert_int_equal(fixture_remove(&set, "192.0.2.2"), 0);
        assert_int_equal(set.present_count, 0);
        assert_int_equal(set.entry_count, 0);
        assert_int_equal(set.binding_count, 0);
        device_set_done(&set);
}

static void an_entry_with_only_away_bindings_is_kept_but_not_present(void **state)
{
        struct device_set set = {0};

        (void)state;
        fixture_add(&set, 3, "192.0.2.1", false);
        fixture_add(&set, 3, "192.0.2.1", true);
        assert_int_equal(set.entry_count, 1);
        assert_int_equal(set.present_count, 0);
        assert_non_null(device_set_find(&set, 3));
        assert_null(device_set_next_present(&set, 0));
        fixture_add(&set, 3, "192.0.2.1", false);
        assert_int_equal(set.present_count, 1);
        assert_int_equal(set.binding_count, 1);
        device_set_done(&set);
}

static void an_address_that_goes_to_another_entry_leaves_the_first(void **state)
{
        struct device_set set = {0};

        (void)state;
        fixture_add(&set, 1, "192.0.2.1", false);
        fixture_add(&set, 2, "192.0.2.1", false);
        assert_null(device_set_find(&set, 1));
        assert_non_null(device_set_find(&set, 2));
        assert_int_equal(set.present_count, 1);
        device_set_done(&set);
}

static void removal_of_what_is_unknown_changes_nothing(void **state)
{
        struct device_set set = {0};

        (void)state;
        assert_int_equal(fixture_remove(&set, "192.0.2.1"), 0);
        fixture_add(&set, 1, "192.0.2.1", false);
        assert_int_equal(fixture_remove(&set, "192.0.2.2"), 0);
        assert_int_equal(set.present_count, 1);
        device_set_done(&set);
}

static void entries_come_in_rising_order_whatever_the_order_of_arrival(void **state)
{
        struct device_set set = {0};
        uint32_t last = 0, seen = 0;

        (void)state;
        fixture_add(&set, UINT32_MAX, "192.0.2.9", false);
        fixture_add(&set, 5, "192.0.2.5", false);
        fixture_add(&set, 2, "192.0.2.2", true);
        fixture_add(&set, 1, "192.0.2.1", false);
        for (const struct device_entry *entry = device_set_next_present(&set, 0); entry != NULL;
             entry = device_set_next_present(&set, entry->instance)) {
                assert_true(entry->instance > last);
                last = entry->instance;
                seen++;
        }
        assert_int_equal(seen, 3);
        device_set_done(&set);
}

static void bindings_of_an_entry_are_sorted_by_address(void **state)
{
        struct device_set set = {0};
        const struct device_binding *binding;

        (void)state;
        fixture_add(&set, 1, "192.0.2.200", false);
        fixture_add(&set, 1, "10.0.0.1", false);
        fixture_add(&set, 1, "192.0.2.3", false);
        binding = device_set_find(&set, 1)->bindings;
        assert_int_equal(binding->address.s_addr, inet_addr("10.0.0.1"));
        assert_int_equal(binding->next->address.s_addr, inet_addr("192.0.2.3"));
        assert_int_equal(binding->next->next->address.s_addr, inet_addr("192.0.2.200"));
        device_set_done(&set);
}

/* A slow, simple table to hold ours against: address i is bound to model[i], 0: not bound; negative: away. */
#define MODEL_ADDRESSES 300
#define MODEL_INSTANCES 40

static void assert_same(const struct device_set *set, const int model[])
{
        size_t bindings = 0, entries = 0, present = 0;

        for (int instance = 1; instance <= MODEL_INSTANCES; instance++) {
                unsigned up = 0, all = 0;

                for (size_t i = 0; i < MODEL_ADDRESSES; i++) {
                        up += model[i] == instance;
                        all += abs(model[i]) == instance;
                }
                bindings += all;
                entries += all > 0;
                present += up > 0;
                assert_int_equal(device_set_find(set, (uint32_t)instance) != NULL, all > 0);
                if (all > 0)
                        assert_int_equal(device_set_find(set, (uint32_t)instance)->present, up);
        }
        assert_int_equal(set->binding_count, bindings);
        assert_int_equal(set->entry_count, entries);
        assert_int_equal(set->present_count, present);
}

static void any_sequence_of_records_gives_what_a_simple_table_gives(void **state)
{
        struct device_set set = {0};
        int model[MODEL_ADDRESSES] = {0};

        (void)state;
        srandom(1);
        for (int step = 0; step < 5000; step++) {
                long i = random() % MODEL_ADDRESSES;
                long instance = random() % (MODEL_INSTANCES + 1);
                bool away = random() % 3 == 0;
                char address[INET_ADDRSTRLEN];

                snprintf(address, sizeof(address), "10.0.%ld.%ld", i / 256, i % 256);
                if (instance == 0)
                        fixture_remove(&set, address);
                else
                        fixture_add(&set, (uint32_t)instance, address, away);
                model[i] = (int)(away ? -instance : instance);
                if (step % 50 == 0)
                        assert_same(&set, model);
        }
        assert_same(&set, model);
        device_set_done(&set);
}

static void the_number_of_bindings_is_limited_and_known_ones_still_change(void **state)
{
        struct device_set set = {0};
        struct device_record record = fixture_bind(1, "10.0.0.0", false);

        (void)state;
        for (uint32_t i = 0; i < DEVICE_SET_BINDINGS_MAX; i++) {
                record.instance = i + 1;
                record.address.s_addr = htonl(0x0A000000 + i);
                assert_int_equal(device_set_apply(&set, &record), 0);
        }
        record.instance = DEVICE_SET_BINDINGS_MAX + 1;
        record.address.s_addr = htonl(0x0B000000);
        assert_int_equal(device_set_apply(&set, &record), -ENOSPC);
        assert_int_equal(set.entry_count, DEVICE_SET_BINDINGS_MAX);
        assert_int_equal(fixture_add(&set, 1, "10.0.0.0", true), 0);
        assert_int_equal(set.present_count, DEVICE_SET_BINDINGS_MAX - 1);
        device_set_done(&set);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_entry_lives_while_one_binding_does),
                cmocka_unit_test(an_entry_with_only_away_bindings_is_kept_but_not_present),
                cmocka_unit_test(an_address_that_goes_to_another_entry_leaves_the_first),
                cmocka_unit_test(removal_of_what_is_unknown_changes_nothing),
                cmocka_unit_test(entries_come_in_rising_order_whatever_the_order_of_arrival),
                cmocka_unit_test(bindings_of_an_entry_are_sorted_by_address),
                cmocka_unit_test(any_sequence_of_records_gives_what_a_simple_table_gives),
                cmocka_unit_test(the_number_of_bindings_is_limited_and_known_ones_still_change),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
