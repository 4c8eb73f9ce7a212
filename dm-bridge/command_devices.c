/* SPDX-License-Identifier: BSD-2-Clause */
/* command_devices.c - `assocctl devices`: the gateway's ManageableDevice table, a line for each binding. */
#include "config.h"

#include "dm-bridge/command.h"

#include <inttypes.h>
#include <stdio.h>

#include "dm-bridge/kea_devices.h"
#include "dm-bridge/terminal.h"
#include "dm-bridge/text_table.h"

enum { COLUMNS = 10 };

static const char *const titles[COLUMNS] = {"#",   "OUI",       "SERIAL", "CLASS", "ADDRESS",
                                            "MAC", "INTERFACE", "SINCE",  "BY",    "STATE"};

/* `binding` is NULL for a device that has none: the daemon should not list it, but it is shown. */
static int add_binding(struct text_table *table, struct json_object *device, struct json_object *binding)
{
        char instance[24], since[48];
        struct json_object *away;
        const char *state = "-";

        snprintf(instance, sizeof(instance), "%" PRId64, command_number(device, "instance"));
        if (json_object_object_get_ex(binding, "away", &away))
                state = json_object_get_boolean(away) ? "away" : "present";
        return text_table_add(table,
                              (const char *const[COLUMNS]){
                                      instance,
                                      command_member(device, "oui", "-"),
                                      command_member(device, "serial", "-"),
                                      command_member(device, "class", "-"),
                                      command_member(binding, "address", "-"),
                                      command_member(binding, "hwaddr", "-"),
                                      command_member(binding, "interface", "-"),
                                      terminal_time(command_number(device, "since"), since, sizeof(since)),
                                      command_member(binding, "source", "-"),
                                      state,
                              });
}

static int add_device(struct text_table *table, struct json_object *device)
{
        struct json_object *bindings;
        size_t count = 0;
        int err = 0;

        if (json_object_object_get_ex(device, "bindings", &bindings) &&
            json_object_is_type(bindings, json_type_array))
                count = json_object_array_length(bindings);
        if (count == 0)
                return add_binding(table, device, NULL);
        for (size_t i = 0; i < count && err == 0; i++)
                err = add_binding(table, device, json_object_array_get_idx(bindings, i));
        return err;
}

static enum command_status print_table(const struct arguments *arguments, struct json_object *devices)
{
        struct text_table table;
        int err;

        text_table_init(&table, COLUMNS);
        err = text_table_add(&table, titles);
        for (size_t i = 0; i < json_object_array_length(devices) && err == 0; i++)
                err = add_device(&table, json_object_array_get_idx(devices, i));
        if (err == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err < 0 ? command_no_memory(arguments) : COMMAND_DONE;
}

enum command_status command_devices(const struct arguments *arguments)
{
        struct json_object *devices;
        enum command_status status = arguments->kea_socket != NULL ? kea_devices(arguments, &devices)
                                                                   : command_call(arguments, "devices", NULL,
                                                                                  json_type_array, &devices);

        if (status != COMMAND_DONE)
                return status;
        if (arguments->json)
                status = command_print_json(arguments, devices);
        else if (json_object_array_length(devices) == 0)
                puts("no devices");
        else
                status = print_table(arguments, devices);
        json_object_put(devices);
        return status;
}
