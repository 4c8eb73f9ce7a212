/* SPDX-License-Identifier: BSD-2-Clause */
/* test_devices.c - the gateway's journal, followed as it grows. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/devices.h"
#include "tests/unit/bridge_fixture.h"
#include "tests/unit/scratch.h"

struct fixture {
        char path[PATH_MAX];
        struct devices devices;
};

static void start(void **state, struct fixture *fixture)
{
        scratch_path(state, "journal", fixture->path);
        devices_init(&fixture->devices, fixture->path);
}

static void append(const char *path, const char *text, size_t size)
{
        int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, size), size);
        close(fd);
}

static void append_record(const char *path, const struct device_record *record)
{
        char line[RECORD_LINE_MAX + 1];
        int length = device_record_format(record, line, sizeof(line));

        assert_true(length > 0);
        append(path, line, (size_t)length);
}

static void append_header(const char *path, uint32_t version)
{
        struct device_record record = {.type = DEVICE_RECORD_HEADER, .version = version, .next = 1};

        append_record(path, &record);
}

static void append_bind(const char *path, uint32_t instance, const char *address)
{
        struct device_record record = fixture_bind(instance, address, false);

        append_record(path, &record);
}

static void a_journal_that_is_not_there_yet_is_an_empty_table(void **state)
{
        struct fixture f;

        start(state, &f);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_MISSING);
        append_header(f.path, 1);
        append_bind(f.path, 1, "192.0.2.1");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_OK);
        assert_int_equal(f.devices.set.present_count, 1);
        devices_done(&f.devices);
}

static void what_is_appended_is_read_on_from_where_we_were(void **state)
{
        struct device_record gone = fixture_unbind("192.0.2.1");
        struct fixture f;

        start(state, &f);
        append_header(f.path, 1);
        append_bind(f.path, 1, "192.0.2.1");
        devices_refresh(&f.devices);
        append_bind(f.path, 2, "192.0.2.2");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.set.present_count, 2);
        append_record(f.path, &gone);
        devices_refresh(&f.devices);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.set.present_count, 1);
        assert_non_null(device_set_find(&f.devices.set, 2));
        devices_done(&f.devices);
}

static void a_torn_last_line_waits_for_its_rest(void **state)
{
        struct device_record record = fixture_bind(4, "192.0.2.4", false);
        char line[RECORD_LINE_MAX + 1];
        struct fixture f;
        int length = device_record_format(&record, line, sizeof(line));

        start(state, &f);
        append_header(f.path, 1);
        for (int i = 0; i < length; i++) {
                append(f.path, line + i, 1);
                devices_refresh(&f.devices);
                assert_int_equal(f.devices.set.present_count, i == length - 1);
        }
        assert_int_equal(f.devices.skipped, 0);
        devices_done(&f.devices);
}

static void a_compacted_journal_replaces_the_table(void **state)
{
        char new_path[PATH_MAX];
        struct fixture f;

        start(state, &f);
        append_header(f.path, 1);
        append_bind(f.path, 1, "192.0.2.1");
        append_bind(f.path, 2, "192.0.2.2");
        devices_refresh(&f.devices);
        scratch_path(state, "journal.new", new_path);
        append_header(new_path, 1);
        append_bind(new_path, 2, "192.0.2.2");
        append_bind(new_path, 3, "192.0.2.3");
        append_bind(new_path, 4, "192.0.2.4");
        assert_int_equal(rename(new_path, f.path), 0);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.set.present_count, 3);
        assert_null(device_set_find(&f.devices.set, 1));
        append_bind(f.path, 5, "192.0.2.5");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.set.present_count, 4);
        devices_done(&f.devices);
}

static void a_journal_that_shrank_is_read_from_its_start(void **state)
{
        struct fixture f;

        start(state, &f);
        append_header(f.path, 1);
        append_bind(f.path, 1, "192.0.2.1");
        append_bind(f.path, 2, "192.0.2.2");
        devices_refresh(&f.devices);
        assert_int_equal(truncate(f.path, 0), 0);
        append_header(f.path, 1);
        append_bind(f.path, 7, "192.0.2.7");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.set.present_count, 1);
        assert_non_null(device_set_find(&f.devices.set, 7));
        devices_done(&f.devices);
}

static void a_journal_that_goes_away_takes_the_table_along(void **state)
{
        struct fixture f;

        start(state, &f);
        append_header(f.path, 1);
        append_bind(f.path, 1, "192.0.2.1");
        devices_refresh(&f.devices);
        unlink(f.path);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_MISSING);
        assert_int_equal(f.devices.set.entry_count, 0);
        devices_done(&f.devices);
}

static void damaged_lines_are_skipped_and_counted(void **state)
{
        static char noise[3 * RECORD_LINE_MAX];
        struct fixture f;

        start(state, &f);
        append_header(f.path, 1);
        append(f.path, "\n", 1);
        append(f.path, "{\"type\":\"bind\"}\n", 16);
        append(f.path, "\0\xff\n", 3);
        memset(noise, 'x', sizeof(noise));
        noise[sizeof(noise) - 1] = '\n';
        append(f.path, noise, sizeof(noise));
        append_bind(f.path, 1, "192.0.2.1");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_OK);
        assert_int_equal(f.devices.set.present_count, 1);
        assert_int_equal(f.devices.skipped, 4);
        devices_done(&f.devices);
}

static void another_version_is_unsupported_until_the_file_is_replaced(void **state)
{
        struct fixture f;

        start(state, &f);
        append_header(f.path, 2);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNSUPPORTED);
        assert_int_equal(f.devices.set.entry_count, 0);
        append_header(f.path, 1);
        append_bind(f.path, 2, "192.0.2.2");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNSUPPORTED);
        assert_int_equal(f.devices.set.entry_count, 0);
        unlink(f.path);
        append_header(f.path, 1);
        append_bind(f.path, 3, "192.0.2.3");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_OK);
        assert_int_equal(f.devices.set.present_count, 1);
        devices_done(&f.devices);
}

static void a_file_without_header_is_no_journal(void **state)
{
        static char noise[3 * RECORD_LINE_MAX];
        struct fixture f;

        start(state, &f);
        append_bind(f.path, 1, "192.0.2.1");
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNSUPPORTED);
        unlink(f.path);
        append(f.path, "address,hwaddr,client_id\n", 25);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNSUPPORTED);
        unlink(f.path);
        append(f.path, noise, sizeof(noise));
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNSUPPORTED);
        assert_int_equal(f.devices.set.entry_count, 0);
        devices_done(&f.devices);
}

static void what_is_no_regular_file_is_not_waited_for(void **state)
{
        struct fixture f;

        start(state, &f);
        assert_int_equal(mkfifo(f.path, 0600), 0);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNREADABLE);
        unlink(f.path);
        assert_int_equal(mkdir(f.path, 0700), 0);
        devices_refresh(&f.devices);
        assert_int_equal(f.devices.state, SOURCE_UNREADABLE);
        devices_done(&f.devices);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                SCRATCH_TEST(a_journal_that_is_not_there_yet_is_an_empty_table),
                SCRATCH_TEST(what_is_appended_is_read_on_from_where_we_were),
                SCRATCH_TEST(a_torn_last_line_waits_for_its_rest),
                SCRATCH_TEST(a_compacted_journal_replaces_the_table),
                SCRATCH_TEST(a_journal_that_shrank_is_read_from_its_start),
                SCRATCH_TEST(a_journal_that_goes_away_takes_the_table_along),
                SCRATCH_TEST(damaged_lines_are_skipped_and_counted),
                SCRATCH_TEST(another_version_is_unsupported_until_the_file_is_replaced),
                SCRATCH_TEST(a_file_without_header_is_no_journal),
                SCRATCH_TEST(what_is_no_regular_file_is_not_waited_for),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
