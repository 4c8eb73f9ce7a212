/* SPDX-License-Identifier: BSD-2-Clause */
/* message.c - options of a DHCPv4 message as received: fields, overload, instances (RFC 2131, RFC 3396).
 * Knows nothing of what an option means but for pad, end and overload. */
#include "config.h"

#include "libassoc/assoc.h"

#include <errno.h>

#include "libassoc/cursor.h"

enum {
        OPTION_PAD = 0,
        OPTION_OVERLOAD = 52,
        OPTION_END = 255,
};

/* Offsets in the fixed part (RFC 2131 figure 1). */
enum {
        SNAME_OFFSET = 44,
        FILE_OFFSET = 108,
        COOKIE_OFFSET = 236,
        OPTIONS_OFFSET = 240,
};

/* Values of option 52, one bit a field (RFC 2132 9.3). */
enum {
        OVERLOAD_FILE = 1,
        OVERLOAD_SNAME = 2,
};

#define MAGIC_COOKIE 0x63825363u

/* A walk over all fields that hold options. */
struct walk {
        const uint8_t *message;
        struct cursor field; /* what is left of the present field */
        bool in_options;     /* the present field is the options field */
        uint8_t overload;    /* fields that are still to come, as in option 52 */
};

static bool walk_start(struct walk *walk, const void *message, size_t size)
{
        struct cursor in = cursor_of(message, size);
        struct cursor fixed;
        uint32_t cookie;

        if (!cursor_get_sub(&in, COOKIE_OFFSET, &fixed) || !cursor_get_be32(&in, &cookie) ||
            cookie != MAGIC_COOKIE)
                return false;
        *walk = (struct walk){.message = message, .field = in, .in_options = true};
        return true;
}

/* RFC 3396 section 5: the options field first, then file, then sname. */
static bool walk_next_field(struct walk *walk)
{
        walk->in_options = false;
        if (walk->overload & OVERLOAD_FILE) {
                walk->overload &= (uint8_t)~OVERLOAD_FILE;
                walk->field = cursor_of(walk->message + FILE_OFFSET, COOKIE_OFFSET - FILE_OFFSET);
                return true;
        }
        if (walk->overload & OVERLOAD_SNAME) {
                walk->overload = 0;
                walk->field = cursor_of(walk->message + SNAME_OFFSET, FILE_OFFSET - SNAME_OFFSET);
                return true;
        }
        return false;
}

/* Only the options field may say that others are overloaded; a value out of range says nothing. */
static void take_overload(struct walk *walk, const struct cursor *body)
{
        if (walk->in_options && cursor_left(body) == 1 && body->pos[0] <= (OVERLOAD_FILE | OVERLOAD_SNAME))
                walk->overload = body->pos[0];
}

/* Take the next option. Returns 1; 0: there is none; -EBADMSG: it runs past its field.
 * A field may lack its end option: where its bytes end, nothing is left to misread. */
static int walk_next(struct walk *walk, uint8_t *ret_code, struct cursor *ret_body)
{
        for (;;) {
                uint8_t size;

                if (!cursor_get_u8(&walk->field, ret_code) || *ret_code == OPTION_END) {
                        if (!walk_next_field(walk))
                                return 0;
                        continue;
                }
                if (*ret_code == OPTION_PAD)
                        continue;
                if (!cursor_get_u8(&walk->field, &size) || !cursor_get_sub(&walk->field, size, ret_body))
                        return -EBADMSG;
                if (*ret_code == OPTION_OVERLOAD)
                        take_overload(walk, ret_body);
                return 1;
        }
}

/* Append each instance of `code` to `out`. *ret_size counts what did not fit, too; *ret_found any instance.
 */
static int join(struct walk *walk, uint8_t code, struct writer *out, size_t *ret_size, bool *ret_found)
{
        struct cursor body;
        uint8_t met;
        int more;

        *ret_size = 0;
        *ret_found = false;
        while ((more = walk_next(walk, &met, &body)) > 0) {
                if (met != code)
                        continue;
                *ret_found = true;
                *ret_size += cursor_left(&body);
                writer_put_bytes(out, body.pos, cursor_left(&body));
        }
        return more;
}

static int fail(struct assoc_diagnosis *why, enum assoc_fault fault, size_t got, int err)
{
        if (why != NULL)
                *why = (struct assoc_diagnosis){.fault = fault, .got = got};
        return err;
}

int assoc_message_option(const void *message, size_t size, uint8_t code, void *buffer, size_t buffer_size,
                         size_t *ret_size, struct assoc_diagnosis *why)
{
        struct writer out = writer_of(buffer, buffer_size);
        struct walk walk;
        size_t joined;
        bool found;

        if (code == OPTION_PAD || code == OPTION_OVERLOAD || code == OPTION_END)
                return fail(why, ASSOC_FAULT_NONE, 0, -EINVAL);
        if (!walk_start(&walk, message, size))
                return fail(why, ASSOC_FAULT_NOT_DHCP, size, -EBADMSG);
        if (join(&walk, code, &out, &joined, &found) < 0)
                return fail(why, ASSOC_FAULT_TRUNCATED, cursor_left(&walk.field), -EBADMSG);
        if (!found)
                return fail(why, ASSOC_FAULT_MISSING, 0, -ENODATA);
        if (joined > buffer_size)
                return fail(why, ASSOC_FAULT_TOO_BIG, joined, -ENOBUFS);
        *ret_size = joined;
        return 0;
}

int assoc_message_decode(const void *message, size_t size, enum assoc_role role, struct assoc_identity *ret,
                         struct assoc_diagnosis *why)
{
        uint8_t option[ASSOC_OPTION_MAX];
        size_t option_size;
        int err =
                assoc_message_option(message, size, ASSOC_OPTION, option, sizeof(option), &option_size, why);

        if (err == -ENOBUFS)
                return -EBADMSG;
        if (err < 0)
                return err;
        return assoc_option_decode(option, option_size, role, ret, why);
}
