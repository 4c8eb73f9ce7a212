/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.c - the hook's parameters: a table of keys, and one function per kind of value.
 * Kea parsed the file; here the text of its "parameters" is checked, every key and type. */
#include "config.h"

#include "gateway-hook/settings.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value as it is quoted in an error; longer ones are cut. */
#define SHOWN_MAX 60

struct parse {
        struct settings settings;
        const char *oui, *serial, *product_class;
        char *error;
        size_t error_size;
};

struct key {
        const char *name;
        int (*read)(struct parse *parse, const struct key *key, struct json_object *value);
        uint32_t min, max; /* of numbers */
        size_t offset;     /* in struct parse */
};

static const char *show(struct json_object *value, char *buffer, size_t size)
{
        const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE);
        size_t used = 0;

        /* json-c leaves bytes above 0x7f as they are. */
        for (; *text != '\0' && used + 4 < size; text++)
                buffer[used++] = *text >= ' ' && *text <= '~' ? *text : '?';
        buffer[used] = '\0';
        if (*text != '\0')
                memcpy(buffer + used, "...", 4);
        return buffer;
}

__attribute__((format(printf, 4, 5))) static int refuse(struct parse *parse, const struct key *key,
                                                        struct json_object *value, const char *format, ...)
{
        char expected[128], shown[SHOWN_MAX];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(expected, sizeof(expected), format, arguments);
        va_end(arguments);
        snprintf(parse->error, parse->error_size, "parameter '%s': expected %s, got %s", key->name, expected,
                 show(value, shown, sizeof(shown)));
        return -EINVAL;
}

/* Text without a NUL inside, or NULL. */
static const char *string_of(struct json_object *value)
{
        const char *text;

        if (!json_object_is_type(value, json_type_string))
                return NULL;
        text = json_object_get_string(value);
        return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static int read_text(struct parse *parse, const struct key *key, struct json_object *value)
{
        const char **target = (const char **)((char *)parse + key->offset);

        *target = string_of(value);
        return *target != NULL ? 0 : refuse(parse, key, value, "a string");
}

static int read_bool(struct parse *parse, const struct key *key, struct json_object *value)
{
        bool *target = (bool *)((char *)parse + key->offset);

        if (!json_object_is_type(value, json_type_boolean))
                return refuse(parse, key, value, "true or false");
        *target = json_object_get_boolean(value);
        return 0;
}

static int read_number(struct parse *parse, const struct key *key, struct json_object *value)
{
        uint32_t *target = (uint32_t *)(void *)((char *)parse + key->offset);
        int64_t number = json_object_get_int64(value);

        if (!json_object_is_type(value, json_type_int) || number < key->min || number > key->max)
                return refuse(parse, key, value, "a whole number from %u to %u", key->min, key->max);
        *target = (uint32_t)number;
        return 0;
}

/* ".new" is appended when the journal is rewritten. */
static int read_journal(struct parse *parse, const struct key *key, struct json_object *value)
{
        const char *path = string_of(value);
        size_t length = path != NULL ? strlen(path) : 0;

        if (length < 2 || path[0] != '/' || path[length - 1] == '/' ||
            length + 5 > sizeof(parse->settings.journal))
                return refuse(parse, key, value, "the absolute path of a file");
        memcpy(parse->settings.journal, path, length + 1);
        return 0;
}

static int read_interfaces(struct parse *parse, const struct key *key, struct json_object *value)
{
        struct settings *settings = &parse->settings;
        size_t count;

        if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) == 0 ||
            json_object_array_length(value) > SETTINGS_INTERFACES_MAX)
                return refuse(parse, key, value, "a list of 1 to %d interface names",
                              SETTINGS_INTERFACES_MAX);
        count = json_object_array_length(value);
        for (size_t i = 0; i < count; i++) {
                struct json_object *item = json_object_array_get_idx(value, i);
                const char *name = string_of(item);
                size_t length = name != NULL ? strlen(name) : 0;

                if (length == 0 || length > RECORD_INTERFACE_MAX)
                        return refuse(parse, key, item, "interface names of 1 to %d characters",
                                      RECORD_INTERFACE_MAX);
                memcpy(settings->interfaces[i], name, length + 1);
        }
        settings->interface_count = count;
        return 0;
}

static int read_neighbour_watch(struct parse *parse, const struct key *key, struct json_object *value);

#define KEY(name, read, min, max, member)                                                                    \
        {                                                                                                    \
                name, read, min, max, offsetof(struct parse, member)                                         \
        }

