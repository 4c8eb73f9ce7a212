/* SPDX-License-Identifier: BSD-2-Clause */
/* slot.c - one lock file per interface, with a generation number in it.
 * flock(2) and not a process id: a lock ends with its process, and a number could be someone else's by now.
 */
#include "config.h"

#include "client-hook/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client-hook/folder.h"

#define RETRY_MILLISECONDS 20

static int slot_path(const char *folder, const char *interface, const char *suffix, char path[PATH_MAX])
{
        int length = snprintf(path, PATH_MAX, "%s/%s.%s", folder, interface, suffix);

        return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int open_file(const char *folder, const char *interface, const char *suffix, int flags)
{
        char path[PATH_MAX];
        int err = slot_path(folder, interface, suffix, path);
        int fd;

        if (err == 0 && (flags & O_CREAT) != 0)
                err = folder_make(folder);
        if (err < 0)
                return err;
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        return fd < 0 ? -errno : fd;
}

static int lock(int fd, int operation)
{
        int err;

        do
                err = flock(fd, operation) < 0 ? -errno : 0;
        while (err == -EINTR);
        return err;
}

/* A slot that is new, or anew after slot_remove(), has a number that none before it had. */
static uint64_t first_generation(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t read_generation(int fd)
{
        char text[24];
        ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
        uint64_t generation;

        text[size > 0 ? size : 0] = '\0';
        generation = strtoull(text, NULL, 10);
        return generation == 0 ? first_generation() : generation;
}

/* Whether the file has still a name: its slot was not removed while we waited for it. */
static bool is_there(int fd)
{
        struct stat status;

        return fstat(fd, &status) == 0 && status.st_nlink > 0;
}

static int take(struct slot *slot, const char *folder, const char *interface, int flags)
{
        for (;;) {
                int fd = open_file(folder, interface, "slot", flags);
                int err = fd < 0 ? fd : lock(fd, LOCK_EX);

                if (err == 0 && is_there(fd)) {
                        *slot = (struct slot){.fd = fd, .generation = read_generation(fd)};
                        return 0;
                }
                if (fd >= 0)
                        close(fd);
                if (err < 0)
                        return err;
        }
}

int slot_open(struct slot *slot, const char *folder, const char *interface)
{
        return take(slot, folder, interface, O_CREAT);
}

int slot_open_existing(struct slot *slot, const char *folder, const char *interface)
{
        return take(slot, folder, interface, 0);
}

int slot_advance(struct slot *slot)
{
        char text[24];
        int length = snprintf(text, sizeof(text), "%" PRIu64 "\n", slot->generation + 1);
        ssize_t written = pwrite(slot->fd, text, (size_t)length, 0);

        if (written != length)
                return written < 0 ? -errno : -EIO;
        slot->generation++;
        return 0;
}

static void unlink_file(const char *folder, const char *interface, const char *suffix)
{
        char path[PATH_MAX];

        if (slot_path(folder, interface, suffix, path) == 0)
                unlink(path);
}

void slot_remove(const char *folder, const char *interface)
{
        unlink_file(folder, interface, "companion");
        unlink_file(folder, interface, "slot");
}

void slot_close(struct slot *slot)
{
        close(slot->fd);
        slot->fd = -1;
}

int slot_watch(const char *folder, const char *interface)
{
        char path[PATH_MAX];
        int err = slot_path(folder, interface, "slot", path);
        int fd;

        if (err < 0)
                return err;
        fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (inotify_add_watch(fd, path, IN_MODIFY | IN_DELETE_SELF) < 0) {
                err = -errno;
                close(fd);
                return err;
        }
        return fd;
}

int slot_become_companion(const char *folder, const char *interface, int milliseconds)
{
        static const struct timespec retry = {.tv_nsec = RETRY_MILLISECONDS * 1000000L};
        int fd = open_file(folder, interface, "companion", O_CREAT);
        int err;

        if (fd < 0)
                return fd;
        for (;;) {
                err = lock(fd, LOCK_EX | LOCK_NB);
                if (err == 0)
                        return fd;
                milliseconds -= RETRY_MILLISECONDS;
                if (err != -EWOULDBLOCK || milliseconds < 0)
                        break;
                nanosleep(&retry, NULL);
        }
        close(fd);
        return err == -EWOULDBLOCK ? -EBUSY : err;
}
