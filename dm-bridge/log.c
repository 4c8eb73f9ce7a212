/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - one line at a time to standard error, whole or not at all.
 * The only place where the daemon prints. */
#include "config.h"

#include "dm-bridge/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dm-bridge/clock.h"

/* One write(2) a line, so that lines of several processes do not mix. */
static void __attribute__((format(printf, 1, 0))) write_line(const char *format, va_list arguments)
{
        static const char prefix[] = "dm-bridge: ";
        char line[LOG_LINE_MAX];
        size_t used = sizeof(prefix) - 1;
        int length;

        memcpy(line, prefix, used);
        length = vsnprintf(line + used, sizeof(line) - used, format, arguments);
        if (length < 0)
                return;
        used += (size_t)length < sizeof(line) - used ? (size_t)length : sizeof(line) - used - 1;
        line[used++] = '\n';
        /* There is nowhere to report that a report failed. */
        if (write(STDERR_FILENO, line, used) < 0)
                return;
}

void log_line(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        write_line(format, arguments);
        va_end(arguments);
}

/* Whether one more line fits into the current window; tells how many did not fit into the last one. */
static bool within_limit(void)
{
        static int64_t window = INT64_MIN;
        static unsigned lines;
        int64_t now = clock_boottime();

        if (window == INT64_MIN || now - window >= LOG_LIMIT_SECONDS) {
                if (lines > LOG_LIMIT_LINES)
                        log_line("%u similar lines were left out", lines - LOG_LIMIT_LINES);
                window = now;
                lines = 0;
        }
        return lines++ < LOG_LIMIT_LINES;
}

void log_limited(const char *format, ...)
{
        va_list arguments;

        if (!within_limit())
                return;
        va_start(arguments, format);
        write_line(format, arguments);
        va_end(arguments);
}

static size_t escape_byte(char *ret, unsigned char byte)
{
        static const char digits[] = "0123456789abcdef";

        if (byte >= ' ' && byte < 0x7F && byte != '\\') {
                ret[0] = (char)byte;
                return 1;
        }
        ret[0] = '\\';
        if (byte == '\\') {
                ret[1] = '\\';
                return 2;
        }
        ret[1] = 'x';
        ret[2] = digits[byte >> 4];
        ret[3] = digits[byte & 15];
        return 4;
}

/* How many bytes of `text` can be escaped into `size` bytes. */
static size_t fitting(const char *text, size_t length, size_t size)
{
        char escaped[4];
        size_t used = 0;

        for (size_t i = 0; i < length; i++) {
                used += escape_byte(escaped, (unsigned char)text[i]);
                if (used > size)
                        return i;
        }
        return length;
}

const char *log_escape(char *buffer, size_t size, const char *text, size_t length)
{
        size_t fits = fitting(text, length, size - 1);
        char *end = buffer;

        if (fits < length)
                fits = fitting(text, length, size - sizeof("..."));
        for (size_t i = 0; i < fits; i++)
                end += escape_byte(end, (unsigned char)text[i]);
        strcpy(end, fits < length ? "..." : "");
        return buffer;
}