static const struct key keys[] = {
        KEY("manufacturer-oui", read_text, 0, 0, oui),
        KEY("serial-number", read_text, 0, 0, serial),
        KEY("product-class", read_text, 0, 0, product_class),
        KEY("journal", read_journal, 0, 0, settings.journal),
        KEY("interfaces", read_interfaces, 0, 0, settings.interfaces),
        KEY("relayed", read_bool, 0, 0, settings.relayed),
        KEY("max-devices", read_number, 1, 65536, settings.max_devices),
        KEY("max-per-client", read_number, 1, 1024, settings.max_per_client),
        KEY("neighbour-watch", read_neighbour_watch, 0, 0, settings.neighbour_watch),
};

static const struct key watch_keys[] = {
        KEY("neighbour-watch.enabled", read_bool, 0, 0, settings.neighbour_watch.enabled),
        KEY("neighbour-watch.interval", read_number, 5, 86400, settings.neighbour_watch.interval),
        KEY("neighbour-watch.rounds", read_number, 1, 100, settings.neighbour_watch.rounds),
};

#define KEY_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* An unknown key is most often a misspelt one: say which there are. */
static int refuse_unknown(struct parse *parse, const char *prefix, const char *name, const struct key *table,
                          size_t count)
{
        struct json_object *quoted = json_object_new_string(name);
        char shown[SHOWN_MAX];
        int used;

        if (quoted == NULL)
                return -ENOMEM;
        used = snprintf(parse->error, parse->error_size, "unknown parameter %s%s, expected one of", prefix,
                        show(quoted, shown, sizeof(shown)));
        json_object_put(quoted);
        for (size_t i = 0; i < count && used > 0 && (size_t)used < parse->error_size; i++)
                used += snprintf(parse->error + used, parse->error_size - (size_t)used, "%s %s",
                                 i > 0 ? "," : "", table[i].name + strlen(prefix));
        return -EINVAL;
}

/* `prefix` stands before each name in the table, not in the object. */
static int read_object(struct parse *parse, const char *prefix, struct json_object *object,
                       const struct key *table, size_t count)
{
        json_object_object_foreach(object, name, value)
        {
                size_t i = 0;
                int err;

                while (i < count && strcmp(table[i].name + strlen(prefix), name) != 0)
                        i++;
                if (i == count)
                        return refuse_unknown(parse, prefix, name, table, count);
                err = table[i].read(parse, &table[i], value);
                if (err < 0)
                        return err;
        }
        return 0;
}

static int read_neighbour_watch(struct parse *parse, const struct key *key, struct json_object *value)
{
        if (!json_object_is_type(value, json_type_object))
                return refuse(parse, key, value, "an object");
        return read_object(parse, "neighbour-watch.", value, watch_keys, KEY_COUNT(watch_keys));
}

/* `code` is that of the sub-option, so that 1 is keys[0]. */
static int refuse_identity(struct parse *parse, struct json_object *object, unsigned int code)
{
        static const char *const expected[] = {"six hexadecimal digits", "1 to 64 bytes of text",
                                               "0 to 64 bytes of text"};
        const struct key *key = &keys[code >= 1 && code <= 3 ? code - 1 : 0];
        struct json_object *value;

        if (json_object_object_get_ex(object, key->name, &value))
                return refuse(parse, key, value, "%s", expected[key - keys]);
        snprintf(parse->error, parse->error_size, "parameter '%s': expected %s, got nothing: it is required",
                 key->name, expected[key - keys]);
        return -EINVAL;
}

static int read_parameters(struct parse *parse, struct json_object *object)
{
        struct assoc_diagnosis why;
        int err = read_object(parse, "", object, keys, KEY_COUNT(keys));

        if (err < 0)
                return err;
        if (parse->oui == NULL)
                return refuse_identity(parse, object, 1);
        if (parse->serial == NULL)
                return refuse_identity(parse, object, 2);
        err = assoc_identity_set(&parse->settings.identity, parse->oui, parse->serial, parse->product_class,
                                 &why);
        return err < 0 ? refuse_identity(parse, object, why.code) : 0;
}

static void set_defaults(struct settings *settings)
{
        snprintf(settings->journal, sizeof(settings->journal), "%s", ASSOC_JOURNAL);
        settings->max_devices = 1024;
        settings->max_per_client = 4;
        settings->neighbour_watch.enabled = true;
        settings->neighbour_watch.interval = 60;
        settings->neighbour_watch.rounds = 3;
}

int settings_parse(const char *json, struct settings *ret, char *error, size_t size)
{
        static const struct key whole = {.name = "parameters"};
        bool empty = json == NULL || strcmp(json, "null") == 0;
        struct json_object *object = json_tokener_parse(empty ? "{}" : json);
        struct parse *parse = calloc(1, sizeof(*parse));
        int err = -ENOMEM;

        if (parse == NULL)
                goto done;
        parse->error = error;
        parse->error_size = size;
        set_defaults(&parse->settings);
        if (json_object_is_type(object, json_type_object))
                err = read_parameters(parse, object);
        else
                err = refuse(parse, &whole, object, "an object");
        if (err == 0)
                *ret = parse->settings;
done:
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
