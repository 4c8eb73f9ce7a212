/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.c - the hook's parameters: a table of keys, and a function for each kind that is not in members.c.
 * Kea parsed the file; here the text of its "parameters" is checked, every key and type. */
#include "config.h"

#include "gateway-hook/settings.h"

#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway-hook/members.h"

struct parse {
        struct settings settings;
        struct identity_members identity;
};

/* ".new" is appended when the journal is rewritten. */
static int read_journal(struct members *members, const struct member *member, struct json_object *value)
{
        struct parse *parse = members->target;
        const char *path = member_string(value);
        size_t length = path != NULL ? strlen(path) : 0;

        if (length < 2 || path[0] != '/' || path[length - 1] == '/' ||
            length + 5 > sizeof(parse->settings.journal))
                return members_refuse(members, member->name, value, "the absolute path of a file");
        memcpy(parse->settings.journal, path, length + 1);
        return 0;
}

static int read_interfaces(struct members *members, const struct member *member, struct json_object *value)
{
        struct settings *settings = &((struct parse *)members->target)->settings;
        size_t count;

        if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) == 0 ||
            json_object_array_length(value) > SETTINGS_INTERFACES_MAX)
                return members_refuse(members, member->name, value, "a list of 1 to %d interface names",
                                      SETTINGS_INTERFACES_MAX);
        count = json_object_array_length(value);
        for (size_t i = 0; i < count; i++) {
                struct json_object *item = json_object_array_get_idx(value, i);
                const char *name = member_string(item);
                size_t length = name != NULL ? strlen(name) : 0;

                if (length == 0 || length > RECORD_INTERFACE_MAX)
                        return members_refuse(members, member->name, item,
                                              "interface names of 1 to %d characters", RECORD_INTERFACE_MAX);
                memcpy(settings->interfaces[i], name, length + 1);
        }
        settings->interface_count = count;
        return 0;
}

#define KEY(name, read, min, max, member)                                                                    \
        {                                                                                                    \
                name, read, min, max, offsetof(struct parse, member)                                         \
        }

static const struct member watch_keys[] = {
        KEY("neighbour-watch.enabled", member_bool, 0, 0, settings.neighbour_watch.enabled),
        KEY("neighbour-watch.interval", member_number, 5, 86400, settings.neighbour_watch.interval),
        KEY("neighbour-watch.rounds", member_number, 1, 100, settings.neighbour_watch.rounds),
};

static int read_neighbour_watch(struct members *members, const struct member *member,
                                struct json_object *value)
{
        if (!json_object_is_type(value, json_type_object))
                return members_refuse(members, member->name, value, "an object");
        return members_read(members, "neighbour-watch.", value, watch_keys, MEMBERS_COUNT(watch_keys));
}

static const struct member keys[] = {
        KEY("manufacturer-oui", member_text, 0, 0, identity.oui),
        KEY("serial-number", member_text, 0, 0, identity.serial),
        KEY("product-class", member_text, 0, 0, identity.product_class),
        KEY("journal", read_journal, 0, 0, settings.journal),
        KEY("interfaces", read_interfaces, 0, 0, settings.interfaces),
        KEY("relayed", member_bool, 0, 0, settings.relayed),
        KEY("max-devices", member_number, 1, 65536, settings.max_devices),
        KEY("max-per-client", member_number, 1, 1024, settings.max_per_client),
        KEY("neighbour-watch", read_neighbour_watch, 0, 0, settings.neighbour_watch),
};

static void set_defaults(struct settings *settings)
{
        snprintf(settings->journal, sizeof(settings->journal), "%s", ASSOC_JOURNAL);
        settings->max_devices = 1024;
        settings->max_per_client = 4;
        settings->neighbour_watch.enabled = true;
        settings->neighbour_watch.interval = 60;
        settings->neighbour_watch.rounds = 3;
}

static int read_parameters(struct members *members, struct json_object *object)
{
        struct parse *parse = members->target;
        int err;

        if (!json_object_is_type(object, json_type_object))
                return members_refuse(members, "parameters", object, "an object");
        err = members_read(members, "", object, keys, MEMBERS_COUNT(keys));
        return err < 0 ? err : members_identity(members, object, &parse->identity, &parse->settings.identity);
}

int settings_parse(const char *json, struct settings *ret, char *error, size_t size)
{
        bool empty = json == NULL || strcmp(json, "null") == 0;
        struct json_object *object = json_tokener_parse(empty ? "{}" : json);
        struct parse *parse = calloc(1, sizeof(*parse));
        struct members members = {"parameter", parse, error, size};
        int err = -ENOMEM;

        if (parse != NULL) {
                set_defaults(&parse->settings);
                err = read_parameters(&members, object);
        }
        if (err == 0)
                *ret = parse->settings;
        free(parse);
        json_object_put(object);
        return err;
}

bool settings_serve(const struct settings *settings, const char *interface)
{
        for (size_t i = 0; i < settings->interface_count; i++) {
                if (strcmp(settings->interfaces[i], interface) == 0)
                        return true;
        }
        return settings->interface_count == 0;
}
