/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration.c - what dm-bridge.conf says: JSON with comments; its keys are in configuration_keys.c.
 * Every error names file, line and key, what was expected and what came. */
#include "config.h"

#include "dm-bridge/configuration.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/configuration_keys.h"
#include "dm-bridge/json_text.h"
#include "dm-bridge/log.h"
#include "libassoc/file.h"

/* The configuration is flat; no more than this is needed to say so of one that is not. */
#define DEPTH_MAX 8

struct reader {
        const char *name; /* of the file */
        const char *text;
        size_t size;
        char *error;
        size_t error_size;
};

static int __attribute__((format(printf, 3, 4)))
fail(const struct reader *reader, size_t line, const char *format, ...)
{
        va_list arguments;
        int used = line == 0 ? snprintf(reader->error, reader->error_size, "%s: ", reader->name)
                             : snprintf(reader->error, reader->error_size, "%s:%zu: ", reader->name, line);

        if (used < 0 || (size_t)used >= reader->error_size)
                return -EINVAL;
        va_start(arguments, format);
        vsnprintf(reader->error + used, reader->error_size - (size_t)used, format, arguments);
        va_end(arguments);
        return -EINVAL;
}

static const struct configuration_key *find_key(const char *name, size_t length)
{
        for (size_t i = 0; i < CONFIGURATION_KEYS; i++)
                if (strlen(configuration_keys[i].name) == length &&
                    memcmp(configuration_keys[i].name, name, length) == 0)
                        return &configuration_keys[i];
        return NULL;
}

static int unknown_key(const struct reader *reader, size_t line, const char *name, size_t length)
{
        char list[320] = "", got[64];

        for (size_t i = 0; i < CONFIGURATION_KEYS; i++)
                snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i == 0 ? "" : ", ",
                         configuration_keys[i].name);
        return fail(reader, line, "unknown key '%s': expected one of %s",
                    log_escape(got, sizeof(got), name, length), list);
}

static int bad_value(const struct reader *reader, size_t line, const struct configuration_key *key,
                     struct json_object *value)
{
        const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                                         JSON_C_TO_STRING_NOSLASHESCAPE);
        char got[128];

        return fail(reader, line, "key '%s': expected %s, got %s", key->name, key->expected,
                    log_escape(got, sizeof(got), text, strlen(text)));
}

/* Names are compared as they are written: a key in \u escapes is not one of ours. */
static int read_member(const struct reader *reader, struct json_object *object, const char *name,
                       size_t length, struct configuration *config)
{
        size_t line = json_text_line(reader->text, (size_t)(name - reader->text));
        const struct configuration_key *key = find_key(name, length);
        struct json_object *value;

        if (key == NULL)
                return unknown_key(reader, line, name, length);
        value = json_object_object_get(object, key->name);
        return key->set(config, value) ? 0 : bad_value(reader, line, key, value);
}

/* The data model has one root; a root alone, or the role, stands for the model of TR-111's own time. */
static int settle_root(const struct reader *reader, struct configuration *config)
{
        const char *root =
                config->model == DATA_MODEL_TR098 ? configuration_gateway_root : configuration_device_root;

        if (config->model == 0) {
                if (config->root == NULL)
                        config->root = config->roles & BRIDGE_ROLE_GATEWAY ? configuration_gateway_root
                                                                           : configuration_device_root;
                config->model =
                        config->root == configuration_gateway_root ? DATA_MODEL_TR098 : DATA_MODEL_TR106;
                return 0;
        }
        if (config->root != NULL && config->root != root)
                return fail(reader, 0, "key 'root': expected \"%s\", as 'data-model' has it, got \"%s\"",
                            root, config->root);
        config->root = root;
        return 0;
}

static int read_members(const struct reader *reader, struct json_object *object, struct configuration *config)
{
        struct json_members members = {.text = reader->text, .size = reader->size};
        const char *name;
        size_t length;

        if (!json_object_is_type(object, json_type_object))
                return fail(reader, 0, "expected one JSON object, got %s",
                            json_type_to_name(json_object_get_type(object)));
        while (json_members_next(&members, &name, &length)) {
                int err = read_member(reader, object, name, length, config);

                if (err < 0)
                        return err;
        }
        if (config->roles == 0)
                return fail(reader, 0, "key 'role' is missing: expected %s", configuration_keys[0].expected);
        return settle_root(reader, config);
}

/* The parser drops the first of two equal members: look for them before it does. */
static int check_repeated(const struct reader *reader)
{
        struct json_members members = {.text = reader->text, .size = reader->size};
        size_t seen[CONFIGURATION_KEYS] = {0};
        const char *name;
        size_t length;

        while (json_members_next(&members, &name, &length)) {
                const struct configuration_key *key = find_key(name, length);
                size_t line = json_text_line(reader->text, (size_t)(name - reader->text));

                if (key == NULL)
                        continue;
                if (seen[key - configuration_keys] != 0)
                        return fail(reader, line,
                                    "key '%s' stands twice: expected it once, it was on line %zu too",
                                    key->name, seen[key - configuration_keys]);
                seen[key - configuration_keys] = line;
        }
        return 0;
}

int configuration_parse(char *text, size_t size, const char *name, struct configuration *ret, char *error,
                        size_t error_size)
{
        struct reader reader = {name, text, size, error, error_size};
        struct configuration config = configuration_initial;
        struct json_object *object;
        struct json_fault why;
        int err;

        json_text_strip_comments(text, size);
        err = check_repeated(&reader);
        if (err < 0)
                return err;
        err = json_text_parse(text, size, DEPTH_MAX, &object, &why);
        if (err == -ENOMEM)
                fail(&reader, 0, "out of memory");
        else if (err < 0)
                fail(&reader, json_text_line(text, why.offset), "expected JSON, got: %s", why.text);
        if (err < 0)
                return err == -ENOMEM ? -ENOMEM : -EINVAL;
        err = read_members(&reader, object, &config);
        json_object_put(object);
        if (err == 0)
                *ret = config;
        return err;
}

int configuration_load(const char *path, struct configuration *ret, char *error, size_t error_size)
{
        char *text = malloc(CONFIGURATION_SIZE_MAX);
        size_t size;
        int err;

        if (text == NULL) {
                snprintf(error, error_size, "%s: out of memory", path);
                return -ENOMEM;
        }
        err = file_read(path, text, CONFIGURATION_SIZE_MAX, &size);
        if (err == -EFBIG)
                snprintf(error, error_size, "%s: expected at most %d bytes, got more", path,
                         CONFIGURATION_SIZE_MAX);
        else if (err < 0)
                snprintf(error, error_size, "%s: expected a readable file, got: %s", path, strerror(-err));
        else
                err = configuration_parse(text, size, path, ret, error, error_size);
        free(text);
        return err;
}

const char *configuration_role_name(unsigned role)
{
        return role == BRIDGE_ROLE_GATEWAY ? "gateway" : role == BRIDGE_ROLE_DEVICE ? "device" : NULL;
}
