/* SPDX-License-Identifier: BSD-2-Clause */
/* device_table.c - entries and bindings in fixed arrays, found through hashes of slot numbers.
 * Used by gateway_entries.c; what it holds goes to and comes from the journal as device records. */
#include "config.h"

#include "gateway-hook/device_table_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. The table is small enough that the worst chain is harmless; the seed keeps it unlikely. */
static uint32_t hash_bytes(uint32_t hash, const void *data, size_t size)
{
        const uint8_t *bytes = data;

        for (size_t i = 0; i < size; i++)
                hash = (hash ^ bytes[i]) * UINT32_C(16777619);
        return hash ^ (hash >> 15);
}

static uint32_t hash_identity(const struct device_table *table, const struct assoc_identity *identity)
{
        uint32_t hash = hash_bytes(table->seed, identity->oui, strlen(identity->oui));

        hash = hash_bytes(hash, identity->serial, strlen(identity->serial));
        return hash_bytes(hash, identity->product_class, strlen(identity->product_class));
}

static uint32_t hash_address(const struct device_table *table, struct in_addr address)
{
        return hash_bytes(table->seed, &address.s_addr, sizeof(address.s_addr));
}

static int init_arrays(struct device_table *table)
{
        int err;

        table->entries = calloc((size_t)table->max_entries + 1, sizeof(*table->entries));
        table->bindings = calloc((size_t)table->max_bindings + 1, sizeof(*table->bindings));
        if (table->entries == NULL || table->bindings == NULL)
                return -ENOMEM;
        err = slot_index_init(&table->by_identity, table->max_entries);
        if (err == 0)
                err = slot_index_init(&table->by_instance, table->max_entries);
        if (err == 0)
                err = slot_index_init(&table->by_address, table->max_bindings);
        if (err == 0)
                err = slot_index_init(&table->by_hwaddr, table->max_bindings);
        return err;
}

struct device_table *device_table_new(uint32_t max_devices, uint32_t max_per_client, uint32_t seed)
{
        struct device_table *table = calloc(1, sizeof(*table));

        if (table == NULL)
                return NULL;
        table->max_entries = max_devices;
        table->max_bindings = max_devices * DEVICE_TABLE_BINDINGS;
        table->max_per_client = max_per_client;
        table->next_instance = 1;
        table->seed = seed ^ UINT32_C(2166136261);
        if (init_arrays(table) < 0) {
                device_table_free(table);
                return NULL;
        }
        return table;
}

void device_table_free(struct device_table *table)
{
        if (table == NULL)
                return;
        slot_index_done(&table->by_identity);
        slot_index_done(&table->by_instance);
        slot_index_done(&table->by_address);
        slot_index_done(&table->by_hwaddr);
        free(table->entries);
        free(table->bindings);
        free(table);
}

static uint32_t find_identity(const struct device_table *table, const struct assoc_identity *identity)
{
        uint32_t slot = slot_index_first(&table->by_identity, hash_identity(table, identity));

        while (slot != SLOT_NONE && !assoc_identity_equal(&table->entries[slot].identity, identity))
                slot = slot_index_next(&table->by_identity, slot);
        return slot;
}

uint32_t device_table_find_instance(const struct device_table *table, uint32_t instance)
{
        uint32_t slot = slot_index_first(&table->by_instance, instance);

        while (slot != SLOT_NONE && table->entries[slot].instance != instance)
                slot = slot_index_next(&table->by_instance, slot);
        return slot;
}

static uint32_t find_address(const struct device_table *table, struct in_addr address)
{
        uint32_t slot = slot_index_first(&table->by_address, hash_address(table, address));

        while (slot != SLOT_NONE && table->bindings[slot].address.s_addr != address.s_addr)
                slot = slot_index_next(&table->by_address, slot);
        return slot;
}

static bool same_hwaddr(const struct binding *binding, const void *hwaddr, size_t size)
{
        return binding->hwaddr_size == size && memcmp(binding->hwaddr, hwaddr, size) == 0;
}

/* Bindings that this link-layer address holds, `except` not counted. */
static uint32_t count_hwaddr(const struct device_table *table, const struct device_record *record,
                             uint32_t except)
{
        uint32_t slot = slot_index_first(&table->by_hwaddr,
                                         hash_bytes(table->seed, record->hwaddr, record->hwaddr_size));
        uint32_t count = 0;

        for (; slot != SLOT_NONE; slot = slot_index_next(&table->by_hwaddr, slot)) {
                if (slot != except &&
                    same_hwaddr(&table->bindings[slot], record->hwaddr, record->hwaddr_size))
                        count++;
        }
        return count;
}

