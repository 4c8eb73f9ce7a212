/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_watch.c - decides which devices have left the LAN and which are back.
 * Hashes find a binding by address and by link-layer address, a heap the one whose turn is next. */
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
        uint32_t
                answerer; /* hash of the link-layer address that answered first since it was added; 0: none */
        int ifindex;      /* 0: not found on any link yet */
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
        struct slot_index by_address, by_hwaddr;
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
            slot_index_init(&watch->by_address, max_bindings) < 0 ||
            slot_index_init(&watch->by_hwaddr, max_bindings) < 0) {
                neighbour_watch_free(watch);
                return NULL;
        }
        return watch;
}

void neighbour_watch_free(struct neighbour_watch *watch)
{
        if (watch == NULL)
                return;
        slot_index_done(&watch->by_hwaddr);
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

/* Never 0. */
static uint32_t hash_hwaddr(const struct neighbour_watch *watch, const uint8_t *hwaddr, size_t size)
{
        uint32_t hash = watch->seed ^ UINT32_C(2166136261);

        for (size_t i = 0; i < size; i++)
                hash = (hash ^ hwaddr[i]) * UINT32_C(16777619);
        hash ^= hash >> 15;
        return hash != 0 ? hash : 1;
}

/* A client need not have a link-layer address; those without shall not all be in one chain. */
static uint32_t hash_of_client(const struct neighbour_watch *watch, const struct watched *watched)
{
        return watched->hwaddr_size > 0 ? hash_hwaddr(watch, watched->hwaddr, watched->hwaddr_size)
                                        : hash_address(watch, watched->address);
}

static bool has_hwaddr(const struct watched *watched, const uint8_t *hwaddr, size_t size)
{
        return watched->hwaddr_size == size && size > 0 && memcmp(watched->hwaddr, hwaddr, size) == 0;
}

static uint32_t find(const struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t slot = slot_index_first(&watch->by_address, hash_address(watch, address));

        while (slot != SLOT_NONE && watch->slots[slot].address.s_addr != address.s_addr)
                slot = slot_index_next(&watch->by_address, slot);
        return slot;
}

static struct watched *find_watched(const struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t slot = find(watch, address);

        return slot == SLOT_NONE ? NULL : &watch->slots[slot];
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

static void set_hwaddr(struct neighbour_watch *watch, uint32_t slot, const struct device_record *record)
{
        struct watched *watched = &watch->slots[slot];

        memcpy(watched->hwaddr, record->hwaddr, sizeof(watched->hwaddr));
        watched->hwaddr_size = (uint8_t)record->hwaddr_size;
        slot_index_add(&watch->by_hwaddr, hash_of_client(watch, watched), slot);
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
        else
                slot_index_remove(&watch->by_hwaddr, hash_of_client(watch, &watch->slots[slot]), slot);
        set_hwaddr(watch, slot, record);
        watched = &watch->slots[slot];
        if (strcmp(watched->interface, record->interface) != 0)
                watched->ifindex = 0;
        memcpy(watched->interface, record->interface, sizeof(watched->interface));
        watched->away = record->away;
        watched->asked = false;
        watched->failed_rounds = 0;
        watched->answerer = 0;
        return 0;
}

void neighbour_watch_remove(struct neighbour_watch *watch, struct in_addr address)
{
        uint32_t slot = find(watch, address), place, last;

        if (slot == SLOT_NONE)
                return;
        slot_index_remove(&watch->by_address, hash_address(watch, address), slot);
        slot_index_remove(&watch->by_hwaddr, hash_of_client(watch, &watch->slots[slot]), slot);
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

static void fill_target(const struct watched *watched, struct neighbour_target *ret)
{
        ret->address = watched->address;
        memcpy(ret->interface, watched->interface, sizeof(ret->interface));
        ret->ifindex = watched->ifindex;
        ret->unheard = watched->asked;
}

bool neighbour_watch_find(const struct neighbour_watch *watch, struct in_addr address,
                          struct neighbour_target *ret)
{
        const struct watched *watched = find_watched(watch, address);

        if (watched != NULL)
                fill_target(watched, ret);
        return watched != NULL;
}

void neighbour_watch_found(struct neighbour_watch *watch, struct in_addr address, int ifindex)
{
        struct watched *watched = find_watched(watch, address);

        if (watched != NULL)
                watched->ifindex = ifindex;
}

/* --- Nudges --- */

static bool burst_is_spent(const struct neighbour_watch *watch)
{
        return watch->burst_count >= NEIGHBOUR_WATCH_BURST;
}

bool neighbour_watch_next(struct neighbour_watch *watch, int64_t now, struct neighbour_target *ret)
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
        fill_target(watched, ret);
        watched->asked = true;
        watched->nudged = now;
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

void neighbour_watch_unsent(struct neighbour_watch *watch, struct in_addr address, int64_t now)
{
        struct watched *watched = find_watched(watch, address);

        if (watched == NULL)
                return;
        watched->asked = false;
        set_due(watch, watched, now + NEIGHBOUR_WATCH_SPACE);
}

static enum neighbour_news fail(struct neighbour_watch *watch, struct watched *watched)
{
        /* Other traffic to a device that sleeps fails every few seconds: that is one round all the same. */
        if (!watched->asked)
                return NEIGHBOUR_NO_NEWS;
        watched->asked = false;
        if (watched->away || ++watched->failed_rounds < watch->rounds)
                return NEIGHBOUR_NO_NEWS;
        watched->away = true;
        return NEIGHBOUR_LOST;
}

enum neighbour_news neighbour_watch_failed(struct neighbour_watch *watch, struct in_addr address)
{
        struct watched *watched = find_watched(watch, address);

        return watched != NULL ? fail(watch, watched) : NEIGHBOUR_NO_NEWS;
}

/* Whether who answers is the device itself. The first that answers a nudge is taken for it: it has just had
 * its DHCP exchange. One that is away has to prove itself. */
static bool is_answerer(const struct neighbour_watch *watch, struct watched *watched, const uint8_t *hwaddr,
                        size_t size)
{
        uint32_t hash = hash_hwaddr(watch, hwaddr, size);

        if (!has_hwaddr(watched, hwaddr, size) && watched->answerer != hash &&
            (watched->answerer != 0 || watched->away || !watched->asked))
                return false;
        if (watched->answerer == 0)
                watched->answerer = hash;
        return true;
}

enum neighbour_news neighbour_watch_reachable(struct neighbour_watch *watch, struct in_addr address,
                                              const uint8_t *hwaddr, size_t hwaddr_size)
{
        struct watched *watched = find_watched(watch, address);

        if (watched == NULL)
                return NEIGHBOUR_NO_NEWS;
        if (!is_answerer(watch, watched, hwaddr, hwaddr_size))
                return fail(watch, watched);
        watched->asked = false;
        watched->failed_rounds = 0;
        if (!watched->away)
                return NEIGHBOUR_NO_NEWS;
        watched->away = false;
        return NEIGHBOUR_RETURNED;
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

void neighbour_watch_stirred(struct neighbour_watch *watch, struct in_addr address, int64_t now)
{
        struct watched *watched = find_watched(watch, address);

        if (watched != NULL && watched->away)
                hasten(watch, watched, now);
}

void neighbour_watch_moved(struct neighbour_watch *watch, const uint8_t *hwaddr, size_t hwaddr_size,
                           int64_t now)
{
        uint32_t slot = slot_index_first(&watch->by_hwaddr, hash_hwaddr(watch, hwaddr, hwaddr_size));

        for (; slot != SLOT_NONE; slot = slot_index_next(&watch->by_hwaddr, slot)) {
                if (has_hwaddr(&watch->slots[slot], hwaddr, hwaddr_size))
                        hasten(watch, &watch->slots[slot], now);
        }
}

void neighbour_watch_link(struct neighbour_watch *watch, const char *interface, int ifindex, int64_t now)
{
        for (uint32_t slot = 1; slot <= watch->slots_used; slot++) {
                struct watched *watched = &watch->slots[slot];

                if (watched->interface[0] != '\0' &&
                    (strcmp(watched->interface, interface) == 0 || watched->ifindex == ifindex))
                        hasten(watch, watched, now);
        }
}
