/* SPDX-License-Identifier: BSD-2-Clause */
/* identity.h - validation of one element of an identity; shared by identity.c and option.c. */
#ifndef ASSOC_IDENTITY_H
#define ASSOC_IDENTITY_H

#include "libassoc/assoc.h"

/**
 * Validate `size` bytes from the wire as `element` (EN-4, EN-6); one trailing NUL and either case of an OUI
 * are good. No bytes are good, too: whether an element may be missing is for the caller to say. Returns
 * ASSOC_FAULT_NONE; or what is wrong and, in *ret_got, the length or the offset that the fault is about.
 */
enum assoc_fault identity_check_element(enum assoc_element element, const void *data, size_t size,
                                        size_t *ret_got);

/** Store what identity_check_element() found good: an OUI in upper case, without the trailing NUL of the
 * wire. */
void identity_store_element(struct assoc_identity *ret, enum assoc_element element, const void *data,
                            size_t size);

/** Both of the above; *ret is untouched if the element is not good. */
enum assoc_fault identity_set_element(struct assoc_identity *ret, enum assoc_element element,
                                      const void *data, size_t size, size_t *ret_got);

/** The text of `element` inside `identity`. */
const char *identity_element(const struct assoc_identity *identity, enum assoc_element element);

#endif
