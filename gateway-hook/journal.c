/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.c - the device table on disk.
 * Used by gateway_entries.c. Between rewrites the file only grows, so that dm-bridge can follow its end.
 * journal_read.c reads it, journal_copy.c writes it anew. */
#include "config.h"

#include "gateway-hook/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/background.h"
#include "gateway-hook/journal_copy.h"
#include "gateway-hook/journal_lock.h"
#include "gateway-hook/journal_read.h"

#define JOURNAL_MODE 0640
#define OPEN_FLAGS   (O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)

/* What one event adds to a copy: few lines beside an append; more when there is no file to append to. */
#define STEP_LINES    2
#define STEP_PLACES   32
#define REPAIR_LINES  32
#define REPAIR_PLACES 1024

struct journal {
        int fd; /* -1: it can't be opened */
        int lock;
        dev_t device;
        ino_t inode;
        off_t size;
        uint32_t lines;
        bool behind;        /* the file lacks what the table has: write it anew */
        bool unread;        /* what may be at the path was never read, and must not be lost */
        bool gone;          /* the path does not lead to our file any more */
        int open_error;     /* why `unread`, told by journal_load() */
        int64_t retry_at;   /* no copy is begun before */
        int64_t checked_at; /* when the path was last looked at */
        struct journal_copy copy;
        struct background background; /* syncs the copy, closes what it replaced */
        bool syncing, failed;         /* the copy is being synced; it can't be used */
        char path[PATH_MAX];
};

/* --- Opening --- */

/* A file that can't be written may still tell what the table was. */
static int open_path(const char *path, bool *ret_writable)
{
        int fd = open(path, O_RDWR | O_CREAT | OPEN_FLAGS, JOURNAL_MODE);
        int err = errno;

        *ret_writable = true;
        if (fd < 0 && (err == EACCES || err == EPERM || err == EROFS)) {
                *ret_writable = false;
                fd = open(path, O_RDONLY | OPEN_FLAGS);
        }
        if (fd < 0)
                return err == ELOOP || err == EISDIR || err == ENXIO || err == ENODEV ? -EINVAL : -err;
        return fd;
}

static int check_file(int fd, struct stat *ret)
{
        if (fstat(fd, ret) < 0)
                return -errno;
        return S_ISREG(ret->st_mode) ? 0 : -EINVAL;
}

static void take_file(struct journal *journal, int fd, const struct stat *status)
{
        journal->fd = fd;
        journal->device = status->st_dev;
        journal->inode = status->st_ino;
        journal->size = status->st_size;
}

static int open_file(struct journal *journal)
{
        struct stat status;
        bool writable;
        int fd = open_path(journal->path, &writable);
        int err;

        if (fd < 0)
                return fd;
        err = check_file(fd, &status);
        if (err < 0) {
                close(fd);
                return err;
        }
        take_file(journal, fd, &status);
        journal->behind = !writable;
        return 0;
}

/* These are mistakes of the configuration; all else is a state of the machine, which may pass. */
static bool is_mistake(int err)
{
        return err == -EINVAL || err == -EBUSY || err == -ENAMETOOLONG || err == -ENOTDIR;
}

int journal_open(const char *path, struct journal **ret)
{
        struct journal *journal;
        int err;

        if (strlen(path) >= sizeof(journal->path))
                return -ENAMETOOLONG;
        journal = calloc(1, sizeof(*journal));
        if (journal == NULL)
                return -ENOMEM;
        strcpy(journal->path, path);
        journal->fd = -1;
        err = journal_copy_init(&journal->copy, path);
        if (err == 0)
                err = journal_lock(path, &journal->lock);
        if (err < 0)
                goto free_journal;
        err = open_file(journal);
        if (is_mistake(err))
                goto unlock;
        if (err < 0)
                journal->unread = journal->behind = true;
        journal->open_error = err;
        *ret = journal;
        return 0;

unlock:
        journal_unlock(path, journal->lock);
free_journal:
        free(journal);
        return err;
}

