/* SPDX-License-Identifier: BSD-2-Clause */
/* devices.c - the gateway's journal, followed as it grows.
 * Reads the file and feeds device_set.c; main.c calls devices_refresh() when a folder watch says so. */
#include "config.h"

#include "dm-bridge/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/log.h"

const char *source_state_name(enum source_state state)
{
        switch (state) {
        case SOURCE_OK:
                return "ok";
        case SOURCE_MISSING:
                return "missing";
        case SOURCE_UNREADABLE:
                return "unreadable";
        case SOURCE_UNSUPPORTED:
                return "unsupported";
        }
        return "unknown";
}

void devices_init(struct devices *devices, const char *path)
{
        *devices = (struct devices){.path = path, .state = SOURCE_MISSING, .fd = -1};
        device_set_init(&devices->set);
        line_buffer_init(&devices->lines, RECORD_LINE_MAX);
}

static void close_file(struct devices *devices)
{
        if (devices->fd >= 0)
                close(devices->fd);
        devices->fd = -1;
        devices->offset = 0;
        devices->has_header = false;
        devices->skipped = 0;
        line_buffer_done(&devices->lines);
}

void devices_done(struct devices *devices)
{
        close_file(devices);
        device_set_done(&devices->set);
}

static void set_state(struct devices *devices, enum source_state state, const char *why)
{
        char escaped[256];

        if (state != SOURCE_OK)
                device_set_done(&devices->set);
        if (devices->state == state)
                return;
        devices->state = state;
        log_limited("journal %s: %s%s%s",
                    log_escape(escaped, sizeof(escaped), devices->path, strlen(devices->path)),
                    source_state_name(state), why[0] == '\0' ? "" : ": ", why);
}

static void skip_line(struct devices *devices, const char *why)
{
        devices->skipped++;
        log_limited("journal: line skipped before byte %lld: %s", (long long)devices->offset, why);
}

/* False: the file is none that we can read on. */
static bool take_header(struct devices *devices, const struct device_record *record)
{
        if (record->type != DEVICE_RECORD_HEADER) {
                set_state(devices, SOURCE_UNSUPPORTED,
                          "expected a header in the first line, got another record");
                return false;
        }
        if (record->version != RECORD_JOURNAL_VERSION) {
                set_state(devices, SOURCE_UNSUPPORTED, "expected version 1 of the format, got another");
                return false;
        }
        devices->has_header = true;
        return true;
}

static bool take_line(struct devices *devices, const char *line, size_t length)
{
        struct device_record record;
        int err = device_record_parse(line, length, &record);

        if (err < 0 && !devices->has_header) {
                set_state(devices, SOURCE_UNSUPPORTED,
                          "expected a header in the first line, got something else");
                return false;
        }
        if (err == 0 && (!devices->has_header || record.type == DEVICE_RECORD_HEADER))
                return take_header(devices, &record);
        if (err == 0)
                err = device_set_apply(&devices->set, &record);
        if (err == -EBADMSG)
                skip_line(devices, "expected a record, got something else");
        else if (err == -ENOSPC)
                skip_line(devices, "too many bindings");
        else if (err < 0)
                skip_line(devices, "out of memory");
        return true;
}

static bool take_lines(struct devices *devices)
{
        const char *line;
        size_t length;

        for (;;) {
                int got = line_buffer_next(&devices->lines, &line, &length);

                if (got == 0)
                        return true;
                if (got < 0 && !devices->has_header) {
                        set_state(devices, SOURCE_UNSUPPORTED, "the first line is too long for a header");
                        return false;
                }
                if (got < 0)
                        skip_line(devices, "longer than any record");
                else if (!take_line(devices, line, length))
                        return false;
        }
}

/* Reads to the end of the file. A torn last line stays in the line buffer until its rest comes. */
static void read_on(struct devices *devices)
{
        char *room;
        size_t size;

        for (;;) {
                ssize_t got;

                if (line_buffer_room(&devices->lines, &room, &size) < 0) {
                        set_state(devices, SOURCE_UNREADABLE, "out of memory");
                        return;
                }
                got = pread(devices->fd, room, size, devices->offset);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0) {
                        set_state(devices, SOURCE_UNREADABLE, strerror(errno));
                        return;
                }
                devices->offset += got;
                line_buffer_added(&devices->lines, (size_t)got);
                if (!take_lines(devices))
                        return;
                if (got == 0)
                        break;
        }
        set_state(devices, SOURCE_OK, "");
}

/* Whether the path still leads to the file that we have read, and that one has only grown. */
static bool is_same_file(const struct devices *devices)
{
        struct stat status;

        return devices->fd >= 0 && stat(devices->path, &status) == 0 && status.st_dev == devices->device &&
               status.st_ino == devices->inode && status.st_size >= devices->offset;
}

static int open_file(struct devices *devices)
{
        struct stat status;
        int fd = open(devices->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

        if (fd < 0)
                return -errno;
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
                close(fd);
                return -EINVAL;
        }
        devices->fd = fd;
        devices->device = status.st_dev;
        devices->inode = status.st_ino;
        return 0;
}

void devices_refresh(struct devices *devices)
{
        int err;

        if (is_same_file(devices)) {
                /* What was refused stays refused until the file is another one. */
                if (devices->state == SOURCE_OK)
                        read_on(devices);
                return;
        }
        close_file(devices);
        device_set_done(&devices->set);
        err = open_file(devices);
        if (err == 0)
                read_on(devices);
        else if (err == -ENOENT || err == -ENOTDIR)
                set_state(devices, SOURCE_MISSING, "");
        else
                set_state(devices, SOURCE_UNREADABLE, err == -EINVAL ? "no regular file" : strerror(-err));
}
