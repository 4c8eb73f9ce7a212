/* SPDX-License-Identifier: BSD-2-Clause */
/* json_strict.c - json-c's strict syntax, the same with every json-c.
 * json-c 0.17 and 0.18 take each byte from 0x80 for a control character when they are strict, and so refuse
 * "é". Such bytes are read without strictness: outside of a string they are refused in any case. */
#include "config.h"

#include "libassoc/json_strict.h"

#include <json-c/json.h>
#include <stdbool.h>

static bool is_ascii(char byte)
{
        return (unsigned char)byte < 0x80;
}

/* The length of the text that starts with `text` and is all ASCII, or all not. */
static size_t run_size(const char *text, size_t size)
{
        size_t run = 1;

        while (run < size && is_ascii(text[run]) == is_ascii(text[0]))
                run++;
        return run;
}

struct json_object *json_strict_parse(struct json_tokener *tokener, const char *text, size_t size,
                                      size_t *ret_end)
{
        struct json_object *object = NULL;
        size_t offset = 0, run;

        do {
                run = offset < size ? run_size(text + offset, size - offset) : 0;
                json_tokener_set_flags(
                        tokener, JSON_TOKENER_VALIDATE_UTF8 |
                                         (run > 0 && !is_ascii(text[offset]) ? 0 : JSON_TOKENER_STRICT));
                object = json_tokener_parse_ex(tokener, text + offset, (int)run);
                *ret_end = offset + json_tokener_get_parse_end(tokener);
                offset += run;
        } while (offset < size && json_tokener_get_error(tokener) == json_tokener_continue);
        return object;
}
