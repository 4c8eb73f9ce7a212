/* SPDX-License-Identifier: BSD-2-Clause */
/* test_journal_history.c - table and journal together, held against a plain model of both over long random
 * histories (fixed seeds, so that each run is the same): what is read back is what was, whenever it is cut.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/journal.h"
#include "tests/unit/disk.h"
#include "tests/unit/gateway_fixture.h"

#define ADDRESSES   12
#define IDENTITIES  9
#define CLIENTS     5
#define MAX_DEVICES 6
#define PER_CLIENT  4
#define HISTORY_MAX 3000

/* --- The model: what is bound at each address, and nothing else --- */

struct model {
        bool is_bound[ADDRESSES];
        struct device_record bound[ADDRESSES];
        uint32_t next;
};

static struct in_addr address_of(unsigned i)
{
        return (struct in_addr){htonl(0xC0000200u + i)};
}

static const struct device_record *model_entry(const struct model *model,
                                               const struct assoc_identity *identity)
{
        for (unsigned i = 0; i < ADDRESSES; i++)
                if (model->is_bound[i] && assoc_identity_equal(&model->bound[i].identity, identity))
                        return &model->bound[i];
        return NULL;
}

static unsigned model_count(const struct model *model, const struct assoc_identity *identity)
{
        unsigned count = 0;

        for (unsigned i = 0; i < ADDRESSES; i++)
                count += model->is_bound[i] && assoc_identity_equal(&model->bound[i].identity, identity);
        return count;
}

static unsigned model_entries(const struct model *model)
{
        unsigned count = 0;

        for (unsigned i = 0; i < ADDRESSES; i++)
                count += model->is_bound[i] &&
                         model_entry(model, &model->bound[i].identity) == &model->bound[i];
        return count;
}

static unsigned model_client(const struct model *model, const struct device_record *record, unsigned except)
{
        unsigned count = 0;

        for (unsigned i = 0; i < ADDRESSES; i++)
                count += i != except && model->is_bound[i] &&
                         memcmp(model->bound[i].hwaddr, record->hwaddr, sizeof(record->hwaddr)) == 0;
        return count;
}

static int model_bind(struct model *model, unsigned i, struct device_record record)
{
        const struct device_record *entry = model_entry(model, &record.identity);
        bool frees = model->is_bound[i] && model_count(model, &model->bound[i].identity) == 1;

        if (entry == NULL && !frees && model_entries(model) >= MAX_DEVICES)
                return -ENOSPC;
        if (model_client(model, &record, i) >= PER_CLIENT)
                return -EDQUOT;
        record.instance = entry != NULL ? entry->instance : model->next++;
        record.since = entry != NULL ? entry->since : record.since;
        model->bound[i] = record;
        model->is_bound[i] = true;
        return 0;
}

static void model_expire(struct model *model, int64_t now)
{
        for (unsigned i = 0; i < ADDRESSES; i++)
                if (model->bound[i].expires != 0 && model->bound[i].expires <= now)
                        model->is_bound[i] = false;
}

static bool is_like(const struct device_table *table, const struct model *model)
{
        unsigned bindings = 0;

        for (unsigned i = 0; i < ADDRESSES; i++) {
                struct device_record found;

                if (device_table_find(table, address_of(i), &found) != model->is_bound[i])
                        return false;
                if (model->is_bound[i] && memcmp(&found, &model->bound[i], sizeof(found)) != 0)
                        return false;
                bindings += model->is_bound[i];
        }
        /* D1-3: no number is given again. */
        return device_table_bindings(table) == bindings &&
               device_table_entries(table) == model_entries(model) && device_table_next(table) == model->next;
}

/* --- The world: table, journal, time, and the model beside them --- */

static char path[96];
static struct journal *journal;
static struct device_table *table;
static struct model model;
static int64_t now;
static uint32_t random_state;
/* The file lacks changes, because the disk was full. */
static bool is_behind;

/* Knuth's; the low bits of a linear congruence are poor. */
static unsigned pick(unsigned count)
{
        random_state = random_state * UINT32_C(1664525) + UINT32_C(1013904223);
        return (random_state >> 12) % count;
}

static void with_suffix(const char *suffix, char ret[128])
{
        snprintf(ret, 128, "%s%s", path, suffix);
}

static int load_from(const char *from, struct journal_report *ret)
{
        table = device_table_new(MAX_DEVICES, PER_CLIENT, 99);
        assert_non_null(table);
        assert_int_equal(journal_open(from, &journal), 0);
        return journal_load(journal, table, now, ret);
}

static void unload(void)
{
        journal_close(journal);
        device_table_free(table);
        journal = NULL;
        table = NULL;
}

static void start_world(uint32_t seed)
{
        struct journal_report report;

        random_state = seed;
        now = 1000;
        is_behind = false;
        model = (struct model){.next = 1};
        assert_int_equal(load_from(path, &report), 0);
}

