/* SPDX-License-Identifier: BSD-2-Clause */
/* test_journal.c - the device table on disk. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway-hook/journal.h"
#include "tests/unit/gateway_fixture.h"

#define NOW    5000
#define HEADER "{\"journal\":\"tr111-devices\",\"version\":1,\"next\":1}\n"

static char path[96];
static struct journal *journal;
static struct device_table *table;
static struct journal_report report;

static int make_folder(void **state)
{
        (void)state;
        fixture_make_folder("devices", path);
        return 0;
}

static void close_journal(void)
{
        journal_close(journal);
        device_table_free(table);
        journal = NULL;
        table = NULL;
}

static int remove_folder(void **state)
{
        (void)state;
        close_journal();
        fixture_remove_folder(path);
        return 0;
}

static int load_at(int64_t now)
{
        close_journal();
        table = device_table_new(8, 4, 1);
        assert_non_null(table);
        assert_int_equal(journal_open(path, &journal), 0);
        return journal_load(journal, table, now, &report);
}

static int put(struct device_record record, int64_t now)
{
        assert_int_equal(device_table_bind(table, &record), 0);
        return journal_put(journal, table, &record, now);
}

static int put_unbind(const char *address, int64_t now)
{
        struct device_record record = {
                .type = DEVICE_RECORD_UNBIND, .address = fixture_address(address), .reason = "release"};

        assert_int_equal(device_table_unbind(table, record.address, NULL), 0);
        return journal_put(journal, table, &record, now);
}

static int count_lines(const char *text)
{
        int count = 0;

        for (; *text != '\0'; text++)
                count += *text == '\n';
        return count;
}

static ino_t inode(void)
{
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        return status.st_ino;
}

static void add_to_file(const char *text)
{
        FILE *file = fopen(path, "a");

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void a_new_journal_is_a_header_with_mode_0640(void **state)
{
        mode_t saved = umask(0);
        struct stat status;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        umask(saved);
        assert_string_equal(fixture_read(path), HEADER);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0640);
}

static void test_GW_12_a_restart_brings_back_entries_with_their_numbers(void **state)
{
        struct device_record found;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.3", "02:00:00:00:00:03"), NOW), 0);
        assert_int_equal(put(fixture_record("C", "192.0.2.4", "02:00:00:00:00:04"), NOW), 0);
        assert_int_equal(put_unbind("192.0.2.1", NOW), 0);
        assert_int_equal(put_unbind("192.0.2.4", NOW), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(device_table_bindings(table), 2);
        assert_true(device_table_find(table, fixture_address("192.0.2.3"), &found));
        assert_int_equal(found.instance, 2);
        assert_string_equal(found.identity.serial, "B");
        /* 1 and 3 are gone, and never given again. */
        assert_int_equal(device_table_next(table), 4);
}

static void test_D1_3_numbers_of_entries_that_a_rewrite_left_out_are_not_given_again(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");

        (void)state;
        fixture_write(path, "{\"journal\":\"tr111-devices\",\"version\":1,\"next\":50}\n");
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_bind(table, &record), 0);
        assert_int_equal(record.instance, 50);
        /* Deleted, so that it is rewritten without the entry. */
        assert_int_equal(unlink(path), 0);
        assert_int_equal(put_unbind("192.0.2.1", NOW), 0);
        assert_int_equal(count_lines(fixture_read(path)), 1);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_next(table), 51);
}

static void test_GW_12_leases_that_ended_meanwhile_are_dropped(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        record.expires = NOW + 100;
        assert_int_equal(put(record, NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(load_at(NOW + 99), 0);
        assert_int_equal(report.expired, 0);
        assert_int_equal(device_table_entries(table), 2);
        assert_int_equal(load_at(NOW + 100), 0);
        assert_int_equal(report.expired, 1);
        assert_int_equal(device_table_entries(table), 1);
        assert_null(strstr(fixture_read(path), "192.0.2.1\""));
        assert_int_equal(load_at(NOW + 100), 0);
        assert_int_equal(report.expired, 0);
        assert_int_equal(device_table_next(table), 3);
}

static void a_torn_last_line_is_ignored_and_does_not_spoil_the_next(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        add_to_file("{\"type\":\"unbind\",\"address\":\"192.0.2.1\",\"rea");
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 2);
}

static void every_prefix_of_a_journal_loads(void **state)
{
        char whole[4096];
        size_t size;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(put_unbind("192.0.2.1", NOW), 0);
        strcpy(whole, fixture_read(path));
        size = strlen(whole);
        while (size-- > 0) {
                whole[size] = '\0';
                fixture_write(path, whole);
                assert_int_equal(load_at(NOW), 0);
                assert_int_equal(report.skipped, 0);
                assert_true(device_table_entries(table) <= 2);
        }
        assert_int_equal(device_table_entries(table), 0);
}

static void a_damaged_line_is_skipped_and_counted(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        add_to_file("garbage\n\n{\"type\":\"bind\"}\n");
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 3);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(count_lines(fixture_read(path)), 2);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 0);
}

