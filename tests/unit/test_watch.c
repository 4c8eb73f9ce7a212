/* SPDX-License-Identifier: BSD-2-Clause */
/* test_watch.c - folders that come, go and come back; the timer that does not stop in suspend. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/boot_timer.h"
#include "dm-bridge/clock.h"
#include "dm-bridge/folder_watch.h"
#include "tests/unit/scratch.h"

/* Turns of at most 10 ms before a test gives up. */
#define TURNS 500

static uv_loop_t loop;
static uv_timer_t tick;
static unsigned calls;
/* Closed by the loop when a test is over already. */
static struct folder_watch watch, other;
static struct boot_timer timer;

static void on_tick(uv_timer_t *handle)
{
        (void)handle;
}

static void count(void *context)
{
        (void)context;
        calls++;
}

static int make(void **state)
{
        calls = 0;
        uv_loop_init(&loop);
        uv_timer_init(&loop, &tick);
        uv_timer_start(&tick, on_tick, 10, 10);
        return scratch_make(state);
}

static int unmake(void **state)
{
        uv_close((uv_handle_t *)&tick, NULL);
        uv_run(&loop, UV_RUN_DEFAULT);
        return uv_loop_close(&loop) + scratch_remove(state);
}

static void wait_for_call(void)
{
        for (int i = 0; i < TURNS && calls == 0; i++)
                uv_run(&loop, UV_RUN_ONCE);
        assert_true(calls > 0);
}

/* Takes in whatever events are under way. */
static void settle(void)
{
        for (int i = 0; i < 3; i++)
                uv_run(&loop, UV_RUN_ONCE);
        calls = 0;
}

static void touch(void **state, const char *name)
{
        char path[PATH_MAX];
        int fd = open(scratch_path(state, name, path), O_CREAT | O_WRONLY | O_APPEND, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, "x", 1), 1);
        close(fd);
}

static void make_folder(void **state, const char *name)
{
        char path[PATH_MAX];

        assert_int_equal(mkdir(scratch_path(state, name, path), 0700), 0);
}

static void remove_name(void **state, const char *name)
{
        char path[PATH_MAX];

        assert_int_equal(remove(scratch_path(state, name, path)), 0);
}

static void start(void **state, struct folder_watch *ret, const char *folder, const char *file)
{
        char path[PATH_MAX];

        assert_int_equal(folder_watch_start(ret, &loop, scratch_path(state, folder, path), file, count, NULL),
                         0);
        settle();
}

static void a_change_in_the_folder_is_told(void **state)
{
        make_folder(state, "f");
        start(state, &watch, "f", NULL);
        touch(state, "f/a");
        wait_for_call();
        settle();
        touch(state, "f/a");
        wait_for_call();
        settle();
        remove_name(state, "f/a");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void only_the_file_that_matters_is_told(void **state)
{
        char from[PATH_MAX], to[PATH_MAX];

        make_folder(state, "f");
        start(state, &watch, "f", "journal");
        touch(state, "f/other");
        for (int i = 0; i < 5; i++)
                uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(calls, 0);
        assert_int_equal(rename(scratch_path(state, "f/other", from), scratch_path(state, "f/journal", to)),
                         0);
        wait_for_call();
        folder_watch_stop(&watch);
}

static void a_folder_that_comes_later_is_told_level_by_level(void **state)
{
        start(state, &watch, "a/b/c", NULL);
        make_folder(state, "a");
        settle();
        make_folder(state, "a/b");
        settle();
        make_folder(state, "a/b/c");
        wait_for_call();
        settle();
        touch(state, "a/b/c/x");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void a_folder_that_comes_at_once_with_its_parents_is_told(void **state)
{
        start(state, &watch, "a/b/c", NULL);
        make_folder(state, "a");
        make_folder(state, "a/b");
        make_folder(state, "a/b/c");
        wait_for_call();
        settle();
        touch(state, "a/b/c/x");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void a_folder_that_goes_and_comes_back_is_told_each_time(void **state)
{
        make_folder(state, "a");
        make_folder(state, "a/b");
        start(state, &watch, "a/b", NULL);
        for (int i = 0; i < 3; i++) {
                remove_name(state, "a/b");
                wait_for_call();
                settle();
                remove_name(state, "a");
                settle();
                make_folder(state, "a");
                make_folder(state, "a/b");
                wait_for_call();
                settle();
                touch(state, "a/b/x");
                wait_for_call();
                remove_name(state, "a/b/x");
                settle();
        }
        folder_watch_stop(&watch);
}

static void a_folder_that_is_replaced_within_one_turn_is_watched_on(void **state)
{
        make_folder(state, "a");
        start(state, &watch, "a", NULL);
        remove_name(state, "a");
        make_folder(state, "a");
        wait_for_call();
        settle();
        touch(state, "a/x");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void a_folder_that_is_moved_away_and_back_is_watched_on(void **state)
{
        char here[PATH_MAX], there[PATH_MAX];

        make_folder(state, "a");
        start(state, &watch, "a", NULL);
        scratch_path(state, "a", here);
        scratch_path(state, "gone", there);
        assert_int_equal(rename(here, there), 0);
        wait_for_call();
        settle();
        assert_int_equal(rename(there, here), 0);
        wait_for_call();
        settle();
        touch(state, "a/x");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void two_watches_of_one_folder_do_not_disturb_each_other(void **state)
{
        make_folder(state, "f");
        start(state, &watch, "f", "x");
        start(state, &other, "f", "y");
        folder_watch_stop(&other);
        touch(state, "f/x");
        wait_for_call();
        folder_watch_stop(&watch);
}

static void the_timer_fires_at_its_deadline_and_at_once_if_that_has_passed(void **state)
{
        int64_t deadline;

        (void)state;
        assert_int_equal(boot_timer_init(&timer, &loop, count, NULL), 0);
        boot_timer_set(&timer, 1);
        wait_for_call();
        settle();
        deadline = clock_boottime() + 1;
        boot_timer_set(&timer, deadline);
        wait_for_call();
        assert_true(clock_boottime() >= deadline);
        settle();
        assert_int_equal(calls, 0);
        boot_timer_set(&timer, clock_boottime());
        boot_timer_set(&timer, 0);
        settle();
        assert_int_equal(calls, 0);
        boot_timer_done(&timer);
}

#define WATCH_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WATCH_TEST(a_change_in_the_folder_is_told),
                WATCH_TEST(only_the_file_that_matters_is_told),
                WATCH_TEST(a_folder_that_comes_later_is_told_level_by_level),
                WATCH_TEST(a_folder_that_comes_at_once_with_its_parents_is_told),
                WATCH_TEST(a_folder_that_goes_and_comes_back_is_told_each_time),
                WATCH_TEST(a_folder_that_is_replaced_within_one_turn_is_watched_on),
                WATCH_TEST(a_folder_that_is_moved_away_and_back_is_watched_on),
                WATCH_TEST(two_watches_of_one_folder_do_not_disturb_each_other),
                WATCH_TEST(the_timer_fires_at_its_deadline_and_at_once_if_that_has_passed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
