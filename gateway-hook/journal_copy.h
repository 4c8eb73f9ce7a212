/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_copy.h - the journal written anew to PATH.new, a little at a time, while the table goes on
 * changing.
 *
 * It is whole once each place of the table was looked at: what changed since its place was looked at was
 * added as a line of its own, and a later line of the same address wins. */
#ifndef GATEWAY_JOURNAL_COPY_H
#define GATEWAY_JOURNAL_COPY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway-hook/device_table.h"
#include "libassoc/record.h"

/** Lines are written when that many bytes of them have come together. */
#define JOURNAL_COPY_CHUNK 2048

/** `fd` is -1 while no copy is being made. */
struct journal_copy {
        int fd;
        uint32_t place; /* of the table, the last that was looked at */
        uint32_t lines;
        off_t size; /* `used` bytes of it not yet written */
        bool whole;
        size_t used;
        char buffer[JOURNAL_COPY_CHUNK + RECORD_LINE_MAX + 1];
        char path[PATH_MAX];
};

/** Prepare for copies of the journal `path`. Returns 0 or -ENAMETOOLONG. */
int journal_copy_init(struct journal_copy *copy, const char *path);

/** Begin a copy; one that was left behind is removed. Returns 0 or a negative errno. */
int journal_copy_start(struct journal_copy *copy, const struct device_table *table);

/** Add a change that the table holds already. Returns 0 or a negative errno. */
int journal_copy_add(struct journal_copy *copy, const char *line, size_t length);

/** Look at no more than `places` further places of the table, and add no more than `lines` lines, with one
 * write(2) for each JOURNAL_COPY_CHUNK. Returns 0 or a negative errno. */
int journal_copy_step(struct journal_copy *copy, const struct device_table *table, uint32_t places,
                      uint32_t lines);

/** Write what is still in the buffer. Returns 0 or a negative errno. */
int journal_copy_flush(struct journal_copy *copy);

#endif
