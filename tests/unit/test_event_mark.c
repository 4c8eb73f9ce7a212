/* SPDX-License-Identifier: BSD-2-Clause */
/* test_event_mark.c - the number of the last event and the last connection request: what is found again after
 * a death at any byte, and what follows from it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/event_mark.h"
#include "dm-bridge/notify.h"
#include "libassoc/file.h"
#include "tests/unit/scratch.h"

static char path[PATH_MAX];

static int make(void **state)
{
        if (scratch_make(state) < 0)
                return -1;
        scratch_path(state, "state.mark", path);
        return 0;
}

static struct event_mark mark_of(uint64_t sequence, uint64_t ts)
{
        return (struct event_mark){.sequence = sequence,
                                   .requests = 2,
                                   .requests_seq = sequence,
                                   .memory = {.any = ts != 0, .ts = ts, .id = ts + 1}};
}

static void write_marks(uint64_t first, uint64_t last)
{
        struct event_mark_file file;
        struct event_mark mark;
        bool found;

        assert_int_equal(event_mark_open(&file, path, &found, &mark), 0);
        for (uint64_t i = first; i <= last; i++) {
                mark = mark_of(i, 100 + i);
                assert_int_equal(event_mark_write(&file, &mark), 0);
        }
        event_mark_close(&file);
}

/* The sequence that is found; 0: no mark is. */
static uint64_t found_sequence(void)
{
        struct event_mark_file file;
        struct event_mark mark;
        bool found;

        assert_int_equal(event_mark_open(&file, path, &found, &mark), 0);
        event_mark_close(&file);
        if (!found)
                return 0;
        assert_int_equal(mark.memory.ts, 100 + mark.sequence);
        return mark.sequence;
}

static void a_new_file_holds_no_mark_and_is_for_no_other_eyes(void **state)
{
        struct stat status;

        (void)state;
        assert_int_equal(found_sequence(), 0);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
}

static void test_CR_7_what_was_written_last_is_found_with_all_its_numbers(void **state)
{
        struct event_mark mark = {.clean = true,
                                  .sequence = INT64_MAX / 2,
                                  .requests = UINT32_MAX,
                                  .requests_seq = INT64_MAX / 2 - 1,
                                  .memory = {true, UINT64_MAX, UINT64_MAX}};
        struct event_mark_file file;
        struct event_mark got;
        bool found;

        (void)state;
        assert_int_equal(event_mark_open(&file, path, &found, &got), 0);
        assert_false(found);
        assert_int_equal(event_mark_write_synced(&file, &mark), 0);
        event_mark_close(&file);
        assert_int_equal(event_mark_open(&file, path, &found, &got), 0);
        event_mark_close(&file);
        assert_true(found);
        assert_true(got.clean);
        assert_int_equal(got.sequence, mark.sequence);
        assert_int_equal(got.requests, mark.requests);
        assert_int_equal(got.requests_seq, mark.requests_seq);
        assert_true(got.memory.any);
        assert_int_equal(got.memory.ts, mark.memory.ts);
        assert_int_equal(got.memory.id, mark.memory.id);
}

static void the_last_of_many_is_found_and_the_next_goes_over_the_older_one(void **state)
{
        struct stat status;

        (void)state;
        for (uint64_t i = 1; i < 6; i++) {
                write_marks(i, i);
                assert_int_equal(found_sequence(), i);
        }
        write_marks(6, 20);
        assert_int_equal(found_sequence(), 20);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_size, 2 * EVENT_MARK_SLOT);
}

/* What is written over a file of both slots, cut after each byte. */
static void test_CR_7_of_a_mark_that_is_torn_at_any_byte_the_one_before_is_found(void **state)
{
        char before[2 * EVENT_MARK_SLOT], after[2 * EVENT_MARK_SLOT];
        size_t size;

        (void)state;
        write_marks(1, 7);
        assert_int_equal(file_read(path, before, sizeof(before), &size), 0);
        assert_int_equal(size, sizeof(before));
        write_marks(8, 8);
        assert_int_equal(file_read(path, after, sizeof(after), &size), 0);
        for (size_t cut = 0; cut <= sizeof(before); cut++) {
                char torn[2 * EVENT_MARK_SLOT];

                memcpy(torn, before, sizeof(torn));
                memcpy(torn, after, cut);
                assert_int_equal(file_replace(path, torn, sizeof(torn), 0600), 0);
                assert_true(found_sequence() == (memcmp(torn, after, sizeof(torn)) == 0 ? 8 : 7));
        }
}

static void a_file_that_is_cut_anywhere_gives_what_is_whole(void **state)
{
        char whole[2 * EVENT_MARK_SLOT];
        size_t size;

        (void)state;
        write_marks(1, 2);
        assert_int_equal(file_read(path, whole, sizeof(whole), &size), 0);
        for (size_t cut = 0; cut <= sizeof(whole); cut++) {
                assert_int_equal(file_replace(path, whole, cut, 0600), 0);
                assert_int_equal(found_sequence(), cut / EVENT_MARK_SLOT);
        }
}

