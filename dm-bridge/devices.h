/* SPDX-License-Identifier: BSD-2-Clause */
/* devices.h - the gateway's journal, followed as it grows. */
#ifndef BRIDGE_DEVICES_H
#define BRIDGE_DEVICES_H

#include <stdint.h>
#include <sys/types.h>

#include "dm-bridge/device_set.h"
#include "dm-bridge/line_buffer.h"

/** What became of a source of ours. */
enum source_state {
        SOURCE_OK,
        SOURCE_MISSING,
        SOURCE_UNREADABLE,
        SOURCE_UNSUPPORTED, /* a journal of another version, or no journal at all */
};

struct devices {
        const char *path;
        struct device_set set;
        enum source_state state;
        uint64_t skipped; /* damaged lines of the file as it is now, and bindings over the limit */
        int fd;           /* -1: no file */
        ino_t inode;
        dev_t device;
        off_t offset; /* read up to here */
        bool has_header;
        struct line_buffer lines;
};

/** `path` must outlive *devices. Nothing is read yet. */
void devices_init(struct devices *devices, const char *path);
void devices_done(struct devices *devices);

/**
 * Read what is new: the lines appended since last time, or the whole file if it was replaced (compaction) or
 * has shrunk. Never fails: what is wrong is in ->state. A file that is gone, unreadable or unsupported is an
 * empty table.
 */
void devices_refresh(struct devices *devices);

/** "ok", "missing", "unreadable" or "unsupported". */
const char *source_state_name(enum source_state state);

#endif
