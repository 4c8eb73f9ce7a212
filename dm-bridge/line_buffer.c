/* SPDX-License-Identifier: BSD-2-Clause */
/* line_buffer.c - bytes in any pieces in, whole lines out.
 * Used for requests from the socket and for the journal; knows nothing of what a line says. */
#include "config.h"

#include "dm-bridge/line_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* First allocation: most requests are far smaller. */
#define CAPACITY_MIN 4096

void line_buffer_init(struct line_buffer *buffer, size_t limit)
{
        *buffer = (struct line_buffer){.limit = limit};
}

void line_buffer_done(struct line_buffer *buffer)
{
        free(buffer->data);
        line_buffer_init(buffer, buffer->limit);
}

static void move_to_front(struct line_buffer *buffer)
{
        if (buffer->start == 0)
                return;
        memmove(buffer->data, buffer->data + buffer->start, buffer->end - buffer->start);
        buffer->end -= buffer->start;
        buffer->searched -= buffer->start;
        buffer->start = 0;
}

static int grow(struct line_buffer *buffer)
{
        size_t most = buffer->limit + 1;
        size_t capacity = buffer->capacity == 0 ? CAPACITY_MIN : buffer->capacity * 2;
        char *data;

        if (capacity > most)
                capacity = most;
        data = realloc(buffer->data, capacity);
        if (data == NULL)
                return -ENOMEM;
        buffer->data = data;
        buffer->capacity = capacity;
        return 0;
}

int line_buffer_room(struct line_buffer *buffer, char **ret_room, size_t *ret_size)
{
        if (buffer->end == buffer->capacity)
                move_to_front(buffer);
        if (buffer->end == buffer->capacity && grow(buffer) < 0)
                return -ENOMEM;
        *ret_room = buffer->data + buffer->end;
        *ret_size = buffer->capacity - buffer->end;
        return 0;
}

void line_buffer_added(struct line_buffer *buffer, size_t size)
{
        buffer->end += size;
}

/* Take the bytes up to `end`; the line itself stays readable until the next line_buffer_room(). */
static void take(struct line_buffer *buffer, size_t end)
{
        buffer->start = end;
        buffer->searched = end;
}

/* No line end in sight: give memory back, or find that the line is too long. */
static int no_line(struct line_buffer *buffer)
{
        bool full = buffer->end - buffer->start > buffer->limit;
        bool told = buffer->skipping;

        buffer->searched = buffer->end;
        if (full || told)
                take(buffer, buffer->end);
        if (full)
                buffer->skipping = true;
        if (buffer->start == buffer->end) {
                bool skipping = buffer->skipping;

                line_buffer_done(buffer);
                buffer->skipping = skipping;
        }
        return full && !told ? -EMSGSIZE : 0;
}

int line_buffer_next(struct line_buffer *buffer, const char **ret_line, size_t *ret_length)
{
        while (buffer->searched < buffer->end) {
                const char *line = buffer->data + buffer->start;
                const char *end =
                        memchr(buffer->data + buffer->searched, '\n', buffer->end - buffer->searched);
                bool skipping = buffer->skipping;

                if (end == NULL)
                        break;
                take(buffer, (size_t)(end - buffer->data) + 1);
                buffer->skipping = false;
                if (skipping)
                        continue;
                *ret_line = line;
                *ret_length = (size_t)(end - line);
                return 1;
        }
        return no_line(buffer);
}

int line_buffer_rest(struct line_buffer *buffer, const char **ret_line, size_t *ret_length)
{
        if (buffer->skipping || buffer->start == buffer->end)
                return 0;
        *ret_line = buffer->data + buffer->start;
        *ret_length = buffer->end - buffer->start;
        take(buffer, buffer->end);
        return 1;
}