void journal_close(struct journal *journal)
{
        if (journal == NULL)
                return;
        background_wait(&journal->background);
        if (journal->copy.fd >= 0) {
                unlink(journal->copy.path);
                close(journal->copy.fd);
        }
        if (journal->fd >= 0)
                close(journal->fd);
        journal_unlock(journal->path, journal->lock);
        free(journal);
}

/* --- Writing anew --- */

static bool is_copying(const struct journal *journal)
{
        return journal->copy.fd >= 0 && !journal->failed;
}

/* The descriptor may be in use by the background; its disk space is given back at once. */
static int fail_copy(struct journal *journal, int err, int64_t now)
{
        if (journal->copy.fd >= 0)
                unlink(journal->copy.path);
        journal->failed = true;
        journal->retry_at = now + JOURNAL_RETRY;
        return err;
}

static void clear_failed_copy(struct journal *journal)
{
        if (journal->copy.fd >= 0)
                close(journal->copy.fd);
        journal->copy.fd = -1;
        journal->failed = journal->syncing = false;
}

static bool is_wanted(const struct journal *journal, const struct device_table *table, int64_t now)
{
        bool waits = now < journal->retry_at && journal->retry_at - now <= JOURNAL_RETRY;

        return !waits &&
               (journal->behind || journal->lines > 2 * device_table_bindings(table) + JOURNAL_SLACK);
}

/* Whatever came to the path since the start: that it is there is enough. */
static int keep_unread(const struct journal *journal)
{
        struct stat status;

        return journal->unread && lstat(journal->path, &status) == 0 ? -EEXIST : 0;
}

static int begin(struct journal *journal, const struct device_table *table)
{
        int err = keep_unread(journal);

        return err < 0 ? err : journal_copy_start(&journal->copy, table);
}

static int step(struct journal *journal, const struct device_table *table)
{
        return journal_copy_step(&journal->copy, table, journal->behind ? REPAIR_PLACES : STEP_PLACES,
                                 journal->behind ? REPAIR_LINES : STEP_LINES);
}

/* A power failure must find the old file or the new, never an empty one: what is renamed is on the disk. What
 * was appended since need not be; that is so with every append. */
static void begin_sync(struct journal *journal)
{
        journal->syncing = true;
        if (journal->fd >= 0 && !journal->gone)
                background_sync(&journal->background, journal->copy.fd);
}

/* The copy takes the journal's place, whose descriptor, or -1, is then *ret_old. Returns 1 if the journal was
 * behind, otherwise 0. */
static int install(struct journal *journal, int *ret_old)
{
        struct journal_copy *copy = &journal->copy;
        bool was_behind = journal->behind;
        struct stat status;
        int err = keep_unread(journal);

        if (err == 0)
                err = journal_copy_flush(copy);
        if (err == 0)
                err = check_file(copy->fd, &status);
        if (err == 0 && rename(copy->path, journal->path) < 0)
                err = -errno;
        if (err < 0)
                return err;
        *ret_old = journal->fd;
        take_file(journal, copy->fd, &status);
        journal->lines = copy->lines;
        journal->behind = journal->unread = journal->gone = journal->syncing = false;
        copy->fd = -1;
        return was_behind ? 1 : 0;
}

static int finish(struct journal *journal)
{
        int err = 0, old = -1;

        /* What the last copy replaced may still be being closed. */
        if (!background_idle(&journal->background))
                return 0;
        if (!journal->syncing)
                begin_sync(journal);
        if (!background_idle(&journal->background))
                return 0;
        if (journal->fd >= 0 && !journal->gone)
                err = background_error(&journal->background);
        if (err == 0)
                err = install(journal, &old);
        if (old >= 0)
                background_close(&journal->background, old);
        return err;
}

static bool is_our_file(const struct journal *journal)
{
        struct stat status;

        return stat(journal->path, &status) == 0 && status.st_dev == journal->device &&
               status.st_ino == journal->inode && status.st_size == journal->size;
}

