/* SPDX-License-Identifier: BSD-2-Clause */
/* disk.c - a disk that counts, that can be full, slow or broken. */
#include "config.h"

#include "tests/unit/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static struct disk_counts counts;
static long room = -1;
static atomic_bool fails;
static bool holds;
static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;

ssize_t __real_write(int fd, const void *data, size_t size);
int __real_open(const char *path, int flags, ...);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __wrap_open(const char *path, int flags, ...);
int __wrap_rename(const char *from, const char *to);
int __wrap_fsync(int fd);

struct disk_counts disk_counts(void)
{
        struct disk_counts taken = counts;

        memset(&counts, 0, sizeof(counts));
        return taken;
}

long disk_room(long size)
{
        long before = room;

        room = size;
        return before;
}

void disk_hold_sync(bool wait)
{
        if (wait && !holds)
                pthread_mutex_lock(&hold);
        else if (!wait && holds)
                pthread_mutex_unlock(&hold);
        holds = wait;
}

void disk_fail_sync(bool fail)
{
        atomic_store(&fails, fail);
}

static bool is_first_thread(void)
{
        return gettid() == getpid();
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
        counts.writes++;
        if (room == 0) {
                errno = ENOSPC;
                return -1;
        }
        if (room > 0 && size > (size_t)room)
                size = (size_t)room;
        if (room > 0)
                room -= (long)size;
        counts.bytes += size;
        return __real_write(fd, data, size);
}

int __wrap_open(const char *path, int flags, ...)
{
        va_list arguments;
        mode_t mode = 0;

        va_start(arguments, flags);
        if (flags & O_CREAT)
                mode = va_arg(arguments, mode_t);
        va_end(arguments);
        counts.opens++;
        return __real_open(path, flags, mode);
}

int __wrap_rename(const char *from, const char *to)
{
        counts.renames++;
        return __real_rename(from, to);
}

/* Nothing of a test outlives a power failure, so nothing is really synced. */
int __wrap_fsync(int fd)
{
        (void)fd;
        if (is_first_thread()) {
                counts.syncs++;
        } else {
                pthread_mutex_lock(&hold);
                pthread_mutex_unlock(&hold);
        }
        errno = EIO;
        return atomic_load(&fails) ? -1 : 0;
}
