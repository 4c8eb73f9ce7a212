/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.h - bytes written as hexadecimal digits, as people and other tools write them. */
#ifndef DM_BRIDGE_HEX_H
#define DM_BRIDGE_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Read `length` characters of `text`: pairs of hexadecimal digits, with white space or colons between pairs
 * where it pleases, and an optional 0x before each group. Returns 0 and the bytes read in *ret_size; -EINVAL:
 * a character that cannot stand there, and its index (or `length`: the end came in the middle of a pair) in
 * *ret_at; -ENOBUFS: more than `size` bytes.
 */
int hex_parse(const char *text, size_t length, uint8_t *buffer, size_t size, size_t *ret_size,
              size_t *ret_at);

/** Print `size` bytes in lower case, without separators or line end. */
void hex_print(FILE *file, const uint8_t *bytes, size_t size);

#endif
