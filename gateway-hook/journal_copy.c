/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_copy.c - the journal written anew, a little at a time.
 * Used by journal.c, which says when, and puts it into the journal's place. */
#include "config.h"

#include "gateway-hook/journal_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_MODE 0640

int journal_copy_init(struct journal_copy *copy, const char *path)
{
        int length = snprintf(copy->path, sizeof(copy->path), "%s.new", path);

        copy->fd = -1;
        return length < 0 || (size_t)length >= sizeof(copy->path) ? -ENAMETOOLONG : 0;
}

static int add_record(struct journal_copy *copy, const struct device_record *record)
{
        char line[RECORD_LINE_MAX + 1];
        int length = device_record_format(record, line, sizeof(line));

        return length < 0 ? length : journal_copy_add(copy, line, (size_t)length);
}

int journal_copy_start(struct journal_copy *copy, const struct device_table *table)
{
        struct device_record header = {.type = DEVICE_RECORD_HEADER,
                                       .version = RECORD_JOURNAL_VERSION,
                                       .next = device_table_next(table)};
        int fd;

        unlink(copy->path);
        fd = open(copy->path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return errno == EEXIST ? -EISDIR : -errno;
        if (fchmod(fd, COPY_MODE) < 0) {
                int err = -errno;

                close(fd);
                unlink(copy->path);
                return err;
        }
        copy->fd = fd;
        copy->place = 0;
        copy->lines = 0;
        copy->size = 0;
        copy->used = 0;
        copy->whole = false;
        return add_record(copy, &header);
}

int journal_copy_add(struct journal_copy *copy, const char *line, size_t length)
{
        memcpy(copy->buffer + copy->used, line, length);
        copy->used += length;
        copy->size += (off_t)length;
        copy->lines++;
        return copy->used < JOURNAL_COPY_CHUNK ? 0 : journal_copy_flush(copy);
}

int journal_copy_step(struct journal_copy *copy, const struct device_table *table, uint32_t places,
                      uint32_t lines)
{
        struct device_record record;
        int err = 0;

        while (places-- > 0 && lines > 0 && err == 0 && copy->place < device_table_places(table)) {
                if (!device_table_at(table, ++copy->place, &record))
                        continue;
                err = add_record(copy, &record);
                lines--;
        }
        if (err == 0 && copy->place >= device_table_places(table)) {
                copy->whole = true;
                err = journal_copy_flush(copy);
        }
        return err;
}

int journal_copy_flush(struct journal_copy *copy)
{
        size_t done = 0;

        while (done < copy->used) {
                ssize_t written = write(copy->fd, copy->buffer + done, copy->used - done);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                done += (size_t)written;
        }
        copy->used = 0;
        return 0;
}
