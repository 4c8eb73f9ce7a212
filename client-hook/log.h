/* SPDX-License-Identifier: BSD-2-Clause */
/* log.h - where assoc-client's messages go. */
#ifndef CLIENT_LOG_H
#define CLIENT_LOG_H

#include <stddef.h>

/** Longest message; what is longer is cut. */
#define LOG_LINE_MAX 512

/** Log to syslog (facility daemon) and to standard error. `priority` is one of syslog.h's. */
void log_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Escape `size` bytes of untrusted text into `buffer`, so that the result is one line of printable ASCII:
 * what is not becomes \xHH. What does not fit is cut and marked "...". Returns `buffer`, NUL-terminated;
 * `room` is at least 8.
 */
const char *log_escape(const void *text, size_t size, char *buffer, size_t room);

#endif
