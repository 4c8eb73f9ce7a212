/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_neighbour.c - how long it takes to notice that a device has left, and that it is back.
 *
 * Fourteen devices leave one after the other, at all phases of the interval, and come back likewise; the
 * worst of them counts. The kernel has the patience that it has by default with one that does not answer (5
 * s, then three probes 1 s apart); only how long it believes one that did answer is cut to less than the
 * interval, as it is with the default interval of 60 s. */
#include "config.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway-hook/neighbour.h"
#include "gateway-hook/neighbour_message.h"
#include "tests/bench/bench.h"
#include "tests/lan.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#define DEVICES  14
#define FIRST    10 /* host number of the first device */
#define INTERVAL 5
#define ROUNDS   2
/* Seconds. */
#define LOSS_GOAL   (INTERVAL * ROUNDS + 10)
#define RETURN_GOAL 1
#define GIVE_UP     120

static struct device {
        uint8_t hwaddr[6];
        uint64_t left, lost, came, answered, returned; /* bench_now(); 0: not yet */
} devices[DEVICES];

static struct neighbour *neighbour;
static struct nl_sock *kernel;

static void fail(const char *what)
{
        fprintf(stderr, "bench_neighbour: %s\n", what);
        exit(1);
}

static struct device *device_of(struct in_addr address)
{
        uint32_t number = ntohl(address.s_addr) - ntohl(lan_address(FIRST).s_addr);

        return number < DEVICES ? &devices[number] : NULL;
}

static void take_news(void *context, struct in_addr address, enum neighbour_news news)
{
        struct device *device = device_of(address);

        (void)context;
        if (news == NEIGHBOUR_LOST)
                device->lost = bench_now();
        else
                device->returned = bench_now();
}

/* --- What the kernel says, by a socket of our own --- */

static void open_kernel(void)
{
        kernel = nl_socket_alloc();
        if (kernel == NULL || nl_connect(kernel, NETLINK_ROUTE) < 0 ||
            nl_socket_set_nonblocking(kernel) < 0 || nl_socket_add_memberships(kernel, RTNLGRP_NEIGH, 0) < 0)
                fail("no netlink");
}

static void note(struct nlmsghdr *header)
{
        struct neighbour_message message;
        struct device *device;

        neighbour_message_read(header, &message);
        if (message.type != NEIGHBOUR_MESSAGE_REACHABLE)
                return;
        device = device_of(message.address);
        if (device != NULL && device->lost != 0 && device->answered == 0)
                device->answered = bench_now();
}

static void listen_to_kernel(void)
{
        union {
                struct nlmsghdr header;
                uint8_t bytes[32768];
        } datagram;
        ssize_t size;

        while ((size = recv(nl_socket_get_fd(kernel), &datagram, sizeof(datagram), 0)) > 0) {
                struct nlmsghdr *header = &datagram.header;

                for (int left = (int)size; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
                        note(header);
        }
}

/* --- The course of it --- */

/* Go on for so many milliseconds. */
static void run(unsigned duration)
{
        uint64_t end = bench_now() + duration * UINT64_C(1000000);

        while (bench_now() < end) {
                struct pollfd fds[] = {{.fd = lan_fd(), .events = POLLIN},
                                       {.fd = nl_socket_get_fd(kernel), .events = POLLIN},
                                       {.fd = neighbour_fd(neighbour), .events = POLLIN}};

                (void)poll(fds, 3, 1);
                lan_play();
                listen_to_kernel();
                if (fds[2].revents != 0 && neighbour_dispatch(neighbour) < 0)
                        fail("the watch is blind");
        }
}

static void associate(void)
{
        struct device_record record = {.type = DEVICE_RECORD_BIND, .hwaddr_size = 6};

        if (neighbour_new(DEVICES, INTERVAL, ROUNDS, take_news, NULL, &neighbour) < 0)
                fail("no neighbour watch");
        strcpy(record.interface, LAN_INTERFACE);
        for (uint8_t i = 0; i < DEVICES; i++) {
                memcpy(devices[i].hwaddr, (uint8_t[]){2, 0, 0, 0, 1, i}, 6);
                memcpy(record.hwaddr, devices[i].hwaddr, 6);
                record.address = lan_address((uint8_t)(FIRST + i));
                lan_answer((uint8_t)(FIRST + i), devices[i].hwaddr);
                neighbour_add(neighbour, &record);
        }
}

/* The times of `from` and `to` in a device: wait until all have the latter, and return the longest, seconds.
 */
static double longest(size_t from, size_t to)
{
        double worst = 0;

        for (unsigned i = 0, waited = 0; i < DEVICES; i++) {
                const uint8_t *device = (const uint8_t *)&devices[i];
                uint64_t start, end;

                while (memcpy(&end, device + to, sizeof(end)), end == 0) {
                        if (waited++ > GIVE_UP * 10)
                                fail("a device was not noticed");
                        run(100);
                }
                memcpy(&start, device + from, sizeof(start));
                if (end > start && (double)(end - start) / 1e9 > worst)
                        worst = (double)(end - start) / 1e9;
        }
        return worst;
}

static double measure_loss(void)
{
        for (uint8_t i = 0; i < DEVICES; i++) {
                lan_answer((uint8_t)(FIRST + i), NULL);
                devices[i].left = bench_now();
                run(INTERVAL * 1000 / DEVICES);
        }
        return longest(offsetof(struct device, left), offsetof(struct device, lost));
}

static double measure_return(void)
{
        for (uint8_t i = 0; i < DEVICES; i++) {
                lan_answer((uint8_t)(FIRST + i), devices[i].hwaddr);
                devices[i].came = bench_now();
                run(INTERVAL * 1000 / DEVICES);
        }
        return longest(offsetof(struct device, answered), offsetof(struct device, returned));
}

int main(void)
{
        double loss, back, found;

        if (lan_enter() < 0 || !lan_make(2000, 5000, 1000))
                fail("no network namespace here");
        open_kernel();
        associate();
        /* All have been nudged, and found. */
        run(3 * INTERVAL * 1000);
        loss = measure_loss();
        back = measure_return();
        found = longest(offsetof(struct device, came), offsetof(struct device, returned));
        bench_note("neighbour: interval x rounds + 10 s", LOSS_GOAL, "s");
        bench_note("neighbour: longest time to notice a loss", loss, "s");
        bench_figure("neighbour: loss against interval x rounds + 10 s", loss / LOSS_GOAL, "times",
                     "at most 1", loss <= LOSS_GOAL);
        bench_note("neighbour: longest time to find who is back", found, "s");
        bench_note("neighbour: longest time to notice an answer", back * 1000, "ms");
        bench_figure("neighbour: return against 1 s after the answer", back / RETURN_GOAL, "times",
                     "at most 1", back <= RETURN_GOAL);
        neighbour_free(neighbour);
        nl_socket_free(kernel);
        lan_remove();
        return 0;
}
