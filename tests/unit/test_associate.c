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

static char records[PATH_MAX], slots[PATH_MAX], identity_file[PATH_MAX], routes[PATH_MAX];
static int64_t boottime, wall_time;

/* The clocks are ours: one that counts on, and one that is set. */
int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
        if (clock != CLOCK_BOOTTIME && clock != CLOCK_REALTIME)
                return __real_clock_gettime(clock, ret);
        *ret = (struct timespec){.tv_sec = clock == CLOCK_BOOTTIME ? boottime : wall_time};
        return 0;
}

static const struct associate_settings settings = {
        .identity_file = identity_file,
        .records = records,
        .slots = slots,
        .routes = routes,
        .dhcpcd_conf = "/nonexistent/dhcpcd.conf",
};

static int setup(void **state)
{
        if (scratch_make(state) < 0)
                return -1;
        scratch_path(state, "run/gateway-info", records);
        scratch_path(state, "run/client", slots);
        scratch_path(state, "identity.conf", identity_file);
        scratch_path(state, "routes", routes);
        boottime = 5000;
        wall_time = 1700000000;
        return 0;
}

static struct event make_event(enum event_kind kind, const char *option)
{
        return (struct event){
                .kind = kind,
                .interface = "lo",
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

        snprintf(path, sizeof(path), "%s/lo.json", records);
        return file_read(path, line, sizeof(line), &size) == 0 && gateway_info_parse(line, size, ret) == 0;
}

static uint64_t generation(void)
{
        struct slot slot;

        assert_int_equal(slot_open(&slot, slots, "lo"), 0);
        slot_close(&slot);
        return slot.generation;
}

static void test_DV_2_an_answered_ack_is_recorded(void **state)
{
        struct gateway_info info;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_true(read_record(&info));
        assert_string_equal(info.interface, "lo");
        assert_string_equal(info.reason, "bound");
        assert_int_equal(info.metric, 7);
        assert_string_equal(info.identity.oui, "0011AA");
        assert_string_equal(info.identity.serial, "G");
        assert_string_equal(info.identity.product_class, "C");
        assert_int_equal(info.expires, 6000);
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
        uint64_t first;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        first = generation();
        assert_int_equal(happen(EVENT_END, NULL), 0);
        assert_int_equal(generation(), first + 1);
        assert_int_equal(happen(EVENT_OTHER, NULL), 0);
        assert_int_equal(generation(), first + 1);
        assert_int_equal(happen(EVENT_STATIC, NULL), 0);
        assert_int_equal(generation(), first + 2);
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

static void test_DV_8_a_static_address_ends_the_record(void **state)
{
        struct gateway_info info;

        (void)state;
        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_int_equal(happen(EVENT_STATIC, NULL), 0);
        assert_false(read_record(&info));
}

/* The wall clock jumps by decades, and nothing sees it (DV-8: absolute expiry). */
static void test_DV_8_setting_the_time_moves_no_end_of_a_lease(void **state)
{
        static const int64_t times[] = {0, 4000000000, -1000, 1700000000};
        struct gateway_info info;

        (void)state;
        for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
                wall_time = times[i];
                boottime += 10;
                assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
                assert_true(read_record(&info));
                assert_int_equal(info.expires, boottime + 1000);
        }
}

static void write_routes(const char *text)
{
        assert_int_equal(file_replace(routes, text, strlen(text), 0644), 0);
}

static uint32_t recorded_metric(void)
{
        struct gateway_info info;

        assert_int_equal(happen(EVENT_ACK, GATEWAY_OPTION), 0);
        assert_true(read_record(&info));
        return info.metric;
}

static void test_DV_7_the_metric_is_that_of_the_default_route(void **state)
{
        (void)state;
        /* No table: what the client says. */
        assert_int_equal(recorded_metric(), 7);
        write_routes("lo\t00000000\t010200C0\t0003\t0\t0\t300\t00000000\t0\t0\t0\n");
        assert_int_equal(recorded_metric(), 300);
        write_routes("eth0\t00000000\t010200C0\t0003\t0\t0\t300\t00000000\t0\t0\t0\n");
        assert_int_equal(recorded_metric(), UINT32_MAX);
}

static bool exists(const char *folder, const char *name)
{
        char path[2 * PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return access(path, F_OK) == 0;
}

static void happen_on(const char *interface, enum event_kind kind)
{
        struct event event = make_event(kind, GATEWAY_OPTION);

        snprintf(event.interface, sizeof(event.interface), "%s", interface);
        assert_int_equal(associate(&event, &settings), 0);
}

static void test_DV_7_records_of_interfaces_that_are_gone_end_with_the_next_event(void **state)
{
        (void)state;
        happen_on("none0", EVENT_ACK);
        happen_on("none1.100", EVENT_ACK);
        assert_false(exists(records, "none0.json"));
        assert_false(exists(slots, "none0.slot"));
        assert_true(exists(records, "none1.100.json"));
        happen_on("lo", EVENT_END);
        assert_false(exists(records, "none1.100.json"));
        assert_false(exists(slots, "none1.100.slot"));
        happen_on("lo", EVENT_ACK);
        assert_true(exists(records, "lo.json"));
        assert_true(exists(slots, "lo.slot"));
}

static void an_interface_that_departs_leaves_nothing(void **state)
{
        (void)state;
        happen_on("none0", EVENT_END);
        assert_false(exists(slots, "."));
        happen_on("none0", EVENT_ACK);
        happen_on("none0", EVENT_END);
        assert_false(exists(records, "none0.json"));
        assert_false(exists(slots, "none0.slot"));
}

static void foreign_files_among_the_records_are_left_alone(void **state)
{
        char path[2 * PATH_MAX];

        (void)state;
        happen_on("lo", EVENT_ACK);
        snprintf(path, sizeof(path), "%s/README", records);
        assert_int_equal(file_replace(path, "", 0, 0644), 0);
        snprintf(path, sizeof(path), "%s/none0.json.new", records);
        assert_int_equal(file_replace(path, "", 0, 0644), 0);
        happen_on("lo", EVENT_ACK);
        assert_true(exists(records, "README"));
        assert_true(exists(records, "none0.json.new"));
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
                SCRATCH_TEST(test_DV_8_a_static_address_ends_the_record),
                SCRATCH_TEST(test_DV_8_setting_the_time_moves_no_end_of_a_lease),
                SCRATCH_TEST(test_DV_7_the_metric_is_that_of_the_default_route),
                SCRATCH_TEST(test_DV_7_records_of_interfaces_that_are_gone_end_with_the_next_event),
                SCRATCH_TEST(an_interface_that_departs_leaves_nothing),
                SCRATCH_TEST(foreign_files_among_the_records_are_left_alone),
                SCRATCH_TEST(a_run_folder_that_can_not_be_made_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
