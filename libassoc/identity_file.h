/* SPDX-License-Identifier: BSD-2-Clause */
/* identity_file.h - identity.conf: who this device is. */
#ifndef LIBASSOC_IDENTITY_FILE_H
#define LIBASSOC_IDENTITY_FILE_H

#include <stddef.h>

#include "libassoc/assoc.h"

/** Longest identity.conf, in bytes. */
#define IDENTITY_FILE_MAX 4096
/** Room that any message of this module fits into. */
#define IDENTITY_FILE_ERROR_MAX 384

/**
 * Read the device's identity from `path`: lines `KEY = VALUE`; blank lines and lines that start with `#` are
 * skipped. Keys: manufacturer-oui, serial-number, product-class (the last one may be left out). A value ends
 * with the line, white space around it is not part of it. Returns 0; a negative errno of open or read;
 * -EINVAL: the content is wrong. On error `error` (room for `size`) holds one line that names file, line,
 * key, what was expected and what came; *ret is untouched.
 */
int identity_file_read(const char *path, struct assoc_identity *ret, char *error, size_t size);

/** As identity_file_read(), for text in memory; `path` is only named in messages. */
int identity_file_parse(const char *path, const char *text, size_t text_size, struct assoc_identity *ret,
                        char *error, size_t size);

#endif
