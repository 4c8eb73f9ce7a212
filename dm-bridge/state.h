/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - what must outlive the daemon: what was written, attributes, and events that are not acknowledged.
 */
#ifndef BRIDGE_STATE_H
#define BRIDGE_STATE_H

#include <stddef.h>
#include <stdint.h>

struct bridge;

/** A larger file is refused. */
#define STATE_SIZE_MAX (256 * 1024)
/** Room for any message of this module. */
#define STATE_ERROR_MAX 320

/**
 * Read the state from `path` into a bridge that changes_init() has filled; `clock` is CLOCK_REALTIME in
 * seconds. A parameter that the file does not name keeps what it has. Returns 0, also if there is no file;
 * -EBADMSG: it holds no state of ours, `error` (room for `size`) has one line that says why, and nothing was
 * taken over; another negative errno of reading, likewise.
 */
int state_load(struct bridge *bridge, const char *path, int64_t clock, char *error, size_t size);

/** Set a damaged file aside as PATH.damaged, for a person to look at. Returns 0 or a negative errno. */
int state_set_aside(const char *path);

/** Replace the file by the state as it is, mode 0600. Returns 0 or a negative errno; then the file is as it
 * was. */
int state_save(const struct bridge *bridge, const char *path, int64_t clock);

#endif
