/* SPDX-License-Identifier: BSD-2-Clause */
/* udp_socket.c - an IPv4 UDP socket that never waits.
 * Knows nothing of what the datagrams hold. */
#include "config.h"

#include "dm-bridge/udp_socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a flood as much as the system gives a process without privileges waits for us. */
#define RECEIVE_BUFFER (1024 * 1024)

static struct sockaddr_in to_sockaddr(const struct stun_address *address)
{
        return (struct sockaddr_in){
                .sin_family = AF_INET, .sin_port = htons(address->port), .sin_addr = address->address};
}

static struct stun_address from_sockaddr(const struct sockaddr_in *address)
{
        return (struct stun_address){address->sin_addr, ntohs(address->sin_port)};
}

int udp_socket_open(const struct stun_address *at)
{
        struct sockaddr_in address = to_sockaddr(at);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), size = RECEIVE_BUFFER, on = 1,
            err;

        if (fd < 0)
                return -errno;
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
        /* An address that comes with DHCP may come after us. */
        if (at->address.s_addr != htonl(INADDR_ANY))
                setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
        if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        err = -errno;
        close(fd);
        return err;
}

int udp_socket_name(int fd, struct stun_address *ret)
{
        struct sockaddr_in address;
        socklen_t size = sizeof(address);

        if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
                return -errno;
        *ret = from_sockaddr(&address);
        return 0;
}

int udp_socket_receive(int fd, uint8_t *buffer, size_t size, size_t *ret_size, struct stun_address *ret_from)
{
        struct sockaddr_in from = {0};
        struct iovec room = {buffer, size};
        struct msghdr message = {
                .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &room, .msg_iovlen = 1};
        ssize_t got = recvmsg(fd, &message, MSG_TRUNC);

        if (got < 0)
                return -errno;
        *ret_size = (size_t)got;
        *ret_from = from_sockaddr(&from);
        return 0;
}

int udp_socket_send(int fd, const struct stun_address *to, const uint8_t *bytes, size_t size)
{
        struct sockaddr_in address = to_sockaddr(to);

        if (sendto(fd, bytes, size, MSG_NOSIGNAL, (const struct sockaddr *)&address, sizeof(address)) < 0)
                return -errno;
        return 0;
}
