/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration.c - what dm-bridge.conf says: JSON with comments, one row per key.
 * Every error names file, line and key, what was expected and what came. */
#include "config.h"

#include "dm-bridge/configuration.h"

#include <errno.h>
#include <grp.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char *string_of(struct json_object *value)
{
        const char *text;

        if (!json_object_is_type(value, json_type_string))
                return NULL;
        text = json_object_get_string(value);
        return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static bool set_role(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, "gateway") == 0)
                config->roles = BRIDGE_ROLE_GATEWAY;
        else if (strcmp(text, "device") == 0)
                config->roles = BRIDGE_ROLE_DEVICE;
        else if (strcmp(text, "both") == 0)
                config->roles = BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE;
        else
                return false;
        return true;
}

static const char gateway_root[] = "InternetGatewayDevice.";
static const char device_root[] = "Device.";

static bool set_data_model(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, "InternetGatewayDevice:1") == 0)
                config->model = DATA_MODEL_TR098;
        else if (strcmp(text, "Device:1") == 0)
                config->model = DATA_MODEL_TR106;
        else if (strcmp(text, "Device:2") == 0)
                config->model = DATA_MODEL_TR181;
        else
                return false;
        return true;
}

static bool set_root(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);

        if (text == NULL)
                return false;
        if (strcmp(text, gateway_root) == 0)
                config->root = gateway_root;
        else if (strcmp(text, device_root) == 0)
                config->root = device_root;
        else
                return false;
        return true;
}

static bool set_path(char *ret, size_t most, struct json_object *value)
{
        const char *text = string_of(value);
        size_t length = text == NULL ? 0 : strlen(text);

        if (length < 2 || length > most || text[0] != '/')
                return false;
        /* "/run/x/" and "/run/x" are the same folder. */
        while (length > 1 && text[length - 1] == '/')
                length--;
        memcpy(ret, text, length);
        ret[length] = '\0';
        return length > 1;
}

static bool set_socket(struct configuration *config, struct json_object *value)
{
        return set_path(config->socket, CONFIGURATION_SOCKET_MAX, value);
}

static bool set_journal(struct configuration *config, struct json_object *value)
{
        return set_path(config->journal, CONFIGURATION_PATH_MAX, value);
}

static bool set_gateway_info(struct configuration *config, struct json_object *value)
{
        return set_path(config->gateway_info, CONFIGURATION_PATH_MAX, value);
}

static bool set_state(struct configuration *config, struct json_object *value)
{
        return set_path(config->state, CONFIGURATION_PATH_MAX, value);
}

static bool set_identity(struct configuration *config, struct json_object *value)
{
        return set_path(config->identity, CONFIGURATION_PATH_MAX, value);
}

static bool set_socket_group(struct configuration *config, struct json_object *value)
{
        const char *text = string_of(value);
        const struct group *group = text == NULL ? NULL : getgrnam(text);

        if (group == NULL)
                return false;
        config->has_socket_group = true;
        config->socket_group = group->gr_gid;
        return true;
}

static const struct configuration_key {
        const char *name;
        const char *expected;
        bool (*set)(struct configuration *config, struct json_object *value);
} keys[] = {
        {"role", "\"gateway\", \"device\" or \"both\"", set_role},
        {"data-model", "\"InternetGatewayDevice:1\", \"Device:1\" or \"Device:2\"", set_data_model},
        {"root", "\"InternetGatewayDevice.\" or \"Device.\"", set_root},
        {"socket", "an absolute path of at most 107 bytes", set_socket},
        {"journal", "an absolute path of at most 1023 bytes", set_journal},
        {"gateway-info", "an absolute path of at most 1023 bytes", set_gateway_info},
        {"state", "an absolute path of at most 1023 bytes", set_state},
        {"identity", "an absolute path of at most 1023 bytes", set_identity},
        {"socket-group", "the name of an existing group", set_socket_group},
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

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
        for (size_t i = 0; i < KEYS; i++)
                if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
                        return &keys[i];
        return NULL;
}

static int unknown_key(const struct reader *reader, size_t line, const char *name, size_t length)
{
        char list[192] = "", got[64];

        for (size_t i = 0; i < KEYS; i++)
                snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i == 0 ? "" : ", ",
                         keys[i].name);
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
        const char *root = config->model == DATA_MODEL_TR098 ? gateway_root : device_root;

        if (config->model == 0) {
                if (config->root == NULL)
                        config->root = config->roles & BRIDGE_ROLE_GATEWAY ? gateway_root : device_root;
                config->model = config->root == gateway_root ? DATA_MODEL_TR098 : DATA_MODEL_TR106;
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
                return fail(reader, 0, "key 'role' is missing: expected %s", keys[0].expected);
        return settle_root(reader, config);
}

/* The parser drops the first of two equal members: look for them before it does. */
static int check_repeated(const struct reader *reader)
{
        struct json_members members = {.text = reader->text, .size = reader->size};
        size_t seen[KEYS] = {0};
        const char *name;
        size_t length;

        while (json_members_next(&members, &name, &length)) {
                const struct configuration_key *key = find_key(name, length);
                size_t line = json_text_line(reader->text, (size_t)(name - reader->text));

                if (key == NULL)
                        continue;
                if (seen[key - keys] != 0)
                        return fail(reader, line,
                                    "key '%s' stands twice: expected it once, it was on line %zu too",
                                    key->name, seen[key - keys]);
                seen[key - keys] = line;
        }
        return 0;
}

int configuration_parse(char *text, size_t size, const char *name, struct configuration *ret, char *error,
                        size_t error_size)
{
        struct reader reader = {name, text, size, error, error_size};
        struct configuration config = {
                .socket = ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock",
                .journal = ASSOC_JOURNAL,
                .gateway_info = ASSOC_RUNSTATEDIR "/assoc/gateway-info",
                .state = ASSOC_LOCALSTATEDIR "/lib/dm-bridge/state.json",
                .identity = ASSOC_IDENTITY_FILE,
        };
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