/* Somebody deleted, moved, replaced, cut or extended the file under us. A look each second is enough. */
static void check_path(struct journal *journal, int64_t now)
{
        if (journal->behind || now == journal->checked_at)
                return;
        journal->checked_at = now;
        if (is_our_file(journal))
                return;
        journal->behind = journal->gone = true;
        journal->retry_at = now;
}

/* The next part of whatever is to be done beside appending. */
static int advance(struct journal *journal, const struct device_table *table, int64_t now)
{
        int err = 0;

        check_path(journal, now);
        if (journal->failed && background_idle(&journal->background))
                clear_failed_copy(journal);
        if (journal->failed || (!is_copying(journal) && !is_wanted(journal, table, now)))
                return 0;
        if (!is_copying(journal))
                err = begin(journal, table);
        if (err == 0 && !journal->copy.whole)
                err = step(journal, table);
        if (err == 0 && journal->copy.whole)
                err = finish(journal);
        return err < 0 ? fail_copy(journal, err, now) : err;
}

/* All of it now, however long it takes. */
static int rewrite(struct journal *journal, const struct device_table *table, int64_t now)
{
        int err, old = -1;

        background_wait(&journal->background);
        clear_failed_copy(journal);
        err = begin(journal, table);
        while (err == 0 && !journal->copy.whole)
                err = journal_copy_step(&journal->copy, table, UINT32_MAX, UINT32_MAX);
        if (err == 0 && fsync(journal->copy.fd) < 0)
                err = -errno;
        if (err == 0)
                err = install(journal, &old);
        if (old >= 0)
                close(old);
        return err < 0 ? fail_copy(journal, err, now) : err;
}

int journal_flush(struct journal *journal, const struct device_table *table, int64_t now)
{
        return journal->behind ? rewrite(journal, table, now) : 0;
}

/* --- Appending --- */

static int append(struct journal *journal, const char *line, size_t length)
{
        ssize_t written;

        do
                written = write(journal->fd, line, length);
        while (written < 0 && errno == EINTR);
        if (written < 0)
                return -errno;
        if ((size_t)written < length)
                return -ENOSPC;
        journal->size += written;
        journal->lines++;
        return 0;
}

int journal_put(struct journal *journal, const struct device_table *table, const struct device_record *record,
                int64_t now)
{
        char line[RECORD_LINE_MAX + 1];
        int length = device_record_format(record, line, sizeof(line));
        int err, progress;

        if (length < 0)
                return length;
        progress = advance(journal, table, now);
        err = journal->behind ? -EAGAIN : append(journal, line, (size_t)length);
        if (err < 0 && !journal->behind) {
                journal->behind = true;
                return fail_copy(journal, err, now);
        }
        if (is_copying(journal)) {
                int copy_err = journal_copy_add(&journal->copy, line, (size_t)length);

                if (copy_err < 0)
                        progress = fail_copy(journal, copy_err, now);
        }
        return progress != 0 ? progress : err;
}

int journal_settle(struct journal *journal, const struct device_table *table, int64_t now)
{
        int progress = advance(journal, table, now);

        return progress == 0 && journal->behind ? -EAGAIN : progress;
}

uint32_t journal_lines(const struct journal *journal)
{
        return journal->lines;
}

bool journal_is_behind(const struct journal *journal)
{
        return journal->behind;
}

const char *journal_error(int err)
{
        return err == -EEXIST ? "a file is there that could not be read at the start" : strerror(-err);
}

/* --- Loading --- */

int journal_load(struct journal *journal, struct device_table *table, int64_t now, struct journal_report *ret)
{
        struct journal_content content;
        int err;

        memset(ret, 0, sizeof(*ret));
        if (journal->unread) {
                ret->error = journal->open_error;
                journal->retry_at = now + JOURNAL_RETRY;
                return 0;
        }
        err = journal_read(journal->fd, table, now, ret, &content);
        if (err < 0)
                return err;
        unlink(journal->copy.path);
        journal->lines = content.lines;
        if (journal->behind || content.amiss) {
                journal->behind = true;
                err = rewrite(journal, table, now);
                ret->error = err < 0 ? err : 0;
        }
        return 0;
}
