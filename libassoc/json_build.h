/* SPDX-License-Identifier: BSD-2-Clause */
/* json_build.h - building json-c objects without a leak when memory runs out. Private.
 *
 * Each function takes over the value it is given, also when it fails; so a builder is one expression of them,
 * and ends in json_complete(). */
#ifndef ASSOC_JSON_BUILD_H
#define ASSOC_JSON_BUILD_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;

/** Add a value to an object, of which it becomes a part. False: out of memory (`value` may be NULL). */
bool json_add(struct json_object *object, const char *key, struct json_object *value);

/** Append a value to an array, likewise. */
bool json_append(struct json_object *array, struct json_object *value);

bool json_add_text(struct json_object *object, const char *key, const char *text);
bool json_add_number(struct json_object *object, const char *key, int64_t number);
bool json_add_boolean(struct json_object *object, const char *key, bool value);

/** The object (NULL is fine) if it is complete, else NULL, and it is released. */
struct json_object *json_complete(struct json_object *object, bool is_complete);

#endif
