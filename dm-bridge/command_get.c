/* SPDX-License-Identifier: BSD-2-Clause */
/* command_get.c - `assocctl get`: values of parameters, a line for each. */
#include "config.h"

#include "dm-bridge/command.h"

#include <stdio.h>
#include <string.h>

#include "dm-bridge/terminal.h"

static void print_value(struct json_object *parameter)
{
        const char *name = command_member(parameter, "name", "-");
        struct json_object *value;

        terminal_print(stdout, name, strlen(name));
        putchar('=');
        if (json_object_object_get_ex(parameter, "value", &value) && value != NULL)
                terminal_print(stdout, json_object_get_string(value),
                               (size_t)json_object_get_string_len(value));
        putchar('\n');
}

enum command_status command_get(const struct arguments *arguments)
{
        struct json_object *params = command_operands(arguments, "names");
        struct json_object *values;
        enum command_status status;

        if (params == NULL)
                return command_no_memory(arguments);
        status = command_call(arguments, "get", params, json_type_array, &values);
        if (status != COMMAND_DONE)
                return status;
        if (arguments->json)
                status = command_print_json(arguments, values);
        else
                for (size_t i = 0; i < json_object_array_length(values); i++)
                        print_value(json_object_array_get_idx(values, i));
        json_object_put(values);
        return status;
}