static void put(const struct device_record *record)
{
        int err = journal_put(journal, table, record, now);

        is_behind = journal_is_behind(journal);
        if (err < 0 && err != -EAGAIN && err != -ENOSPC)
                fail_msg("journal_put: %s", strerror(-err));
        if (err == 0 || err == 1)
                assert_false(is_behind);
}

static void bind_something(void)
{
        unsigned i = pick(ADDRESSES);
        struct device_record record = {.type = DEVICE_RECORD_BIND, .address = address_of(i), .since = now};
        int err;

        strcpy(record.identity.oui, "00D09E");
        snprintf(record.identity.serial, sizeof(record.identity.serial), "S\"%u", pick(IDENTITIES));
        record.hwaddr_size = 6;
        record.hwaddr[5] = (uint8_t)pick(CLIENTS);
        strcpy(record.interface, "br0");
        record.source = pick(2) == 0 ? DEVICE_SOURCE_LEASE : DEVICE_SOURCE_INFORM;
        record.expires = pick(3) == 0 ? 0 : now + 1 + pick(2000);
        err = model_bind(&model, i, record);
        assert_int_equal(device_table_bind(table, &record), err);
        if (err == 0)
                put(&record);
}

static void unbind_something(void)
{
        unsigned i = pick(ADDRESSES);
        struct device_record record = {.type = DEVICE_RECORD_UNBIND, .address = address_of(i)}, gone;
        int err = device_table_unbind(table, record.address, &gone);

        assert_int_equal(err, model.is_bound[i] ? 0 : -ENOENT);
        if (err < 0)
                return;
        assert_memory_equal(&gone, &model.bound[i], sizeof(gone));
        model.is_bound[i] = false;
        strcpy(record.reason, "release");
        put(&record);
}

static void move_something(void)
{
        unsigned i = pick(ADDRESSES);
        bool away = pick(2) == 0;
        struct device_record record;
        int err = device_table_set_away(table, address_of(i), away, &record);

        if (!model.is_bound[i]) {
                assert_int_equal(err, -ENOENT);
                return;
        }
        assert_int_equal(err, model.bound[i].away == away ? -EALREADY : 0);
        model.bound[i].away = away;
        if (err == 0)
                put(&record);
}

static void change_something(void)
{
        unsigned what = pick(10);
        char copy[128];

        /* Time for the thread that syncs, so that files stay short. */
        with_suffix(".new", copy);
        if (access(copy, F_OK) == 0)
                usleep(200);
        now += pick(4) == 0;
        if (what < 6)
                bind_something();
        else if (what < 8)
                unbind_something();
        else
                move_something();
}

/* --- What a start would find --- */

/* Stdio is not the journal's disk: its writes are not counted and find room. */
static void copy_file(const char *from, const char *to)
{
        static char content[1 << 22];
        FILE *in = fopen(from, "r"), *out;
        size_t size;

        if (in == NULL)
                return;
        size = fread(content, 1, sizeof(content), in);
        assert_true(size < sizeof(content));
        fclose(in);
        out = fopen(to, "w");
        assert_non_null(out);
        assert_int_equal(fwrite(content, 1, size, out), size);
        fclose(out);
}

/* Loads the file `name` as it is into a table that must be like one of the models; `count` 0: any will do. */
static void check_file(const char *name, const struct model *expected, size_t count)
{
        size_t match = 0;

        struct journal *other;
        struct device_table *found = device_table_new(MAX_DEVICES, PER_CLIENT, 5);
        struct journal_report report;

        assert_int_equal(journal_open(name, &other), 0);
        assert_int_equal(journal_load(other, found, 0, &report), 0);
        assert_int_equal(report.skipped, 0);
        assert_int_equal(report.error, 0);
        while (match < count && !is_like(found, &expected[match]))
                match++;
        assert_true(count == 0 || match < count);
        journal_close(other);
        device_table_free(found);
}

/* kill -9 now: what is in the files is all there is. */
static void check_kill(const struct model *expected, size_t count)
{
        char there[128], copy[128], there_copy[128];
        long room;

        with_suffix(".killed", there);
        with_suffix(".new", copy);
        with_suffix(".killed.new", there_copy);
        copy_file(path, there);
        copy_file(copy, there_copy);
        room = disk_room(-1);
        check_file(there, expected, count);
        disk_room(room);
        assert_int_not_equal(access(there_copy, F_OK), 0);
}

static ino_t inode(void)
{
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        return status.st_ino;
}

static off_t file_size(const char *name)
{
        struct stat status;

        assert_int_equal(stat(name, &status), 0);
        return status.st_size;
}

/* --- Tests --- */

static int make_folder(void **state)
{
        (void)state;
        fixture_make_folder("devices", path);
        return 0;
}

