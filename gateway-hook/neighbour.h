/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour.h - the neighbour watch at the kernel: netlink in, nudges out, a timer.
 *
 * Needs no privileges: it may not ask the kernel to probe a neighbour, but it may send it a datagram, and
 * then the kernel probes by itself. What it means is decided by neighbour_watch.c. Not safe for several
 * threads; never blocks. */
#ifndef GATEWAY_NEIGHBOUR_H
#define GATEWAY_NEIGHBOUR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway-hook/neighbour_watch.h"
#include "libassoc/record.h"

struct neighbour;

/** Told by neighbour_dispatch(), `news` is LOST or RETURNED; may call neighbour_add() and neighbour_remove().
 */
typedef void neighbour_fn(void *context, struct in_addr address, enum neighbour_news news);

/**
 * Watch up to `max_bindings`, each every `interval` seconds; `rounds` failed rounds are a loss.
 * Returns 0 or a negative errno.
 */
int neighbour_new(uint32_t max_bindings, uint32_t interval, uint32_t rounds, neighbour_fn *fn, void *context,
                  struct neighbour **ret);

/** End it; NULL is fine. */
void neighbour_free(struct neighbour *neighbour);

/** A descriptor that is readable when neighbour_dispatch() has work to do. */
int neighbour_fd(const struct neighbour *neighbour);

/** Watch the binding of `record`, present or away as it says; NULL `neighbour` is fine. An address that no
 * prefix of its interface holds is no neighbour, and is not looked for. */
void neighbour_add(struct neighbour *neighbour, const struct device_record *record);

/** Watch the binding at `address` no more; NULL `neighbour` is fine. */
void neighbour_remove(struct neighbour *neighbour, struct in_addr address);

/** Do what there is to do. Returns 0; a negative errno: a nudge or a dump failed in a way that keeps the
 * watch blind, for the log. */
int neighbour_dispatch(struct neighbour *neighbour);

#endif
