/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_watch.c - decides which devices have left the LAN and which are back.
 * A hash finds a binding by address, a heap the one whose turn is next. */
#include "config.h"

#include "gateway-hook/neighbour_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway-hook/slot_index.h"

struct watched {
        int64_t due;    /* next nudge */
        int64_t nudged; /* the last one; INT64_MIN: none yet */
        struct in_addr address;
        uint32_t place; /* in the heap; of a free slot: the next free one */
        uint32_t failed_rounds;
        uint8_t hwaddr[RECORD_HWADDR_MAX];
        uint8_t hwaddr_size;
        char interface[RECORD_INTERFACE_MAX + 1];
        bool asked; /* nudged, and the kernel has not said yet what became of it */
        bool away;
};

/* Slots count from 1; those above slots_used were never touched. heap[0 .. count - 1] are slots, the one that
 * is due first at 0. */
struct neighbour_watch {
        struct watched *slots;
        uint32_t *heap;
        uint32_t max, count, slots_used, free_slot;
        uint32_t rounds, seed;
        int64_t interval;
        int64_t burst_start; /* of the burst of nudges that goes on */
        uint32_t burst_count;
        struct slot_index by_address;
};

struct neighbour_watch *neighbour_watch_new(uint32_t max_bindings, int64_t interval, uint32_t rounds,
                                            uint32_t seed)
{
        struct neighbour_watch *watch = calloc(1, sizeof(*watch));

        if (watch == NULL)
                return NULL;
        watch->max = max_bindings;
        watch->interval = interval;
        watch->rounds = rounds;
        watch->seed = seed;
        watch->burst_start = INT64_MIN;
        watch->slots = calloc((size_t)max_bindings + 1, sizeof(*watch->slots));
        watch->heap = calloc(max_bindings, sizeof(*watch->heap));
        if (watch->slots == NULL || watch->heap == NULL ||
            slot_index_init(&watch->by_address, max_bindings) < 0) {
                neighbour_watch_free(watch);
                return NULL;
        }
        return watch;
}

void neighbour_watch_free(struct neighbour_watch *watch)
{
        if (watch == NULL)
                return;
        slot_index_done(&watch->by_address);
        free(watch->heap);
        free(watch->slots);
        free(watch);
}

static uint32_t hash_address(const struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t hash = (ntohl(address.s_addr) ^ watch->seed) * UINT32_C(2654435761);

        return hash ^ (hash >> 16);
}

static uint32_t find(const struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t slot = slot_index_first(&watch->by_address, hash_address(watch, address));

        while (slot != SLOT_NONE && watch->slots[slot].address.s_addr != address.s_addr)
                slot = slot_index_next(&watch->by_address, slot);
        return slot;
}

static struct watched *find_on(const struct neighbour_watch *watch, struct in_addr address,
                               const char *interface)
{
        uint32_t slot = find(watch, address);

        if (slot == SLOT_NONE || strcmp(watch->slots[slot].interface, interface) != 0)
                return NULL;
        return &watch->slots[slot];
}

/* --- The heap --- */

static bool is_before(const struct neighbour_watch *watch, uint32_t a, uint32_t b)
{
        return watch->slots[watch->heap[a]].due < watch->slots[watch->heap[b]].due;
}

static void swap(struct neighbour_watch *watch, uint32_t a, uint32_t b)
{
        uint32_t slot = watch->heap[a];

        watch->heap[a] = watch->heap[b];
        watch->heap[b] = slot;
        watch->slots[watch->heap[a]].place = a;
        watch->slots[watch->heap[b]].place = b;
}

static void sift_up(struct neighbour_watch *watch, uint32_t place)
{
        while (place > 0 && is_before(watch, place, (place - 1) / 2)) {
                swap(watch, place, (place - 1) / 2);
                place = (place - 1) / 2;
        }
}

static void sift_down(struct neighbour_watch *watch, uint32_t place)
{
        for (;;) {
                uint32_t child = 2 * place + 1;

                if (child + 1 < watch->count && is_before(watch, child + 1, child))
                        child++;
                if (child >= watch->count || !is_before(watch, child, place))
                        return;
                swap(watch, place, child);
                place = child;
        }
}

static void set_due(struct neighbour_watch *watch, struct watched *watched, int64_t due)
{
        watched->due = due;
        sift_up(watch, watched->place);
        sift_down(watch, watched->place);
}

/* --- Who is watched --- */

/* The first turn lies somewhere in the second half of an interval: after a power cut all come at once, and
 * need not go on at once for ever. A client that has just got its address may not use it yet. */
static int64_t first_turn(const struct neighbour_watch *watch, struct in_addr address, int64_t now)
{
        return now + watch->interval - hash_address(watch, address) % (watch->interval / 2 + 1);
}

static uint32_t take_slot(struct neighbour_watch *watch, struct in_addr address, int64_t now)
{
        uint32_t slot = watch->free_slot;
        struct watched *watched;

        if (slot == SLOT_NONE)
                slot = ++watch->slots_used;
        else
                watch->free_slot = watch->slots[slot].place;
        watched = &watch->slots[slot];
        memset(watched, 0, sizeof(*watched));
        watched->address = address;
        watched->nudged = INT64_MIN;
        watched->place = watch->count++;
        watch->heap[watched->place] = slot;
        slot_index_add(&watch->by_address, hash_address(watch, address), slot);
        set_due(watch, watched, first_turn(watch, address, now));
        return slot;
}

