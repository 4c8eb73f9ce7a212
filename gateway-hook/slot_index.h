/* SPDX-License-Identifier: BSD-2-Clause */
/* slot_index.h - a chained hash over numbered slots, of fixed size.
 * Used by device_table.c; knows neither keys nor what the slots hold: the caller hashes and compares. */
#ifndef GATEWAY_SLOT_INDEX_H
#define GATEWAY_SLOT_INDEX_H

#include <stdint.h>

/** "No slot"; real slots count from 1. */
#define SLOT_NONE 0

struct slot_index {
        uint32_t *buckets; /* first slot of each chain */
        uint32_t *next;    /* next slot of the same chain, by slot */
        uint32_t mask;     /* number of buckets - 1 */
};

/** Make room for slots 1 to `slots`. Returns 0 or -ENOMEM. */
int slot_index_init(struct slot_index *index, uint32_t slots);

/** Free what slot_index_init() took; an index of zeroes is fine. */
void slot_index_done(struct slot_index *index);

/** Add `slot`, which must not be in the index, under `hash`. */
void slot_index_add(struct slot_index *index, uint32_t hash, uint32_t slot);

/** Take out `slot`, which was added under `hash`. */
void slot_index_remove(struct slot_index *index, uint32_t hash, uint32_t slot);

/** The first slot that may have been added under `hash`, or SLOT_NONE. */
uint32_t slot_index_first(const struct slot_index *index, uint32_t hash);

/** The slot after `slot` in the same chain, or SLOT_NONE. */
uint32_t slot_index_next(const struct slot_index *index, uint32_t slot);

#endif
