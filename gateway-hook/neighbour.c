/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour.c - the neighbour watch at the kernel: netlink in, nudges out, a timer.
 * Interfaces are known by name: one that vanishes and comes back has another index. One that is renamed keeps
 * its index: that serves until its name is found again. */
#include "config.h"

#include "gateway-hook/neighbour.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway-hook/neighbour_message.h"
#include "gateway-hook/neighbour_watch.h"

/* RFC 863: nobody answers, and few listen. */
#define DISCARD_PORT 9
/* What the kernel may hold back for us; it grants at most net.core.rmem_max. */
#define NETLINK_BUFFER (1024 * 1024)
/* The kernel puts at most 32 KiB of a dump into one datagram. */
#define DATAGRAM_MAX 32768
/* Milliseconds between two dumps, however much is missed. */
#define DUMP_PAUSE 1000
/* Datagrams read in one go, so that a storm of them does not keep DHCP waiting. */
#define DATAGRAMS_AT_ONCE 32

struct neighbour {
        neighbour_fn *fn;
        void *context;
        struct neighbour_watch *watch;
        struct nl_sock *netlink;
        int udp, timer, epoll;
        struct ifaddrs *addresses; /* of the machine, once somebody asked in this round of work; or NULL */
        int64_t armed;             /* when the timer goes off; INT64_MAX: never */
        int64_t dump_due;          /* no dump before that */
        bool dump_wanted;          /* something was missed: ask for all neighbours */
        bool dump_running;         /* asked, and not all have come */
        int trouble;               /* of this round of work, negative errno */
        uint8_t *datagram;         /* DATAGRAM_MAX bytes */
};

