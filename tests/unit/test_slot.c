/* SPDX-License-Identifier: BSD-2-Clause */
/* test_slot.c - who may write an interface's record. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client-hook/slot.h"
#include "tests/unit/scratch.h"

static uint64_t advance(const char *folder, const char *interface)
{
        struct slot slot;

        assert_int_equal(slot_open(&slot, folder, interface), 0);
        assert_int_equal(slot_advance(&slot), 0);
        slot_close(&slot);
        return slot.generation;
}

static void generations_count_up_for_each_interface(void **state)
{
        char folder[PATH_MAX];
        uint64_t first;

        scratch_path(state, "run/client", folder);
        first = advance(folder, "eth0");
        for (uint64_t expected = first + 1; expected <= first + 10; expected++)
                assert_int_equal(advance(folder, "eth0"), expected);
        (void)advance(folder, "eth1");
        assert_int_equal(advance(folder, "eth0"), first + 11);
}

static void a_slot_that_was_removed_never_repeats_a_generation(void **state)
{
        char folder[PATH_MAX];
        uint64_t last = 0;

        scratch_path(state, "client", folder);
        for (unsigned i = 0; i < 3; i++) {
                uint64_t next = advance(folder, "eth0");

                assert_true(next > last);
                last = next;
                slot_remove(folder, "eth0");
        }
}

static void only_an_event_makes_a_slot(void **state)
{
        char folder[PATH_MAX];
        struct slot slot;

        scratch_path(state, "client", folder);
        assert_int_equal(slot_open_existing(&slot, folder, "eth0"), -ENOENT);
        assert_int_equal(access(folder, F_OK), -1);
        advance(folder, "eth0");
        assert_int_equal(slot_open_existing(&slot, folder, "eth0"), 0);
        slot_close(&slot);
        slot_remove(folder, "eth0");
        assert_int_equal(slot_open_existing(&slot, folder, "eth0"), -ENOENT);
        assert_int_equal(rmdir(folder), 0);
}

/* Who waited for it holds the new one then, not a file without a name. */
static void a_slot_that_is_removed_while_waited_for_is_made_anew(void **state)
{
        char folder[PATH_MAX];
        struct slot slot, other;
        int status;
        pid_t child;

        scratch_path(state, "client", folder);
        assert_int_equal(slot_open(&slot, folder, "eth0"), 0);
        child = fork();
        if (child == 0) {
                close(slot.fd);
                _exit(slot_open(&other, folder, "eth0") == 0 && slot_advance(&other) == 0 ? 0 : 1);
        }
        usleep(50000);
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
        slot_remove(folder, "eth0");
        slot_close(&slot);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(slot_open_existing(&slot, folder, "eth0"), 0);
        slot_close(&slot);
}

static void a_new_generation_wakes_who_watches(void **state)
{
        char folder[PATH_MAX];
        struct pollfd watch = {.events = POLLIN};

        scratch_path(state, "client", folder);
        advance(folder, "eth0");
        advance(folder, "eth1");
        watch.fd = slot_watch(folder, "eth0");
        assert_true(watch.fd >= 0);
        assert_int_equal(poll(&watch, 1, 0), 0);
        advance(folder, "eth1");
        assert_int_equal(poll(&watch, 1, 0), 0);
        advance(folder, "eth0");
        assert_int_equal(poll(&watch, 1, 1000), 1);
        close(watch.fd);
}

static void a_slot_that_is_held_is_waited_for(void **state)
{
        char folder[PATH_MAX];
        struct slot slot;
        int status;
        pid_t child;

        scratch_path(state, "client", folder);
        assert_int_equal(slot_open(&slot, folder, "eth0"), 0);
        child = fork();
        if (child == 0) {
                struct slot other;
                uint64_t before = slot.generation;

                /* Lets go of the copy that it inherited: a lock is shared with it. */
                close(slot.fd);
                _exit(slot_open(&other, folder, "eth0") == 0 && other.generation == before + 1 ? 0 : 1);
        }
        usleep(50000);
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
        assert_int_equal(slot_advance(&slot), 0);
        slot_close(&slot);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
}

static void there_is_one_companion_at_a_time(void **state)
{
        char folder[PATH_MAX];
        int first, second;

        scratch_path(state, "client", folder);
        first = slot_become_companion(folder, "eth0", 0);
        assert_true(first >= 0);
        assert_int_equal(slot_become_companion(folder, "eth0", 50), -EBUSY);
        second = slot_become_companion(folder, "eth1", 0);
        assert_true(second >= 0);
        close(second);
        close(first);
        first = slot_become_companion(folder, "eth0", 0);
        assert_true(first >= 0);
        close(first);
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_make, scratch_remove)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                SCRATCH_TEST(generations_count_up_for_each_interface),
                SCRATCH_TEST(a_slot_that_was_removed_never_repeats_a_generation),
                SCRATCH_TEST(only_an_event_makes_a_slot),
                SCRATCH_TEST(a_slot_that_is_removed_while_waited_for_is_made_anew),
                SCRATCH_TEST(a_new_generation_wakes_who_watches),
                SCRATCH_TEST(a_slot_that_is_held_is_waited_for),
                SCRATCH_TEST(there_is_one_companion_at_a_time),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
