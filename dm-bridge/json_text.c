/* SPDX-License-Identifier: BSD-2-Clause */
/* json_text.c - untrusted text to json-c's objects, stricter than json-c alone.
 * Used for requests and for the configuration; knows nothing of what they mean. */
#include "config.h"

#include "dm-bridge/json_text.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "libassoc/json_strict.h"

/* The size of the UTF-8 sequence at `text`, 0 if it is none (RFC 3629: no overlong form, no surrogate). */
static size_t utf8_size(const unsigned char *text, size_t size)
{
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        size_t need = text[0] < 0x80 ? 1 : text[0] < 0xC0 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
        uint32_t point;

        if (need < 2)
                return need;
        if (need > size || text[0] > 0xF4)
                return 0;
        point = text[0] & (0x7Fu >> need);
        for (size_t i = 1; i < need; i++) {
                if ((text[i] & 0xC0) != 0x80)
                        return 0;
                point = point << 6 | (text[i] & 0x3F);
        }
        if (point < least[need] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
                return 0;
        return need;
}

/* The offset behind the string whose opening quote is at `offset`, or `size` if it does not end. */
static size_t string_end(const char *text, size_t size, size_t offset)
{
        for (offset++; offset < size; offset++) {
                if (text[offset] == '\\')
                        offset++;
                else if (text[offset] == '"')
                        return offset + 1;
        }
        return size;
}

static size_t skip_digits(const char *text, size_t size, size_t offset)
{
        while (offset < size && text[offset] >= '0' && text[offset] <= '9')
                offset++;
        return offset;
}

/* The size of the number at `text`, 0 if it is none (RFC 8259 section 6: json-c takes "-01", "1." and "-.5"
 * too). */
static size_t number_size(const char *text, size_t size)
{
        size_t start = text[0] == '-';
        size_t end = skip_digits(text, size, start);

        if (end == start || (text[start] == '0' && end > start + 1))
                return 0;
        if (end < size && text[end] == '.') {
                start = end + 1;
                end = skip_digits(text, size, start);
                if (end == start)
                        return 0;
        }
        if (end < size && (text[end] == 'e' || text[end] == 'E')) {
                start = end + 1;
                start += start < size && (text[start] == '+' || text[start] == '-');
                end = skip_digits(text, size, start);
                if (end == start)
                        return 0;
        }
        return end;
}

/* What json-c lets pass: control characters (it takes a NUL for the end), bytes that are not UTF-8, names in
 * single quotes, NaN and Infinity. Outside of strings only these bytes have a meaning. */
static const char *byte_fault(const char *text, size_t step, bool in_string)
{
        if (step == 0)
                return "not UTF-8";
        if (in_string)
                return (unsigned char)*text < ' ' ? "control character" : NULL;
        if (*text != '\0' && strchr(" \t\r\n{}[]:,\"+-.0123456789truefalsnE", *text) != NULL)
                return NULL;
        return (unsigned char)*text < ' ' ? "control character" : "unexpected character";
}

static bool is_number_start(char character)
{
        return character == '-' || (character >= '0' && character <= '9');
}

static int check_bytes(const char *text, size_t size, struct json_fault *why)
{
        bool in_string = false;
        size_t step;

        for (size_t i = 0; i < size; i += step) {
                step = utf8_size((const unsigned char *)text + i, size - i);
                why->text = byte_fault(text + i, step, in_string);
                why->offset = i;
                if (why->text == NULL && !in_string && is_number_start(text[i])) {
                        step = number_size(text + i, size - i);
                        why->text = step == 0 ? "number expected" : NULL;
                }
                if (why->text != NULL)
                        return -EBADMSG;
                if (text[i] == '"')
                        in_string = !in_string;
                else if (text[i] == '\\' && i + 1 < size && (text[i + 1] == '"' || text[i + 1] == '\\'))
                        step = 2;
        }
        return 0;
}

static size_t count_written_members(const char *text, size_t size)
{
        size_t count = 0;

        for (size_t i = 0; i < size; i++) {
                if (text[i] == '"')
                        i = string_end(text, size, i) - 1;
                else if (text[i] == ':')
                        count++;
        }
        return count;
}

/* Counts the members of all objects, and finds numbers that are none. */
static size_t count_members(struct json_object *value, bool *ret_finite)
{
        size_t count = 0;

        if (json_object_is_type(value, json_type_double) && !isfinite(json_object_get_double(value)))
                *ret_finite = false;
        if (json_object_is_type(value, json_type_array))
                for (size_t i = 0; i < json_object_array_length(value); i++)
                        count += count_members(json_object_array_get_idx(value, i), ret_finite);
        if (json_object_is_type(value, json_type_object)) {
                json_object_object_foreach(value, key, member)
                {
                        (void)key;
                        count += 1 + count_members(member, ret_finite);
                }
        }
        return count;
}

/* json-c keeps the last of two members of one name: then it has fewer than were written. */
static int check_value(struct json_object *value, const char *text, size_t size, struct json_fault *why)
{
        bool finite = true;
        size_t members = count_members(value, &finite);

        if (finite && members == count_written_members(text, size))
                return 0;
        *why = (struct json_fault){finite ? "a member stands twice in one object" : "number out of range", 0};
        return -EBADMSG;
}

static int tokenize(struct json_tokener *tokener, const char *text, size_t size, struct json_object **ret,
                    struct json_fault *why)
{
        enum json_tokener_error error;

        *ret = json_strict_parse(tokener, text, size, &why->offset);
        error = json_tokener_get_error(tokener);
        if (error == json_tokener_continue) {
                /* A bare number or literal only ends with what follows it. */
                *ret = json_tokener_parse_ex(tokener, " ", 1);
                error = json_tokener_get_error(tokener);
        }
        if (error == json_tokener_success)
                return 0;
        why->text =
                error == json_tokener_continue ? "unexpected end of data" : json_tokener_error_desc(error);
        return -EBADMSG;
}

int json_text_parse(const char *text, size_t size, int depth, struct json_object **ret,
                    struct json_fault *why)
{
        struct json_tokener *tokener;
        struct json_object *value = NULL;
        int err;

        if (size > INT32_MAX) {
                *why = (struct json_fault){"too long", 0};
                return -EBADMSG;
        }
        err = check_bytes(text, size, why);
        if (err < 0)
                return err;
        tokener = json_tokener_new_ex(depth);
        if (tokener == NULL)
                return -ENOMEM;
        err = tokenize(tokener, text, size, &value, why);
        json_tokener_free(tokener);
        if (err == 0)
                err = check_value(value, text, size, why);
        if (err == 0)
                *ret = value;
        else
                json_object_put(value);
        return err;
}

/* The offset behind the comment that starts at `offset`, or `offset` if none does. */
static size_t comment_end(const char *text, size_t size, size_t offset)
{
        bool slashes = text[offset] == '/' && offset + 1 < size && text[offset + 1] == '/';
        const char *end;

        if (text[offset] == '#' || slashes) {
                end = memchr(text + offset, '\n', size - offset);
                return end == NULL ? size : (size_t)(end - text);
        }
        if (text[offset] == '/' && offset + 1 < size && text[offset + 1] == '*') {
                end = offset + 2 < size ? memmem(text + offset + 2, size - offset - 2, "*/", 2) : NULL;
                /* A comment without end is left for the parser to complain about. */
                return end == NULL ? offset : (size_t)(end - text) + 2;
        }
        return offset;
}

void json_text_strip_comments(char *text, size_t size)
{
        size_t i = 0;

        while (i < size) {
                size_t end = comment_end(text, size, i);

                if (text[i] == '"') {
                        i = string_end(text, size, i);
                } else if (end == i) {
                        i++;
                } else {
                        for (; i < end; i++)
                                if (text[i] != '\n')
                                        text[i] = ' ';
                }
        }
}

size_t json_text_line(const char *text, size_t offset)
{
        size_t line = 1;

        for (size_t i = 0; i < offset; i++)
                line += text[i] == '\n';
        return line;
}

bool json_members_next(struct json_members *members, const char **ret_name, size_t *ret_length)
{
        const char *text = members->text;
        /* The outermost brace is passed in the first call only. */
        int depth = members->offset > 0;
        size_t string = 0, end = 0;

        for (size_t i = members->offset; i < members->size; i++) {
                if (text[i] == '"') {
                        string = i + 1;
                        end = string_end(text, members->size, i) - 1;
                        i = end;
                } else if (text[i] == ':' && depth == 1) {
                        *ret_name = text + string;
                        *ret_length = end - string;
                        members->offset = i + 1;
                        return true;
                }
                depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
        }
        return false;
}
