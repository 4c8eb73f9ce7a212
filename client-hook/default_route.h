/* SPDX-License-Identifier: BSD-2-Clause */
/* default_route.h - which interface holds the default route, and with what metric (DV-7). */
#ifndef CLIENT_DEFAULT_ROUTE_H
#define CLIENT_DEFAULT_ROUTE_H

#include <stdint.h>

/** Where Linux lists its IPv4 routes. */
#define DEFAULT_ROUTE_TABLE "/proc/net/route"

/**
 * Find the lowest metric of a usable default route over `interface` in `table`, a file in the format of
 * DEFAULT_ROUTE_TABLE. Returns 0; -ENOENT: it holds none; or another negative errno: the table can't be read.
 */
int default_route_metric(const char *table, const char *interface, uint32_t *ret);

#endif
