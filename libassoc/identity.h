/* SPDX-License-Identifier: BSD-2-Clause */
/* identity.h - validation of one element of an identity; shared by identity.c and option.c. */
#ifndef ASSOC_IDENTITY_H
#define ASSOC_IDENTITY_H

#include "libassoc/assoc.h"

/**
 * Validate `size` bytes from the wire as `element` and store them, NUL-terminated, in `ret` (EN-4, EN-6): an
 * OUI is folded to upper case, one trailing NUL is dropped. Zero bytes are "". No other element of *ret is
 * touched. Returns ASSOC_FAULT_NONE; or what is wrong and, in *ret_got, the length or the offset that the
 * fault is about. *ret is untouched then.
 */
enum assoc_fault identity_set_element(struct assoc_identity *ret, enum assoc_element element,
                                      const void *data, size_t size, size_t *ret_got);

/** The text of `element` inside `identity`. */
const char *identity_element(const struct assoc_identity *identity, enum assoc_element element);

#endif