static void a_line_of_any_length_is_skipped_as_one(void **state)
{
        static char line[50000];

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        for (size_t size = RECORD_LINE_MAX - 3; size < sizeof(line) - 1; size = size * 2 + 1) {
                memset(line, '7', size);
                strcpy(line + size, "\n");
                add_to_file(line);
                assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
                assert_int_equal(load_at(NOW), 0);
                assert_int_equal(report.skipped, 1);
                assert_int_equal(device_table_entries(table), 1);
        }
}

static void a_damaged_header_costs_only_itself(void **state)
{
        char whole[4096];

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        strcpy(whole, fixture_read(path));
        whole[0] = '?';
        fixture_write(path, whole);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 1);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(strncmp(fixture_read(path), HEADER, 40), 0);
}

static void another_version_is_refused_and_the_file_untouched(void **state)
{
        const char *text = "{\"journal\":\"tr111-devices\",\"version\":2,\"next\":1}\n{\"what\":\"ever\"}\n";

        (void)state;
        fixture_write(path, text);
        assert_int_equal(load_at(NOW), -EPROTONOSUPPORT);
        assert_int_equal(report.version, 2);
        assert_string_equal(fixture_read(path), text);
}

static void a_file_of_somebody_else_is_refused_and_untouched(void **state)
{
        (void)state;
        fixture_write(path, "root:x:0:0:root:/root:/bin/bash\n");
        assert_int_equal(load_at(NOW), -EBADMSG);
        assert_string_equal(fixture_read(path), "root:x:0:0:root:/root:/bin/bash\n");
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
        (void)state;
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(journal_open(path, &journal), -EINVAL);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(journal_open(path, &journal), -EISDIR);
        assert_int_equal(journal_open("/no/such/folder/devices", &journal), -ENOENT);
}

static void contradictions_are_skipped_and_counted(void **state)
{
        struct device_record record;
        char line[RECORD_LINE_MAX + 1];

        (void)state;
        fixture_write(path, HEADER);
        for (int i = 1; i <= 2; i++) {
                record = fixture_record(i == 1 ? "A" : "B", i == 1 ? "192.0.2.1" : "192.0.2.2",
                                        "02:00:00:00:00:01");
                record.instance = 9;
                assert_true(device_record_format(&record, line, sizeof(line)) > 0);
                add_to_file(line);
        }
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 1);
        assert_int_equal(device_table_entries(table), 1);
}

static void test_GW_13_a_journal_does_not_overfill_the_table(void **state)
{
        struct device_record record;
        char line[RECORD_LINE_MAX + 1], serial[8], address[32], hwaddr[32];

        (void)state;
        fixture_write(path, HEADER);
        for (int i = 1; i <= 20; i++) {
                snprintf(serial, sizeof(serial), "%d", i);
                snprintf(address, sizeof(address), "192.0.2.%d", i);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:00:%02x", i);
                record = fixture_record(serial, address, hwaddr);
                record.instance = (uint32_t)i;
                assert_true(device_record_format(&record, line, sizeof(line)) > 0);
                add_to_file(line);
        }
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 12);
        assert_int_equal(device_table_entries(table), 8);
}

static void a_grown_journal_is_rewritten_in_another_file(void **state)
{
        struct device_record record = fixture_record("A", "192.0.2.1", "02:00:00:00:00:01");
        ino_t before;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        before = inode();
        for (int i = 1; i <= JOURNAL_SLACK + 2; i++) {
                record.expires = NOW + i;
                assert_int_equal(put(record, NOW), 0);
        }
        assert_int_equal(inode(), before);
        assert_int_equal(count_lines(fixture_read(path)), JOURNAL_SLACK + 3);
        record.expires = NOW + 10000;
        assert_int_equal(put(record, NOW), 0);
        assert_int_not_equal(inode(), before);
        assert_int_equal(count_lines(fixture_read(path)), 2);
        /* What follows goes to the new file. */
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 2);
}

static void a_journal_that_was_deleted_is_written_again(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 2);
}

