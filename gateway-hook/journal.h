/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.h - the device table on disk: appended line by line, written anew when it has grown, read back at
 * start. dm-bridge reads the same file; its lines are those of libassoc/record.h. Not safe for several
 * threads. */
#ifndef GATEWAY_JOURNAL_H
#define GATEWAY_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway-hook/device_table.h"
#include "libassoc/record.h"

/** The journal is written anew when it has more than JOURNAL_SLACK lines above twice the bindings that live.
 */
#define JOURNAL_SLACK 64
/** After an error, seconds until the next attempt to write the journal anew. */
#define JOURNAL_RETRY 5

struct journal;

/** What journal_load() found. */
struct journal_report {
        uint32_t version; /* the header's, when it is one that we don't know */
        uint32_t skipped; /* damaged lines, and records that contradict others or are over a limit */
        uint32_t expired; /* bindings whose lease ended while nobody was there to see it */
        int error; /* 0; a negative errno: the table is in memory only, until the file can be written */
};

/**
 * Open `path`, made with mode 0640 if it does not exist, and lock it against another Kea.
 * Returns 0, also if it can't be read or written now: journal_load() tells; -EBUSY: another process has it;
 * -EINVAL: not a regular file (a symbolic link is none); -ENOTDIR; -ENAMETOOLONG; -ENOMEM.
 */
int journal_open(const char *path, struct journal **ret);

/** Close it; what was appended is in the file already. Waits for the disk. NULL is fine. */
void journal_close(struct journal *journal);

/**
 * Read the journal into `table`, which is empty. A torn last line is ignored, a damaged one skipped and
 * counted; bindings whose lease ended before `now` (seconds since 1970) are dropped. If anything was amiss
 * the file is written anew; should that fail, ret->error, later calls try again. A file that can't be read is
 * never overwritten. Returns 0; -EPROTONOSUPPORT: another version of the format, ret->version; -EBADMSG: a
 * file, but no journal of ours; another negative errno. On error the file is as it was, and the table's
 * content is unspecified.
 */
int journal_load(struct journal *journal, struct device_table *table, int64_t now,
                 struct journal_report *ret);

/**
 * Note `record`, a change that `table` holds already: appended with one write(2). While the journal is being
 * written anew, because it has grown, could not be written or is not there any more, each call does a small
 * part of that, and never waits for the disk. Returns 0; 1: after an error the file is whole again; -EAGAIN:
 * the file is still behind the table; another negative errno. After an error the change is not lost: the file
 * written anew will have it.
 */
int journal_put(struct journal *journal, const struct device_table *table, const struct device_record *record,
                int64_t now);

/** Go on with what journal_put() began, if anything; looks after the file, too. Returns as that. */
int journal_settle(struct journal *journal, const struct device_table *table, int64_t now);

/** If the file is behind the table, write it anew at once, which may take long. Returns 1, 0: there was
 * nothing to do, or a negative errno. */
int journal_flush(struct journal *journal, const struct device_table *table, int64_t now);

/** Lines in the file, as far as known, the header included. */
uint32_t journal_lines(const struct journal *journal);

/** Whether the file lacks what the table has; it will be written anew. */
bool journal_is_behind(const struct journal *journal);

/** What a negative errno of the functions above means; static. */
const char *journal_error(int err);

#endif
