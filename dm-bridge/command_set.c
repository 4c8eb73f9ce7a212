/* SPDX-License-Identifier: BSD-2-Clause */
/* command_set.c - `assocctl set`: write parameters, all or none. A secret comes from a file: arguments are
 * seen by every user of the host. */
#include "config.h"

#include "dm-bridge/command.h"

#include <stdio.h>
#include <string.h>

#include "libassoc/json_build.h"

/* No value is longer than 256 bytes; what is, the daemon shall refuse. */
#define FILE_VALUE_MAX 1024

/* Takes over `value`, which may be NULL. False: out of memory. */
static bool add_value(struct json_object *values, const char *name, size_t length, struct json_object *value)
{
        struct json_object *object = json_object_new_object();
        bool named =
                object != NULL && json_add(object, "name", json_object_new_string_len(name, (int)length));

        if (!named)
                json_object_put(value);
        return json_append(values, json_complete(object, named && json_add(object, "value", value)));
}

/* NAME with the value in a file. */
static enum command_status read_value_file(const struct arguments *arguments, struct json_object *values)
{
        const char *name = arguments->operands[0];
        char text[FILE_VALUE_MAX];
        enum command_status status;

        if (arguments->count != 1) {
                command_error(arguments, "--value-file: expected one NAME, got %d", arguments->count);
                return COMMAND_USAGE;
        }
        status = command_read_value(arguments, "--value-file", arguments->value_file, text, sizeof(text));
        if (status != COMMAND_DONE)
                return status;
        if (!add_value(values, name, strlen(name), json_object_new_string(text)))
                return command_no_memory(arguments);
        return COMMAND_DONE;
}

static enum command_status read_values(const struct arguments *arguments, struct json_object *values)
{
        if (arguments->value_file != NULL)
                return read_value_file(arguments, values);
        for (int i = 0; i < arguments->count; i++) {
                const char *name = arguments->operands[i];
                const char *equals = strchr(name, '=');

                if (equals == NULL) {
                        command_error(arguments, "expected NAME=VALUE, got '%s'", name);
                        return COMMAND_USAGE;
                }
                if (!add_value(values, name, (size_t)(equals - name), json_object_new_string(equals + 1)))
                        return command_no_memory(arguments);
        }
        return COMMAND_DONE;
}

enum command_status command_set(const struct arguments *arguments)
{
        struct json_object *params = json_object_new_object();
        struct json_object *values = json_object_new_array();
        struct json_object *result;
        enum command_status status;

        if (params == NULL || values == NULL) {
                json_object_put(params);
                json_object_put(values);
                return command_no_memory(arguments);
        }
        status = read_values(arguments, values);
        if (!json_add(params, "values", values) ||
            !json_add_text(params, "by", arguments->by == NULL ? "local" : arguments->by))
                status = command_no_memory(arguments);
        if (status != COMMAND_DONE) {
                json_object_put(params);
                return status;
        }
        status = command_call(arguments, "set", params, json_type_object, &result);
        if (status == COMMAND_DONE)
                json_object_put(result);
        return status;
}
