/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour.c - the neighbour watch at the kernel: netlink in, nudges out, a timer.
 * Interfaces are known by name: one that vanishes and comes back has another index. One that is renamed keeps
 * its index: that serves until its name is found again. */
#include "config.h"

#include "gateway-hook/neighbour.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway-hook/neighbour_message.h"
#include "gateway-hook/neighbour_nudge.h"
#include "gateway-hook/neighbour_watch.h"

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
        struct nudger nudger;
        int timer, epoll;
        int64_t armed;     /* when the timer goes off; INT64_MAX: never */
        int64_t dump_due;  /* no dump before that */
        bool dump_wanted;  /* something was missed: ask for all neighbours */
        bool dump_running; /* asked, and not all have come */
        int trouble;       /* of this round of work, negative errno */
        uint8_t *datagram; /* DATAGRAM_MAX bytes */
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
                err = nudger_init(&neighbour->nudger);
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
        neighbour->nudger.udp = neighbour->timer = neighbour->epoll = -1;
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
        nudger_done(&neighbour->nudger);
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

/* The index of the interface on which that binding is a neighbour, or was, if there is none at present; 0: it
 * never was one. */
static int place(struct neighbour *neighbour, const struct neighbour_target *whom)
{
        int ifindex = nudger_index_of(&neighbour->nudger, whom->interface);

        if (ifindex == 0 || ifindex == whom->ifindex ||
            !nudger_is_on_link(&neighbour->nudger, whom->address, whom->interface))
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
        err = nudger_send(&neighbour->nudger, whom->address, ifindex);
        if (nudger_is_unreachable(err))
                tell(neighbour, whom->address, neighbour_watch_failed(neighbour->watch, whom->address));
        else if (err == -EAGAIN || err == -ENOBUFS || err == -ENOMEM)
                neighbour_watch_unsent(neighbour->watch, whom->address, clock_ms());
        if (err < 0 && err != -EAGAIN && !nudger_is_unreachable(err))
                neighbour->trouble = err;
}

/* --- Netlink --- */

static void take_link(struct neighbour *neighbour, const struct neighbour_message *message)
{
        char master[IFNAMSIZ];

        neighbour_watch_link(neighbour->watch, message->name, message->ifindex, clock_ms());
        if (nudger_name_of(&neighbour->nudger, message->master, master))
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
        nudger_forget_addresses(&neighbour->nudger);
        rearm(neighbour);
        return neighbour->trouble;
}
