/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_lock.h - one process to a journal. */
#ifndef GATEWAY_JOURNAL_LOCK_H
#define GATEWAY_JOURNAL_LOCK_H

/** A journal is locked by a socket of its name and this. */
#define JOURNAL_LOCK_SUFFIX ".lock"

/**
 * Lock the journal at `path` for this process, until journal_unlock() or the end of the process, however it
 * ends. *ret_fd is for journal_unlock(); -1: no lock could be made, which is no error, the lock is a courtesy
 * to who gave two servers one journal.
 * Returns 0; -EBUSY: another process has it.
 */
int journal_lock(const char *path, int *ret_fd);

/** The undo of journal_lock(). */
void journal_unlock(const char *path, int fd);

#endif
