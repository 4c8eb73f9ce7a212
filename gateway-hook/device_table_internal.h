/* SPDX-License-Identifier: BSD-2-Clause */
/* device_table_internal.h - what is in a device table: for device_table.c, which changes it, and
 * device_table_walk.c, which reads all of it. */
#ifndef GATEWAY_DEVICE_TABLE_INTERNAL_H
#define GATEWAY_DEVICE_TABLE_INTERNAL_H

#include "gateway-hook/device_table.h"
#include "gateway-hook/slot_index.h"

struct entry {
        struct assoc_identity identity;
        uint32_t instance;
        uint32_t first; /* binding; SLOT_NONE while the slot is free */
        int64_t since;
};

struct binding {
        int64_t expires;
        struct in_addr address;
        uint32_t entry;
        uint32_t next;     /* of the same entry, or of the free list */
        uint32_t previous; /* of the same entry */
        uint8_t hwaddr[RECORD_HWADDR_MAX];
        uint8_t hwaddr_size;
        uint8_t source;
        bool away;
        char interface[RECORD_INTERFACE_MAX + 1];
};

/* Slots count from 1; slot 0 is all zeroes. Those above `*_used` were never touched, so that a big table
 * costs memory only as it fills. */
struct device_table {
        struct entry *entries;
        struct binding *bindings;
        uint32_t max_entries, max_bindings, max_per_client;
        uint32_t entries_used, bindings_used;
        uint32_t free_entry, free_binding;
        uint32_t entry_count, binding_count;
        uint32_t leaseless_count; /* of bindings */
        uint32_t next_instance;
        uint32_t seed;
        struct slot_index by_identity, by_instance; /* of entries */
        struct slot_index by_address, by_hwaddr;    /* of bindings */
};

/** The slot of the entry with that number, or SLOT_NONE. */
uint32_t device_table_find_instance(const struct device_table *table, uint32_t instance);

/** Tell all of the binding in `slot`. */
void device_table_fill(const struct device_table *table, uint32_t slot, struct device_record *ret);

#endif
