/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - messages to syslog and standard error, one line each.
 * dhcpcd's hooks often run with standard error closed: syslog is what an operator sees. */
#include "config.h"

#include "client-hook/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

void log_line(int priority, const char *format, ...)
{
        char line[LOG_LINE_MAX];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(line, sizeof(line), format, arguments);
        va_end(arguments);
        openlog("assoc-client", LOG_PID, LOG_DAEMON);
        syslog(priority, "%s", line);
        closelog();
        fprintf(stderr, "assoc-client: %s\n", line);
}
