/* SPDX-License-Identifier: BSD-2-Clause */
/* device_set.c - the ManageableDevice table as the journal tells it.
 * Entries in an array sorted by instance, bindings in a hash by address; devices.c feeds it. No I/O. */
#include "config.h"

#include "dm-bridge/device_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 64

void device_set_init(struct device_set *set)
{
        *set = (struct device_set){0};
}

void device_set_done(struct device_set *set)
{
        for (size_t i = 0; i < set->entry_count; i++) {
                struct device_binding *binding = set->entries[i]->bindings;

                while (binding != NULL) {
                        struct device_binding *next = binding->next;

                        free(binding);
                        binding = next;
                }
                free(set->entries[i]);
        }
        free(set->entries);
        free(set->buckets);
        device_set_init(set);
}

/* Where in the array `instance` is, or would be. */
static size_t entry_index(const struct device_set *set, uint32_t instance)
{
        size_t low = 0, high = set->entry_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (set->entries[middle]->instance < instance)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static struct device_entry *find_entry(const struct device_set *set, uint32_t instance)
{
        size_t i = entry_index(set, instance);

        return i < set->entry_count && set->entries[i]->instance == instance ? set->entries[i] : NULL;
}

const struct device_entry *device_set_find(const struct device_set *set, uint32_t instance)
{
        return find_entry(set, instance);
}

const struct device_entry *device_set_next_present(const struct device_set *set, uint32_t after)
{
        if (after == UINT32_MAX)
                return NULL;
        for (size_t i = entry_index(set, after + 1); i < set->entry_count; i++)
                if (set->entries[i]->present > 0)
                        return set->entries[i];
        return NULL;
}

/* Numbers are mostly given in rising order, so this mostly appends. */
static struct device_entry *add_entry(struct device_set *set, uint32_t instance)
{
        size_t i = entry_index(set, instance);
        struct device_entry *entry;

        if (set->entry_count == set->entry_room) {
                size_t room = set->entry_room == 0 ? 16 : set->entry_room * 2;
                struct device_entry **entries =
                        reallocarray(set->entries, room, sizeof(struct device_entry *));

                if (entries == NULL)
                        return NULL;
                set->entries = entries;
                set->entry_room = room;
        }
        entry = calloc(1, sizeof(*entry));
        if (entry == NULL)
                return NULL;
        entry->instance = instance;
        memmove(set->entries + i + 1, set->entries + i,
                (set->entry_count - i) * sizeof(struct device_entry *));
        set->entries[i] = entry;
        set->entry_count++;
        return entry;
}

static void remove_entry(struct device_set *set, struct device_entry *entry)
{
        size_t i = entry_index(set, entry->instance);

        set->entry_count--;
        memmove(set->entries + i, set->entries + i + 1,
                (set->entry_count - i) * sizeof(struct device_entry *));
        free(entry);
}

/* Addresses of a LAN differ in their last bits (Fibonacci hashing spreads them). */
static struct device_binding **bucket(const struct device_set *set, struct in_addr address)
{
        uint64_t hash = (uint64_t)ntohl(address.s_addr) * UINT64_C(0x9E3779B97F4A7C15);

        return &set->buckets[(hash >> 32) & (set->bucket_count - 1)];
}

static struct device_binding *find_binding(const struct device_set *set, struct in_addr address)
{
        struct device_binding *binding = set->bucket_count == 0 ? NULL : *bucket(set, address);

        while (binding != NULL && binding->address.s_addr != address.s_addr)
                binding = binding->hash_next;
        return binding;
}

static int grow_buckets(struct device_set *set)
{
        struct device_set grown = *set;

        if (set->binding_count < set->bucket_count)
                return 0;
        grown.bucket_count = set->bucket_count == 0 ? BUCKETS_MIN : set->bucket_count * 2;
        grown.buckets = calloc(grown.bucket_count, sizeof(struct device_binding *));
        if (grown.buckets == NULL)
                return -ENOMEM;
        for (size_t i = 0; i < set->bucket_count; i++) {
                while (set->buckets[i] != NULL) {
                        struct device_binding *binding = set->buckets[i];
                        struct device_binding **to = bucket(&grown, binding->address);

                        set->buckets[i] = binding->hash_next;
                        binding->hash_next = *to;
                        *to = binding;
                }
        }
        free(set->buckets);
        *set = grown;
        return 0;
}

/* Keeps `present` of the entry and of the set in step with a binding that comes (+1) or goes (-1). */
static void count_present(struct device_set *set, const struct device_binding *binding, int change)
{
        struct device_entry *entry = binding->entry;
        bool was = entry->present > 0;

        if (binding->away)
                return;
        entry->present += (unsigned)change;
        set->present_count += (size_t)(entry->present > 0) - (size_t)was;
}

static void link_binding(struct device_set *set, struct device_binding *binding)
{
        struct device_binding **hash_at = bucket(set, binding->address);
        struct device_binding **at = &binding->entry->bindings;

        while (*at != NULL && ntohl((*at)->address.s_addr) < ntohl(binding->address.s_addr))
                at = &(*at)->next;
        binding->next = *at;
        *at = binding;
        binding->hash_next = *hash_at;
        *hash_at = binding;
        set->binding_count++;
        count_present(set, binding, 1);
}

/* Takes a binding out; its entry goes with its last one. */
static void drop_binding(struct device_set *set, struct device_binding *binding)
{
        struct device_binding **hash_at = bucket(set, binding->address);
        struct device_binding **at = &binding->entry->bindings;

        count_present(set, binding, -1);
        while (*hash_at != binding)
                hash_at = &(*hash_at)->hash_next;
        *hash_at = binding->hash_next;
        while (*at != binding)
                at = &(*at)->next;
        *at = binding->next;
        set->binding_count--;
        if (binding->entry->bindings == NULL)
                remove_entry(set, binding->entry);
        free(binding);
}

static struct device_binding *make_binding(const struct device_record *record)
{
        struct device_binding *binding = calloc(1, sizeof(*binding));

        if (binding == NULL)
                return NULL;
        binding->address = record->address;
        memcpy(binding->hwaddr, record->hwaddr, record->hwaddr_size);
        binding->hwaddr_size = (uint8_t)record->hwaddr_size;
        binding->away = record->away;
        binding->source = record->source;
        binding->expires = record->expires;
        memcpy(binding->interface, record->interface, sizeof(binding->interface));
        return binding;
}

static int apply_bind(struct device_set *set, const struct device_record *record)
{
        struct device_binding *old = find_binding(set, record->address);
        struct device_binding *binding;
        struct device_entry *entry;

        if (old == NULL && set->binding_count >= DEVICE_SET_BINDINGS_MAX)
                return -ENOSPC;
        if (grow_buckets(set) < 0)
                return -ENOMEM;
        binding = make_binding(record);
        if (binding == NULL)
                return -ENOMEM;
        entry = find_entry(set, record->instance);
        if (entry == NULL)
                entry = add_entry(set, record->instance);
        if (entry == NULL) {
                free(binding);
                return -ENOMEM;
        }
        entry->identity = record->identity;
        entry->since = record->since;
        binding->entry = entry;
        /* The new one first: the entry must not go with the old one. */
        link_binding(set, binding);
        if (old != NULL)
                drop_binding(set, old);
        return 0;
}

int device_set_apply(struct device_set *set, const struct device_record *record)
{
        struct device_binding *binding;

        switch (record->type) {
        case DEVICE_RECORD_BIND:
                return apply_bind(set, record);
        case DEVICE_RECORD_UNBIND:
                binding = find_binding(set, record->address);
                if (binding != NULL)
                        drop_binding(set, binding);
                return 0;
        case DEVICE_RECORD_HEADER:
                return 0;
        }
        return 0;
}
