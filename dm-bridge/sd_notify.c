/* SPDX-License-Identifier: BSD-2-Clause */
/* sd_notify.c - tells a service manager how we are, without waiting for it.
 * The protocol is a datagram to a Unix socket and stable (sd_notify(3)); libsystemd would bring much else
 * into a process that has to run where there is no systemd. */
#include "config.h"

#include "dm-bridge/sd_notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A path, or "@" and an abstract name. Returns its size, or -EINVAL. */
static int read_address(const char *name, struct sockaddr_un *ret)
{
        size_t length = strlen(name);

        if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof(ret->sun_path))
                return -EINVAL;
        *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
        memcpy(ret->sun_path, name, length);
        if (name[0] == '/')
                return (int)sizeof(*ret);
        ret->sun_path[0] = '\0';
        return (int)(offsetof(struct sockaddr_un, sun_path) + length);
}

int sd_notify_send(const char *state)
{
        const char *name = getenv("NOTIFY_SOCKET");
        struct sockaddr_un address;
        int size, fd, err = 0;

        if (name == NULL || name[0] == '\0')
                return 0;
        size = read_address(name, &address);
        if (size < 0)
                return size;
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                   (socklen_t)size) < 0)
                err = -errno;
        close(fd);
        return err;
}

/* Type=notify-reload tells a reload by its time from an earlier one. */
int sd_notify_reloading(void)
{
        char state[64];
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                 (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
        return sd_notify_send(state);
}
