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
#include "gateway-hook/journal_copy.h"
#include "tests/unit/disk.h"
#include "tests/unit/gateway_fixture.h"

#define NOW 5000
#define BIND_A                                                                                               \
        "{\"type\":\"bind\",\"instance\":1,\"oui\":\"00D09E\",\"serial\":\"A\",\"class\":\"\",\"address\":"  \
        "\"192.0.2.1\","                                                                                     \
        "\"hwaddr\":\"\",\"interface\":\"\",\"source\":\"lease\",\"away\":false,\"since\":1,\"expires\":0}"  \
        "\n"
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
        disk_hold_sync(false);
        disk_fail_sync(false);
        disk_room(-1);
        close_journal();
        fixture_remove_folder(path);
        return 0;
}

static int load_with(uint32_t max_devices, int64_t now)
{
        close_journal();
        table = device_table_new(max_devices, 4, 1);
        assert_non_null(table);
        assert_int_equal(journal_open(path, &journal), 0);
        return journal_load(journal, table, now, &report);
}

static int load_at(int64_t now)
{
        return load_with(8, now);
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

/* The thread that syncs or closes takes its time. */
static int settle(int64_t now)
{
        int err;

        for (int i = 0; i < 5000; i++) {
                err = journal_settle(journal, table, now);
                if (err != -EAGAIN)
                        return err;
                usleep(1000);
        }
        return err;
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
        assert_int_equal(device_table_unbind(table, record.address, NULL), 0);
        assert_int_equal(settle(NOW), 1);
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
        for (size_t size = RECORD_LINE_MAX - 3; size < sizeof(line) - 1; size = size * 2 + 1) {
                fixture_write(path, HEADER);
                memset(line, '7', size);
                strcpy(line + size, "\n");
                add_to_file(line);
                add_to_file(BIND_A);
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
        assert_int_equal(journal_open(path, &journal), -EINVAL);
        assert_int_equal(rmdir(path), 0);
        assert_int_equal(symlink("/dev/null", path), 0);
        assert_int_equal(journal_open(path, &journal), -EINVAL);
        assert_int_equal(journal_open("/dev/null/devices", &journal), -ENOTDIR);
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

static void fill(unsigned count)
{
        char serial[16], address[32], hwaddr[32];

        for (unsigned i = 0; i < count; i++) {
                snprintf(serial, sizeof(serial), "%u", i);
                snprintf(address, sizeof(address), "10.0.%u.%u", i >> 8, i & 255);
                snprintf(hwaddr, sizeof(hwaddr), "02:00:00:00:%02x:%02x", i >> 8, i & 255);
                assert_int_equal(put(fixture_record(serial, address, hwaddr), NOW), 0);
        }
}

/* A lease is renewed: a line more, and the table no bigger. */
static int renew(int64_t expires)
{
        struct device_record record = fixture_record("0", "10.0.0.0", "02:00:00:00:00:00");

        record.expires = expires;
        return put(record, NOW);
}

static bool is_being_copied(void)
{
        char copy[sizeof(path) + 4];

        snprintf(copy, sizeof(copy), "%s.new", path);
        return access(copy, F_OK) == 0;
}

/* Renews until the journal has another inode, and once more. Returns how many lines that took. */
static int renew_until_rewritten(void)
{
        ino_t before = inode();
        int count = 0;

        while (inode() == before) {
                assert_true(++count < 20000);
                assert_int_equal(renew(NOW + count), 0);
                if (is_being_copied())
                        usleep(10);
        }
        return count;
}

static void a_grown_journal_is_rewritten_in_another_file(void **state)
{
        struct device_record found;

        (void)state;
        assert_int_equal(load_with(100, NOW), 0);
        fill(100);
        assert_true(renew_until_rewritten() > 100 + JOURNAL_SLACK);
        assert_true(count_lines(fixture_read(path)) < 300);
        assert_false(is_being_copied());
        /* What follows goes to the new file. */
        assert_int_equal(renew(NOW + 7777), 0);
        assert_int_equal(load_with(100, NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 100);
        assert_true(device_table_find(table, fixture_address("10.0.0.0"), &found));
        assert_true(found.expires == NOW + 7777);
}

static void a_rewrite_adds_little_to_each_change_and_never_waits_for_the_disk(void **state)
{
        struct disk_counts most = {0}, counts;
        ino_t before;
        int n = 0;

        (void)state;
        assert_int_equal(load_with(2000, NOW), 0);
        fill(2000);
        before = inode();
        disk_counts();
        while (inode() == before) {
                assert_true(++n < 20000);
                assert_int_equal(renew(NOW + n), 0);
                counts = disk_counts();
                assert_int_equal(counts.syncs, 0);
                assert_true(counts.opens + counts.renames <= 1);
                assert_true(counts.writes >= 1);
                most.writes = counts.writes > most.writes ? counts.writes : most.writes;
                most.bytes = counts.bytes > most.bytes ? counts.bytes : most.bytes;
                /* The lines are there; the thread that syncs takes its time. */
                if (n > 2000 + JOURNAL_SLACK + 500)
                        usleep(1000);
        }
        /* One append, and one chunk of the copy. */
        assert_int_equal(most.writes, 2);
        assert_true(most.bytes <= JOURNAL_COPY_CHUNK + 6 * 256);
        assert_true(n > 2000 + JOURNAL_SLACK + 450);
}

static void a_slow_disk_delays_the_new_file_and_no_change(void **state)
{
        ino_t before;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        fill(1);
        before = inode();
        disk_hold_sync(true);
        for (int i = 1; i < 500; i++)
                assert_int_equal(renew(NOW + i), 0);
        assert_true(is_being_copied());
        assert_int_equal(inode(), before);
        assert_int_equal(count_lines(fixture_read(path)), 501);
        disk_hold_sync(false);
        assert_true(renew_until_rewritten() < 500);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 1);
}

static void a_copy_that_could_not_be_synced_does_not_take_the_place_of_the_journal(void **state)
{
        ino_t before;
        int n = 0, err = 0;

        (void)state;
        assert_int_equal(load_at(NOW), 0);
        fill(1);
        before = inode();
        disk_fail_sync(true);
        while (err == 0 && ++n < 20000)
                err = renew(NOW + n);
        disk_fail_sync(false);
        assert_int_equal(err, -EIO);
        assert_int_equal(inode(), before);
        assert_false(is_being_copied());
        /* The change is in the old file all the same. */
        assert_int_equal(count_lines(fixture_read(path)), n + 2);
}

static void a_full_disk_in_the_middle_of_a_rewrite_loses_no_change(void **state)
{
        struct device_record found;
        int n = 0, err = 0;

        (void)state;
        assert_int_equal(load_with(100, NOW), 0);
        fill(100);
        while (!is_being_copied())
                assert_int_equal(renew(NOW + ++n), 0);
        /* Room for some appends and a chunk. */
        disk_room(4000);
        while (err == 0)
                err = renew(NOW + ++n);
        assert_int_equal(err, -ENOSPC);
        assert_false(is_being_copied());
        disk_room(-1);
        assert_int_equal(settle(NOW + JOURNAL_RETRY - 1), -EAGAIN);
        assert_int_equal(settle(NOW + JOURNAL_RETRY), 1);
        assert_int_equal(load_with(100, NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 100);
        assert_true(device_table_find(table, fixture_address("10.0.0.0"), &found));
        assert_true(found.expires == NOW + n);
}

static void a_copy_that_was_left_behind_is_removed(void **state)
{
        char copy[sizeof(path) + 4];

        (void)state;
        snprintf(copy, sizeof(copy), "%s.new", path);
        fixture_write(copy, HEADER BIND_A);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 0);
        assert_false(is_being_copied());
}

static void check_written_again(void)
{
        /* The path is looked at once a second. */
        struct device_record record = fixture_record("B", "192.0.2.2", "02:00:00:00:00:02");
        int err = put(record, NOW + 1);

        assert_true(err == 1 || (err == -EAGAIN && settle(NOW + 1) == 1));
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(device_table_entries(table), 2);
}

static void start_with_a(void)
{
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
}

static void a_journal_that_was_deleted_is_written_again(void **state)
{
        (void)state;
        start_with_a();
        assert_int_equal(unlink(path), 0);
        check_written_again();
}

static void a_journal_that_was_rotated_away_is_written_again(void **state)
{
        char away[sizeof(path) + 4];

        (void)state;
        start_with_a();
        snprintf(away, sizeof(away), "%s.1", path);
        assert_int_equal(rename(path, away), 0);
        fixture_write(path, "");
        check_written_again();
        assert_int_equal(count_lines(fixture_read(away)), 2);
}

static void a_journal_that_was_cut_or_edited_is_written_again(void **state)
{
        (void)state;
        start_with_a();
        assert_int_equal(truncate(path, 0), 0);
        check_written_again();
        assert_int_equal(unlink(path), 0);
        start_with_a();
        add_to_file("by hand\n");
        check_written_again();
}

static void a_journal_that_became_a_link_is_a_file_again(void **state)
{
        struct stat status;

        (void)state;
        start_with_a();
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/dev/null", path), 0);
        check_written_again();
        assert_int_equal(lstat(path, &status), 0);
        assert_true(S_ISREG(status.st_mode));
}

static void a_folder_that_comes_later_gets_the_whole_journal(void **state)
{
        char folder[96];

        (void)state;
        snprintf(folder, sizeof(folder), "%s", path);
        strcat(path, "/devices");
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.error, -ENOENT);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), -EAGAIN);
        assert_int_equal(settle(NOW + JOURNAL_RETRY), -ENOENT);
        assert_int_equal(mkdir(folder, 0700), 0);
        assert_int_equal(settle(NOW + 2 * JOURNAL_RETRY), 1);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW + 20), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.error, 0);
        assert_int_equal(device_table_entries(table), 2);
        close_journal();
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(folder), 0);
        strcpy(path, folder);
}

