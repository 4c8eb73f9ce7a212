/* SPDX-License-Identifier: BSD-2-Clause */
/* log.h - one line at a time to standard error. */
#ifndef BRIDGE_LOG_H
#define BRIDGE_LOG_H

#include <stddef.h>

/** Lines that log_limited() writes in LOG_LIMIT_SECONDS; what is over is counted and told of later. */
#define LOG_LIMIT_LINES   20
#define LOG_LIMIT_SECONDS 10
/** No line is longer; the rest is cut. */
#define LOG_LINE_MAX 1024

/** Write "dm-bridge: ", the text and a line end. Untrusted text goes through log_escape() first. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As log_line(), for what a client or a file's content can bring about at will: limited in rate. */
void log_limited(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * Make untrusted text printable: what is not plain ASCII becomes \xNN, a backslash is doubled. What does not
 * fit ends in "...". Writes at most `size` bytes (at least 4), NUL included; returns `buffer`.
 */
const char *log_escape(char *buffer, size_t size, const char *text, size_t length);

#endif
