/* SPDX-License-Identifier: BSD-2-Clause */
/* device_set.h - the ManageableDevice table as the journal tells it. */
#ifndef BRIDGE_DEVICE_SET_H
#define BRIDGE_DEVICE_SET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/record.h"

/** Bindings that are held; a journal with more is read, but further ones are not kept and are counted as
 * skipped. */
#define DEVICE_SET_BINDINGS_MAX 65536

/** One IPv4 address of a device. */
struct device_binding {
        struct device_binding *hash_next; /* in the set */
        struct device_binding *next;      /* of the same entry, by address */
        struct device_entry *entry;
        struct in_addr address;
        uint8_t hwaddr[RECORD_HWADDR_MAX];
        uint8_t hwaddr_size;
        bool away;
        enum device_source source;
        char interface[RECORD_INTERFACE_MAX + 1];
        int64_t expires; /* seconds since 1970; 0: never */
};

/** One {i} of the table. It is in the data model while a binding of it is not away. */
struct device_entry {
        uint32_t instance;
        unsigned present; /* bindings that are not away */
        struct assoc_identity identity;
        int64_t since; /* seconds since 1970 */
        struct device_binding *bindings;
};

struct device_set {
        struct device_entry **entries; /* sorted by instance */
        size_t entry_count;
        size_t entry_room;
        size_t present_count; /* entries in the data model */
        struct device_binding **buckets;
        size_t bucket_count; /* a power of two, or 0 */
        size_t binding_count;
};

/** An empty set owns nothing; all-zero is one too. */
void device_set_init(struct device_set *set);
void device_set_done(struct device_set *set);

/**
 * Apply a bind or unbind record. An unbind of an unknown address changes nothing.
 * Returns 0; -ENOSPC: DEVICE_SET_BINDINGS_MAX reached; -ENOMEM. On error the set is as it was.
 */
int device_set_apply(struct device_set *set, const struct device_record *record);

/** The entry that is number `instance`, away or not; NULL if there is none. */
const struct device_entry *device_set_find(const struct device_set *set, uint32_t instance);

/** The entry with the lowest number above `after` that is in the data model; NULL if there is none. */
const struct device_entry *device_set_next_present(const struct device_set *set, uint32_t after);

#endif
