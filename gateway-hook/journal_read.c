/* SPDX-License-Identifier: BSD-2-Clause */
/* journal_read.c - the journal read back into the table.
 * Used by journal.c. A person may have edited the file, or a power failure have damaged it: each line is
 * judged by itself. */
#include "config.h"

#include "gateway-hook/journal_read.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* How a header starts, whatever its version. */
#define HEADER_START "{\"journal\":\"" RECORD_JOURNAL_NAME "\","
#define READ_SIZE    (16 * RECORD_LINE_MAX)

struct load {
        struct device_table *table;
        struct journal_report *report;
        int64_t now;
        uint32_t lines;
        bool torn, headless, recognised, overlong, tail_is_ours;
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

static bool is_header_start(const char *text, size_t size)
{
        return memcmp(text, HEADER_START,
                      size < sizeof(HEADER_START) - 1 ? size : sizeof(HEADER_START) - 1) == 0;
}

static bool is_zeroes(const char *bytes, size_t size)
{
        while (size > 0 && bytes[size - 1] == '\0')
                size--;
        return size == 0;
}

static int load_file(struct load *load, int fd)
{
        char buffer[READ_SIZE];
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
                        /* Longer than any record: one byte is kept that spoils what follows up to the
                         * newline. */
                        load->overlong = load->overlong || !is_zeroes(buffer, size);
                        buffer[0] = '\0';
                        size = 1;
                }
        }
        load->torn = size > 0;
        load->tail_is_ours = !load->overlong && (is_header_start(buffer, size) || is_zeroes(buffer, size));
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

/* A file system may leave a hole of zeroes after a power failure, and our first line may be torn. Anything
 * else without a record of ours is somebody else's. */
static bool is_ours(const struct load *load)
{
        return load->recognised || (load->lines == 0 && (!load->torn || load->tail_is_ours));
}

int journal_read(int fd, struct device_table *table, int64_t now, struct journal_report *report,
                 struct journal_content *ret)
{
        struct load load = {.table = table, .report = report, .now = now};
        int err;

        if (lseek(fd, 0, SEEK_SET) < 0)
                return -errno;
        err = load_file(&load, fd);
        if (err < 0)
                return err;
        if (!is_ours(&load))
                return -EBADMSG;
        device_table_each(table, drop_expired, &load);
        ret->lines = load.lines;
        ret->amiss =
                load.lines == 0 || load.headless || load.torn || report->skipped > 0 || report->expired > 0;
        return 0;
}
