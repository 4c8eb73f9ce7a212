/* SPDX-License-Identifier: BSD-2-Clause */
/* option.h - the two nestings of option 125 (RFC 3925 section 4); shared by option.c and merge.c. */
#ifndef ASSOC_OPTION_H
#define ASSOC_OPTION_H

#include "libassoc/assoc.h"
#include "libassoc/cursor.h"

/** Sub-option code of an identity's first element; the others follow it in order. */
static inline uint8_t option_first_code(enum assoc_role role)
{
        return role == ASSOC_ROLE_DEVICE ? 1 : 4;
}

/** Whether `code` is one of the three that carry an identity of `role`. */
static inline bool option_is_of_role(uint8_t code, enum assoc_role role)
{
        return code >= option_first_code(role) && code <= option_first_code(role) + ASSOC_ELEMENT_CLASS;
}

/** Take the next enterprise block. False: what is left is no whole block; the cursor is at its data then. */
static inline bool option_get_block(struct cursor *option, uint32_t *ret_enterprise, struct cursor *ret_body)
{
        uint8_t size;

        /* RFC 3925 section 4: data-len covers this enterprise's data only. */
        return cursor_get_be32(option, ret_enterprise) && cursor_get_u8(option, &size) &&
               cursor_get_sub(option, size, ret_body);
}

/** Take the next sub-option of a block. False: it runs past the block; *ret_code is set if it had a code. */
static inline bool option_get_suboption(struct cursor *block, uint8_t *ret_code, struct cursor *ret_body)
{
        uint8_t size;

        return cursor_get_u8(block, ret_code) && cursor_get_u8(block, &size) &&
               cursor_get_sub(block, size, ret_body);
}

/**
 * Make what is sent out of what a caller hands over (EN-3, EN-4): valid, complete, the OUI in upper case.
 * Returns 0 or -EINVAL.
 */
int option_identity_for_sending(const struct assoc_identity *identity, struct assoc_identity *ret);

/** Bytes that option_put_identity() writes for `identity`. */
size_t option_identity_size(const struct assoc_identity *identity);

/** Write the sub-options of a valid `identity`; an empty product class is left out (EN-8). False: no room. */
bool option_put_identity(struct writer *out, const struct assoc_identity *identity, enum assoc_role role);

#endif
