/* SPDX-License-Identifier: BSD-2-Clause */
/* merge.c - put our identity into an option 125 that an administrator configured (EN-7).
 * Two passes: choose the block that takes ours, then copy. Both leave the same sub-options out. */
#include "config.h"

#include <errno.h>
#include <limits.h>

#include "libassoc/option.h"

/* No such block: ours get one of their own, at the end. */
#define NEW_BLOCK SIZE_MAX

/* Bytes of a block of ours without the sub-options that we replace. False: malformed. */
static bool kept_size(struct cursor block, enum assoc_role role, size_t *ret)
{
        struct cursor value;
        uint8_t code;

        *ret = 0;
        while (cursor_left(&block) > 0) {
                if (!option_get_suboption(&block, &code, &value))
                        return false;
                if (!option_is_of_role(code, role))
                        *ret += 2 + cursor_left(&value);
        }
        return true;
}

/* Number the blocks from 0 and find the first of enterprise 3561 that has room for `added` bytes. */
static int choose_block(struct cursor option, enum assoc_role role, size_t added, size_t *ret)
{
        *ret = NEW_BLOCK;
        for (size_t index = 0; cursor_left(&option) > 0; index++) {
                struct cursor block;
                uint32_t enterprise;
                size_t kept;

                if (!option_get_block(&option, &enterprise, &block))
                        return -EBADMSG;
                if (enterprise != ASSOC_ENTERPRISE)
                        continue;
                if (!kept_size(block, role, &kept))
                        return -EBADMSG;
                if (*ret == NEW_BLOCK && kept + added <= UINT8_MAX)
                        *ret = index;
        }
        return 0;
}

/* Copy the sub-options that stay, byte for byte. */
static bool put_kept(struct writer *out, struct cursor block, enum assoc_role role)
{
        struct cursor value;
        uint8_t code;

        while (cursor_left(&block) > 0) {
                const uint8_t *start = block.pos;

                if (!option_get_suboption(&block, &code, &value))
                        return false;
                if (!option_is_of_role(code, role) &&
                    !writer_put_bytes(out, start, (size_t)(block.pos - start)))
                        return false;
        }
        return true;
}

/* Write one block of ours; `identity` is NULL where it does not go into this one. */
static bool put_block(struct writer *out, struct cursor block, const struct assoc_identity *identity,
                      enum assoc_role role)
{
        size_t size;

        if (!kept_size(block, role, &size))
                return false;
        if (identity != NULL)
                size += option_identity_size(identity);
        /* What only held an identity of this role is gone with it. */
        if (size == 0)
                return true;
        return writer_put_be32(out, ASSOC_ENTERPRISE) && writer_put_u8(out, (uint8_t)size) &&
               put_kept(out, block, role) && (identity == NULL || option_put_identity(out, identity, role));
}

static bool put_option(struct writer *out, struct cursor option, const struct assoc_identity *identity,
                       enum assoc_role role, size_t chosen)
{
        for (size_t index = 0; cursor_left(&option) > 0; index++) {
                const uint8_t *start = option.pos;
                struct cursor block;
                uint32_t enterprise;
                bool done;

                if (!option_get_block(&option, &enterprise, &block))
                        return false;
                if (enterprise == ASSOC_ENTERPRISE)
                        done = put_block(out, block, index == chosen ? identity : NULL, role);
                else
                        done = writer_put_bytes(out, start, (size_t)(option.pos - start));
                if (!done)
                        return false;
        }
        return chosen != NEW_BLOCK || put_block(out, cursor_of(NULL, 0), identity, role);
}

int assoc_option_merge(const void *option, size_t option_size, const struct assoc_identity *identity,
                       enum assoc_role role, void *buffer, size_t size, size_t *ret_size)
{
        struct cursor in = cursor_of(option, option_size);
        struct writer out = writer_of(buffer, size);
        struct assoc_identity sent;
        size_t chosen;
        int err;

        err = option_identity_for_sending(identity, &sent);
        if (err < 0)
                return err;
        err = choose_block(in, role, option_identity_size(&sent), &chosen);
        if (err < 0)
                return err;
        if (!put_option(&out, in, &sent, role, chosen))
                return -ENOBUFS;
        *ret_size = writer_size(&out);
        return 0;
}
