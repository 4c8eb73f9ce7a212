/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_watch.h - decides which devices have left the LAN and which are back (GW-4, GW-7, GW-8, GW-10).
 *
 * Pure: no clock, no socket. neighbour.c feeds it what the kernel says of its neighbours and sends the nudges
 * that it asks for. Each binding is nudged once an interval, whether it is present or away; the kernel then
 * probes it. A probe that fails is a failed round; `rounds` of them in a row mean that the device has left.
 * Only FAILED and REACHABLE are such evidence: that a neighbour is stale, deleted or unknown says nothing,
 * and a link that goes down only hastens the next nudge. Times are milliseconds of one clock that never
 * jumps. */
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

/** Whom to nudge. */
struct neighbour_nudge {
        struct in_addr address;
        char interface[RECORD_INTERFACE_MAX + 1];
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

/** Whether somebody is watched at `address`. */
bool neighbour_watch_has(const struct neighbour_watch *watch, struct in_addr address);

/** Take the next nudge that is due into *ret; call it until it returns false. */
bool neighbour_watch_next(struct neighbour_watch *watch, int64_t now, struct neighbour_nudge *ret);

/** When neighbour_watch_next() wants to be called again; INT64_MAX: never, as far as is known. */
int64_t neighbour_watch_deadline(const struct neighbour_watch *watch);

/**
 * The kernel, or the attempt to nudge, says that `address` can't be reached on `interface`. Counts at most
 * once after each nudge. Returns whether the binding is lost with this: it is away from now on.
 */
bool neighbour_watch_failed(struct neighbour_watch *watch, struct in_addr address, const char *interface);

/**
 * `address` answers on `interface`, from that link-layer address. Whoever answers, no round counts as failed
 * any more (behind a repeater a device has another link-layer address). Returns whether a binding that was
 * away is present again: then it was the same link-layer address (GW-8).
 */
bool neighbour_watch_reachable(struct neighbour_watch *watch, struct in_addr address, const char *interface,
                               const uint8_t *hwaddr, size_t hwaddr_size);

/** Something moved at `address`, that is no evidence: if it is away, look soon. */
void neighbour_watch_stirred(struct neighbour_watch *watch, struct in_addr address, const char *interface,
                             int64_t now);

/** The link of `interface` went up or down: look soon at all on it. */
void neighbour_watch_link(struct neighbour_watch *watch, const char *interface, int64_t now);

#endif
