/* SPDX-License-Identifier: BSD-2-Clause */
/* disk.h - what a disk may do to a program: be full, be slow; and what the program asks of it, counted.
 * Needs the linker's --wrap for write, fsync, open and rename; a thread other than the first is not counted.
 */
#ifndef TESTS_DISK_H
#define TESTS_DISK_H

#include <stdbool.h>
#include <stddef.h>

struct disk_counts {
        unsigned writes, syncs, opens, renames;
        size_t bytes;
};

/** What the first thread did since the last call. */
struct disk_counts disk_counts(void);

/** From now on every write() fails as on a full disk, after `size` more bytes; negative: there is room.
 * Returns what was left before. */
long disk_room(long size);

/** Whether fsync() waits until this is called with false. */
void disk_hold_sync(bool hold);

/** Whether fsync() fails with EIO. */
void disk_fail_sync(bool fail);

#endif
