/* SPDX-License-Identifier: BSD-2-Clause */
/* log.h - where assoc-client's messages go. */
#ifndef CLIENT_LOG_H
#define CLIENT_LOG_H

/** Longest message; what is longer is cut. */
#define LOG_LINE_MAX 512

/** Log to syslog (facility daemon) and to standard error. `priority` is one of syslog.h's. */
void log_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
