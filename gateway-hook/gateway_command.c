/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_command.c - the control commands: their arguments, and the answer around what gateway_report.c and
 * gateway_status.c tell. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway-hook/gateway_report.h"
#include "gateway-hook/members.h"

/* Kea's result codes. */
enum result {
        RESULT_SUCCESS = 0,
        RESULT_ERROR = 1,
        RESULT_EMPTY = 3,
};

/* Room for the text of an answer. */
#define TEXT_MAX 256

struct command_arguments {
        struct identity_members identity;
        bool has_address;
        struct in_addr address;
        uint32_t instance; /* 0: not given */
        uint32_t from, limit;
};

/* A command writes the answer's arguments, if it has any, to `out`, and its text to members->error.
 * Returns a result, or a negative errno: -EINVAL is a refusal with the text as reason, -ENOMEM. */
typedef int run_fn(struct gateway *gateway, struct members *members, struct json_object *object, FILE *out);

static int read_address(struct members *members, const struct member *member, struct json_object *value)
{
        struct command_arguments *arguments = members->target;
        const char *text = member_string(value);

        if (text == NULL || inet_pton(AF_INET, text, &arguments->address) != 1)
                return members_refuse(members, member->name, value, "an IPv4 address");
        arguments->has_address = true;
        return 0;
}

#define ARGUMENT(name, read, min, max, member)                                                               \
        {                                                                                                    \
                name, read, min, max, offsetof(struct command_arguments, member)                             \
        }

static const struct member list_arguments[] = {
        ARGUMENT("from", member_number, 0, UINT32_MAX, from),
        ARGUMENT("limit", member_number, 1, UINT32_MAX, limit),
};

static const struct member get_arguments[] = {
        ARGUMENT("manufacturer-oui", member_text, 0, 0, identity.oui),
        ARGUMENT("serial-number", member_text, 0, 0, identity.serial),
        ARGUMENT("product-class", member_text, 0, 0, identity.product_class),
        ARGUMENT("ip-address", read_address, 0, 0, address),
        ARGUMENT("instance", member_number, 1, UINT32_MAX, instance),
};

__attribute__((format(printf, 2, 3))) static void say(struct members *members, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        vsnprintf(members->error, members->error_size, format, list);
        va_end(list);
}

static int list_devices(struct gateway *gateway, struct members *members, struct json_object *object,
                        FILE *out)
{
        const struct command_arguments *arguments = members->target;
        uint32_t count;
        int err;

        (void)object;
        fputs("{\"devices\":[", out);
        err = report_devices(gateway, arguments->from, arguments->limit, out, &count);
        if (err < 0)
                return err;
        fprintf(out, "],\"count\":%" PRIu32 "}", count);
        say(members, "%" PRIu32 " device(s) found.", count);
        return count > 0 ? RESULT_SUCCESS : RESULT_EMPTY;
}

/* The number of the entry that is asked for, 0: there is none. */
static uint32_t find_by_address(struct gateway *gateway, struct in_addr address)
{
        struct device_record record;
        bool found;

        pthread_mutex_lock(&gateway->mutex);
        found = device_table_find(gateway->table, address, &record);
        pthread_mutex_unlock(&gateway->mutex);
        return found ? record.instance : 0;
}

static uint32_t find_by_identity(struct gateway *gateway, const struct assoc_identity *identity)
{
        uint32_t instance;

        pthread_mutex_lock(&gateway->mutex);
        instance = device_table_instance(gateway->table, identity);
        pthread_mutex_unlock(&gateway->mutex);
        return instance;
}

static int find_device(struct gateway *gateway, struct members *members, struct json_object *object,
                       uint32_t *ret)
{
        const struct command_arguments *arguments = members->target;
        const struct identity_members *texts = &arguments->identity;
        bool by_identity = texts->oui != NULL || texts->serial != NULL || texts->product_class != NULL;
        int ways = by_identity + arguments->has_address + (arguments->instance != 0);
        struct assoc_identity identity;
        int err;

        if (ways != 1) {
                say(members,
                    "expected one of 'instance', 'ip-address', and 'manufacturer-oui' with 'serial-number', "
                    "got %s",
                    ways == 0 ? "none" : "several");
                return -EINVAL;
        }
        *ret = arguments->instance;
        if (arguments->has_address)
                *ret = find_by_address(gateway, arguments->address);
        if (!by_identity)
                return 0;
        err = members_identity(members, object, texts, &identity);
        if (err == 0)
                *ret = find_by_identity(gateway, &identity);
        return err;
}

