/* SPDX-License-Identifier: BSD-2-Clause */
/* output.c - the lines that easycwmp takes: one JSON object each, of strings. */
#include "config.h"

#include "dm-bridge/adapters/easycwmp/output.h"

#include <json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libassoc/json_build.h"

/* Takes over `line`. Without memory nothing is said: easycwmp takes that for a fault of its own. */
static void print(struct json_object *line, bool is_complete)
{
        line = json_complete(line, is_complete);
        if (line == NULL)
                return;
        puts(json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(line);
}

static const char *text(struct json_object *row, const char *key)
{
        struct json_object *value;

        return json_object_object_get_ex(row, key, &value) && value != NULL ? json_object_get_string(value)
                                                                            : "";
}

/* A member of the row, under another name. */
static bool copy(struct json_object *line, const char *key, struct json_object *row, const char *from)
{
        return json_add_text(line, key, text(row, from));
}

static bool add_type(struct json_object *line, struct json_object *row)
{
        char type[32];

        snprintf(type, sizeof(type), "xsd:%s", text(row, "type"));
        return json_add_text(line, "type", type);
}

void output_value(struct json_object *row)
{
        struct json_object *line = json_object_new_object();

        print(line, line != NULL && copy(line, "parameter", row, "name") &&
                            copy(line, "value", row, "value") && add_type(line, row));
}

void output_notification(struct json_object *row)
{
        struct json_object *line = json_object_new_object();

        print(line, line != NULL && copy(line, "parameter", row, "name") &&
                            copy(line, "notification", row, "notification"));
}

void output_name(struct json_object *row)
{
        struct json_object *line = json_object_new_object();
        bool writable = json_object_get_boolean(json_object_object_get(row, "writable"));

        print(line, line != NULL && copy(line, "parameter", row, "name") &&
                            json_add_text(line, "writable", writable ? "1" : "0"));
}

void output_change(struct json_object *params)
{
        struct json_object *line = json_object_new_object();

        print(line, line != NULL && copy(line, "parameter", params, "name") &&
                            copy(line, "value", params, "value") &&
                            copy(line, "notification", params, "notification") && add_type(line, params));
}

void output_fault(const char *name, int code)
{
        struct json_object *line = json_object_new_object();
        char digits[16];

        snprintf(digits, sizeof(digits), "%d", code);
        print(line, line != NULL && (name == NULL || json_add_text(line, "parameter", name)) &&
                            json_add_text(line, "fault_code", digits));
}

void output_status(const char *status)
{
        struct json_object *line = json_object_new_object();

        print(line, line != NULL && json_add_text(line, "status", status));
}

/* The value of the parameter whose last part is `name`. */
static const char *value_of(struct json_object *rows, const char *name)
{
        for (size_t i = 0; rows != NULL && i < json_object_array_length(rows); i++) {
                struct json_object *row = json_object_array_get_idx(rows, i);
                const char *last = strrchr(text(row, "name"), '.');

                if (last != NULL && strcmp(last + 1, name) == 0)
                        return text(row, "value");
        }
        return "";
}

/* The manufacturer's name is in no parameter of ours; its OUI stands for it. */
void output_device_id(struct json_object *rows)
{
        struct json_object *line = json_object_new_object();

        print(line, line != NULL && json_add_text(line, "manufacturer", value_of(rows, "ManufacturerOUI")) &&
                            json_add_text(line, "oui", value_of(rows, "ManufacturerOUI")) &&
                            json_add_text(line, "product_class", value_of(rows, "ProductClass")) &&
                            json_add_text(line, "serial_number", value_of(rows, "SerialNumber")));
}
