/* SPDX-License-Identifier: BSD-2-Clause */
/* local_address.c - which of this host's IPv4 addresses packets leave from.
 * The kernel is asked by connecting a UDP socket: it looks up the route, rules included, and sends nothing.
 */
#include "config.h"

#include "dm-bridge/local_address.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* The dummy address of RFC 7600: nobody's, so no route but the default leads to it. */
#define NOBODY 0xc0000008
/* Discard; what is named here makes no difference. */
#define PORT 9

static int use_socket(struct in_addr address, int (*use)(int, const struct sockaddr *, socklen_t), int port,
                      struct in_addr *ret)
{
        struct sockaddr_in name = {
                .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = address};
        socklen_t size = sizeof(name);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

        if (fd < 0)
                return -errno;
        if (use(fd, (const struct sockaddr *)&name, sizeof(name)) < 0 ||
            getsockname(fd, (struct sockaddr *)&name, &size) < 0)
                err = -errno;
        close(fd);
        if (err == 0)
                *ret = name.sin_addr;
        return err;
}

int local_address_toward(struct in_addr to, struct in_addr *ret)
{
        return use_socket(to, connect, PORT, ret);
}

int local_address_default(struct in_addr *ret)
{
        return local_address_toward((struct in_addr){htonl(NOBODY)}, ret);
}

bool local_address_is_ours(struct in_addr address)
{
        struct in_addr bound;

        return use_socket(address, bind, 0, &bound) == 0;
}
