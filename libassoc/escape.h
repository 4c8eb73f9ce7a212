/* SPDX-License-Identifier: BSD-2-Clause */
/* escape.h - untrusted text made fit for a message. */
#ifndef LIBASSOC_ESCAPE_H
#define LIBASSOC_ESCAPE_H

#include <stddef.h>

/**
 * Escape `size` bytes of untrusted text into `buffer`, so that the result is one line of printable ASCII:
 * what is not becomes \xHH. What does not fit is cut and marked "...". Returns `buffer`, NUL-terminated;
 * `room` is at least 8.
 */
const char *escape_text(const void *text, size_t size, char *buffer, size_t room);

#endif
