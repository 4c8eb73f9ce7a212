/* SPDX-License-Identifier: BSD-2-Clause */
/* socket_path.c - making sure that a socket's path is ours.
 * A lock file decides between two instances; the socket itself can't, as anyone may remove its name. */
#include "config.h"

#include "dm-bridge/socket_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int make_folder(const char *path)
{
        char folder[PATH_MAX];
        const char *slash = strrchr(path, '/');
        int length = slash == NULL ? 0 : (int)(slash - path);

        if (length == 0)
                return 0;
        if ((size_t)snprintf(folder, sizeof(folder), "%.*s", length, path) >= sizeof(folder))
                return -ENAMETOOLONG;
        return mkdir(folder, 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

static int lock_name(const char *path, char *ret)
{
        return (size_t)snprintf(ret, PATH_MAX, "%s.lock", path) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Whether the name still leads to the file that we locked, and not to one made since. */
static bool is_current(const char *name, int fd)
{
        struct stat ours, named;

        return fstat(fd, &ours) == 0 && stat(name, &named) == 0 && ours.st_dev == named.st_dev &&
               ours.st_ino == named.st_ino;
}

static int take_lock(const char *path)
{
        char name[PATH_MAX];
        int err = lock_name(path, name);

        while (err == 0) {
                int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

                if (fd < 0)
                        return -errno;
                if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                        err = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
                else if (is_current(name, fd))
                        return fd;
                close(fd);
        }
        return err;
}

/* Whether some process, of whatever kind, accepts connections there. */
static bool is_alive(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        bool alive;
        int fd;

        if (strlen(path) >= sizeof(address.sun_path))
                return false;
        strcpy(address.sun_path, path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return false;
        /* A full backlog (EAGAIN) has someone behind it too. */
        alive = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN;
        close(fd);
        return alive;
}

static int remove_stale(const char *path)
{
        struct stat status;

        if (lstat(path, &status) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISSOCK(status.st_mode))
                return -EEXIST;
        if (is_alive(path))
                return -EADDRINUSE;
        return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
}

int socket_path_claim(const char *path)
{
        int err = make_folder(path);
        int fd = err < 0 ? err : take_lock(path);

        if (fd < 0)
                return fd;
        err = remove_stale(path);
        if (err == 0)
                return fd;
        socket_path_release(path, fd);
        return err;
}

void socket_path_release(const char *path, int fd)
{
        char name[PATH_MAX];

        if (fd < 0)
                return;
        if (lock_name(path, name) == 0)
                unlink(name);
        close(fd);
}
