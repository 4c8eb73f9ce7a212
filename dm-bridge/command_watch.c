/* SPDX-License-Identifier: BSD-2-Clause */
/* command_watch.c - `assocctl watch` and `assocctl ack`: events as they come, and that they have arrived. */
#include "config.h"

#include "dm-bridge/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/rpc_client.h"
#include "dm-bridge/terminal.h"
#include "libassoc/json_build.h"

/* An object with one number; NULL: out of memory. */
static struct json_object *number_params(const char *key, int64_t number)
{
        struct json_object *params = json_object_new_object();

        return json_complete(params, params != NULL && json_add_number(params, key, number));
}

enum command_status command_ack(const struct arguments *arguments)
{
        struct json_object *params, *result;
        enum command_status status;
        int64_t seq;

        if (!command_parse_number(arguments, "SEQ", arguments->operands[0], &seq))
                return COMMAND_USAGE;
        params = number_params("seq", seq);
        if (params == NULL)
                return command_no_memory(arguments);
        status = command_call(arguments, "ack", params, json_type_object, &result);
        if (status == COMMAND_DONE)
                json_object_put(result);
        return status;
}

static void print_text(const char *text)
{
        terminal_print(stdout, text, strlen(text));
}

static void print_change(struct json_object *params)
{
        struct json_object *value = json_object_object_get(params, "value");

        printf("%s ", command_number(params, "notification") == 2 ? "active" : "passive");
        print_text(command_member(params, "name", "-"));
        putchar('=');
        if (json_object_is_type(value, json_type_string))
                terminal_print(stdout, json_object_get_string(value),
                               (size_t)json_object_get_string_len(value));
}

/* Flushed line by line: who reads us through a pipe wants to know now. */
static enum command_status print_event(const struct arguments *arguments, struct json_object *event)
{
        struct json_object *params = json_object_object_get(event, "params");

        if (arguments->json)
                return command_print_json(arguments, event) == COMMAND_DONE && fflush(stdout) == 0
                               ? COMMAND_DONE
                               : COMMAND_FAILED;
        printf("%" PRId64 " ", command_number(params, "seq"));
        if (strcmp(command_member(event, "method", ""), "connection_request") == 0)
                printf("connection request, %" PRId64 " since the last ack", command_number(params, "count"));
        else
                print_change(params);
        putchar('\n');
        return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_FAILED;
}

static int watch(const struct arguments *arguments, struct rpc_client *client, int64_t since)
{
        struct json_object *params = number_params("since", since);
        struct json_object *object = NULL, *error = NULL;
        int err = params == NULL ? -ENOMEM : rpc_client_call(client, "subscribe", params, &object, &error);

        json_object_put(params);
        json_object_put(object);
        if (err == -EREMOTEIO)
                command_print_refusal(arguments, error);
        json_object_put(error);
        while (err == 0) {
                err = rpc_client_wait(client, &object);
                if (err < 0)
                        break;
                /* Nobody reads any more. */
                if (print_event(arguments, object) != COMMAND_DONE)
                        err = -EPIPE;
                json_object_put(object);
        }
        return err;
}

enum command_status command_watch(const struct arguments *arguments)
{
        struct rpc_client client;
        int64_t since = 0;
        int err;

        if (arguments->since != NULL && !command_parse_number(arguments, "--since", arguments->since, &since))
                return COMMAND_USAGE;
        err = rpc_client_init(&client, arguments->socket, arguments->timeout);
        if (err == 0)
                err = watch(arguments, &client, since);
        if (err == -ECONNRESET)
                command_error(arguments, "the daemon has hung up");
        else if (err != -EREMOTEIO && err != -EPIPE)
                command_error(arguments, "%s",
                              err == -ENOMEM ? strerror(ENOMEM) : client.conversation.problem);
        rpc_client_done(&client);
        return command_status_of(err);
}
