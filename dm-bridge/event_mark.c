/* SPDX-License-Identifier: BSD-2-Clause */
/* event_mark.c - two slots of one line each, overwritten in turn.
 * What is in them means something to notify.c and connection_request.c only. */
#include "config.h"

#include "dm-bridge/event_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/notify.h"

#define SLOTS 2
/* Far beyond what is ever reached, and far enough from the end for numbers to go on rising. */
#define SEQUENCE_MAX (INT64_MAX / 2)

static const char line_format[] = "dm-bridge-mark 1 %" PRIu64 " %s sequence=%" PRIu64 " requests=%" PRIu32
                                  " requests-seq=%" PRIu64 " last=%s ts=%" PRIu64 " id=%" PRIu64 " ";

/* FNV-1a: it is to tell a torn line, not a forged one. */
static uint64_t checksum(const char *text, size_t length)
{
        uint64_t sum = 0xcbf29ce484222325;

        for (size_t i = 0; i < length; i++)
                sum = (sum ^ (uint8_t)text[i]) * 0x100000001b3;
        return sum;
}

static void format(const struct event_mark *mark, uint64_t generation, char slot[EVENT_MARK_SLOT])
{
        char text[EVENT_MARK_SLOT];
        int used = snprintf(text, sizeof(text), line_format, generation, mark->clean ? "stopped" : "running",
                            mark->sequence, mark->requests, mark->requests_seq,
                            mark->memory.any ? "known" : "none", mark->memory.ts, mark->memory.id);

        used += snprintf(text + used, sizeof(text) - (size_t)used, "%016" PRIx64,
                         checksum(text, (size_t)used));
        memset(slot, ' ', EVENT_MARK_SLOT);
        memcpy(slot, text, (size_t)used);
        slot[EVENT_MARK_SLOT - 1] = '\n';
}

static bool is_possible(const struct event_mark *mark)
{
        return mark->sequence <= SEQUENCE_MAX && mark->requests_seq <= mark->sequence;
}

/* A line is what format() makes of what is read in it, or it is none. */
static bool parse(const char slot[EVENT_MARK_SLOT], uint64_t *ret_generation, struct event_mark *ret)
{
        char text[EVENT_MARK_SLOT + 1], again[EVENT_MARK_SLOT], state[8], last[6];
        struct event_mark mark;

        memcpy(text, slot, EVENT_MARK_SLOT);
        text[EVENT_MARK_SLOT] = '\0';
        if (sscanf(text,
                   "dm-bridge-mark 1 %" SCNu64 " %7s sequence=%" SCNu64 " requests=%" SCNu32
                   " requests-seq=%" SCNu64 " last=%5s ts=%" SCNu64 " id=%" SCNu64,
                   ret_generation, state, &mark.sequence, &mark.requests, &mark.requests_seq, last,
                   &mark.memory.ts, &mark.memory.id) != 8)
                return false;
        mark.clean = strcmp(state, "stopped") == 0;
        mark.memory.any = strcmp(last, "known") == 0;
        format(&mark, *ret_generation, again);
        if (memcmp(again, slot, sizeof(again)) != 0 || !is_possible(&mark))
                return false;
        *ret = mark;
        return true;
}

static void read_slots(struct event_mark_file *file, bool *ret_found, struct event_mark *ret)
{
        *ret_found = false;
        for (unsigned i = 0; i < SLOTS; i++) {
                char slot[EVENT_MARK_SLOT];
                struct event_mark mark;
                uint64_t generation;

                if (pread(file->fd, slot, sizeof(slot), i * EVENT_MARK_SLOT) != sizeof(slot) ||
                    !parse(slot, &generation, &mark) || (*ret_found && generation <= file->generation))
                        continue;
                *ret_found = true;
                *ret = mark;
                file->generation = generation;
                file->next = (i + 1) % SLOTS;
        }
}

int event_mark_open(struct event_mark_file *file, const char *path, bool *ret_found, struct event_mark *ret)
{
        struct stat status;
        int err;

        *file = (struct event_mark_file){
                .fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600)};
        if (file->fd < 0)
                return -errno;
        err = fstat(file->fd, &status) < 0 ? -errno : S_ISREG(status.st_mode) ? 0 : -EINVAL;
        if (err < 0)
                event_mark_close(file);
        else
                read_slots(file, ret_found, ret);
        return err;
}

int event_mark_write(struct event_mark_file *file, const struct event_mark *mark)
{
        char slot[EVENT_MARK_SLOT];
        ssize_t written;

        if (file->fd < 0)
                return -EBADF;
        format(mark, file->generation + 1, slot);
        written = pwrite(file->fd, slot, sizeof(slot), file->next * EVENT_MARK_SLOT);
        if (written != sizeof(slot))
                return written < 0 ? -errno : -ENOSPC;
        file->generation++;
        file->next = (file->next + 1) % SLOTS;
        return 0;
}

int event_mark_write_synced(struct event_mark_file *file, const struct event_mark *mark)
{
        int err = event_mark_write(file, mark);

        return err == 0 && fdatasync(file->fd) < 0 ? -errno : err;
}

void event_mark_close(struct event_mark_file *file)
{
        if (file->fd >= 0)
                close(file->fd);
        file->fd = -1;
}

struct event_mark event_mark_of(const struct notify *notify, const struct request_memory *memory)
{
        return (struct event_mark){.sequence = notify->sequence,
                                   .requests = notify->requests,
                                   .requests_seq = notify->requests_seq,
                                   .memory = *memory};
}

void event_mark_recover(const struct event_mark *found, struct notify *notify, struct request_memory *memory)
{
        bool clean = found == NULL ? notify->sequence == 0 : found->clean;

        /* The state was written after that event, or it would know no such number: what it says of it holds.
         */
        if (found != NULL && found->requests_seq > notify->sequence) {
                notify->requests = found->requests;
                notify->requests_seq = found->requests_seq;
                notify->changed = true;
        }
        if (found != NULL && found->sequence > notify->sequence)
                notify->sequence = found->sequence;
        if (!clean && notify->sequence <= SEQUENCE_MAX)
                notify->sequence += EVENT_MARK_AHEAD;
        if (found != NULL && found->memory.any && (!memory->any || found->memory.ts > memory->ts))
                *memory = found->memory;
}
