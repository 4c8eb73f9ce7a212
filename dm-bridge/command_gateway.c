/* SPDX-License-Identifier: BSD-2-Clause */
/* command_gateway.c - `assocctl gateway`: what a device knows of its gateway, and by which interface. */
#include "config.h"

#include "dm-bridge/command.h"

#include <inttypes.h>
#include <stdio.h>

#include "dm-bridge/terminal.h"
#include "dm-bridge/text_table.h"

enum { LIST_COLUMNS = 7 };

static const char *const list_titles[LIST_COLUMNS] = {"INTERFACE", "METRIC",  "OUI",   "SERIAL",
                                                      "CLASS",     "EXPIRES", "REASON"};

/* An expiry is a span: the record's clock counts from the boot. */
static const char *expiry(struct json_object *info, char *buffer, size_t size)
{
        struct json_object *expires;

        if (!json_object_object_get_ex(info, "expires_in", &expires) || expires == NULL)
                return "never";
        return terminal_duration(json_object_get_int64(expires), buffer, size);
}

static bool is_active(struct json_object *info)
{
        struct json_object *active;

        return json_object_object_get_ex(info, "active", &active) && json_object_get_boolean(active);
}

static bool has_identity(struct json_object *info)
{
        return command_member(info, "oui", "")[0] != '\0' || command_member(info, "serial", "")[0] != '\0' ||
               command_member(info, "class", "")[0] != '\0';
}

static struct json_object *find_active(struct json_object *infos)
{
        for (size_t i = 0; i < json_object_array_length(infos); i++)
                if (is_active(json_object_array_get_idx(infos, i)))
                        return json_object_array_get_idx(infos, i);
        return NULL;
}

static int add_field(struct text_table *table, const char *name, const char *value)
{
        return text_table_add(table, (const char *const[]){name, value});
}

static int print_active(struct json_object *info)
{
        char metric[24], expires[48];
        struct text_table table;
        int err;

        snprintf(metric, sizeof(metric), "%" PRId64, command_number(info, "metric"));
        text_table_init(&table, 2);
        if ((err = add_field(&table, "OUI", command_member(info, "oui", "(empty)"))) == 0 &&
            (err = add_field(&table, "serial", command_member(info, "serial", "(empty)"))) == 0 &&
            (err = add_field(&table, "class", command_member(info, "class", "(empty)"))) == 0 &&
            (err = add_field(&table, "interface", command_member(info, "interface", "-"))) == 0 &&
            (err = add_field(&table, "metric", metric)) == 0 &&
            (err = add_field(&table, "expires in", expiry(info, expires, sizeof(expires)))) == 0 &&
            (err = add_field(&table, "reason", command_member(info, "reason", "-"))) == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err;
}

static int add_other(struct text_table *table, struct json_object *info)
{
        char metric[24], expires[48];

        snprintf(metric, sizeof(metric), "%" PRId64, command_number(info, "metric"));
        return text_table_add(table, (const char *const[LIST_COLUMNS]){
                                             command_member(info, "interface", "-"),
                                             metric,
                                             command_member(info, "oui", "-"),
                                             command_member(info, "serial", "-"),
                                             command_member(info, "class", "-"),
                                             expiry(info, expires, sizeof(expires)),
                                             command_member(info, "reason", "-"),
                                     });
}

/* The interfaces whose identity does not count now; one of them will, when the active one goes (DV-7). */
static int print_others(struct json_object *infos, struct json_object *active)
{
        struct text_table table;
        int err;

        text_table_init(&table, LIST_COLUMNS);
        err = text_table_add(&table, list_titles);
        for (size_t i = 0; i < json_object_array_length(infos) && err == 0; i++)
                if (json_object_array_get_idx(infos, i) != active)
                        err = add_other(&table, json_object_array_get_idx(infos, i));
        if (err == 0 && table.rows > 1) {
                puts("\nNot in use:");
                text_table_print(&table, stdout);
        }
        text_table_done(&table);
        return err;
}

static enum command_status print_gateway(const struct arguments *arguments, struct json_object *infos)
{
        struct json_object *active = find_active(infos);
        int err = 0;

        if (active == NULL || !has_identity(active))
                puts("no gateway identity");
        if (active != NULL)
                err = print_active(active);
        if (err == 0)
                err = print_others(infos, active);
        return err < 0 ? command_no_memory(arguments) : COMMAND_DONE;
}

enum command_status command_gateway(const struct arguments *arguments)
{
        struct json_object *infos;
        enum command_status status = command_call(arguments, "gateway", NULL, json_type_array, &infos);

        if (status != COMMAND_DONE)
                return status;
        status = arguments->json ? command_print_json(arguments, infos) : print_gateway(arguments, infos);
        json_object_put(infos);
        return status;
}