static int get_device(struct gateway *gateway, struct members *members, struct json_object *object, FILE *out)
{
        uint32_t instance;
        int err = find_device(gateway, members, object, &instance);

        if (err == 0)
                err = report_device(gateway, instance, out);
        if (err < 0 && err != -ENOENT)
                return err;
        say(members, err == 0 ? "Device found." : "Device not found.");
        return err == 0 ? RESULT_SUCCESS : RESULT_EMPTY;
}

static int tell_status(struct gateway *gateway, struct members *members, struct json_object *object,
                       FILE *out)
{
        struct json_object *status;
        const char *text;
        int err = -ENOMEM;

        (void)object;
        pthread_mutex_lock(&gateway->mutex);
        status = report_status(gateway);
        pthread_mutex_unlock(&gateway->mutex);
        text = status == NULL ? NULL : json_object_to_json_string_ext(status, JSON_C_TO_STRING_PLAIN);
        if (text != NULL && fputs(text, out) >= 0)
                err = RESULT_SUCCESS;
        say(members, "Status of the association hook.");
        json_object_put(status);
        return err;
}

static const struct {
        run_fn *run;
        const struct member *arguments;
        size_t argument_count;
} commands[] = {
        {list_devices, list_arguments, MEMBERS_COUNT(list_arguments)},
        {get_device, get_arguments, MEMBERS_COUNT(get_arguments)},
        {tell_status, NULL, 0},
};

/* In the order of `commands`. */
const char *const gateway_command_names[] = {"assoc-device-list", "assoc-device-get", "assoc-status", NULL};

_Static_assert(MEMBERS_COUNT(gateway_command_names) == MEMBERS_COUNT(commands) + 1, "a command has no name");

/* As a command's run() does. */
static int run(struct gateway *gateway, const char *name, const char *text, struct members *members,
               FILE *out)
{
        struct json_object *object = json_tokener_parse(text != NULL ? text : "{}");
        size_t i = 0;
        int result = -EINVAL;

        while (gateway_command_names[i] != NULL && strcmp(gateway_command_names[i], name) != 0)
                i++;
        if (gateway_command_names[i] == NULL)
                say(members, "expected a command of the association hook, got another");
        else if (!json_object_is_type(object, json_type_object))
                result = members_refuse(members, "arguments", object, "an object");
        else
                result = members_read(members, "", object, commands[i].arguments, commands[i].argument_count);
        if (result == 0)
                result = commands[i].run(gateway, members, object, out);
        json_object_put(object);
        return result;
}

/* {"result":N,"text":TEXT,"arguments":ARGUMENTS}, the last unless there are none. */
static char *make_answer(int result, const char *text, const char *arguments)
{
        struct json_object *quoted = json_object_new_string(text);
        bool has_arguments = result >= 0 && arguments[0] != '\0';
        char *answer = NULL;

        if (quoted == NULL ||
            asprintf(&answer, "{\"result\":%d,\"text\":%s%s%s}", result < 0 ? RESULT_ERROR : result,
                     json_object_to_json_string(quoted), has_arguments ? ",\"arguments\":" : "",
                     has_arguments ? arguments : "") < 0)
                answer = NULL;
        json_object_put(quoted);
        return answer;
}

char *gateway_command(struct gateway *gateway, const char *name, const char *arguments)
{
        struct command_arguments target = {.limit = UINT32_MAX};
        char text[TEXT_MAX] = "", *written = NULL, *answer = NULL;
        struct members members = {"argument", &target, text, sizeof(text)};
        size_t size;
        FILE *out = open_memstream(&written, &size);
        int result;

        if (out == NULL)
                return NULL;
        result = run(gateway, name, arguments, &members, out);
        if (fclose(out) == 0 && result != -ENOMEM)
                answer = make_answer(result, text, written);
        free(written);
        return answer;
}
