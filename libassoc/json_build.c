/* SPDX-License-Identifier: BSD-2-Clause */
/* json_build.c - building json-c objects without a leak when memory runs out. */
#include "config.h"

#include "libassoc/json_build.h"

#include <json.h>

bool json_add(struct json_object *object, const char *key, struct json_object *value)
{
        if (value != NULL && json_object_object_add(object, key, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

bool json_append(struct json_object *array, struct json_object *value)
{
        if (value != NULL && json_object_array_add(array, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

bool json_add_text(struct json_object *object, const char *key, const char *text)
{
        return json_add(object, key, json_object_new_string(text));
}

bool json_add_number(struct json_object *object, const char *key, int64_t number)
{
        return json_add(object, key, json_object_new_int64(number));
}

bool json_add_boolean(struct json_object *object, const char *key, bool value)
{
        return json_add(object, key, json_object_new_boolean(value));
}

struct json_object *json_complete(struct json_object *object, bool is_complete)
{
        if (is_complete)
                return object;
        json_object_put(object);
        return NULL;
}
