/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.c - the device table on disk.
 * Used by gateway_entries.c. Between rewrites the file only grows, so that dm-bridge can follow its end. */
#include "config.h"

#include "gateway-hook/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway-hook/journal_lock.h"
#include "libassoc/file.h"

#define JOURNAL_MODE 0640

struct journal {
        int fd;
        int lock;
        uint32_t lines;
        bool broken;      /* an error left the file behind the table: rewrite it */
        int64_t retry_at; /* while broken: not before */
        char path[PATH_MAX];
};

/* --- Opening --- */

/* O_NONBLOCK: a FIFO would wait for its reader. */
static int open_file(const char *path, int *ret_fd)
{
        struct stat status;
        int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, JOURNAL_MODE);
        int err;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0)
                err = -errno;
        else if (!S_ISREG(status.st_mode))
                err = -EINVAL;
        else
                err = 0;
        if (err < 0) {
                close(fd);
                return err;
        }
        *ret_fd = fd;
        return 0;
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
        err = journal_lock(path, &journal->lock);
        if (err < 0)
                goto free_journal;
        err = open_file(path, &journal->fd);
        if (err < 0)
                goto unlock;
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
        close(journal->fd);
        journal_unlock(journal->path, journal->lock);
        free(journal);
}

/* --- Rewriting --- */

struct text {
        char *data;
        size_t size, room;
        uint32_t lines;
};

static int text_add(void *context, const struct device_record *record)
{
        struct text *text = context;
        int length;

        if (text->room - text->size <= RECORD_LINE_MAX) {
                size_t room = text->room * 2 + 4 * RECORD_LINE_MAX;
                char *data = realloc(text->data, room);

                if (data == NULL)
                        return -ENOMEM;
                text->data = data;
                text->room = room;
        }
        length = device_record_format(record, text->data + text->size, text->room - text->size);
        if (length < 0)
                return length;
        text->size += (size_t)length;
        text->lines++;
        return 0;
}

static int write_table(const char *path, const struct device_table *table, uint32_t *ret_lines)
{
        struct device_record header = {.type = DEVICE_RECORD_HEADER,
                                       .version = RECORD_JOURNAL_VERSION,
                                       .next = device_table_next(table)};
        struct text text = {0};
        int err = text_add(&text, &header);

        if (err == 0)
                err = device_table_each(table, text_add, &text);
        if (err == 0)
                err = file_replace(path, text.data, text.size, JOURNAL_MODE);
        if (err == 0)
                *ret_lines = text.lines;
        free(text.data);
        return err;
}

static int rewrite(struct journal *journal, const struct device_table *table, int64_t now)
{
        bool was_broken = journal->broken;
        int fd, err;

        journal->broken = true;
        journal->retry_at = now + JOURNAL_RETRY;
        err = write_table(journal->path, table, &journal->lines);
        if (err == 0)
                err = open_file(journal->path, &fd);
        if (err < 0)
                return err;
        close(journal->fd);
        journal->fd = fd;
        journal->broken = false;
        return was_broken ? 1 : 0;
}

/* --- Appending --- */

/* Somebody deleted or replaced the file under us. */
static bool is_unlinked(const struct journal *journal)
{
        struct stat status;

        return fstat(journal->fd, &status) == 0 && status.st_nlink == 0;
}

static int append(struct journal *journal, const struct device_record *record)
{
        char line[RECORD_LINE_MAX + 1];
        int length = device_record_format(record, line, sizeof(line));
        ssize_t written;

        if (length < 0)
                return length;
        do
                written = write(journal->fd, line, (size_t)length);
        while (written < 0 && errno == EINTR);
        if (written < 0)
                return -errno;
        if (written < length)
                return -ENOSPC;
        journal->lines++;
        return 0;
}

int journal_put(struct journal *journal, const struct device_table *table, const struct device_record *record,
                int64_t now)
{
        int err;

        if (journal->broken)
                return now < journal->retry_at && journal->retry_at - now <= JOURNAL_RETRY
                               ? -EAGAIN
                               : rewrite(journal, table, now);
        if (journal->lines > 2 * device_table_bindings(table) + JOURNAL_SLACK || is_unlinked(journal))
                return rewrite(journal, table, now);
        err = append(journal, record);
        if (err < 0) {
                journal->broken = true;
                journal->retry_at = now + JOURNAL_RETRY;
        }
        return err;
}