/* The next number never given; after 2^32 - 1 of them, any that is not in use. */
static uint32_t take_instance(struct device_table *table)
{
        uint32_t instance = table->next_instance;

        while (instance == 0 || device_table_find_instance(table, instance) != SLOT_NONE)
                instance++;
        table->next_instance = instance + 1;
        return instance;
}

static uint32_t take_entry_slot(struct device_table *table)
{
        uint32_t slot = table->free_entry;

        if (slot == SLOT_NONE)
                return ++table->entries_used;
        table->free_entry = table->entries[slot].first;
        return slot;
}

static uint32_t add_entry(struct device_table *table, const struct device_record *record)
{
        uint32_t slot = take_entry_slot(table);
        struct entry *entry = &table->entries[slot];

        entry->identity = record->identity;
        entry->since = record->since;
        entry->first = SLOT_NONE;
        if (record->instance != 0) {
                entry->instance = record->instance;
                if (record->instance < UINT32_MAX)
                        device_table_skip_to(table, record->instance + 1);
        } else {
                entry->instance = take_instance(table);
        }
        slot_index_add(&table->by_identity, hash_identity(table, &entry->identity), slot);
        slot_index_add(&table->by_instance, entry->instance, slot);
        table->entry_count++;
        return slot;
}

static void remove_entry(struct device_table *table, uint32_t slot)
{
        struct entry *entry = &table->entries[slot];

        slot_index_remove(&table->by_identity, hash_identity(table, &entry->identity), slot);
        slot_index_remove(&table->by_instance, entry->instance, slot);
        memset(entry, 0, sizeof(*entry));
        entry->first = table->free_entry;
        table->free_entry = slot;
        table->entry_count--;
}

/* A hostile LAN can give one entry as many bindings as there may be: no walk along them. */
static void link_binding(struct device_table *table, uint32_t slot)
{
        struct binding *binding = &table->bindings[slot];
        struct entry *entry = &table->entries[binding->entry];

        binding->next = entry->first;
        if (entry->first != SLOT_NONE)
                table->bindings[entry->first].previous = slot;
        entry->first = slot;
}

static void unlink_binding(struct device_table *table, uint32_t slot)
{
        const struct binding *binding = &table->bindings[slot];

        if (binding->next != SLOT_NONE)
                table->bindings[binding->next].previous = binding->previous;
        if (binding->previous != SLOT_NONE)
                table->bindings[binding->previous].next = binding->next;
        else
                table->entries[binding->entry].first = binding->next;
}

static bool has_no_lease(const struct binding *binding)
{
        return binding->source == DEVICE_SOURCE_INFORM && binding->expires == 0;
}

static void add_binding(struct device_table *table, uint32_t entry, const struct device_record *record)
{
        uint32_t slot = table->free_binding;
        struct binding *binding;

        if (slot == SLOT_NONE)
                slot = ++table->bindings_used;
        else
                table->free_binding = table->bindings[slot].next;
        binding = &table->bindings[slot];
        binding->expires = record->expires;
        binding->address = record->address;
        binding->hwaddr_size = (uint8_t)record->hwaddr_size;
        memcpy(binding->hwaddr, record->hwaddr, sizeof(binding->hwaddr));
        memcpy(binding->interface, record->interface, sizeof(binding->interface));
        binding->source = (uint8_t)record->source;
        binding->away = record->away;
        binding->entry = entry;
        link_binding(table, slot);
        slot_index_add(&table->by_address, hash_address(table, binding->address), slot);
        slot_index_add(&table->by_hwaddr, hash_bytes(table->seed, binding->hwaddr, binding->hwaddr_size),
                       slot);
        table->binding_count++;
        table->leaseless_count += has_no_lease(binding);
}

/* Returns the entry that owned it, which may be left without any. */
static uint32_t remove_binding(struct device_table *table, uint32_t slot)
{
        struct binding *binding = &table->bindings[slot];
        uint32_t entry = binding->entry;

        unlink_binding(table, slot);
        slot_index_remove(&table->by_address, hash_address(table, binding->address), slot);
        slot_index_remove(&table->by_hwaddr, hash_bytes(table->seed, binding->hwaddr, binding->hwaddr_size),
                          slot);
        table->leaseless_count -= has_no_lease(binding);
        memset(binding, 0, sizeof(*binding));
        binding->next = table->free_binding;
        table->free_binding = slot;
        table->binding_count--;
        return entry;
}