static int64_t clock_ms(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* --- Timer --- */

static void rearm(struct neighbour *neighbour)
{
        int64_t due = neighbour_watch_deadline(neighbour->watch);
        struct itimerspec timer = {0};

        if (neighbour->dump_wanted && !neighbour->dump_running && neighbour->dump_due < due)
                due = neighbour->dump_due;
        if (due == neighbour->armed)
                return;
        neighbour->armed = due;
        /* Zero would switch it off; a time that has passed makes it go off at once. */
        if (due != INT64_MAX) {
                timer.it_value.tv_sec = (time_t)(due / 1000);
                timer.it_value.tv_nsec = (long)(due % 1000) * 1000000 + 1; /* due may be 0 */
        }
        (void)timerfd_settime(neighbour->timer, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* --- Start and stop --- */

static int errno_of_netlink(int err)
{
        switch (-err) {
        case NLE_NOMEM:
                return -ENOMEM;
        case NLE_PERM:
        case NLE_NOACCESS:
                return -EPERM;
        case NLE_AF_NOSUPPORT:
                return -EAFNOSUPPORT;
        default:
                return -EIO;
        }
}

static int open_netlink(struct neighbour *neighbour)
{
        int err;

        neighbour->netlink = nl_socket_alloc();
        if (neighbour->netlink == NULL)
                return -ENOMEM;
        err = nl_connect(neighbour->netlink, NETLINK_ROUTE);
        if (err == 0)
                err = nl_socket_set_nonblocking(neighbour->netlink);
        if (err == 0)
                err = nl_socket_add_memberships(neighbour->netlink, RTNLGRP_NEIGH, RTNLGRP_LINK, 0);
        if (err < 0)
                return errno_of_netlink(err);
        /* Less than that is only more often a dump. */
        (void)nl_socket_set_buffer_size(neighbour->netlink, NETLINK_BUFFER, 0);
        return 0;
}

static int open_udp(struct neighbour *neighbour)
{
        int ttl = 1, none = 0;

        neighbour->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (neighbour->udp < 0 || setsockopt(neighbour->udp, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl)) < 0)
                return -errno;
        /* Nobody is asked to answer: keep as little as can be of what comes all the same. */
        (void)setsockopt(neighbour->udp, SOL_SOCKET, SO_RCVBUF, &none, sizeof(none));
        return 0;
}

static int open_epoll(struct neighbour *neighbour)
{
        struct epoll_event event = {.events = EPOLLIN};

        neighbour->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        neighbour->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (neighbour->timer < 0 || neighbour->epoll < 0 ||
            epoll_ctl(neighbour->epoll, EPOLL_CTL_ADD, neighbour->timer, &event) < 0 ||
            epoll_ctl(neighbour->epoll, EPOLL_CTL_ADD, nl_socket_get_fd(neighbour->netlink), &event) < 0)
                return -errno;
        return 0;
}

static int open_all(struct neighbour *neighbour)
{
        int err = open_netlink(neighbour);

        if (err == 0)
                err = open_udp(neighbour);
        if (err == 0)
                err = open_epoll(neighbour);
        return err;
}

int neighbour_new(uint32_t max_bindings, uint32_t interval, uint32_t rounds, neighbour_fn *fn, void *context,
                  struct neighbour **ret)
{
        struct neighbour *neighbour = calloc(1, sizeof(*neighbour));
        uint32_t seed = 0;
        int err = -ENOMEM;

        if (neighbour == NULL)
                return err;
        neighbour->fn = fn;
        neighbour->context = context;
        neighbour->udp = neighbour->timer = neighbour->epoll = -1;
        neighbour->armed = INT64_MAX;
        neighbour->dump_wanted = true;
        (void)!getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
        neighbour->watch = neighbour_watch_new(max_bindings, (int64_t)interval * 1000, rounds, seed);
        neighbour->datagram = malloc(DATAGRAM_MAX);
        if (neighbour->watch != NULL && neighbour->datagram != NULL)
                err = open_all(neighbour);
        if (err < 0) {
                neighbour_free(neighbour);
                return err;
        }
        rearm(neighbour);
        *ret = neighbour;
        return 0;
}

void neighbour_free(struct neighbour *neighbour)
{
        if (neighbour == NULL)
                return;
        if (neighbour->epoll >= 0)
                close(neighbour->epoll);
        if (neighbour->timer >= 0)
                close(neighbour->timer);
        if (neighbour->udp >= 0)
                close(neighbour->udp);
        nl_socket_free(neighbour->netlink);
        neighbour_watch_free(neighbour->watch);
        free(neighbour->datagram);
        free(neighbour);
}

int neighbour_fd(const struct neighbour *neighbour)
{
        return neighbour->epoll;
}

/* --- Bindings --- */

void neighbour_add(struct neighbour *neighbour, const struct device_record *record)
{
        if (neighbour == NULL)
                return;
        /* As many fit as there may be bindings. */
        (void)neighbour_watch_add(neighbour->watch, record, clock_ms());
        rearm(neighbour);
}

void neighbour_remove(struct neighbour *neighbour, struct in_addr address)
{
        if (neighbour == NULL)
                return;
        neighbour_watch_remove(neighbour->watch, address);
        rearm(neighbour);
}

/* --- Nudges --- */

/* The index of an interface, or 0. By ioctl on a socket that we have: glibc's own function opens another. */
static int index_of(const struct neighbour *neighbour, const char *interface)
{
        struct ifreq request = {0};

        snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
        return ioctl(neighbour->udp, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

static bool name_of(const struct neighbour *neighbour, int ifindex, char name[IFNAMSIZ])
{
        struct ifreq request = {.ifr_ifindex = ifindex};

        if (ifindex <= 0 || ioctl(neighbour->udp, SIOCGIFNAME, &request) < 0)
                return false;
        memcpy(name, request.ifr_name, IFNAMSIZ);
        return true;
}

/* An empty datagram. MSG_DONTROUTE: the address is a neighbour, or there is nobody to nudge. */
static int send_datagram(const struct neighbour *neighbour, struct in_addr address, int ifindex)
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
        return sendmsg(neighbour->udp, &message, MSG_DONTROUTE | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Errors that come later, by ICMP, are the socket's: a device has no use for port 9 and says so. */
static void want_errors(const struct neighbour *neighbour, bool wanted)
{
        int on = wanted, pending;
        socklen_t size = sizeof(pending);

        (void)setsockopt(neighbour->udp, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
        (void)getsockopt(neighbour->udp, SOL_SOCKET, SO_ERROR, &pending, &size);
}

/* Only a socket that wants all errors is told that the kernel's table of neighbours had no room (ENOBUFS). It
 * is also told of errors that others' nudges met; so anything else is asked again by one that does not. */
static int send_nudge(const struct neighbour *neighbour, struct in_addr address, int ifindex)
{
        int err;

        want_errors(neighbour, true);
        err = send_datagram(neighbour, address, ifindex);
        want_errors(neighbour, false);
        return err < 0 && err != -ENOBUFS ? send_datagram(neighbour, address, ifindex) : err;
}

/* Whether that error means that the address can't be reached, as if the kernel had probed in vain. */
static bool is_unreachable(int err)
{
        return err == -ENODEV || err == -ENXIO || err == -ENETDOWN || err == -ENETUNREACH ||
               err == -EHOSTUNREACH || err == -EADDRNOTAVAIL;
}

/* --- Where a binding is a neighbour --- */

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
static bool is_on_link(struct neighbour *neighbour, const struct neighbour_target *whom)
{
        if (neighbour->addresses == NULL && getifaddrs(&neighbour->addresses) < 0)
                neighbour->addresses = NULL;
        for (const struct ifaddrs *item = neighbour->addresses; item != NULL; item = item->ifa_next) {
                if (is_on(item, whom->interface) && is_in_prefix(whom->address, item))
                        return true;
        }
        return false;
}

/* The index of the interface on which that binding is a neighbour, or was, if there is none at present; 0: it
 * never was one. */
static int place(struct neighbour *neighbour, const struct neighbour_target *whom)
{
        int ifindex = index_of(neighbour, whom->interface);

        if (ifindex == 0 || ifindex == whom->ifindex || !is_on_link(neighbour, whom))
                return whom->ifindex;
        neighbour_watch_found(neighbour->watch, whom->address, ifindex);
        return ifindex;
}

/* --- What comes of it --- */

static void tell(struct neighbour *neighbour, struct in_addr address, enum neighbour_news news)
{
        if (news != NEIGHBOUR_NO_NEWS)
                neighbour->fn(neighbour->context, address, news);
}

static void nudge(struct neighbour *neighbour, const struct neighbour_target *whom)
{
        int ifindex = place(neighbour, whom), err;

        if (ifindex == 0)
                return;
        /* The kernel is silent on one that other traffic confirms. Who is that? */
        if (whom->unheard)
                neighbour->dump_wanted = true;
        err = send_nudge(neighbour, whom->address, ifindex);
        if (is_unreachable(err))
                tell(neighbour, whom->address, neighbour_watch_failed(neighbour->watch, whom->address));
        else if (err == -EAGAIN || err == -ENOBUFS || err == -ENOMEM)
                neighbour_watch_unsent(neighbour->watch, whom->address, clock_ms());
        if (err < 0 && err != -EAGAIN && !is_unreachable(err))
                neighbour->trouble = err;
}

/* --- Netlink --- */

static void take_link(struct neighbour *neighbour, const struct neighbour_message *message)
{
        char master[IFNAMSIZ];

        neighbour_watch_link(neighbour->watch, message->name, message->ifindex, clock_ms());
        if (name_of(neighbour, message->master, master))
                neighbour_watch_link(neighbour->watch, master, message->master, clock_ms());
}

static void take_neighbour(struct neighbour *neighbour, const struct neighbour_message *message)
{
        struct neighbour_watch *watch = neighbour->watch;
        struct in_addr address = message->address;
        struct neighbour_target whom;

        if (!neighbour_watch_find(watch, address, &whom) ||
            (whom.ifindex != message->ifindex && place(neighbour, &whom) != message->ifindex))
                return;
        if (message->type == NEIGHBOUR_MESSAGE_FAILED)
                tell(neighbour, address, neighbour_watch_failed(watch, address));
        else if (message->type == NEIGHBOUR_MESSAGE_REACHABLE)
                tell(neighbour, address,
                     neighbour_watch_reachable(watch, address, message->hwaddr, message->hwaddr_size));
        else
                neighbour_watch_stirred(watch, address, clock_ms());
}

/* Both kinds of end begin with an error. EBUSY: an earlier dump, of which we missed a part, still goes on; it
 * ends as we read. */
static void end_dump(struct neighbour *neighbour, struct nlmsghdr *header)
{
        int err = 0;

        neighbour->dump_running = false;
        if (nlmsg_datalen(header) >= (int)sizeof(err))
                memcpy(&err, nlmsg_data(header), sizeof(err));
        if (err == -EBUSY)
                neighbour->dump_wanted = true;
        else if (err < 0)
                neighbour->trouble = err;
}

static void take_message(struct neighbour *neighbour, struct nlmsghdr *header)
{
        struct neighbour_message message;

        if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
                neighbour->dump_wanted = true;
        if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
                end_dump(neighbour, header);
                return;
        }
        neighbour_message_read(header, &message);
        if (message.type == NEIGHBOUR_MESSAGE_LINK)
                take_link(neighbour, &message);
        else if (message.type == NEIGHBOUR_MESSAGE_MOVED)
                neighbour_watch_moved(neighbour->watch, message.hwaddr, message.hwaddr_size, clock_ms());
        else if (message.type != NEIGHBOUR_MESSAGE_NONE)
                take_neighbour(neighbour, &message);
}

/* Read one datagram. Returns whether there may be more. */
static bool read_datagram(struct neighbour *neighbour)
{
        struct sockaddr_nl from = {0};
        socklen_t from_size = sizeof(from);
        struct nlmsghdr *message = (struct nlmsghdr *)(void *)neighbour->datagram;
        ssize_t size = recvfrom(nl_socket_get_fd(neighbour->netlink), neighbour->datagram, DATAGRAM_MAX,
                                MSG_TRUNC, (struct sockaddr *)&from, &from_size);
        int left;

        if (size < 0) {
                /* Messages were lost, among them perhaps the end of a dump. */
                if (errno == ENOBUFS) {
                        neighbour->dump_wanted = true;
                        neighbour->dump_running = false;
                }
                return errno == ENOBUFS || errno == EINTR;
        }
        if (size > DATAGRAM_MAX)
                neighbour->dump_wanted = true;
        if (size > DATAGRAM_MAX || from.nl_pid != 0)
                return true;
        left = (int)size;
        for (; nlmsg_ok(message, left); message = nlmsg_next(message, &left))
                take_message(neighbour, message);
        return true;
}

static void ask_for_dump(struct neighbour *neighbour)
{
        struct ndmsg request = {.ndm_family = AF_INET};
        int err;

        if (!neighbour->dump_wanted || neighbour->dump_running || clock_ms() < neighbour->dump_due)
                return;
        neighbour->dump_wanted = false;
        neighbour->dump_due = clock_ms() + DUMP_PAUSE;
        err = nl_send_simple(neighbour->netlink, RTM_GETNEIGH, NLM_F_DUMP, &request, sizeof(request));
        neighbour->dump_running = err >= 0;
        if (err < 0)
                neighbour->trouble = errno_of_netlink(err);
}

int neighbour_dispatch(struct neighbour *neighbour)
{
        struct neighbour_target whom;
        uint64_t ticks;

        neighbour->trouble = 0;
        if (read(neighbour->timer, &ticks, sizeof(ticks)) > 0)
                neighbour->armed = INT64_MAX;
        for (int i = 0; i < DATAGRAMS_AT_ONCE && read_datagram(neighbour); i++)
                ;
        ask_for_dump(neighbour);
        while (neighbour_watch_next(neighbour->watch, clock_ms(), &whom))
                nudge(neighbour, &whom);
        freeifaddrs(neighbour->addresses);
        neighbour->addresses = NULL;
        rearm(neighbour);
        return neighbour->trouble;
}
