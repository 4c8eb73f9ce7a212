/* SPDX-License-Identifier: BSD-2-Clause */
/* event_mark.h - a tiny file beside the state: the number of the last event that left, and the last
 * connection request.
 *
 * The state itself is a file that is replaced and synced, which takes the disk's time. A mark is one write of
 * a few bytes into what is there already, so it can be made before each event leaves. It outlives the death
 * of the daemon at any byte: there are two slots with a checksum each, and the older one is overwritten. A
 * power failure may cost the last instants. */
#ifndef BRIDGE_EVENT_MARK_H
#define BRIDGE_EVENT_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "dm-bridge/connection_request.h"

struct notify;

/** Bytes of a slot; the file has two. Each is one line of text. */
#define EVENT_MARK_SLOT 512
/** So many numbers are left out after a stop that was none in order: what was written last may not have
 * reached the disk. */
#define EVENT_MARK_AHEAD 1000

struct event_mark {
        bool clean;            /* stopped in order: no event after number `sequence` has left */
        uint64_t sequence;     /* of the last event */
        uint32_t requests;     /* connection requests that were not acknowledged then */
        uint64_t requests_seq; /* of their event; 0: there was none */
        struct request_memory memory;
};

struct event_mark_file {
        int fd;              /* -1: there is none */
        unsigned next;       /* slot to be overwritten */
        uint64_t generation; /* of the newest slot */
};

/**
 * Open the file, making it if need be. *ret_found: it holds a mark, which is in *ret.
 * Returns 0; a negative errno: it can't be used, and nothing is open.
 */
int event_mark_open(struct event_mark_file *file, const char *path, bool *ret_found, struct event_mark *ret);

/** Returns 0 or a negative errno, -EBADF if none is open. */
int event_mark_write(struct event_mark_file *file, const struct event_mark *mark);

/** Write a mark and wait until it is on the disk. */
int event_mark_write_synced(struct event_mark_file *file, const struct event_mark *mark);

void event_mark_close(struct event_mark_file *file);

/** What the bridge would have to write down now. */
struct event_mark event_mark_of(const struct notify *notify, const struct request_memory *memory);

/** Bring what the state file said up to the mark that was found; NULL: there was none. No number that was
 * given before is given again, and a request that nobody acknowledged is not lost. */
void event_mark_recover(const struct event_mark *found, struct notify *notify, struct request_memory *memory);

#endif
