/* SPDX-License-Identifier: BSD-2-Clause */
/* command_attributes.c - `assocctl attributes` and `assocctl notify`: which changes the ACS is told of. */
#include "config.h"

#include "dm-bridge/command.h"

#include <stdio.h>
#include <string.h>

#include "dm-bridge/text_table.h"
#include "libassoc/json_build.h"

/* By their number in CWMP. */
static const char *const words[] = {"off", "passive", "active"};
#define WORDS (int)(sizeof(words) / sizeof(words[0]))

static int add_attribute(struct text_table *table, struct json_object *attribute)
{
        int64_t number = command_number(attribute, "notification");
        const char *word = number >= 0 && number < WORDS ? words[number] : "-";

        return text_table_add(table, (const char *const[]){command_member(attribute, "name", "-"), word});
}

static enum command_status print_attributes(const struct arguments *arguments, struct json_object *attributes)
{
        struct text_table table;
        int err = 0;

        text_table_init(&table, 2);
        for (size_t i = 0; i < json_object_array_length(attributes) && err == 0; i++)
                err = add_attribute(&table, json_object_array_get_idx(attributes, i));
        if (err == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err < 0 ? command_no_memory(arguments) : COMMAND_DONE;
}

enum command_status command_attributes(const struct arguments *arguments)
{
        struct json_object *params = command_operands(arguments, "names");
        struct json_object *attributes;
        enum command_status status;

        if (params == NULL)
                return command_no_memory(arguments);
        status = command_call(arguments, "get_attributes", params, json_type_array, &attributes);
        if (status != COMMAND_DONE)
                return status;
        status = arguments->json ? command_print_json(arguments, attributes)
                                 : print_attributes(arguments, attributes);
        json_object_put(attributes);
        return status;
}

static bool add_row(struct json_object *rows, const char *name, int notification)
{
        struct json_object *row = json_object_new_object();

        return json_append(rows,
                           json_complete(row, row != NULL && json_add_text(row, "name", name) &&
                                                      json_add_number(row, "notification", notification)));
}

/* NULL: out of memory. */
static struct json_object *notify_params(const struct arguments *arguments, int notification)
{
        struct json_object *params = json_object_new_object();
        struct json_object *rows = json_object_new_array();
        bool ok = params != NULL && rows != NULL;

        for (int i = 1; ok && i < arguments->count; i++)
                ok = add_row(rows, arguments->operands[i], notification);
        if (!ok)
                json_object_put(rows);
        return json_complete(params, ok && json_add(params, "attributes", rows));
}

enum command_status command_notify(const struct arguments *arguments)
{
        struct json_object *params, *result;
        enum command_status status;
        int notification = 0;

        while (notification < WORDS && strcmp(arguments->operands[0], words[notification]) != 0)
                notification++;
        if (notification == WORDS) {
                command_error(arguments, "expected off, passive or active, got '%s'", arguments->operands[0]);
                return COMMAND_USAGE;
        }
        params = notify_params(arguments, notification);
        if (params == NULL)
                return command_no_memory(arguments);
        status = command_call(arguments, "set_attributes", params, json_type_object, &result);
        if (status == COMMAND_DONE)
                json_object_put(result);
        return status;
}