int journal_settle(struct journal *journal, const struct device_table *table, int64_t now)
{
        return journal->broken ? journal_put(journal, table, NULL, now) : 0;
}

uint32_t journal_lines(const struct journal *journal)
{
        return journal->lines;
}

bool journal_is_broken(const struct journal *journal)
{
        return journal->broken;
}

/* --- Reading --- */

struct load {
        struct device_table *table;
        struct journal_report *report;
        int64_t now;
        uint32_t lines;
        bool torn, headless, recognised;
};

static void load_bind(struct load *load, struct device_record *record)
{
        int err = device_table_bind(load->table, record);

        if (err == 0)
                return;
        /* Whoever was there before is not there any more. */
        device_table_unbind(load->table, record->address, NULL);
        load->report->skipped++;
}

static int load_header(struct load *load, const struct device_record *record)
{
        if (record->version != RECORD_JOURNAL_VERSION) {
                load->report->version = record->version;
                return -EPROTONOSUPPORT;
        }
        device_table_skip_to(load->table, record->next);
        return 0;
}

static int load_line(struct load *load, const char *line, size_t length)
{
        struct device_record record;
        int err = device_record_parse(line, length, &record);

        if (err == -ENOMEM)
                return err;
        if (load->lines++ == 0 && (err < 0 || record.type != DEVICE_RECORD_HEADER))
                load->headless = true;
        if (err < 0) {
                load->report->skipped++;
                return 0;
        }
        load->recognised = true;
        if (record.type == DEVICE_RECORD_HEADER)
                return load_header(load, &record);
        if (record.type == DEVICE_RECORD_BIND)
                load_bind(load, &record);
        else
                device_table_unbind(load->table, record.address, NULL);
        return 0;
}

/* Takes the whole lines out of `buffer`; what has no end yet stays. */
static int load_lines(struct load *load, char *buffer, size_t *size)
{
        size_t used = 0;
        char *end;

        while ((end = memchr(buffer + used, '\n', *size - used)) != NULL) {
                size_t length = (size_t)(end - (buffer + used)) + 1;
                int err = load_line(load, buffer + used, length);

                if (err < 0)
                        return err;
                used += length;
        }
        *size -= used;
        memmove(buffer, buffer + used, *size);
        return 0;
}

static int load_file(struct load *load, int fd)
{
        char buffer[2 * RECORD_LINE_MAX];
        size_t size = 0;

        for (;;) {
                ssize_t got = read(fd, buffer + size, sizeof(buffer) - size);
                int err;

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                size += (size_t)got;
                err = load_lines(load, buffer, &size);
                if (err < 0)
                        return err;
                if (size == sizeof(buffer)) {
                        /* Longer than any record: keep one byte that spoils what follows up to the newline.
                         */
                        buffer[0] = '\0';
                        size = 1;
                }
        }
        load->torn = size > 0;
        return 0;
}

/* device_table_each() allows to end the binding that it hands over. */
static int drop_expired(void *context, const struct device_record *record)
{
        struct load *load = context;

        if (record->expires != 0 && record->expires <= load->now) {
                device_table_unbind(load->table, record->address, NULL);
                load->report->expired++;
        }
        return 0;
}

int journal_load(struct journal *journal, struct device_table *table, int64_t now, struct journal_report *ret)
{
        struct load load = {.table = table, .report = ret, .now = now};
        int err;

        memset(ret, 0, sizeof(*ret));
        if (lseek(journal->fd, 0, SEEK_SET) < 0)
                return -errno;
        err = load_file(&load, journal->fd);
        if (err < 0)
                return err;
        /* Never rewrite a file that is somebody else's. */
        if (load.lines > 0 && !load.recognised)
                return -EBADMSG;
        device_table_each(table, drop_expired, &load);
        journal->lines = load.lines;
        if (load.lines == 0 || load.headless || load.torn || ret->skipped > 0 || ret->expired > 0)
                rewrite(journal, table, now);
        return 0;
}
