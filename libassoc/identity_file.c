/* SPDX-License-Identifier: BSD-2-Clause */
/* identity_file.c - reads identity.conf, and says exactly what is wrong with it.
 * What makes an element valid is libassoc's business; this file knows lines and keys. */
#include "config.h"

#include "libassoc/identity_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libassoc/escape.h"
#include "libassoc/file.h"

/* Longest value that is kept; any longer one is wrong anyway. */
#define VALUE_MAX 128
#define ELEMENTS  3

/* In the order of enum assoc_element. */
static const struct key {
        const char *name;
        const char *expected;
} keys[ELEMENTS] = {
        {"manufacturer-oui", "six hexadecimal digits"},
        {"serial-number", "1 to 64 bytes of UTF-8 without control characters"},
        {"product-class", "at most 64 bytes of UTF-8 without control characters"},
};

/* A piece of the text; not NUL-terminated. */
struct span {
        const char *start;
        size_t size;
};

struct parser {
        const char *path;
        unsigned line;
        struct {
                unsigned line; /* where the key stood, 0: not seen */
                char value[VALUE_MAX + 1];
        } found[ELEMENTS];
        char *error;
        size_t error_size;
};

__attribute__((format(printf, 2, 3))) static int fail(struct parser *parser, const char *format, ...)
{
        va_list arguments;
        int length = parser->line > 0 ? snprintf(parser->error, parser->error_size, "%s:%u: ", parser->path,
                                                 parser->line)
                                      : snprintf(parser->error, parser->error_size, "%s: ", parser->path);

        if (length < 0 || (size_t)length >= parser->error_size)
                return -EINVAL;
        va_start(arguments, format);
        vsnprintf(parser->error + length, parser->error_size - (size_t)length, format, arguments);
        va_end(arguments);
        return -EINVAL;
}

static bool is_blank(char character)
{
        return character == ' ' || character == '\t' || character == '\r';
}

static struct span trim(struct span span)
{
        while (span.size > 0 && is_blank(span.start[0])) {
                span.start++;
                span.size--;
        }
        while (span.size > 0 && is_blank(span.start[span.size - 1]))
                span.size--;
        return span;
}

static const char *show(struct span span, char buffer[80])
{
        return escape_text(span.start, span.size, buffer, 80);
}

static int find_key(struct parser *parser, struct span name)
{
        char buffer[80];

        for (int i = 0; i < ELEMENTS; i++)
                if (name.size == strlen(keys[i].name) && memcmp(name.start, keys[i].name, name.size) == 0)
                        return i;
        return fail(parser, "expected one of the keys %s, %s, %s, got '%s'", keys[0].name, keys[1].name,
                    keys[2].name, show(name, buffer));
}

static int parse_assignment(struct parser *parser, struct span name, struct span value)
{
        int key = find_key(parser, name);
        char buffer[80];

        if (key < 0)
                return key;
        if (parser->found[key].line != 0)
                return fail(parser, "%s: expected once, got it on line %u already", keys[key].name,
                            parser->found[key].line);
        if (value.size > VALUE_MAX || (value.size > 0 && memchr(value.start, '\0', value.size) != NULL))
                return fail(parser, "%s: expected %s, got '%s'", keys[key].name, keys[key].expected,
                            show(value, buffer));
        if (value.size > 0)
                memcpy(parser->found[key].value, value.start, value.size);
        parser->found[key].line = parser->line;
        return 0;
}

static int parse_line(struct parser *parser, struct span line)
{
        const char *equals;
        char buffer[80];

        line = trim(line);
        if (line.size == 0 || line.start[0] == '#')
                return 0;
        equals = memchr(line.start, '=', line.size);
        if (equals == NULL)
                return fail(parser, "expected KEY = VALUE, got '%s'", show(line, buffer));
        return parse_assignment(
                parser, trim((struct span){line.start, (size_t)(equals - line.start)}),
                trim((struct span){equals + 1, line.size - (size_t)(equals + 1 - line.start)}));
}

static int parse_lines(struct parser *parser, const char *text, size_t size)
{
        while (size > 0) {
                const char *end = memchr(text, '\n', size);
                size_t length = end == NULL ? size : (size_t)(end - text);
                int err;

                parser->line++;
                err = parse_line(parser, (struct span){text, length});
                if (err < 0)
                        return err;
                if (end != NULL)
                        length++;
                text += length;
                size -= length;
        }
        return 0;
}

static int build_identity(struct parser *parser, struct assoc_identity *ret)
{
        struct assoc_diagnosis why = {.fault = ASSOC_FAULT_NONE};
        char buffer[80];
        unsigned key;

        if (assoc_identity_set(ret, parser->found[0].value, parser->found[1].value, parser->found[2].value,
                               &why) == 0)
                return 0;
        key = why.code >= 1 && why.code <= ELEMENTS ? why.code - 1U : 0;
        parser->line = parser->found[key].line;
        if (parser->line == 0)
                return fail(parser, "expected a line '%s = ...' (%s), got none", keys[key].name,
                            keys[key].expected);
        return fail(parser, "%s: expected %s, got '%s'", keys[key].name, keys[key].expected,
                    escape_text(parser->found[key].value, strlen(parser->found[key].value), buffer,
                                sizeof(buffer)));
}

int identity_file_parse(const char *path, const char *text, size_t text_size, struct assoc_identity *ret,
                        char *error, size_t size)
{
        struct parser parser = {.path = path, .error = error, .error_size = size};
        int err = parse_lines(&parser, text, text_size);

        return err < 0 ? err : build_identity(&parser, ret);
}

int identity_file_read(const char *path, struct assoc_identity *ret, char *error, size_t size)
{
        char text[IDENTITY_FILE_MAX];
        size_t text_size;
        int err = file_read(path, text, sizeof(text), &text_size);

        if (err == -EFBIG)
                snprintf(error, size, "%s: expected at most %d bytes, got more", path, IDENTITY_FILE_MAX);
        else if (err == -EINVAL)
                snprintf(error, size, "%s: expected a regular file, got something else", path);
        else if (err < 0)
                snprintf(error, size, "%s: %s", path, strerror(-err));
        return err < 0 ? err : identity_file_parse(path, text, text_size, ret, error, size);
}
