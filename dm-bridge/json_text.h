/* SPDX-License-Identifier: BSD-2-Clause */
/* json_text.h - untrusted text to json-c's objects, stricter than json-c alone. */
#ifndef BRIDGE_JSON_TEXT_H
#define BRIDGE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/** Why a text is no JSON, and at which byte. */
struct json_fault {
        const char *text; /* static */
        size_t offset;
};

/**
 * Parse one JSON value, `size` bytes. Refused besides what RFC 8259 refuses: a member that stands twice in
 * one object, bytes that are not UTF-8, numbers that no double holds, more than `depth` levels. Returns 0 and
 * the value in *ret, NULL for null, to be released with json_object_put(); -EBADMSG with *why filled in;
 * -ENOMEM. *ret is untouched unless 0 is returned.
 */
int json_text_parse(const char *text, size_t size, int depth, struct json_object **ret,
                    struct json_fault *why);

/** Overwrite comments, from # or // to the line's end and from slash-star to star-slash, with spaces. Line
 * ends stay. */
void json_text_strip_comments(char *text, size_t size);

/** The number of the line that holds byte `offset`, from 1. */
size_t json_text_line(const char *text, size_t offset);

/** Walks over the members of the outermost object of a text that json_text_parse() took. Start with {text,
 * size}. */
struct json_members {
        const char *text;
        size_t size;
        size_t offset;
};

/** The next member's name as it is written, without quotes and not unescaped. False: there is none. */
bool json_members_next(struct json_members *members, const char **ret_name, size_t *ret_length);

#endif
