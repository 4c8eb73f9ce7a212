/* SPDX-License-Identifier: BSD-2-Clause */
/* record_scan.h - a line of the journal as we write it, read without a JSON parser. Private to record.c. */
#ifndef ASSOC_RECORD_SCAN_H
#define ASSOC_RECORD_SCAN_H

#include "libassoc/record.h"

/**
 * Read a binding's line, `length` bytes without its newline, if device_record_format() could have written
 * these very bytes; *ret is then as device_record_parse() would have it. False, also of many valid lines:
 * that is for a JSON parser to judge.
 */
bool record_scan_bind(const char *line, size_t length, struct device_record *ret);

/** Whether `text` may be an interface's name or a reason: printable ASCII without space, slash or quotes, so
 * that it is safe anywhere. */
bool record_is_word(const char *text);

#endif
