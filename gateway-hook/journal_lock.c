/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_lock.c - one process to a journal, without a file lock.
 * Debian's AppArmor profile lets kea-dhcp4 read and write beside its leases, but not lock (`rw` without `k`).
 * So a bound socket is the lock: the kernel knows whether its owner lives, and what a killed one left behind
 * refuses a connection. Used by journal.c. */
#include "config.h"

#include "gateway-hook/journal_lock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool make_name(const char *path, struct sockaddr_un *ret)
{
        int length;

        *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
        length = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s" JOURNAL_LOCK_SUFFIX, path);
        return length > 0 && (size_t)length < sizeof(ret->sun_path);
}

static bool take(int fd, const struct sockaddr_un *name)
{
        return bind(fd, (const struct sockaddr *)name, sizeof(*name)) == 0;
}

/* Never what is somebody's file: that, too, refuses a connection. */
static bool remove_socket(const struct sockaddr_un *name)
{
        struct stat status;

        return lstat(name->sun_path, &status) == 0 && S_ISSOCK(status.st_mode) && unlink(name->sun_path) == 0;
}

/* 0: its owner lives; ECONNREFUSED: it was left behind; or what else is in the way. */
static int probe(const struct sockaddr_un *name)
{
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int err;

        if (fd < 0)
                return errno;
        err = connect(fd, (const struct sockaddr *)name, sizeof(*name)) < 0 ? errno : 0;
        close(fd);
        return err;
}

/* Two that find the same dead lock at the same moment may both go on. */
int journal_lock(const char *path, int *ret_fd)
{
        struct sockaddr_un name;
        int fd = -1, state;

        *ret_fd = -1;
        if (make_name(path, &name))
                fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return 0;
        if (take(fd, &name)) {
                *ret_fd = fd;
                return 0;
        }
        state = errno == EADDRINUSE ? probe(&name) : errno;
        if (state == ECONNREFUSED && remove_socket(&name) && take(fd, &name)) {
                *ret_fd = fd;
                return 0;
        }
        close(fd);
        return state == 0 ? -EBUSY : 0;
}

void journal_unlock(const char *path, int fd)
{
        struct sockaddr_un name;

        if (fd < 0)
                return;
        if (make_name(path, &name))
                remove_socket(&name);
        close(fd);
}