static void no_bit_can_turn_unnoticed(void **state)
{
        char whole[2 * EVENT_MARK_SLOT];
        size_t size;

        (void)state;
        write_marks(1, 2);
        assert_int_equal(file_read(path, whole, sizeof(whole), &size), 0);
        for (size_t bit = 0; bit < 8 * EVENT_MARK_SLOT; bit += 3) {
                whole[EVENT_MARK_SLOT + bit / 8] ^= (char)(1 << bit % 8);
                assert_int_equal(file_replace(path, whole, sizeof(whole), 0600), 0);
                assert_int_equal(found_sequence(), 1);
                whole[EVENT_MARK_SLOT + bit / 8] ^= (char)(1 << bit % 8);
        }
}

static void what_is_no_regular_file_is_not_used(void **state)
{
        struct event_mark_file file;
        struct event_mark mark = {0};
        bool found;

        (void)state;
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(event_mark_open(&file, path, &found, &mark), -EINVAL);
        assert_int_equal(event_mark_write(&file, &mark), -EBADF);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/etc/hostname", path), 0);
        assert_int_equal(event_mark_open(&file, path, &found, &mark), -ELOOP);
}

/* --- What follows from it --- */

static struct notify notify;
static struct request_memory memory;

static void recover(uint64_t sequence, const struct event_mark *mark)
{
        notify_init(&notify, 1);
        notify.sequence = sequence;
        memory = (struct request_memory){0};
        event_mark_recover(mark, &notify, &memory);
}

static void a_first_start_begins_at_the_beginning(void **state)
{
        (void)state;
        recover(0, NULL);
        assert_int_equal(notify.sequence, 0);
        assert_false(memory.any);
}

static void after_a_stop_in_order_numbers_go_on(void **state)
{
        struct event_mark mark = mark_of(7, 100);

        (void)state;
        mark.clean = true;
        recover(7, &mark);
        assert_int_equal(notify.sequence, 7);
        recover(5, &mark);
        assert_int_equal(notify.sequence, 7);
        recover(9, &mark);
        assert_int_equal(notify.sequence, 9);
}

/* What was marked last may have been lost with the power. */
static void after_any_other_end_no_number_comes_twice(void **state)
{
        struct event_mark mark = mark_of(7, 100);

        (void)state;
        recover(5, &mark);
        assert_int_equal(notify.sequence, 7 + EVENT_MARK_AHEAD);
        recover(9, &mark);
        assert_int_equal(notify.sequence, 9 + EVENT_MARK_AHEAD);
        recover(9, NULL);
        assert_int_equal(notify.sequence, 9 + EVENT_MARK_AHEAD);
        recover(INT64_MAX, NULL);
        assert_int_equal(notify.sequence, INT64_MAX);
}

static void test_CR_5_an_accepted_request_that_the_state_does_not_know_is_not_lost(void **state)
{
        struct event_mark mark = mark_of(7, 100);
        struct notify_event event;

        (void)state;
        recover(6, &mark);
        assert_true(notify_next(&notify, 0, &event));
        assert_int_equal(event.type, NOTIFY_CONNECTION_REQUEST);
        assert_int_equal(event.seq, 7);
        assert_int_equal(event.count, 2);
        assert_true(notify.changed);
        assert_int_equal(notify_ack(&notify, 7), 0);
        assert_false(notify_next(&notify, 0, &event));
}

static void a_request_that_was_acknowledged_does_not_come_back(void **state)
{
        struct event_mark mark = mark_of(7, 100);
        struct notify_event event;

        (void)state;
        recover(7, &mark);
        assert_false(notify_next(&notify, 0, &event));
}

static void test_CR_7_of_two_timestamps_the_later_counts(void **state)
{
        struct event_mark mark = mark_of(7, 100);

        (void)state;
        recover(7, &mark);
        assert_true(memory.any);
        assert_int_equal(memory.ts, 100);
        assert_int_equal(memory.id, 101);
        memory.ts = 200;
        event_mark_recover(&mark, &notify, &memory);
        assert_int_equal(memory.ts, 200);
        mark.memory.any = false;
        mark.memory.ts = 300;
        event_mark_recover(&mark, &notify, &memory);
        assert_int_equal(memory.ts, 200);
}

#define MARK_TEST(function) cmocka_unit_test_setup_teardown(function, make, scratch_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                MARK_TEST(a_new_file_holds_no_mark_and_is_for_no_other_eyes),
                MARK_TEST(test_CR_7_what_was_written_last_is_found_with_all_its_numbers),
                MARK_TEST(the_last_of_many_is_found_and_the_next_goes_over_the_older_one),
                MARK_TEST(test_CR_7_of_a_mark_that_is_torn_at_any_byte_the_one_before_is_found),
                MARK_TEST(a_file_that_is_cut_anywhere_gives_what_is_whole),
                MARK_TEST(no_bit_can_turn_unnoticed),
                MARK_TEST(what_is_no_regular_file_is_not_used),
                cmocka_unit_test(a_first_start_begins_at_the_beginning),
                cmocka_unit_test(after_a_stop_in_order_numbers_go_on),
                cmocka_unit_test(after_any_other_end_no_number_comes_twice),
                cmocka_unit_test(test_CR_5_an_accepted_request_that_the_state_does_not_know_is_not_lost),
                cmocka_unit_test(a_request_that_was_acknowledged_does_not_come_back),
                cmocka_unit_test(test_CR_7_of_two_timestamps_the_later_counts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
