/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_watch.h - decides which devices have left the LAN and which are back (GW-4, GW-7, GW-8, GW-10).
 *
 * Pure: no clock, no socket. neighbour.c feeds it what the kernel says of its neighbours and sends the nudges
 * that it asks for. Each binding is nudged once an interval, whether it is present or away; the kernel then
 * probes it. A probe that fails, or that somebody else answers, is a failed round; `rounds` of them in a row
 * mean that the device has left. Only FAILED and REACHABLE are such evidence: that a neighbour is stale,
 * deleted or unknown says nothing, and a link that goes down or a bridge that forgets a link-layer address
 * only hastens the next nudge. Times are milliseconds of one clock that never jumps. */
#ifndef GATEWAY_NEIGHBOUR_WATCH_H
#define GATEWAY_NEIGHBOUR_WATCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/record.h"

/** Most nudges in NEIGHBOUR_WATCH_PAUSE: each may cost the kernel a neighbour entry, of which it has 1024. */
#define NEIGHBOUR_WATCH_BURST 32
#define NEIGHBOUR_WATCH_PAUSE 100
/** Least time between two nudges of a binding that is away, however often something stirs; of one that is
 * present it is half an interval. */
#define NEIGHBOUR_WATCH_SPACE 2000

struct neighbour_watch;

/** What follows from what was heard of a binding. */
enum neighbour_news {
        NEIGHBOUR_NO_NEWS,
        NEIGHBOUR_LOST,     /* it does not answer any more (GW-7) */
        NEIGHBOUR_RETURNED, /* it answers again, from the same link-layer address (GW-8) */
};

/** Whom to nudge. */
struct neighbour_target {
        struct in_addr address;
        char interface[RECORD_INTERFACE_MAX + 1];
        int ifindex;  /* as neighbour_watch_found() said, or 0 */
        bool unheard; /* nothing has been heard since the nudge before this one */
};

/**
 * Watch up to `max_bindings`, nudging each every `interval` milliseconds; `rounds` failed ones in a row are a
 * loss. `seed` is mixed into the hashes. Returns NULL when out of memory.
 */
struct neighbour_watch *neighbour_watch_new(uint32_t max_bindings, int64_t interval, uint32_t rounds,
                                            uint32_t seed);

/** Free it; NULL is fine. */
void neighbour_watch_free(struct neighbour_watch *watch);

/**
 * Watch the binding of `record`, present or away as it says. One that is watched already is up to date again,
 * with no failed rounds, and keeps its turn. One without interface is not watched (any more): nobody knows
 * where it is a neighbour. Returns 0; -ENOSPC: max_bindings are watched.
 */
int neighbour_watch_add(struct neighbour_watch *watch, const struct device_record *record, int64_t now);

/** Watch it no more; one that is not watched is no error. */
void neighbour_watch_remove(struct neighbour_watch *watch, struct in_addr address);

/** Whether somebody is watched at `address`; if so *ret tells where. */
bool neighbour_watch_find(const struct neighbour_watch *watch, struct in_addr address,
                          struct neighbour_target *ret);

/** `address` is a neighbour on the interface of that index: for the caller to find again in its target. */
void neighbour_watch_found(struct neighbour_watch *watch, struct in_addr address, int ifindex);

/** Take the next nudge that is due into *ret; call it until it returns false. */
bool neighbour_watch_next(struct neighbour_watch *watch, int64_t now, struct neighbour_target *ret);

/** When neighbour_watch_next() wants to be called again; INT64_MAX: never, as far as is known. */
int64_t neighbour_watch_deadline(const struct neighbour_watch *watch);

/** The nudge could not be sent for want of memory, or of room in the kernel's table of neighbours: that says
 * nothing of `address`. Try again soon. */
void neighbour_watch_unsent(struct neighbour_watch *watch, struct in_addr address, int64_t now);

/**
 * The kernel, or the attempt to nudge, says that `address` can't be reached. Counts at most once after each
 * nudge. The binding that is lost with this is away from now on.
 */
enum neighbour_news neighbour_watch_failed(struct neighbour_watch *watch, struct in_addr address);

/**
 * Somebody answers at `address`, from that link-layer address. It is the device if the address is its own, or
 * the one that answered the first nudge after it was added: behind a repeater a device has another one than
 * its DHCP messages tell. Then no round counts as failed any more, and if it was away it has returned.
 * Anybody else proves no more than silence.
 */
enum neighbour_news neighbour_watch_reachable(struct neighbour_watch *watch, struct in_addr address,
                                              const uint8_t *hwaddr, size_t hwaddr_size);

/** Something changed at `address`, that is no evidence: if it is away, look soon. */
void neighbour_watch_stirred(struct neighbour_watch *watch, struct in_addr address, int64_t now);

/** A bridge learnt or forgot where that link-layer address is: look soon. */
void neighbour_watch_moved(struct neighbour_watch *watch, const uint8_t *hwaddr, size_t hwaddr_size,
                           int64_t now);

/** The link of `interface`, whose index is `ifindex`, went up or down: look soon at all on it. */
void neighbour_watch_link(struct neighbour_watch *watch, const char *interface, int ifindex, int64_t now);

#endif
