/* SPDX-License-Identifier: BSD-2-Clause */
/* test_journal_lock.c - one process to a journal. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway-hook/journal_lock.h"
#include "tests/unit/gateway_fixture.h"

static char path[96], lock_path[112];

static int make_folder(void **state)
{
        (void)state;
        fixture_make_folder("devices", path);
        snprintf(lock_path, sizeof(lock_path), "%s" JOURNAL_LOCK_SUFFIX, path);
        return 0;
}

static int remove_folder(void **state)
{
        (void)state;
        fixture_remove_folder(path);
        return 0;
}

/* Another process that locks the journal, says so, and stays until it is killed. */
static pid_t start_holder(void)
{
        int ready[2], fd, err;
        char answer = 0;
        pid_t child;

        assert_int_equal(pipe(ready), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                err = journal_lock(path, &fd);
                answer = err == 0 && fd >= 0 ? 'y' : 'n';
                if (write(ready[1], &answer, 1) == 1)
                        pause();
                _exit(1);
        }
        close(ready[1]);
        assert_int_equal(read(ready[0], &answer, 1), 1);
        close(ready[0]);
        assert_int_equal(answer, 'y');
        return child;
}

static void a_journal_is_locked_while_its_process_lives_and_free_when_it_was_killed(void **state)
{
        pid_t holder = start_holder();
        int fd;

        (void)state;
        assert_int_equal(journal_lock(path, &fd), -EBUSY);
        assert_int_equal(fd, -1);
        assert_int_equal(kill(holder, SIGKILL), 0);
        assert_int_equal(waitpid(holder, NULL, 0), holder);
        assert_int_equal(access(lock_path, F_OK), 0);
        assert_int_equal(journal_lock(path, &fd), 0);
        assert_true(fd >= 0);
        journal_unlock(path, fd);
}

static void an_unlocked_journal_is_free_and_nothing_is_left_of_the_lock(void **state)
{
        int fd;

        (void)state;
        for (int i = 0; i < 3; i++) {
                assert_int_equal(journal_lock(path, &fd), 0);
                assert_true(fd >= 0);
                journal_unlock(path, fd);
                assert_int_equal(access(lock_path, F_OK), -1);
        }
        journal_unlock(path, -1);
}

static void a_file_in_the_locks_place_is_left_alone_and_in_nobodys_way(void **state)
{
        int fd;

        (void)state;
        fixture_write(lock_path, "mine");
        assert_int_equal(journal_lock(path, &fd), 0);
        assert_int_equal(fd, -1);
        assert_string_equal(fixture_read(lock_path), "mine");
}

static void where_no_lock_can_be_made_the_journal_is_used_without(void **state)
{
        char longest[256];
        int fd;

        (void)state;
        assert_int_equal(journal_lock("/nonexistent/devices", &fd), 0);
        assert_int_equal(fd, -1);
        memset(longest, 'x', sizeof(longest));
        longest[sizeof(longest) - 1] = '\0';
        assert_int_equal(journal_lock(longest, &fd), 0);
        assert_int_equal(fd, -1);
}

#define LOCK_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                LOCK_TEST(a_journal_is_locked_while_its_process_lives_and_free_when_it_was_killed),
                LOCK_TEST(an_unlocked_journal_is_free_and_nothing_is_left_of_the_lock),
                LOCK_TEST(a_file_in_the_locks_place_is_left_alone_and_in_nobodys_way),
                LOCK_TEST(where_no_lock_can_be_made_the_journal_is_used_without),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
