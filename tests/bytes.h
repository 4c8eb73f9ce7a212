/* SPDX-License-Identifier: BSD-2-Clause */
/* bytes.h - bytes as people write them down, for tests and corpus files. */
#ifndef TESTS_BYTES_H
#define TESTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

/**
 * Read `length` characters of text: pairs of hexadecimal digits, "quoted characters", a pair times a number
 * (00*202), blanks, and comments from # to the end of the line.
 * Returns the bytes written to `ret` (room for `size`), or -1 if the text is not of that form or does not
 * fit.
 */
int bytes_parse(const char *text, size_t length, uint8_t *ret, size_t size);

#endif
