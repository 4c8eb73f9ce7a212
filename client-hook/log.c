/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - messages to syslog and standard error, one line each.
 * dhcpcd's hooks often run with standard error closed: syslog is what an operator sees. */
#include "config.h"

#include "client-hook/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
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

const char *log_escape(const void *text, size_t size, char *buffer, size_t room)
{
        const uint8_t *bytes = text;
        size_t used = 0;

        for (size_t i = 0; i < size; i++) {
                int plain = bytes[i] >= 0x20 && bytes[i] < 0x7F && bytes[i] != '\\';
                size_t need = plain ? 1 : 4;

                /* Room is kept for the mark and the NUL. */
                if (need + sizeof("...") > room - used) {
                        memcpy(buffer + used, "...", sizeof("..."));
                        return buffer;
                }
                if (plain)
                        buffer[used] = (char)bytes[i];
                else
                        snprintf(buffer + used, 5, "\\x%02X", bytes[i]);
                used += need;
        }
        buffer[used] = '\0';
        return buffer;
}
