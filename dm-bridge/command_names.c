/* SPDX-License-Identifier: BSD-2-Clause */
/* command_names.c - `assocctl names`: which parameters and objects there are, and which can be written. */
#include "config.h"

#include "dm-bridge/command.h"

#include <stdio.h>

#include "dm-bridge/text_table.h"

/* NULL: out of memory. */
static struct json_object *make_params(const struct arguments *arguments)
{
        struct json_object *params = json_object_new_object();
        const char *path = arguments->count > 0 ? arguments->operands[0] : "";

        if (params != NULL && json_object_object_add(params, "path", json_object_new_string(path)) == 0 &&
            json_object_object_add(params, "next_level", json_object_new_boolean(arguments->next_level)) == 0)
                return params;
        json_object_put(params);
        return NULL;
}

static int add_name(struct text_table *table, struct json_object *parameter)
{
        struct json_object *writable;
        const char *access = "-";

        if (json_object_object_get_ex(parameter, "writable", &writable))
                access = json_object_get_boolean(writable) ? "writable" : "read-only";
        return text_table_add(table, (const char *const[]){command_member(parameter, "name", "-"), access});
}

static enum command_status print_names(const struct arguments *arguments, struct json_object *names)
{
        struct text_table table;
        int err = 0;

        text_table_init(&table, 2);
        for (size_t i = 0; i < json_object_array_length(names) && err == 0; i++)
                err = add_name(&table, json_object_array_get_idx(names, i));
        if (err == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err < 0 ? command_no_memory(arguments) : COMMAND_DONE;
}

enum command_status command_names(const struct arguments *arguments)
{
        struct json_object *params = make_params(arguments);
        struct json_object *names;
        enum command_status status;

        if (params == NULL)
                return command_no_memory(arguments);
        status = command_call(arguments, "names", params, json_type_array, &names);
        if (status != COMMAND_DONE)
                return status;
        status = arguments->json ? command_print_json(arguments, names) : print_names(arguments, names);
        json_object_put(names);
        return status;
}
