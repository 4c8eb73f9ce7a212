/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.c - the dm-bridge that a bench program measures. */
#include "config.h"

#include "tests/bench/bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static char folder[32];

void bridge_make_folder(const char *pattern)
{
        snprintf(folder, sizeof(folder), "%s", pattern);
        if (mkdtemp(folder) == NULL)
                bench_give_up(folder);
}

const char *bridge_path(const char *name)
{
        static char paths[4][sizeof(((struct sockaddr_un *)0)->sun_path)];
        static unsigned next;
        char *path = paths[next++ % 4];

        snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
        return path;
}

void bridge_remove_folder(void)
{
        static const char *const names[] = {"conf",        "journal", "socket",
                                            "socket.lock", "state",   "state.mark"};

        if (folder[0] == '\0')
                return;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
                unlink(bridge_path(names[i]));
        rmdir(folder);
        folder[0] = '\0';
}

/* Returns -1 as long as nobody listens. */
static int try_connect(void)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        strcpy(address.sun_path, bridge_path("socket"));
        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        close(fd);
        return -1;
}

int bridge_connect(void)
{
        int fd = -1;

        for (int i = 0; fd < 0 && i < 500; i++) {
                fd = try_connect();
                if (fd < 0)
                        usleep(20000);
        }
        if (fd < 0)
                bench_give_up("dm-bridge does not answer");
        return fd;
}

void bridge_send(int fd, const char *line)
{
        size_t size = strlen(line);

        if (write(fd, line, size) != (ssize_t)size)
                bench_give_up("write");
}