static int remove_folder(void **state)
{
        (void)state;
        disk_room(-1);
        unload();
        fixture_remove_folder(path);
        return 0;
}

static void reload(void)
{
        struct journal_report report;

        unload();
        model_expire(&model, now);
        assert_int_equal(load_from(path, &report), 0);
        assert_int_equal(report.skipped, 0);
        assert_true(is_like(table, &model));
}

static void test_GW_12_table_and_journal_are_the_model_over_random_histories(void **state)
{
        (void)state;
        for (uint32_t seed = 1; seed <= 8; seed++) {
                start_world(seed);
                for (int i = 0; i < 2000; i++) {
                        change_something();
                        assert_true(is_like(table, &model));
                        if (pick(50) == 0)
                                check_kill(&model, 1);
                        if (pick(200) == 0)
                                reload();
                }
                unload();
                assert_int_equal(unlink(path), 0);
        }
        start_world(0);
}

static struct model history[HISTORY_MAX];
static off_t sizes[HISTORY_MAX];

/* The disk is full at any byte, and has room again after some time. A start finds the last state that was
 * written as a whole, or a later one: the file may have been written anew since, and be behind again. */
static void test_GW_12_a_disk_that_is_full_again_and_again_loses_nothing_but_what_a_kill_meets(void **state)
{
        size_t count;

        (void)state;
        for (uint32_t seed = 1; seed <= 8; seed++) {
                start_world(100 + seed);
                count = 0;
                for (int i = 0; i < HISTORY_MAX; i++) {
                        if (pick(40) == 0)
                                disk_room(pick(2) == 0 ? -1 : (long)pick(3000));
                        change_something();
                        count = is_behind ? count : 0;
                        history[count++] = model;
                        if (pick(100) == 0)
                                check_kill(history, count);
                        if (pick(20) == 0)
                                now += JOURNAL_RETRY;
                }
                disk_room(-1);
                assert_true(journal_flush(journal, table, now) >= 0);
                reload();
                unload();
                assert_int_equal(unlink(path), 0);
        }
        start_world(0);
}

/* A file of the history, from when it came into its place; its name is the path and its number. */
struct generation {
        ino_t inode;
        int first; /* change */
};

static void keep_generation(unsigned number)
{
        char name[128], suffix[16];

        snprintf(suffix, sizeof(suffix), ".%u", number);
        with_suffix(suffix, name);
        assert_int_equal(link(path, name), 0);
}

/* Makes a history of changes; returns how many files it took. */
static unsigned make_history(struct generation *generations, unsigned max)
{
        unsigned count = 0;

        for (int i = 0; i < HISTORY_MAX && count < max; i++) {
                if (i > 0)
                        change_something();
                if (count == 0 || inode() != generations[count - 1].inode) {
                        generations[count] = (struct generation){.inode = inode(), .first = i};
                        keep_generation(count++);
                }
                history[i] = model;
                sizes[i] = file_size(path);
        }
        return count;
}

/* The file is cut byte by byte, from its end down to `size`; the last change that it holds whole is `last`.
 */
static void cut_down(const char *name, off_t size, int last)
{
        for (off_t length = file_size(name); length >= size; length--) {
                while (sizes[last] > length)
                        last--;
                assert_int_equal(truncate(name, length), 0);
                assert_int_equal(link(name, path), 0);
                check_file(path, &history[last], 1);
                assert_int_equal(unlink(path), 0);
        }
}

static void test_GW_12_a_journal_cut_at_any_byte_is_a_prefix_of_history(void **state)
{
        struct generation generations[4];
        char name[128];
        unsigned count;

        (void)state;
        start_world(7);
        count = make_history(generations, 4);
        assert_int_equal(count, 4);
        unload();
        assert_int_equal(unlink(path), 0);
        /* The first starts with nothing; the second with what the first became. */
        with_suffix(".0", name);
        cut_down(name, sizes[0], generations[1].first - 1);
        with_suffix(".1", name);
        cut_down(name, sizes[generations[1].first], generations[2].first - 1);
        /* A kill can't cut into what was there when the file came into its place; a power failure may. */
        for (off_t length = sizes[generations[1].first]; length >= 0; length--) {
                assert_int_equal(truncate(name, length), 0);
                assert_int_equal(link(name, path), 0);
                check_file(path, NULL, 0);
                assert_int_equal(unlink(path), 0);
        }
        start_world(0);
}

#define HISTORY_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                HISTORY_TEST(test_GW_12_table_and_journal_are_the_model_over_random_histories),
                HISTORY_TEST(
                        test_GW_12_a_disk_that_is_full_again_and_again_loses_nothing_but_what_a_kill_meets),
                HISTORY_TEST(test_GW_12_a_journal_cut_at_any_byte_is_a_prefix_of_history),
        };

        return cmocka_run_group_tests_name("journal history", tests, NULL, NULL);
}
