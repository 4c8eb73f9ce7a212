/* SPDX-License-Identifier: BSD-2-Clause */
/* line_buffer.h - bytes in any pieces in, whole lines out. */
#ifndef BRIDGE_LINE_BUFFER_H
#define BRIDGE_LINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/** Lines of at most `limit` bytes, line end not counted. Holds no memory while it is empty. */
struct line_buffer {
        char *data;
        size_t capacity; /* at most limit + 1 */
        size_t start;    /* of the bytes not taken yet */
        size_t end;
        size_t searched; /* no line end before this offset */
        size_t limit;
        bool skipping; /* inside a line over the limit */
};

void line_buffer_init(struct line_buffer *buffer, size_t limit);
void line_buffer_done(struct line_buffer *buffer);

/**
 * Where the next bytes go: *ret_room, at least one byte, *ret_size of them. Call only after
 * line_buffer_next() has returned 0; lines that it returned are void then. Returns 0 or -ENOMEM.
 */
int line_buffer_room(struct line_buffer *buffer, char **ret_room, size_t *ret_size);

/** `size` bytes were put into the room. */
void line_buffer_added(struct line_buffer *buffer, size_t size);

/**
 * Take the next whole line, without its line end; it is not NUL-terminated, and valid until
 * line_buffer_room(). Returns 1 and the line; 0: no whole line is there; -EMSGSIZE, once for each line over
 * the limit: what follows of it is thrown away.
 */
int line_buffer_next(struct line_buffer *buffer, const char **ret_line, size_t *ret_length);

/** Take what is left, a last line without line end. Returns 1 and the line, or 0: nothing is left. */
int line_buffer_rest(struct line_buffer *buffer, const char **ret_line, size_t *ret_length);

#endif
