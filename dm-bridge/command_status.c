/* SPDX-License-Identifier: BSD-2-Clause */
/* command_status.c - `assocctl status`: how the daemon does.
 * Prints what the daemon says in the daemon's order, so that a new source or counter needs no change here. */
#include "config.h"

#include "dm-bridge/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/terminal.h"
#include "dm-bridge/text_table.h"

#define VALUE_MAX 1024

static int add_members(struct text_table *table, struct json_object *object);

/* Append to the text in `buffer`, as far as there is room. */
static void append(char *buffer, size_t size, const char *before, const char *text)
{
        size_t used = strlen(buffer);

        snprintf(buffer + used, size - used, "%s%s", used > 0 ? before : "", text);
}

/* "journal" becomes "/path: ok, 2 entries, 3 bindings, 0 skipped". */
static void format_source(struct json_object *source, char *buffer, size_t size)
{
        append(buffer, size, "", command_member(source, "path", "-"));
        append(buffer, size, ": ", command_member(source, "state", "-"));
        json_object_object_foreach(source, key, member)
        {
                char text[96];

                if (!json_object_is_type(member, json_type_int))
                        continue;
                snprintf(text, sizeof(text), "%" PRId64 " %.64s", json_object_get_int64(member), key);
                append(buffer, size, ", ", text);
        }
}

static void format_array(struct json_object *array, char *buffer, size_t size)
{
        for (size_t i = 0; i < json_object_array_length(array); i++) {
                const char *text = json_object_get_string(json_object_array_get_idx(array, i));

                append(buffer, size, ", ", text == NULL ? "-" : text);
        }
}

/* "datagrams" becomes "3 accepted, 6 copy": there are many reasons, and few that came up. */
static void format_counts(struct json_object *counts, char *buffer, size_t size)
{
        command_add_counts(counts, buffer, size);
        if (buffer[0] == '\0')
                append(buffer, size, "", "none");
}

static void format_time(int64_t time, char *buffer, size_t size)
{
        if (time == 0)
                append(buffer, size, "", "never");
        else
                terminal_time(time, buffer, size);
}

static int add_member(struct text_table *table, const char *key, struct json_object *member)
{
        char value[VALUE_MAX] = "";

        if (strcmp(key, "counters") == 0 || strcmp(key, "sources") == 0 || strcmp(key, "connection") == 0)
                return add_members(table, member);
        if (json_object_is_type(member, json_type_object) && strcmp(key, "datagrams") == 0)
                format_counts(member, value, sizeof(value));
        else if (json_object_is_type(member, json_type_object))
                format_source(member, value, sizeof(value));
        else if (json_object_is_type(member, json_type_array))
                format_array(member, value, sizeof(value));
        else if (strcmp(key, "uptime") == 0)
                terminal_duration(json_object_get_int64(member), value, sizeof(value));
        else if (strcmp(key, "last_accepted") == 0)
                format_time(json_object_get_int64(member), value, sizeof(value));
        else if (member != NULL)
                snprintf(value, sizeof(value), "%s", json_object_get_string(member));
        return text_table_add(table, (const char *const[]){key, value[0] == '\0' ? "-" : value});
}

static int add_members(struct text_table *table, struct json_object *object)
{
        int err = 0;

        if (!json_object_is_type(object, json_type_object))
                return 0;
        json_object_object_foreach(object, key, member)
        {
                err = add_member(table, key, member);
                if (err < 0)
                        break;
        }
        return err;
}

static enum command_status print_status(const struct arguments *arguments, struct json_object *result)
{
        struct text_table table;
        int err;

        text_table_init(&table, 2);
        err = add_members(&table, result);
        if (err == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err < 0 ? command_no_memory(arguments) : COMMAND_DONE;
}

enum command_status command_status(const struct arguments *arguments)
{
        struct json_object *result;
        enum command_status status = command_call(arguments, "status", NULL, json_type_object, &result);

        if (status != COMMAND_DONE)
                return status;
        status = arguments->json ? command_print_json(arguments, result) : print_status(arguments, result);
        json_object_put(result);
        return status;
}
