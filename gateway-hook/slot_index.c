/* SPDX-License-Identifier: BSD-2-Clause */
/* slot_index.c - a chained hash over numbered slots, of fixed size.
 * Used by device_table.c; knows neither keys nor what the slots hold. */
#include "config.h"

#include "gateway-hook/slot_index.h"

#include <errno.h>
#include <stdlib.h>

int slot_index_init(struct slot_index *index, uint32_t slots)
{
        uint32_t size = 1;

        while (size < slots && size < UINT32_C(1) << 31)
                size *= 2;
        index->mask = size - 1;
        index->buckets = calloc(size, sizeof(*index->buckets));
        index->next = calloc((size_t)slots + 1, sizeof(*index->next));
        if (index->buckets == NULL || index->next == NULL) {
                slot_index_done(index);
                return -ENOMEM;
        }
        return 0;
}

void slot_index_done(struct slot_index *index)
{
        free(index->buckets);
        free(index->next);
        index->buckets = NULL;
        index->next = NULL;
}

void slot_index_add(struct slot_index *index, uint32_t hash, uint32_t slot)
{
        uint32_t *bucket = &index->buckets[hash & index->mask];

        index->next[slot] = *bucket;
        *bucket = slot;
}

void slot_index_remove(struct slot_index *index, uint32_t hash, uint32_t slot)
{
        uint32_t *link = &index->buckets[hash & index->mask];

        while (*link != SLOT_NONE && *link != slot)
                link = &index->next[*link];
        if (*link == slot)
                *link = index->next[slot];
}

uint32_t slot_index_first(const struct slot_index *index, uint32_t hash)
{
        return index->buckets[hash & index->mask];
}

uint32_t slot_index_next(const struct slot_index *index, uint32_t slot)
{
        return index->next[slot];
}
