/* SPDX-License-Identifier: BSD-2-Clause */
/* slot.h - who may write the record of an interface now.
 *
 * Each DHCP event opens a new generation of its interface's slot. A companion that was started by an earlier
 * event finds its own generation gone: it writes nothing more, so a late ACK can't bring back what was
 * discarded. */
#ifndef CLIENT_SLOT_H
#define CLIENT_SLOT_H

#include <stdint.h>

/** A slot that is held: nobody else writes the interface's record until slot_close(). */
struct slot {
        int fd;
        uint64_t generation;
};

/**
 * Take the slot of `interface` in `folder` (made if need be), waiting for whoever holds it.
 * Returns 0 or a negative errno.
 */
int slot_open(struct slot *slot, const char *folder, const char *interface);

/** Likewise, but make nothing: -ENOENT, if no event of `interface` took place. */
int slot_open_existing(struct slot *slot, const char *folder, const char *interface);

/** Begin a new generation: whoever works for an earlier one stops. Returns 0 or a negative errno. */
int slot_advance(struct slot *slot);

/** Remove what is there for `interface`, which is gone. Its slot is held, and begun anew. */
void slot_remove(const char *folder, const char *interface);

/** Let go of the slot. */
void slot_close(struct slot *slot);

/**
 * A file descriptor that becomes readable when somebody begins a new generation (and perhaps when not:
 * compare). Returns it, non-blocking, or a negative errno. The caller closes it.
 */
int slot_watch(const char *folder, const char *interface);

/**
 * Become the one companion of `interface`, waiting up to `milliseconds` for the former one to end.
 * Returns a file descriptor that stands for the role until it is closed, or a negative errno (-EBUSY: still
 * taken).
 */
int slot_become_companion(const char *folder, const char *interface, int milliseconds);

#endif
