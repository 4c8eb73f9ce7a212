/* SPDX-License-Identifier: BSD-2-Clause */
/* cursor.h - bounds-checked reading of untrusted bytes, and writing into a buffer of fixed size.
 * Used by the option and message codecs; knows nothing about DHCP. Inline: a walk calls it per option. */
#ifndef ASSOC_CURSOR_H
#define ASSOC_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** What is left to read. A read that does not fit returns false and leaves the cursor where it was. */
struct cursor {
        const uint8_t *pos, *end;
};

static inline struct cursor cursor_of(const void *data, size_t size)
{
        const uint8_t *bytes = data;

        /* NULL + 0 is undefined in C17: an empty input may come without an address. */
        return (struct cursor){.pos = bytes, .end = size > 0 ? bytes + size : bytes};
}

static inline size_t cursor_left(const struct cursor *in)
{
        return (size_t)(in->end - in->pos);
}

static inline bool cursor_get_u8(struct cursor *in, uint8_t *ret)
{
        if (in->pos == in->end)
                return false;
        *ret = *in->pos++;
        return true;
}

static inline bool cursor_get_be32(struct cursor *in, uint32_t *ret)
{
        if (cursor_left(in) < 4)
                return false;
        *ret = (uint32_t)in->pos[0] << 24 | (uint32_t)in->pos[1] << 16 | (uint32_t)in->pos[2] << 8 |
               in->pos[3];
        in->pos += 4;
        return true;
}

/** The next `size` bytes as a cursor of their own, which an inner reader cannot leave. */
static inline bool cursor_get_sub(struct cursor *in, size_t size, struct cursor *ret)
{
        if (size > cursor_left(in))
                return false;
        *ret = cursor_of(in->pos, size);
        if (size > 0)
                in->pos += size;
        return true;
}

/** Room left to write. A write that does not fit returns false and writes nothing. */
struct writer {
        uint8_t *start, *pos, *end;
};

static inline struct writer writer_of(void *buffer, size_t size)
{
        uint8_t *bytes = buffer;

        return (struct writer){.start = bytes, .pos = bytes, .end = size > 0 ? bytes + size : bytes};
}

static inline size_t writer_size(const struct writer *out)
{
        return (size_t)(out->pos - out->start);
}

static inline size_t writer_room(const struct writer *out)
{
        return (size_t)(out->end - out->pos);
}

static inline bool writer_put_u8(struct writer *out, uint8_t value)
{
        if (out->pos == out->end)
                return false;
        *out->pos++ = value;
        return true;
}

static inline bool writer_put_be32(struct writer *out, uint32_t value)
{
        if (writer_room(out) < 4)
                return false;
        *out->pos++ = (uint8_t)(value >> 24);
        *out->pos++ = (uint8_t)(value >> 16);
        *out->pos++ = (uint8_t)(value >> 8);
        *out->pos++ = (uint8_t)value;
        return true;
}

static inline bool writer_put_bytes(struct writer *out, const void *data, size_t size)
{
        if (size > writer_room(out))
                return false;
        if (size > 0) {
                memcpy(out->pos, data, size);
                out->pos += size;
        }
        return true;
}

#endif
