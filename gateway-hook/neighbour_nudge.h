/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_nudge.h - nudges: empty datagrams that make the kernel look for a neighbour, which we may not ask
 * it to do; and on which interface an address is a neighbour at all.
 *
 * Used by neighbour.c. */
#ifndef GATEWAY_NEIGHBOUR_NUDGE_H
#define GATEWAY_NEIGHBOUR_NUDGE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>

struct nudger {
        int udp;                   /* negative: not open */
        struct ifaddrs *addresses; /* of the machine, once somebody asked in this round of work; or NULL */
};

/** Open the socket. Returns 0 or a negative errno. nudger_done() is the undo, fine after an error too. */
int nudger_init(struct nudger *nudger);
void nudger_done(struct nudger *nudger);

/** A round of work is over: addresses may be others in the next. */
void nudger_forget_addresses(struct nudger *nudger);

/** The index of an interface, or 0. */
int nudger_index_of(const struct nudger *nudger, const char *interface);

/** The name of an interface; false: there is none. */
bool nudger_name_of(const struct nudger *nudger, int ifindex, char name[IFNAMSIZ]);

/** Whether `address` is in a prefix of ours on `interface`. */
bool nudger_is_on_link(struct nudger *nudger, struct in_addr address, const char *interface);

/** Send a nudge. Returns 0 or a negative errno; -ENOBUFS also if the kernel's table of neighbours has no
 * room. */
int nudger_send(const struct nudger *nudger, struct in_addr address, int ifindex);

/** Whether that error means that the address can't be reached, as if the kernel had probed in vain. */
bool nudger_is_unreachable(int err);

#endif