static void drop_if_unbound(struct device_table *table, uint32_t entry)
{
        if (table->entries[entry].first == SLOT_NONE)
                remove_entry(table, entry);
}

/* Whether the entry that owns binding `slot` would vanish with it. */
static bool is_last_binding(const struct device_table *table, uint32_t slot)
{
        const struct binding *binding = &table->bindings[slot];

        return table->entries[binding->entry].first == slot && binding->next == SLOT_NONE;
}

/* `old` is the binding to be replaced, or SLOT_NONE: what it frees counts as free. */
static int check_limits(const struct device_table *table, const struct device_record *record, uint32_t old,
                        bool entry_found)
{
        bool frees_entry = old != SLOT_NONE && is_last_binding(table, old);

        if (!entry_found && !frees_entry && table->entry_count >= table->max_entries)
                return -ENOSPC;
        if (old == SLOT_NONE && table->binding_count >= table->max_bindings)
                return -ENOSPC;
        if (count_hwaddr(table, record, old) >= table->max_per_client)
                return -EDQUOT;
        return 0;
}

int device_table_bind(struct device_table *table, struct device_record *record)
{
        uint32_t old = find_address(table, record->address);
        uint32_t entry = find_identity(table, &record->identity);
        uint32_t owner = SLOT_NONE;
        int err;

        if (entry == SLOT_NONE && record->instance != 0 &&
            device_table_find_instance(table, record->instance) != SLOT_NONE)
                return -EEXIST;
        err = check_limits(table, record, old, entry != SLOT_NONE);
        if (err < 0)
                return err;
        if (old != SLOT_NONE)
                owner = remove_binding(table, old);
        if (owner != SLOT_NONE && owner != entry)
                drop_if_unbound(table, owner);
        if (entry == SLOT_NONE)
                entry = add_entry(table, record);
        add_binding(table, entry, record);
        record->instance = table->entries[entry].instance;
        record->since = table->entries[entry].since;
        return 0;
}

int device_table_unbind(struct device_table *table, struct in_addr address, struct device_record *ret)
{
        uint32_t slot = find_address(table, address);

        if (slot == SLOT_NONE)
                return -ENOENT;
        if (ret != NULL)
                device_table_fill(table, slot, ret);
        drop_if_unbound(table, remove_binding(table, slot));
        return 0;
}

int device_table_set_away(struct device_table *table, struct in_addr address, bool away,
                          struct device_record *ret)
{
        uint32_t slot = find_address(table, address);

        if (slot == SLOT_NONE)
                return -ENOENT;
        if (table->bindings[slot].away == away)
                return -EALREADY;
        table->bindings[slot].away = away;
        device_table_fill(table, slot, ret);
        return 0;
}

int device_table_set_expires(struct device_table *table, struct in_addr address, int64_t expires)
{
        uint32_t slot = find_address(table, address);
        struct binding *binding;

        if (slot == SLOT_NONE)
                return -ENOENT;
        binding = &table->bindings[slot];
        table->leaseless_count -= has_no_lease(binding);
        binding->expires = expires;
        table->leaseless_count += has_no_lease(binding);
        return 0;
}

bool device_table_find(const struct device_table *table, struct in_addr address, struct device_record *ret)
{
        uint32_t slot = find_address(table, address);

        if (slot == SLOT_NONE)
                return false;
        device_table_fill(table, slot, ret);
        return true;
}

bool device_table_has(const struct device_table *table, const struct assoc_identity *identity)
{
        return find_identity(table, identity) != SLOT_NONE;
}

uint32_t device_table_instance(const struct device_table *table, const struct assoc_identity *identity)
{
        return table->entries[find_identity(table, identity)].instance;
}

uint32_t device_table_entries(const struct device_table *table)
{
        return table->entry_count;
}

uint32_t device_table_bindings(const struct device_table *table)
{
        return table->binding_count;
}

uint32_t device_table_leaseless(const struct device_table *table)
{
        return table->leaseless_count;
}

uint32_t device_table_next(const struct device_table *table)
{
        return table->next_instance;
}

void device_table_skip_to(struct device_table *table, uint32_t next)
{
        if (next > table->next_instance)
                table->next_instance = next;
}
