/* SPDX-License-Identifier: BSD-2-Clause */
/* file.c - whole files, read with a limit and replaced atomically.
 * Knows nothing of what is in them. */
#include "config.h"

#include "libassoc/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t written = write(fd, data, size);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                data += written;
                size -= (size_t)written;
        }
        return 0;
}

static int write_new(const char *path, const void *data, size_t size, mode_t mode)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        int err;

        if (fd < 0)
                return -errno;
        err = write_all(fd, data, size);
        if (err == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
                err = -errno;
        if (close(fd) < 0 && err == 0)
                err = -errno;
        return err;
}

/* The rename itself is only durable once its folder is. */
static int sync_folder(const char *path)
{
        char copy[PATH_MAX];
        int fd, err = 0;

        memcpy(copy, path, strlen(path) + 1);
        fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        /* AppArmor's profile of kea-dhcp4 lets it write its files, but not open their folder. */
        if (fd < 0)
                return errno == EACCES ? 0 : -errno;
        /* Some file systems have no folders to sync. */
        if (fsync(fd) < 0 && errno != EINVAL)
                err = -errno;
        close(fd);
        return err;
}

int file_replace(const char *path, const void *data, size_t size, mode_t mode)
{
        char temporary[PATH_MAX];
        int length = snprintf(temporary, sizeof(temporary), "%s.new", path);
        int err;

        if (length < 0 || (size_t)length >= sizeof(temporary))
                return -ENAMETOOLONG;
        err = write_new(temporary, data, size, mode);
        if (err == 0 && rename(temporary, path) < 0)
                err = -errno;
        if (err < 0) {
                unlink(temporary);
                return err;
        }
        return sync_folder(path);
}

static int read_all(int fd, char *buffer, size_t size, size_t *ret_size)
{
        size_t have = 0;
        char beyond;

        for (;;) {
                ssize_t got = have < size ? read(fd, buffer + have, size - have) : read(fd, &beyond, 1);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                if (have == size)
                        return -EFBIG;
                have += (size_t)got;
        }
        *ret_size = have;
        return 0;
}

int file_read(const char *path, void *buffer, size_t size, size_t *ret_size)
{
        struct stat status;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        int err;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                err = -errno;
        else if (!S_ISREG(status.st_mode))
                err = -EINVAL;
        else
                err = read_all(fd, buffer, size, ret_size);
        close(fd);
        return err;
}