/* As nobody, the folder ours; the file is somebody else's. */
static void become_nobody(mode_t mode)
{
        char folder[96];

        snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
        assert_int_equal(chown(folder, 65534, 65534), 0);
        assert_int_equal(chmod(path, mode), 0);
        assert_int_equal(seteuid(65534), 0);
}

static void a_file_that_can_be_read_only_is_loaded_and_replaced(void **state)
{
        (void)state;
        if (geteuid() != 0)
                skip();
        fixture_write(path, HEADER BIND_A);
        become_nobody(0644);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.error, 0);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(count_lines(fixture_read(path)), 3);
}

static void a_file_that_could_not_be_read_is_never_overwritten(void **state)
{
        (void)state;
        if (geteuid() != 0)
                skip();
        fixture_write(path, HEADER BIND_A);
        become_nobody(0600);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.error, -EACCES);
        assert_int_equal(device_table_entries(table), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), -EAGAIN);
        assert_int_equal(settle(NOW + JOURNAL_RETRY), -EEXIST);
        assert_int_equal(journal_flush(journal, table, NOW), -EEXIST);
        assert_int_equal(seteuid(0), 0);
        assert_string_equal(fixture_read(path), HEADER BIND_A);
}

static void a_folder_that_can_not_be_written_keeps_the_table_in_memory(void **state)
{
        char folder[96];

        (void)state;
        if (geteuid() != 0)
                skip();
        fixture_write(path, HEADER BIND_A);
        snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
        assert_int_equal(chmod(folder, 0755), 0);
        assert_int_equal(seteuid(65534), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(report.error, -EACCES);
        assert_int_equal(device_table_entries(table), 1);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), -EAGAIN);
        assert_int_equal(settle(NOW + JOURNAL_RETRY), -EACCES);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(settle(NOW + 2 * JOURNAL_RETRY), 1);
        assert_int_equal(load_at(NOW), 0);
        assert_int_equal(device_table_entries(table), 2);
}

