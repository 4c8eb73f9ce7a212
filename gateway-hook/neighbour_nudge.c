/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_nudge.c - see neighbour_nudge.h. */
#include "config.h"

#include "gateway-hook/neighbour_nudge.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 863: nobody answers, and few listen. */
#define DISCARD_PORT 9

int nudger_init(struct nudger *nudger)
{
        int ttl = 1, none = 0;

        nudger->addresses = NULL;
        nudger->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (nudger->udp < 0 || setsockopt(nudger->udp, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)) < 0)
                return -errno;
        /* Nobody is asked to answer: keep as little as can be of what comes all the same. */
        (void)setsockopt(nudger->udp, SOL_SOCKET, SO_RCVBUF, &none, sizeof(none));
        return 0;
}

void nudger_done(struct nudger *nudger)
{
        if (nudger->udp >= 0)
                close(nudger->udp);
        nudger->udp = -1;
        nudger_forget_addresses(nudger);
}

void nudger_forget_addresses(struct nudger *nudger)
{
        freeifaddrs(nudger->addresses);
        nudger->addresses = NULL;
}

/* By ioctl on a socket that we have: glibc's own function opens another. */
int nudger_index_of(const struct nudger *nudger, const char *interface)
{
        struct ifreq request = {0};

        snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
        return ioctl(nudger->udp, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

bool nudger_name_of(const struct nudger *nudger, int ifindex, char name[IFNAMSIZ])
{
        struct ifreq request = {.ifr_ifindex = ifindex};

        if (ifindex <= 0 || ioctl(nudger->udp, SIOCGIFNAME, &request) < 0)
                return false;
        memcpy(name, request.ifr_name, IFNAMSIZ);
        return true;
}

/* An empty datagram. MSG_DONTROUTE: the address is a neighbour, or there is nobody to nudge. */
static int send_datagram(const struct nudger *nudger, struct in_addr address, int ifindex)
{
        union {
                struct cmsghdr header;
                uint8_t space[CMSG_SPACE(sizeof(struct in_pktinfo))];
        } control = {0};
        struct in_pktinfo info = {.ipi_ifindex = ifindex};
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(DISCARD_PORT), .sin_addr = address};
        struct msghdr message = {.msg_name = &to,
                                 .msg_namelen = sizeof(to),
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control)};

        control.header.cmsg_level = IPPROTO_IP;
        control.header.cmsg_type = IP_PKTINFO;
        control.header.cmsg_len = CMSG_LEN(sizeof(info));
        memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
        return sendmsg(nudger->udp, &message, MSG_DONTROUTE | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Errors that come later, by ICMP, are the socket's: a device has no use for port 9 and says so. */
static void want_errors(const struct nudger *nudger, bool wanted)
{
        int on = wanted, pending;
        socklen_t size = sizeof(pending);

        (void)setsockopt(nudger->udp, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
        (void)getsockopt(nudger->udp, SOL_SOCKET, SO_ERROR, &pending, &size);
}

/* Only a socket that wants all errors is told that the kernel's table of neighbours had no room (ENOBUFS). It
 * is also told of errors that others' nudges met; so anything else is asked again by one that does not. */
int nudger_send(const struct nudger *nudger, struct in_addr address, int ifindex)
{
        int err;

        want_errors(nudger, true);
        err = send_datagram(nudger, address, ifindex);
        want_errors(nudger, false);
        return err < 0 && err != -ENOBUFS ? send_datagram(nudger, address, ifindex) : err;
}

bool nudger_is_unreachable(int err)
{
        return err == -ENODEV || err == -ENXIO || err == -ENETDOWN || err == -ENETUNREACH ||
               err == -EHOSTUNREACH || err == -EADDRNOTAVAIL;
}

static bool is_in_prefix(struct in_addr address, const struct ifaddrs *item)
{
        const struct sockaddr_in *local = (const void *)item->ifa_addr,
                                 *mask = (const void *)item->ifa_netmask;

        return local != NULL && mask != NULL && local->sin_family == AF_INET &&
               ((address.s_addr ^ local->sin_addr.s_addr) & mask->sin_addr.s_addr) == 0;
}

/* What follows a colon labels one of the addresses. */
static bool is_on(const struct ifaddrs *item, const char *interface)
{
        size_t length = strcspn(item->ifa_name, ":");

        return strncmp(item->ifa_name, interface, length) == 0 && interface[length] == '\0';
}

/* The kernel looks for any address on any link if it is told to. A client behind a relay that renews its
 * lease without the relay's help is on no link of ours, though its request comes from one. */
bool nudger_is_on_link(struct nudger *nudger, struct in_addr address, const char *interface)
{
        if (nudger->addresses == NULL && getifaddrs(&nudger->addresses) < 0)
                nudger->addresses = NULL;
        for (const struct ifaddrs *item = nudger->addresses; item != NULL; item = item->ifa_next) {
                if (is_on(item, interface) && is_in_prefix(address, item))
                        return true;
        }
        return false;
}
