/* SPDX-License-Identifier: BSD-2-Clause */
/* test_associate.c - what each event does to the record, short of asking the gateway (that is the lab's). */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client-hook/associate.h"
#include "client-hook/slot.h"
#include "libassoc/file.h"
#include "tests/unit/scratch.h"

/* 3561: 4 "0011AA", 5 "G", 6 "C". */
#define GATEWAY_OPTION "00000de90e0406303031314141050147060143"

static char records[PATH_MAX], slots[PATH_MAX], identity_file[PATH_MAX];

static const struct associate_settings settings = {
        .identity_file = identity_file,
        .records = records,
        .slots = slots,
};

static int setup(void **state)
{
        if (scratch_make(state) < 0)
                return -1;
        scratch_path(state, "run/gateway-info", records);
        scratch_path(state, "run/client", slots);
        scratch_path(state, "identity.conf", identity_file);
        return 0;
}

static struct event make_event(enum event_kind kind, const char *option)
{
        return (struct event){
                .kind = kind,
                .interface = "none0",
                .reason = "bound",
                .metric = 7,
                .lease_time = 1000,
                .address_name = "new_ip_address",
                .option = option,
                .option_name = "new_tr111_raw",
        };
}

static int happen(enum event_kind kind, const char *option)
{
        struct event event = make_event(kind, option);

        return associate(&event, &settings);
}

static bool read_record(struct gateway_info *ret)
{
        char path[PATH_MAX + 16], line[RECORD_LINE_MAX];
        size_t size;

        snprintf(path, sizeof(path), "%s/none0.json", records);
        return file_read(path, line, sizeof(line), &size) == 0 && gateway_info_parse(line, size, ret) == 0;
}

static uint64_t generation(void)
{
        struct slot slot;

        assert_int_equal(slot_open(&slot, slots, "none0"), 0);
        slot_close(&slot);
        return slot.generation;
}

static void test_DV_2_an_answered_ack_is_recorded(void **state)
{
        struct gateway_info info;
        struct timespec now;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_true(read_record(&info));
        assert_string_equal(info.interface, "none0");
        assert_string_equal(info.reason, "bound");
        assert_int_equal(info.metric, 7);
        assert_string_equal(info.identity.oui, "0011AA");
        assert_string_equal(info.identity.serial, "G");
        assert_string_equal(info.identity.product_class, "C");
        clock_gettime(CLOCK_BOOTTIME, &now);
        assert_in_range(info.expires, now.tv_sec + 990, now.tv_sec + 1000);
}

static void test_EN_6_a_malformed_answer_empties_the_record(void **state)
{
        static const char *const malformed[] = {"00000de90f0406303031314141050147060143",
                                                "00000de9080406303031315858", "xx", "0"};
        struct gateway_info info;

        (void)state;
        for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
                assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
                assert_int_equal(happen(EVENT_ACK, malformed[i]), 0);
                assert_true(read_record(&info));
                assert_true(assoc_identity_empty(&info.identity));
        }
}

static void test_DV_3_an_unanswered_ack_empties_the_record_if_nobody_can_ask(void **state)
{
        struct gateway_info info;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_int_equal(happen(EVENT_ACK, NULL), 0);
        assert_true(read_record(&info));
        assert_true(assoc_identity_empty(&info.identity));
}

static void test_DV_5_the_end_of_the_lease_removes_the_record(void **state)
{
        struct gateway_info info;

        (void)state;
        assert_int_equal(happen(EVENT_END, NULL), 0);
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_int_equal(happen(EVENT_END, NULL), 0);
        assert_false(read_record(&info));
}

static void every_event_puts_an_end_to_the_companion_before_it(void **state)
{
        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_int_equal(generation(), 1);
        assert_int_equal(happen(EVENT_END, NULL), 0);
        assert_int_equal(generation(), 2);
        assert_int_equal(happen(EVENT_OTHER, NULL), 0);
        assert_int_equal(generation(), 2);
}

static void test_DV_8_other_events_change_nothing(void **state)
{
        struct gateway_info info;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_int_equal(happen(EVENT_OTHER, NULL), 0);
        assert_true(read_record(&info));
        assert_string_equal(info.identity.serial, "G");
}

static void a_run_folder_that_can_not_be_made_is_an_error(void **state)
{
        char run[PATH_MAX];

        assert_int_equal(file_replace(scratch_path(state, "run", run), "", 0, 0644), 0);
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), -ENOTDIR);
        assert_int_equal(happen(EVENT_END, NULL), -ENOTDIR);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, setup, scratch_remove)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                SCRATCH_TEST(test_DV_2_an_answered_ack_is_recorded),
                SCRATCH_TEST(test_EN_6_a_malformed_answer_empties_the_record),
                SCRATCH_TEST(test_DV_3_an_unanswered_ack_empties_the_record_if_nobody_can_ask),
                SCRATCH_TEST(test_DV_5_the_end_of_the_lease_removes_the_record),
                SCRATCH_TEST(every_event_puts_an_end_to_the_companion_before_it),
                SCRATCH_TEST(test_DV_8_other_events_change_nothing),
                SCRATCH_TEST(a_run_folder_that_can_not_be_made_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
