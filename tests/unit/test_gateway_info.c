/* SPDX-License-Identifier: BSD-2-Clause */
/* test_gateway_info.c - what the device's interfaces learnt of their gateways. */
#include "config.h"

#include "tests/unit/unit.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/gateway_info.h"
#include "libassoc/file.h"
#include "tests/unit/bridge_fixture.h"
#include "tests/unit/scratch.h"

static void write_record(void **state, const char *interface, uint32_t metric, const char *serial,
                         int64_t expires)
{
        struct gateway_info info = {.metric = metric, .expires = expires, .reason = "bound"};
        char line[RECORD_LINE_MAX + 1], name[64], path[PATH_MAX];
        int length;

        snprintf(info.interface, sizeof(info.interface), "%s", interface);
        if (serial[0] != '\0')
                assert_int_equal(assoc_identity_set(&info.identity, "00D09E", serial, "", NULL), 0);
        length = gateway_info_format(&info, line, sizeof(line));
        assert_true(length > 0);
        snprintf(name, sizeof(name), "%s.json", interface);
        assert_int_equal(file_replace(scratch_path(state, name, path), line, (size_t)length, 0644), 0);
}

static void write_text(void **state, const char *name, const char *text)
{
        char path[PATH_MAX];

        assert_int_equal(file_replace(scratch_path(state, name, path), text, strlen(text), 0644), 0);
}

static const char *active_serial(const struct gateway_records *gateway)
{
        return gateway_records_active(gateway) == NULL ? NULL
                                                       : gateway_records_active(gateway)->identity.serial;
}

static void test_DV_7_the_record_of_the_lowest_metric_is_shown_and_the_next_takes_over(void **state)
{
        struct gateway_records gateway;
        char path[PATH_MAX];

        gateway_records_init(&gateway, *state);
        write_record(state, "wlan0", 3003, "WIFI", 0);
        write_record(state, "eth1", 1002, "CABLE2", 0);
        write_record(state, "eth0", 1002, "CABLE", 0);
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.state, SOURCE_OK);
        assert_int_equal(gateway.count, 3);
        assert_string_equal(active_serial(&gateway), "CABLE");
        unlink(scratch_path(state, "eth0.json", path));
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_string_equal(active_serial(&gateway), "CABLE2");
        unlink(scratch_path(state, "eth1.json", path));
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_string_equal(active_serial(&gateway), "WIFI");
        unlink(scratch_path(state, "wlan0.json", path));
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_null(gateway_records_active(&gateway));
}

static void test_DV_7_a_default_route_without_identity_hides_other_interfaces(void **state)
{
        struct gateway_records gateway;

        gateway_records_init(&gateway, *state);
        write_record(state, "eth0", 100, "", 0);
        write_record(state, "wlan0", 200, "WIFI", 0);
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_string_equal(active_serial(&gateway), "");
}

static void test_DV_8_a_record_ends_at_its_absolute_expiry(void **state)
{
        struct gateway_records gateway;

        gateway_records_init(&gateway, *state);
        write_record(state, "eth0", 100, "SOON", FIXTURE_NOW + 10);
        write_record(state, "wlan0", 200, "LATER", FIXTURE_NOW + 20);
        write_record(state, "usb0", 50, "OVER", FIXTURE_NOW);
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.count, 2);
        assert_int_equal(gateway_records_deadline(&gateway), FIXTURE_NOW + 10);
        gateway_records_expire(&gateway, FIXTURE_NOW + 9);
        assert_string_equal(active_serial(&gateway), "SOON");
        gateway_records_expire(&gateway, FIXTURE_NOW + 10);
        assert_string_equal(active_serial(&gateway), "LATER");
        assert_int_equal(gateway_records_deadline(&gateway), FIXTURE_NOW + 20);
        gateway_records_expire(&gateway, FIXTURE_NOW + 20);
        assert_null(gateway_records_active(&gateway));
        assert_int_equal(gateway_records_deadline(&gateway), 0);
}

static void damaged_and_foreign_files_are_skipped(void **state)
{
        struct gateway_records gateway;
        char path[PATH_MAX];

        gateway_records_init(&gateway, *state);
        write_record(state, "eth0", 100, "GOOD", 0);
        write_text(state, "eth1.json", "{\"interface\":\"eth1\"}\n");
        write_text(state, "eth2.json", "");
        write_text(state, "eth3.json.new", "{");
        write_text(state, "README", "x");
        write_text(state, ".json", "x");
        assert_int_equal(mkfifo(scratch_path(state, "eth4.json", path), 0600), 0);
        assert_int_equal(symlink("none", scratch_path(state, "eth5.json", path)), 0);
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.count, 1);
        assert_int_equal(gateway.skipped, 4);
        assert_string_equal(active_serial(&gateway), "GOOD");
}

static void a_record_under_another_interfaces_name_is_skipped(void **state)
{
        struct gateway_records gateway;
        char from[PATH_MAX], to[PATH_MAX];

        gateway_records_init(&gateway, *state);
        write_record(state, "eth0", 100, "G", 0);
        assert_int_equal(rename(scratch_path(state, "eth0.json", from), scratch_path(state, "eth1.json", to)),
                         0);
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.count, 0);
        assert_int_equal(gateway.skipped, 1);
}

static void more_records_than_the_limit_are_counted(void **state)
{
        struct gateway_records gateway;

        gateway_records_init(&gateway, *state);
        for (unsigned i = 0; i < GATEWAY_RECORDS_MAX + 2; i++) {
                char interface[16];

                snprintf(interface, sizeof(interface), "eth%u", i);
                write_record(state, interface, i, "G", 0);
        }
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.count, GATEWAY_RECORDS_MAX);
        assert_int_equal(gateway.skipped, 2);
}

static void a_folder_that_is_not_there_is_missing_and_empty(void **state)
{
        struct gateway_records gateway;
        char path[PATH_MAX];

        gateway_records_init(&gateway, scratch_path(state, "none", path));
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.state, SOURCE_MISSING);
        assert_int_equal(gateway.count, 0);
        write_text(state, "none", "a file");
        gateway_records_refresh(&gateway, FIXTURE_NOW);
        assert_int_equal(gateway.state, SOURCE_MISSING);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                SCRATCH_TEST(test_DV_7_the_record_of_the_lowest_metric_is_shown_and_the_next_takes_over),
                SCRATCH_TEST(test_DV_7_a_default_route_without_identity_hides_other_interfaces),
                SCRATCH_TEST(test_DV_8_a_record_ends_at_its_absolute_expiry),
                SCRATCH_TEST(damaged_and_foreign_files_are_skipped),
                SCRATCH_TEST(a_record_under_another_interfaces_name_is_skipped),
                SCRATCH_TEST(more_records_than_the_limit_are_counted),
                SCRATCH_TEST(a_folder_that_is_not_there_is_missing_and_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