/* No file of this process may be longer than `size`: what a full disk looks like. */
static void limit_files(rlim_t size)
{
        struct rlimit limit = {.rlim_cur = size, .rlim_max = RLIM_INFINITY};

        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void after_a_full_disk_the_whole_table_is_written_when_there_is_room(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        /* Room for the header and a part of the line. */
        limit_files(sizeof(HEADER) + 20);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), -ENOSPC);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW + 1), -EAGAIN);
        assert_int_equal(journal_settle(journal, table, NOW + 2), -EAGAIN);
        assert_int_equal(journal_settle(journal, table, NOW + JOURNAL_RETRY), -EFBIG);
        limit_files(RLIM_INFINITY);
        assert_int_equal(journal_settle(journal, table, NOW + JOURNAL_RETRY + 1), -EAGAIN);
        assert_int_equal(journal_settle(journal, table, NOW + 2 * JOURNAL_RETRY), 1);
        assert_int_equal(journal_settle(journal, table, NOW + 2 * JOURNAL_RETRY), 0);
        assert_int_equal(put(fixture_record("C", "192.0.2.3", "02:00:00:00:00:03"), NOW + 20), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 3);
}

static void a_clock_that_is_set_back_does_not_put_off_the_retry_for_ever(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        limit_files(sizeof(HEADER) - 1);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), -EFBIG);
        limit_files(RLIM_INFINITY);
        assert_int_equal(journal_settle(journal, table, NOW - 4000), 1);
}

static int open_in_child(void)
{
        int status;
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0) {
                struct journal *other;

                _exit(journal_open(path, &other) == -EBUSY ? 1 : 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        return WEXITSTATUS(status);
}

static void a_second_process_is_kept_out_also_after_a_rewrite(void **state)
{
        (void)state;
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(open_in_child(), 1);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(open_in_child(), 1);
        close_journal();
        assert_int_equal(open_in_child(), 0);
}

/* AppArmor's profile of kea-dhcp4: files may be written, their folder not be opened. */
static void a_folder_that_can_not_be_opened_is_no_error(void **state)
{
        char folder[96];

        (void)state;
        if (geteuid() != 0)
                skip();
        snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
        assert_int_equal(chmod(folder, 0333), 0);
        assert_int_equal(seteuid(65534), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(count_lines(fixture_read(path)), 3);
}

static void every_failed_allocation_is_reported(void **state)
{
        int n = 0, err;

        (void)state;
        table = device_table_new(8, 4, 1);
        do {
                journal_close(journal);
                journal = NULL;
                fixture_fail_allocation(++n);
                err = journal_open(path, &journal);
                if (err == 0)
                        err = journal_load(journal, table, NOW, &report);
                fixture_fail_allocation(0);
                assert_true(err == 0 || err == -ENOMEM);
                /* The new journal could not be written yet: it is broken, not lost. */
                if (err == 0 && n == 2)
                        assert_int_equal(journal_settle(journal, table, NOW + JOURNAL_RETRY), 1);
        } while (n < 3);
        assert_int_equal(err, 0);
}

#define JOURNAL_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                JOURNAL_TEST(a_new_journal_is_a_header_with_mode_0640),
                JOURNAL_TEST(test_GW_12_a_restart_brings_back_entries_with_their_numbers),
                JOURNAL_TEST(test_D1_3_numbers_of_entries_that_a_rewrite_left_out_are_not_given_again),
                JOURNAL_TEST(test_GW_12_leases_that_ended_meanwhile_are_dropped),
                JOURNAL_TEST(a_torn_last_line_is_ignored_and_does_not_spoil_the_next),
                JOURNAL_TEST(every_prefix_of_a_journal_loads),
                JOURNAL_TEST(a_damaged_line_is_skipped_and_counted),
                JOURNAL_TEST(a_line_of_any_length_is_skipped_as_one),
                JOURNAL_TEST(a_damaged_header_costs_only_itself),
                JOURNAL_TEST(another_version_is_refused_and_the_file_untouched),
                JOURNAL_TEST(a_file_of_somebody_else_is_refused_and_untouched),
                JOURNAL_TEST(what_is_no_regular_file_is_refused_at_once),
                JOURNAL_TEST(contradictions_are_skipped_and_counted),
                JOURNAL_TEST(test_GW_13_a_journal_does_not_overfill_the_table),
                JOURNAL_TEST(a_grown_journal_is_rewritten_in_another_file),
                JOURNAL_TEST(a_journal_that_was_deleted_is_written_again),
                JOURNAL_TEST(after_a_full_disk_the_whole_table_is_written_when_there_is_room),
                JOURNAL_TEST(a_clock_that_is_set_back_does_not_put_off_the_retry_for_ever),
                JOURNAL_TEST(a_second_process_is_kept_out_also_after_a_rewrite),
                JOURNAL_TEST(a_folder_that_can_not_be_opened_is_no_error),
                JOURNAL_TEST(every_failed_allocation_is_reported),
        };

        return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
