/* SPDX-License-Identifier: BSD-2-Clause */
/* bytes.c - bytes as people write them down: hexadecimal pairs, quoted text, comments. */
#include "config.h"

#include "tests/bytes.h"

#include <ctype.h>
#include <string.h>

struct reader {
        const char *pos, *end;
        uint8_t *out, *out_end;
};

static int digit_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char)tolower((unsigned char)c);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int put(struct reader *reader, uint8_t byte)
{
        if (reader->out == reader->out_end)
                return -1;
        *reader->out++ = byte;
        return 0;
}

static int read_quoted(struct reader *reader)
{
        for (; reader->pos < reader->end && *reader->pos != '"'; reader->pos++)
                if (put(reader, (uint8_t)*reader->pos) < 0)
                        return -1;
        return reader->pos++ < reader->end ? 0 : -1;
}

/* The number behind a pair's star; 1 if there is no star. */
static unsigned long read_times(struct reader *reader)
{
        unsigned long times = 0;

        if (reader->pos == reader->end || *reader->pos != '*')
                return 1;
        for (reader->pos++; reader->pos < reader->end && isdigit((unsigned char)*reader->pos); reader->pos++)
                if (times < 100000)
                        times = times * 10 + (unsigned long)(*reader->pos - '0');
        return times;
}

static int read_pair(struct reader *reader, char first)
{
        int high = digit_value(first), low;

        if (high < 0 || reader->pos == reader->end)
                return -1;
        low = digit_value(*reader->pos++);
        if (low < 0)
                return -1;
        for (unsigned long times = read_times(reader); times > 0; times--)
                if (put(reader, (uint8_t)(high << 4 | low)) < 0)
                        return -1;
        return 0;
}

static void skip_comment(struct reader *reader)
{
        while (reader->pos < reader->end && *reader->pos != '\n')
                reader->pos++;
}

int bytes_parse(const char *text, size_t length, uint8_t *ret, size_t size)
{
        struct reader reader = {.pos = text, .end = text + length, .out = ret, .out_end = ret + size};

        while (reader.pos < reader.end) {
                char c = *reader.pos++;
                int err = 0;

                if (c == '#')
                        skip_comment(&reader);
                else if (c == '"')
                        err = read_quoted(&reader);
                else if (!isspace((unsigned char)c))
                        err = read_pair(&reader, c);
                if (err < 0)
                        return -1;
        }
        return (int)(reader.out - ret);
}
