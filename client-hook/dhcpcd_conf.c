/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcpcd_conf.c - finds in dhcpcd.conf whether it sends the identity. Reads blocks as dhcpcd does: one lasts
 * until the next begins, and `interface` takes a pattern. */
#include "config.h"

#include "client-hook/dhcpcd.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "libassoc/assoc.h"

/* No line that concerns us is longer; of one that is, the rest is not needed. */
#define LINE_MAX_OF_OURS 512

struct scan {
        const struct dhcpcd_link *link;
        bool skip;     /* inside a block that does not hold */
        unsigned sent; /* bit N: sub-option N */
};

static bool is_blank(char c)
{
        return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts the first word off `line`; returns what follows it. */
static char *after_word(char *line)
{
        while (*line != '\0' && !is_blank(*line))
                line++;
        if (*line != '\0')
                *line++ = '\0';
        while (is_blank(*line))
                line++;
        return line;
}

static bool same(const char *a, const char *b)
{
        return a != NULL && strcmp(a, b) == 0;
}

/* ENTERPRISE CODE,VALUE: whether the value is valid is dhcpcd's business. */
static void read_vsio(struct scan *scan, char *argument)
{
        char *code = after_word(argument), *end;
        unsigned long number;

        if (strtoul(argument, &end, 0) != ASSOC_ENTERPRISE || *end != '\0')
                return;
        number = strtoul(code, &end, 0);
        if (end != code && *end == ',' && number < 8)
                scan->sent |= 1U << number;
}

static void read_line(struct scan *scan, char *line)
{
        char *argument = after_word(line);

        if (strcmp(line, "interface") == 0)
                scan->skip = *argument == '\0' || fnmatch(argument, scan->link->interface, 0) != 0;
        else if (strcmp(line, "ssid") == 0)
                scan->skip = !same(scan->link->ssid, argument);
        else if (strcmp(line, "profile") == 0)
                scan->skip = !same(scan->link->profile, argument);
        else if (!scan->skip && strcmp(line, "vsio") == 0)
                read_vsio(scan, argument);
}

static void trim_end(char *line, size_t length)
{
        while (length > 0 && is_blank(line[length - 1]))
                length--;
        line[length] = '\0';
}

static void take_line(struct scan *scan, const char *text, size_t length)
{
        char line[LINE_MAX_OF_OURS];

        while (length > 0 && is_blank(text[0])) {
                text++;
                length--;
        }
        if (length >= sizeof(line))
                length = sizeof(line) - 1;
        memcpy(line, text, length);
        trim_end(line, length);
        read_line(scan, line);
}

bool dhcpcd_conf_sends_identity(const char *text, size_t size, const struct dhcpcd_link *link)
{
        const unsigned needed = 1U << 1 | 1U << 2;
        struct scan scan = {.link = link};

        while (size > 0) {
                const char *end = memchr(text, '\n', size);
                size_t length = end == NULL ? size : (size_t)(end - text);

                take_line(&scan, text, length);
                if (end != NULL)
                        length++;
                text += length;
                size -= length;
        }
        return (scan.sent & needed) == needed;
}
