/* SPDX-License-Identifier: BSD-2-Clause */
/* device_table.h - the devices that took part, and the addresses at which each is bound.
 *
 * An entry is one identity with its instance number; it lives while it owns a binding (GW-9). A binding is
 * keyed by its IPv4 address. No I/O, no clock, no locking. Every operation is O(1); the whole takes at most
 * about 400 bytes for each device of max_devices. */
#ifndef GATEWAY_DEVICE_TABLE_H
#define GATEWAY_DEVICE_TABLE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "libassoc/record.h"

/** How many bindings there may be for each of max_devices: a device with cable and radio has two. */
#define DEVICE_TABLE_BINDINGS 2

struct device_table;

/** A binding, as handed to device_table_each(); a negative return ends the walk. */
typedef int device_table_fn(void *context, const struct device_record *record);

/**
 * Make a table for `max_devices` entries (GW-13), of which one link-layer address can hold at most
 * `max_per_client` bindings. `seed` is mixed into the hashes, so that a hostile LAN can't aim at one chain.
 * Returns NULL when out of memory.
 */
struct device_table *device_table_new(uint32_t max_devices, uint32_t max_per_client, uint32_t seed);

/** Free a table; NULL is fine. */
void device_table_free(struct device_table *table);

/**
 * Make the binding at record->address exactly this one; whoever held the address loses it. The entry is found
 * by identity, all three elements (GW-3), or made: then with record->instance and record->since as given, or
 * with the next free number if record->instance is 0. On return record->instance and record->since are the
 * entry's. Returns 0; -ENOSPC: the table is full; -EDQUOT: the link-layer address holds its share already;
 * -EEXIST: another identity has that instance number. The table is untouched on error.
 */
int device_table_bind(struct device_table *table, struct device_record *record);

/**
 * End the binding at `address`, and its entry if that was the last one; *ret (may be NULL) tells what it was.
 * Returns 0 or -ENOENT.
 */
int device_table_unbind(struct device_table *table, struct in_addr address, struct device_record *ret);

/** The lease of the binding at `address` ends then. Returns 0 or -ENOENT. */
int device_table_set_expires(struct device_table *table, struct in_addr address, int64_t expires);

/** Mark the binding at `address` as away or present; *ret is then what it is. Returns 0; -ENOENT; -EALREADY:
 * it is so already. */
int device_table_set_away(struct device_table *table, struct in_addr address, bool away,
                          struct device_record *ret);

/** Whether there is a binding at `address`; if so *ret tells it. */
bool device_table_find(const struct device_table *table, struct in_addr address, struct device_record *ret);

/** Whether there is an entry with that identity. */
bool device_table_has(const struct device_table *table, const struct assoc_identity *identity);

/** Call `fn` for every binding, in no particular order; it may unbind the one it is given, and no other.
 * Returns 0 or what `fn` returned to end the walk. */
int device_table_each(const struct device_table *table, device_table_fn *fn, void *context);

/** Bindings have places, from 1 to device_table_places(), some of them empty; a binding keeps its place for
 * as long as its address is bound. For a walk that takes its time while the table changes. */
uint32_t device_table_places(const struct device_table *table);

/** The binding at a place; false: there is none. */
bool device_table_at(const struct device_table *table, uint32_t place, struct device_record *ret);

/** The instance number of the entry with that identity; 0: there is none. */
uint32_t device_table_instance(const struct device_table *table, const struct assoc_identity *identity);

/** Write the instance numbers above `above`, in no particular order, to `ret`, which has room for
 * device_table_entries() of them. Returns how many. */
uint32_t device_table_instances(const struct device_table *table, uint32_t above, uint32_t *ret);

/** Call `fn` for every binding of one entry, in no particular order; it may change nothing. Returns 0,
 * -ENOENT, or what `fn` returned to end the walk. */
int device_table_each_of(const struct device_table *table, uint32_t instance, device_table_fn *fn,
                         void *context);

/** Number of entries, and of bindings. */
uint32_t device_table_entries(const struct device_table *table);
uint32_t device_table_bindings(const struct device_table *table);

/** Number of bindings that came with a DHCPINFORM and have no lease behind them. */
uint32_t device_table_leaseless(const struct device_table *table);

/** The lowest instance number never given yet; what a journal's header keeps. */
uint32_t device_table_next(const struct device_table *table);

/** Raise device_table_next() to `next`, never lower it. */
void device_table_skip_to(struct device_table *table, uint32_t next);

#endif
