/* SPDX-License-Identifier: BSD-2-Clause */
/* command.c - what the commands of assocctl share: errors, one call to the daemon, members of its result. */
#include "config.h"

#include "dm-bridge/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/rpc_client.h"
#include "dm-bridge/terminal.h"
#include "libassoc/file.h"
#include "libassoc/json_build.h"

void command_error(const struct arguments *arguments, const char *format, ...)
{
        char text[1024];
        va_list list;

        va_start(list, format);
        vsnprintf(text, sizeof(text), format, list);
        va_end(list);
        fprintf(stderr, "assocctl: %s%s", arguments->command, arguments->command[0] == '\0' ? "" : ": ");
        terminal_print(stderr, text, strlen(text));
        fputc('\n', stderr);
}

enum command_status command_no_memory(const struct arguments *arguments)
{
        command_error(arguments, "%s", strerror(ENOMEM));
        return COMMAND_FAILED;
}

/* CWMP faults come with the name that each concerns; protocol errors have only a message. */
void command_print_refusal(const struct arguments *arguments, struct json_object *error)
{
        struct json_object *data, *faults;
        size_t count = 0;

        if (json_object_object_get_ex(error, "data", &data) &&
            json_object_object_get_ex(data, "faults", &faults) &&
            json_object_is_type(faults, json_type_array))
                count = json_object_array_length(faults);
        for (size_t i = 0; i < count; i++) {
                struct json_object *fault = json_object_array_get_idx(faults, i);

                command_error(arguments, "%s: %s (fault %lld)", command_member(fault, "name", "?"),
                              command_member(fault, "message", "no reason given"),
                              (long long)command_number(fault, "code"));
        }
        if (count == 0)
                command_error(arguments, "%s (error %lld)",
                              command_member(error, "message", "no reason given"),
                              (long long)command_number(error, "code"));
}

enum command_status command_status_of(int err)
{
        if (err == -ENOENT || err == -ECONNREFUSED || err == -ETIMEDOUT)
                return COMMAND_NO_DAEMON;
        return err < 0 ? COMMAND_FAILED : COMMAND_DONE;
}

struct json_object *command_operands(const struct arguments *arguments, const char *key)
{
        struct json_object *params = json_object_new_object();
        struct json_object *array = json_object_new_array();
        bool ok = params != NULL && array != NULL;

        for (int i = 0; i < arguments->count && ok; i++)
                ok = json_append(array, json_object_new_string(arguments->operands[i]));
        if (!ok)
                json_object_put(array);
        return json_complete(params, ok && json_add(params, key, array));
}

bool command_parse_number(const struct arguments *arguments, const char *what, const char *text, int64_t *ret)
{
        char *end;

        errno = 0;
        *ret = strtoll(text, &end, 10);
        if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0)
                return true;
        command_error(arguments, "%s: expected a whole number, got '%s'", what, text);
        return false;
}

/* Returns as file_read(). */
static int read_file(const char *path, char *text, size_t size, size_t *ret_size)
{
        if (strcmp(path, "-") != 0)
                return file_read(path, text, size, ret_size);
        *ret_size = fread(text, 1, size, stdin);
        if (ferror(stdin))
                return -EIO;
        return feof(stdin) ? 0 : -EFBIG;
}

enum command_status command_read_value(const struct arguments *arguments, const char *option,
                                       const char *path, char *text, size_t size)
{
        size_t length = 0;
        int err = read_file(path, text, size - 1, &length);

        if (err == 0 && memchr(text, '\0', length) != NULL)
                err = -EINVAL;
        if (err < 0) {
                command_error(arguments, "%s: %s: %s", option, path, strerror(-err));
                return COMMAND_FAILED;
        }
        if (length > 0 && text[length - 1] == '\n')
                length--;
        text[length] = '\0';
        return COMMAND_DONE;
}

static enum command_status exchange(const struct arguments *arguments, const char *method,
                                    struct json_object *params, struct json_object **ret)
{
        struct rpc_client client;
        struct json_object *error = NULL;
        int err = rpc_client_init(&client, arguments->socket, arguments->timeout);

        if (err == 0)
                err = rpc_client_call(&client, method, params, ret, &error);
        if (err == -EREMOTEIO)
                command_print_refusal(arguments, error);
        else if (err < 0)
                command_error(arguments, "%s", client.conversation.problem);
        json_object_put(error);
        rpc_client_done(&client);
        return command_status_of(err);
}

enum command_status command_call(const struct arguments *arguments, const char *method,
                                 struct json_object *params, enum json_type type, struct json_object **ret)
{
        struct json_object *result = NULL;
        enum command_status status = exchange(arguments, method, params, &result);

        json_object_put(params);
        if (status != COMMAND_DONE)
                return status;
        if (!json_object_is_type(result, type)) {
                command_error(arguments, "expected %s as result of '%s', got %s", json_type_to_name(type),
                              method, json_type_to_name(json_object_get_type(result)));
                json_object_put(result);
                return COMMAND_FAILED;
        }
        *ret = result;
        return COMMAND_DONE;
}

enum command_status command_print_json(const struct arguments *arguments, struct json_object *value)
{
        const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                                         JSON_C_TO_STRING_NOSLASHESCAPE);

        if (text == NULL)
                return command_no_memory(arguments);
        puts(text);
        return COMMAND_DONE;
}

const char *command_member(struct json_object *object, const char *key, const char *otherwise)
{
        struct json_object *member;

        if (!json_object_object_get_ex(object, key, &member) ||
            !json_object_is_type(member, json_type_string) || json_object_get_string_len(member) == 0)
                return otherwise;
        return json_object_get_string(member);
}

int64_t command_number(struct json_object *object, const char *key)
{
        struct json_object *member;

        if (!json_object_object_get_ex(object, key, &member) || !json_object_is_type(member, json_type_int))
                return 0;
        return json_object_get_int64(member);
}

static bool is_time(const char *key)
{
        size_t length = strlen(key);

        return length > 3 && strcmp(key + length - 3, "_ms") == 0;
}

void command_add_counts(struct json_object *counts, char *text, size_t size)
{
        if (!json_object_is_type(counts, json_type_object))
                return;
        json_object_object_foreach(counts, key, value)
        {
                size_t used = strlen(text);

                if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) == 0 ||
                    is_time(key))
                        continue;
                snprintf(text + used, size - used, "%s%" PRId64 " %.64s", used > 0 ? ", " : "",
                         json_object_get_int64(value), key);
        }
}
