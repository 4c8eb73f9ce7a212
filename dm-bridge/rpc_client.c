/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc_client.c - one blocking conversation with the daemon: JSON-RPC 2.0, one object a line.
 * Used by the commands of assocctl; knows no method. What the daemon sends is checked like any other input.
 */
#include "config.h"

#include "dm-bridge/rpc_client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libassoc/json_strict.h"

static int format_request(struct rpc_client *client, const char *method, struct json_object *params,
                          struct json_object **ret);
static int send_request(struct rpc_client *client, struct json_object *request);
static int receive_line(struct rpc_client *client, size_t *ret_length);
static int parse_reply(struct rpc_client *client, size_t length, struct json_object **ret);
static int receive_reply(struct rpc_client *client, struct json_object **ret);
static int take_reply(struct rpc_client *client, struct json_object *reply, struct json_object **ret_result,
                      struct json_object **ret_error);

int rpc_client_init(struct rpc_client *client, const char *path, unsigned timeout)
{
        *client = (struct rpc_client){.id = 0};
        conversation_init(&client->conversation, "dm-bridge", timeout);
        return conversation_connect(&client->conversation, path);
}

void rpc_client_done(struct rpc_client *client)
{
        conversation_done(&client->conversation);
}

int rpc_client_call(struct rpc_client *client, const char *method, struct json_object *params,
                    struct json_object **ret_result, struct json_object **ret_error)
{
        struct json_object *request = NULL, *reply = NULL;
        int err = format_request(client, method, params, &request);

        if (err < 0)
                return err;
        err = send_request(client, request);
        json_object_put(request);
        if (err < 0)
                return err;
        err = receive_reply(client, &reply);
        if (err < 0)
                return err;
        err = take_reply(client, reply, ret_result, ret_error);
        json_object_put(reply);
        return err;
}

static int format_request(struct rpc_client *client, const char *method, struct json_object *params,
                          struct json_object **ret)
{
        struct json_object *request = json_object_new_object();

        if (request == NULL ||
            json_object_object_add(request, "jsonrpc", json_object_new_string("2.0")) < 0 ||
            json_object_object_add(request, "id", json_object_new_int(++client->id)) < 0 ||
            json_object_object_add(request, "method", json_object_new_string(method)) < 0 ||
            (params != NULL && json_object_object_add(request, "params", json_object_get(params)) < 0)) {
                json_object_put(request);
                return conversation_fail(&client->conversation, -ENOMEM, "%s", strerror(ENOMEM));
        }
        *ret = request;
        return 0;
}

static int send_request(struct rpc_client *client, struct json_object *request)
{
        size_t size;
        const char *text = json_object_to_json_string_length(
                request, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &size);
        int err;

        if (text == NULL)
                return conversation_fail(&client->conversation, -ENOMEM, "%s", strerror(ENOMEM));
        if (size + 1 > RPC_CLIENT_REQUEST_MAX)
                return conversation_fail(&client->conversation, -EMSGSIZE,
                                         "expected a request of at most %zu bytes, got %zu",
                                         RPC_CLIENT_REQUEST_MAX, size + 1);
        err = conversation_send(&client->conversation, text, size);
        return err < 0 ? err : conversation_send(&client->conversation, "\n", 1);
}

static int receive_line(struct rpc_client *client, size_t *ret_length)
{
        struct conversation *conversation = &client->conversation;
        size_t seen = 0;

        if (client->taken > 0)
                conversation_drop(conversation, client->taken);
        client->taken = 0;
        for (;;) {
                char *end = conversation->have > seen
                                    ? memchr(conversation->buffer + seen, '\n', conversation->have - seen)
                                    : NULL;
                int err;

                if (end != NULL) {
                        *ret_length = (size_t)(end - conversation->buffer);
                        client->taken = *ret_length + 1;
                        return 0;
                }
                seen = conversation->have;
                err = conversation_receive(conversation);
                if (err < 0)
                        return err;
        }
}