static void a_journal_of_zeroes_is_damaged_and_not_somebody_elses(void **state)
{
        (void)state;
        fixture_write(path, "1234567");
        assert_int_equal(load_at(NOW), -EBADMSG);
        assert_string_equal(fixture_read(path), "1234567");
        assert_int_equal(truncate(path, 0), 0);
        assert_int_equal(truncate(path, 100000), 0);
        assert_int_equal(load_at(NOW), 0);
        assert_string_equal(fixture_read(path), HEADER);
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
        assert_int_equal(settle(NOW + 2 * JOURNAL_RETRY), 1);
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
        assert_int_equal(settle(NOW - 4000), 1);
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
        assert_int_equal(device_table_unbind(table, fixture_address("192.0.2.1"), NULL), 0);
        assert_int_equal(settle(NOW + 1), 1);
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
        assert_int_equal(settle(NOW), 1);
        assert_int_equal(put(fixture_record("A", "192.0.2.1", "02:00:00:00:00:01"), NOW), 0);
        assert_int_equal(put(fixture_record("B", "192.0.2.2", "02:00:00:00:00:02"), NOW), 0);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(count_lines(fixture_read(path)), 3);
}

static void a_failed_allocation_is_reported(void **state)
{
        (void)state;
        fixture_fail_allocation(1);
        assert_int_equal(journal_open(path, &journal), -ENOMEM);
        fixture_fail_allocation(0);
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
                JOURNAL_TEST(a_rewrite_adds_little_to_each_change_and_never_waits_for_the_disk),
                JOURNAL_TEST(a_slow_disk_delays_the_new_file_and_no_change),
                JOURNAL_TEST(a_copy_that_could_not_be_synced_does_not_take_the_place_of_the_journal),
                JOURNAL_TEST(a_full_disk_in_the_middle_of_a_rewrite_loses_no_change),
                JOURNAL_TEST(a_copy_that_was_left_behind_is_removed),
                JOURNAL_TEST(a_journal_that_was_deleted_is_written_again),
                JOURNAL_TEST(a_journal_that_was_rotated_away_is_written_again),
                JOURNAL_TEST(a_journal_that_was_cut_or_edited_is_written_again),
                JOURNAL_TEST(a_journal_that_became_a_link_is_a_file_again),
                JOURNAL_TEST(a_folder_that_comes_later_gets_the_whole_journal),
                JOURNAL_TEST(a_file_that_can_be_read_only_is_loaded_and_replaced),
                JOURNAL_TEST(a_file_that_could_not_be_read_is_never_overwritten),
                JOURNAL_TEST(a_folder_that_can_not_be_written_keeps_the_table_in_memory),
                JOURNAL_TEST(a_journal_of_zeroes_is_damaged_and_not_somebody_elses),
                JOURNAL_TEST(after_a_full_disk_the_whole_table_is_written_when_there_is_room),
                JOURNAL_TEST(a_clock_that_is_set_back_does_not_put_off_the_retry_for_ever),
                JOURNAL_TEST(a_second_process_is_kept_out_also_after_a_rewrite),
                JOURNAL_TEST(a_folder_that_can_not_be_opened_is_no_error),
                JOURNAL_TEST(a_failed_allocation_is_reported),
        };

        return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