int neighbour_watch_add(struct neighbour_watch *watch, const struct device_record *record, int64_t now)
{
        uint32_t slot = find(watch, record->address);
        struct watched *watched;

        if (record->interface[0] == '\0') {
                neighbour_watch_remove(watch, record->address);
                return 0;
        }
        if (slot == SLOT_NONE && watch->count >= watch->max)
                return -ENOSPC;
        if (slot == SLOT_NONE)
                slot = take_slot(watch, record->address, now);
        watched = &watch->slots[slot];
        memcpy(watched->hwaddr, record->hwaddr, sizeof(watched->hwaddr));
        watched->hwaddr_size = (uint8_t)record->hwaddr_size;
        memcpy(watched->interface, record->interface, sizeof(watched->interface));
        watched->away = record->away;
        watched->asked = false;
        watched->failed_rounds = 0;
        return 0;
}

void neighbour_watch_remove(struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t slot = find(watch, address), place, last;

        if (slot == SLOT_NONE)
                return;
        slot_index_remove(&watch->by_address, hash_address(watch, address), slot);
        place = watch->slots[slot].place;
        last = --watch->count;
        if (place != last) {
                swap(watch, place, last);
                sift_up(watch, place);
                sift_down(watch, place);
        }
        watch->slots[slot].interface[0] = '\0';
        watch->slots[slot].place = watch->free_slot;
        watch->free_slot = slot;
}

bool neighbour_watch_has(const struct neighbour_watch *watch, struct in_addr address)
{
        return find(watch, address) != SLOT_NONE;
}

/* --- Nudges --- */

static bool burst_is_spent(const struct neighbour_watch *watch)
{
        return watch->burst_count >= NEIGHBOUR_WATCH_BURST;
}

bool neighbour_watch_next(struct neighbour_watch *watch, int64_t now, struct neighbour_nudge *ret)
{
        struct watched *watched;

        if (watch->count == 0 || watch->slots[watch->heap[0]].due > now)
                return false;
        if (watch->burst_start == INT64_MIN || now - watch->burst_start >= NEIGHBOUR_WATCH_PAUSE) {
                watch->burst_start = now;
                watch->burst_count = 0;
        }
        if (burst_is_spent(watch))
                return false;
        watch->burst_count++;
        watched = &watch->slots[watch->heap[0]];
        watched->asked = true;
        watched->nudged = now;
        ret->address = watched->address;
        memcpy(ret->interface, watched->interface, sizeof(ret->interface));
        set_due(watch, watched, now + watch->interval);
        return true;
}

int64_t neighbour_watch_deadline(const struct neighbour_watch *watch)
{
        int64_t due;

        if (watch->count == 0)
                return INT64_MAX;
        due = watch->slots[watch->heap[0]].due;
        if (burst_is_spent(watch) && due < watch->burst_start + NEIGHBOUR_WATCH_PAUSE)
                due = watch->burst_start + NEIGHBOUR_WATCH_PAUSE;
        return due;
}

/* --- What is heard --- */

bool neighbour_watch_failed(struct neighbour_watch *watch, struct in_addr address, const char *interface)
{
        struct watched *watched = find_on(watch, address, interface);

        /* Other traffic to a device that sleeps fails every few seconds: that is one round all the same. */
        if (watched == NULL || !watched->asked)
                return false;
        watched->asked = false;
        if (watched->away || ++watched->failed_rounds < watch->rounds)
                return false;
        watched->away = true;
        return true;
}

bool neighbour_watch_reachable(struct neighbour_watch *watch, struct in_addr address, const char *interface,
                               const uint8_t *hwaddr, size_t hwaddr_size)
{
        struct watched *watched = find_on(watch, address, interface);

        if (watched == NULL)
                return false;
        watched->asked = false;
        watched->failed_rounds = 0;
        if (!watched->away || watched->hwaddr_size != hwaddr_size ||
            (hwaddr_size > 0 && memcmp(watched->hwaddr, hwaddr, hwaddr_size) != 0))
                return false;
        watched->away = false;
        return true;
}

/* A link that flaps must not use up the rounds of a device that only sleeps. One that is away has none to
 * lose. */
static void hasten(struct neighbour_watch *watch, struct watched *watched, int64_t now)
{
        int64_t space = watched->away ? NEIGHBOUR_WATCH_SPACE : watch->interval / 2, due = now;

        if (watched->nudged != INT64_MIN && watched->nudged + space > now)
                due = watched->nudged + space;
        if (due < watched->due)
                set_due(watch, watched, due);
}

void neighbour_watch_stirred(struct neighbour_watch *watch, struct in_addr address, const char *interface,
                             int64_t now)
{
        struct watched *watched = find_on(watch, address, interface);

        if (watched != NULL && watched->away)
                hasten(watch, watched, now);
}

void neighbour_watch_link(struct neighbour_watch *watch, const char *interface, int64_t now)
{
        for (uint32_t slot = 1; slot <= watch->slots_used; slot++) {
                struct watched *watched = &watch->slots[slot];

                if (watched->interface[0] != '\0' && strcmp(watched->interface, interface) == 0)
                        hasten(watch, watched, now);
        }
}
