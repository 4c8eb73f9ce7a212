/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_message.h - what a netlink message says of a neighbour or a link. */
#ifndef GATEWAY_NEIGHBOUR_MESSAGE_H
#define GATEWAY_NEIGHBOUR_MESSAGE_H

#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/record.h"

enum neighbour_message_type {
        NEIGHBOUR_MESSAGE_NONE,      /* nothing that we care for */
        NEIGHBOUR_MESSAGE_REACHABLE, /* address, ifindex, hwaddr */
        NEIGHBOUR_MESSAGE_FAILED,    /* address, ifindex */
        NEIGHBOUR_MESSAGE_STIRRED,   /* address, ifindex: some other state, which is no evidence */
        NEIGHBOUR_MESSAGE_MOVED,     /* hwaddr: a bridge learnt or forgot where it is */
        NEIGHBOUR_MESSAGE_LINK,      /* ifindex, name, master: a link changed */
};

struct neighbour_message {
        enum neighbour_message_type type;
        int ifindex;
        struct in_addr address;
        uint8_t hwaddr[RECORD_HWADDR_MAX];
        size_t hwaddr_size;
        char name[IFNAMSIZ];
        int master; /* ifindex of the bridge that the link is a port of, or 0 */
};

/** Read one message, of which netlink has checked that it is whole. What can't be understood is _NONE. */
void neighbour_message_read(struct nlmsghdr *message, struct neighbour_message *ret);

#endif