static int fail_garbled(struct rpc_client *client, size_t length)
{
        char expected[64];

        snprintf(expected, sizeof(expected), "a JSON-RPC 2.0 reply to request %d", client->id);
        return conversation_fail_garbled(&client->conversation, length, expected);
}

static int parse_reply(struct rpc_client *client, size_t length, struct json_object **ret)
{
        struct json_tokener *tokener = json_tokener_new();
        struct json_object *reply;
        size_t end;
        bool whole;

        if (tokener == NULL)
                return conversation_fail(&client->conversation, -ENOMEM, "%s", strerror(ENOMEM));
        reply = json_strict_parse(tokener, client->conversation.buffer, length, &end);
        whole = json_tokener_get_error(tokener) == json_tokener_success && end == length;
        json_tokener_free(tokener);
        if (whole && json_object_is_type(reply, json_type_object)) {
                *ret = reply;
                return 0;
        }
        json_object_put(reply);
        return fail_garbled(client, length);
}

static bool is_event(struct json_object *object)
{
        struct json_object *method;

        return json_object_object_get_ex(object, "method", &method) &&
               json_object_is_type(method, json_type_string) &&
               json_object_is_type(json_object_object_get(object, "params"), json_type_object);
}

/* The next line that is no event, if events are wanted, otherwise the next line. */
static int receive_reply(struct rpc_client *client, struct json_object **ret)
{
        struct json_object *object;
        size_t length;

        for (;;) {
                int err = receive_line(client, &length);

                if (err == 0)
                        err = parse_reply(client, length, &object);
                if (err < 0)
                        return err;
                if (client->on_event == NULL || !is_event(object))
                        break;
                client->on_event(client->context, object);
                json_object_put(object);
        }
        *ret = object;
        return 0;
}

int rpc_client_wait(struct rpc_client *client, struct json_object **ret)
{
        struct json_object *object;
        size_t length;
        int err;

        conversation_wait_forever(&client->conversation);
        err = receive_line(client, &length);
        if (err == 0)
                err = parse_reply(client, length, &object);
        if (err < 0)
                return err;
        if (is_event(object)) {
                *ret = object;
                return 0;
        }
        json_object_put(object);
        return conversation_fail_garbled(&client->conversation, length, "an event");
}

static bool is_error(struct json_object *error)
{
        struct json_object *code, *message;

        return json_object_object_get_ex(error, "code", &code) && json_object_is_type(code, json_type_int) &&
               json_object_object_get_ex(error, "message", &message) &&
               json_object_is_type(message, json_type_string);
}

/* JSON-RPC 2.0 section 5: version, our id, and either result or error. An error about a request that could
 * not be read, or a client that is one too many, has a null id. */
static int take_reply(struct rpc_client *client, struct json_object *reply, struct json_object **ret_result,
                      struct json_object **ret_error)
{
        struct json_object *version, *id, *result, *error;
        bool ours, refused;

        if (!json_object_object_get_ex(reply, "jsonrpc", &version) ||
            !json_object_is_type(version, json_type_string) ||
            strcmp(json_object_get_string(version), "2.0") != 0 ||
            !json_object_object_get_ex(reply, "id", &id))
                return fail_garbled(client, strcspn(client->conversation.buffer, "\n"));
        ours = json_object_is_type(id, json_type_int) && json_object_get_int64(id) == client->id;
        refused = json_object_object_get_ex(reply, "error", &error);
        if (refused == json_object_object_get_ex(reply, "result", &result) ||
            (!ours && (!refused || id != NULL)) || (refused && !is_error(error)))
                return fail_garbled(client, strcspn(client->conversation.buffer, "\n"));
        if (refused) {
                *ret_error = json_object_get(error);
                return -EREMOTEIO;
        }
        *ret_result = json_object_get(result);
        return 0;
}
