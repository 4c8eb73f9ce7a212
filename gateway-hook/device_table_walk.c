/* SPDX-License-Identifier: BSD-2-Clause */
/* device_table_walk.c - all that is in a device table, binding by binding. */
#include "config.h"

#include "gateway-hook/device_table_internal.h"

#include <errno.h>
#include <string.h>

void device_table_fill(const struct device_table *table, uint32_t slot, struct device_record *ret)
{
        const struct binding *binding = &table->bindings[slot];
        const struct entry *entry = &table->entries[binding->entry];

        memset(ret, 0, sizeof(*ret));
        ret->type = DEVICE_RECORD_BIND;
        ret->instance = entry->instance;
        ret->identity = entry->identity;
        ret->since = entry->since;
        ret->address = binding->address;
        ret->hwaddr_size = binding->hwaddr_size;
        memcpy(ret->hwaddr, binding->hwaddr, sizeof(ret->hwaddr));
        memcpy(ret->interface, binding->interface, sizeof(ret->interface));
        ret->source = binding->source;
        ret->away = binding->away;
        ret->expires = binding->expires;
}

uint32_t device_table_places(const struct device_table *table)
{
        return table->bindings_used;
}

bool device_table_at(const struct device_table *table, uint32_t place, struct device_record *ret)
{
        /* A free binding belongs to no entry. */
        if (place == SLOT_NONE || place > table->bindings_used || table->bindings[place].entry == SLOT_NONE)
                return false;
        device_table_fill(table, place, ret);
        return true;
}

int device_table_each(const struct device_table *table, device_table_fn *fn, void *context)
{
        struct device_record record;
        int err = 0;

        for (uint32_t place = 1; place <= device_table_places(table) && err >= 0; place++) {
                if (device_table_at(table, place, &record))
                        err = fn(context, &record);
        }
        return err < 0 ? err : 0;
}

uint32_t device_table_instances(const struct device_table *table, uint32_t above, uint32_t *ret)
{
        uint32_t count = 0;

        /* A free entry has number 0. */
        for (uint32_t slot = 1; slot <= table->entries_used; slot++) {
                if (table->entries[slot].instance > above)
                        ret[count++] = table->entries[slot].instance;
        }
        return count;
}

int device_table_each_of(const struct device_table *table, uint32_t instance, device_table_fn *fn,
                         void *context)
{
        uint32_t entry = device_table_find_instance(table, instance);
        struct device_record record;
        int err = 0;

        if (entry == SLOT_NONE)
                return -ENOENT;
        for (uint32_t slot = table->entries[entry].first; slot != SLOT_NONE && err >= 0;
             slot = table->bindings[slot].next) {
                device_table_fill(table, slot, &record);
                err = fn(context, &record);
        }
        return err < 0 ? err : 0;
}
