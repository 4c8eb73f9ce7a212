/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.h - the device table on disk: appended line by line, rewritten when it has grown, read back at
 * start. dm-bridge reads the same file; its lines are those of libassoc/record.h. Not safe for several
 * threads. */
#ifndef GATEWAY_JOURNAL_H
#define GATEWAY_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway-hook/device_table.h"
#include "libassoc/record.h"

/** The journal is rewritten when it has more than JOURNAL_SLACK lines above twice the bindings that live. */
#define JOURNAL_SLACK 64
/** After an error, seconds until the next attempt to rewrite the journal. */
#define JOURNAL_RETRY 5

struct journal;

/** What journal_load() found. */
struct journal_report {
        uint32_t version; /* the header's, when it is one that we don't know */
        uint32_t skipped; /* damaged lines, and records that contradict others or are over a limit */
        uint32_t expired; /* bindings whose lease ended while nobody was there to see it */
};

/**
 * Open `path`, made with mode 0640 if it does not exist, and lock it against another Kea.
 * Returns 0; -EBUSY: another process has it; -EINVAL: not a regular file; another negative errno; -ENOMEM.
 */
int journal_open(const char *path, struct journal **ret);

/** Close it; what was appended is in the file already. NULL is fine. */
void journal_close(struct journal *journal);

/**
 * Read the journal into `table`, which is empty. A torn last line is ignored, a damaged one skipped and
 * counted; bindings whose lease ended before `now` (seconds since 1970) are dropped. If anything was amiss
 * the file is rewritten; should that fail, the next journal_put() tries again. Returns 0; -EPROTONOSUPPORT:
 * another version of the format, ret->version; -EBADMSG: a file, but no journal of ours; another negative
 * errno. On error the file is as it was, and the table's content is unspecified.
 */
int journal_load(struct journal *journal, struct device_table *table, int64_t now,
                 struct journal_report *ret);

/**
 * Note `record`, a change that `table` holds already: appended with one write(2), or, after an error or when
 * the journal has grown, by a rewrite of the whole. Returns 0; 1: written again after an error, the file is
 * whole; -EAGAIN: an error came less than JOURNAL_RETRY seconds ago, nothing was tried; another negative
 * errno. After an error the change is not lost: a later rewrite has it.
 */
int journal_put(struct journal *journal, const struct device_table *table, const struct device_record *record,
                int64_t now);

/** Try again what failed, if something did and it is time. Returns as journal_put(); 0 also if there is
 * nothing to do. */
int journal_settle(struct journal *journal, const struct device_table *table, int64_t now);

/** Lines in the file, as far as known, the header included. */
uint32_t journal_lines(const struct journal *journal);

/** Whether an error has left the file behind the table; it will be rewritten. */
bool journal_is_broken(const struct journal *journal);

#endif
