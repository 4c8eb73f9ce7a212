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

/* What a scan of a message's fields gathers. */
struct scan {
        uint8_t code;         /* the option that is looked for */
        uint8_t overload;     /* value of option 52, 0 without */
        struct cursor first;  /* first instance, where it stands in the message */
        struct writer joined; /* all of them, written only once there is a second one */
        size_t instances;
        size_t size; /* bytes of all instances, whether or not they fit in `joined` */
        size_t left; /* where an option ran past its field: bytes that were there */
};

static void take_instance(struct scan *scan, const struct cursor *body)
{
        if (scan->instances++ == 0) {
                scan->first = *body;
        } else {
                if (scan->instances == 2)
                        writer_put_bytes(&scan->joined, scan->first.pos, cursor_left(&scan->first));
                writer_put_bytes(&scan->joined, body->pos, cursor_left(body));
        }
        scan->size += cursor_left(body);
}

/* A value out of range says nothing; the first that says something stands, so the options field's own. */
static void take_overload(struct scan *scan, const struct cursor *body)
{
        if (scan->overload == 0 && cursor_left(body) == 1 && body->pos[0] <= (OVERLOAD_FILE | OVERLOAD_SNAME))
                scan->overload = body->pos[0];
}

/* Look through one field. False: an option runs past it.
 * The end option may be missing: where a field's bytes end, nothing is left to misread. */
static bool scan_field(struct scan *scan, struct cursor field)
{
        struct cursor body;
        uint8_t code, size;

        while (cursor_get_u8(&field, &code) && code != OPTION_END) {
                if (code == OPTION_PAD)
                        continue;
                if (!cursor_get_u8(&field, &size) || !cursor_get_sub(&field, size, &body)) {
                        scan->left = cursor_left(&field);
                        return false;
                }
                if (code == scan->code)
                        take_instance(scan, &body);
                else if (code == OPTION_OVERLOAD)
                        take_overload(scan, &body);
        }
        return true;
}

/* RFC 3396 section 5: the options field first, then file, then sname. Only the first may say that there is
 * more. */
static bool scan_fields(struct scan *scan, const uint8_t *message, struct cursor options)
{
        if (!scan_field(scan, options))
                return false;
        if ((scan->overload & OVERLOAD_FILE) &&
            !scan_field(scan, cursor_of(message + FILE_OFFSET, COOKIE_OFFSET - FILE_OFFSET)))
                return false;
        return !(scan->overload & OVERLOAD_SNAME) ||
               scan_field(scan, cursor_of(message + SNAME_OFFSET, FILE_OFFSET - SNAME_OFFSET));
}

static int fail(struct assoc_diagnosis *why, enum assoc_fault fault, size_t got, int err)
{
        if (why != NULL)
                *why = (struct assoc_diagnosis){.fault = fault, .got = got};
        return err;
}

/* Find the option that `scan` is set up for. Its value is in the message itself if it stands there in one
 * piece, else in the buffer behind scan->joined. */
static int find_option(struct scan *scan, const void *message, size_t size, struct cursor *ret_value,
                       struct assoc_diagnosis *why)
{
        size_t room = writer_room(&scan->joined);
        struct cursor options = cursor_of(message, size);
        struct cursor fixed;
        uint32_t cookie;

        if (!cursor_get_sub(&options, COOKIE_OFFSET, &fixed) || !cursor_get_be32(&options, &cookie) ||
            cookie != MAGIC_COOKIE)
                return fail(why, ASSOC_FAULT_NOT_DHCP, size, -EBADMSG);
        if (!scan_fields(scan, message, options))
                return fail(why, ASSOC_FAULT_TRUNCATED, scan->left, -EBADMSG);
        if (scan->instances == 0)
                return fail(why, ASSOC_FAULT_MISSING, 0, -ENODATA);
        if (scan->size > room)
                return fail(why, ASSOC_FAULT_TOO_BIG, scan->size, -ENOBUFS);
        *ret_value = scan->instances == 1 ? scan->first : cursor_of(scan->joined.start, scan->size);
        return 0;
}

int assoc_message_option(const void *message, size_t size, uint8_t code, void *buffer, size_t buffer_size,
                         size_t *ret_size, struct assoc_diagnosis *why)
{
        struct scan scan = {.code = code, .joined = writer_of(buffer, buffer_size)};
        struct cursor value;
        int err;

        if (code == OPTION_PAD || code == OPTION_OVERLOAD || code == OPTION_END)
                return fail(why, ASSOC_FAULT_NONE, 0, -EINVAL);
        err = find_option(&scan, message, size, &value, why);
        if (err < 0)
                return err;
        *ret_size = cursor_left(&value);
        if (scan.instances == 1)
                writer_put_bytes(&scan.joined, value.pos, cursor_left(&value));
        return 0;
}

int assoc_message_decode(const void *message, size_t size, enum assoc_role role, struct assoc_identity *ret,
                         struct assoc_diagnosis *why)
{
        uint8_t buffer[ASSOC_OPTION_MAX];
        struct scan scan = {.code = ASSOC_OPTION, .joined = writer_of(buffer, sizeof(buffer))};
        struct cursor value;
        int err = find_option(&scan, message, size, &value, why);

        if (err == -ENOBUFS)
                return -EBADMSG;
        if (err < 0)
                return err;
        return assoc_option_decode(value.pos, cursor_left(&value), role, ret, why);
}
