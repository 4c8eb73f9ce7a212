/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc.c - JSON-RPC 2.0: a line in, a line out.
 * Knows no sockets (server.c) and no methods but their table (methods.c). */
#include "config.h"

#include "dm-bridge/rpc.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/json_text.h"
#include "dm-bridge/log.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

/* A request as far as it is understood. */
struct request {
        struct json_object *id; /* part of the request; NULL also for an id of null */
        bool has_id;            /* otherwise it is a notification */
        const struct rpc_method *method;
        struct json_object *params;
};

int rpc_fail(struct rpc_error *error, int code, const char *format, ...)
{
        va_list arguments;

        error->code = code;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof(error->message), format, arguments);
        va_end(arguments);
        return -1;
}

/* Integers that json-c had to cut to 64 bits would come back as another id. */
static bool is_valid_id(struct json_object *id)
{
        switch (json_object_get_type(id)) {
        case json_type_null:
        case json_type_string:
        case json_type_double:
                return true;
        case json_type_int:
                return json_object_get_int64(id) < INT64_MAX && json_object_get_int64(id) > INT64_MIN;
        default:
                return false;
        }
}

static int read_id(struct json_object *object, struct request *request, struct rpc_error *error)
{
        struct json_object *id;

        if (!json_object_object_get_ex(object, "id", &id))
                return 0;
        /* What is no id can't be echoed, but an answer is expected. */
        request->has_id = true;
        if (!is_valid_id(id))
                return rpc_fail(error, RPC_INVALID_REQUEST,
                                "id: expected a string, a number of 64 bits or null");
        request->id = id;
        return 0;
}

static const struct rpc_method *find_method(struct json_object *name)
{
        const char *text = json_object_get_string(name);
        size_t length = (size_t)json_object_get_string_len(name);

        for (const struct rpc_method *method = rpc_methods; method->name != NULL; method++)
                if (strlen(method->name) == length && memcmp(method->name, text, length) == 0)
                        return method;
        return NULL;
}

static int read_method(struct json_object *object, struct request *request, struct rpc_error *error)
{
        struct json_object *name = json_object_object_get(object, "method");
        char escaped[64];

        if (!json_object_is_type(name, json_type_string))
                return rpc_fail(error, RPC_INVALID_REQUEST, "method: expected a string, got %s",
                                name == NULL ? "none" : json_type_to_name(json_object_get_type(name)));
        request->method = find_method(name);
        if (request->method == NULL)
                return rpc_fail(error, RPC_METHOD_NOT_FOUND, "no method '%s'",
                                log_escape(escaped, sizeof(escaped), json_object_get_string(name),
                                           (size_t)json_object_get_string_len(name)));
        return 0;
}

static int read_params(struct json_object *object, struct request *request, struct rpc_error *error)
{
        struct json_object *params;

        if (!json_object_object_get_ex(object, "params", &params))
                return 0;
        if (!json_object_is_type(params, json_type_object))
                return rpc_fail(error, RPC_INVALID_PARAMS, "params: expected an object, got %s",
                                json_type_to_name(json_object_get_type(params)));
        request->params = params;
        return 0;
}

static bool is_version_2(struct json_object *object)
{
        struct json_object *version = json_object_object_get(object, "jsonrpc");

        return json_object_is_type(version, json_type_string) &&
               strcmp(json_object_get_string(version), "2.0") == 0;
}

/* What is wrong is left in *error, for answer(). */
static int read_request(struct json_object *object, struct request *request, struct rpc_error *error)
{
        if (json_object_is_type(object, json_type_array))
                return rpc_fail(error, RPC_INVALID_REQUEST,
                                "batch not supported: expected one object a line");
        if (!json_object_is_type(object, json_type_object))
                return rpc_fail(error, RPC_INVALID_REQUEST, "expected an object, got %s",
                                json_type_to_name(json_object_get_type(object)));
        if (read_id(object, request, error) < 0)
                return -1;
        if (!is_version_2(object))
                return rpc_fail(error, RPC_INVALID_REQUEST, "jsonrpc: expected \"2.0\"");
        if (read_method(object, request, error) < 0)
                return -1;
        return read_params(object, request, error);
}

static struct json_object *error_object(struct rpc_error *error)
{
        struct json_object *object = json_object_new_object();
        struct json_object *data = error->data;

        error->data = NULL;
        if (object == NULL)
                goto fail;
        if (!json_add(object, "code", json_object_new_int(error->code)) ||
            !json_add(object, "message", json_object_new_string(error->message)))
                goto fail;
        if (data != NULL && !json_add(object, "data", data)) {
                data = NULL;
                goto fail;
        }
        return object;
fail:
        json_object_put(data);
        json_object_put(object);
        return NULL;
}

/* Takes over `body`, the result or the error. */
static struct json_object *envelope(struct json_object *id, const char *name, struct json_object *body)
{
        struct json_object *reply = json_object_new_object();

        if (reply == NULL || body == NULL || !json_add(reply, "jsonrpc", json_object_new_string("2.0")) ||
            json_object_object_add(reply, "id", json_object_get(id)) < 0) {
                json_object_put(body);
                json_object_put(reply);
                return NULL;
        }
        if (json_add(reply, name, body))
                return reply;
        json_object_put(reply);
        return NULL;
}

/* The reply as a line of its own, so that its tree can be released at once. */
static int to_line(struct json_object *reply, char **ret, size_t *ret_length)
{
        size_t length = 0;
        const char *text =
                reply == NULL
                        ? NULL
                        : json_object_to_json_string_length(
                                  reply, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
        char *line = text == NULL ? NULL : malloc(length + 1);

        if (line != NULL) {
                memcpy(line, text, length);
                line[length] = '\n';
                *ret = line;
                *ret_length = length + 1;
        }
        json_object_put(reply);
        return line == NULL ? -ENOMEM : 0;
}

static void count_error(struct bridge *bridge, const struct rpc_error *error)
{
        if (error->code < 0)
                bridge->counters.protocol_errors++;
        else
                bridge->counters.faults++;
}

static int answer(struct session *session, const struct request *request, struct rpc_error *error, char **ret,
                  size_t *ret_length)
{
        struct json_object *result = NULL;

        if (error->code == 0 && request->method->run(session, request->params, &result, error) == 0) {
                if (request->has_id)
                        return to_line(envelope(request->id, "result", result), ret, ret_length);
                json_object_put(result);
                return 0;
        }
        if (error->code == 0)
                rpc_fail(error, RPC_INTERNAL_ERROR, "out of memory");
        count_error(session->bridge, error);
        /* Only a request that was understood can be known to want no answer (JSON-RPC 2.0 section 5). */
        if (!request->has_id && error->code != RPC_INVALID_REQUEST) {
                json_object_put(error->data);
                return 0;
        }
        return to_line(envelope(request->id, "error", error_object(error)), ret, ret_length);
}

int rpc_handle(struct session *session, const char *line, size_t length, char **ret, size_t *ret_length)
{
        struct request request = {0};
        struct rpc_error error = {0};
        struct json_object *object = NULL;
        struct json_fault why;
        int err = json_text_parse(line, length, RPC_DEPTH_MAX, &object, &why);

        *ret = NULL;
        *ret_length = 0;
        session->bridge->counters.requests++;
        if (err == -ENOMEM)
                return err;
        if (err < 0)
                return rpc_refuse(session->bridge, RPC_PARSE_ERROR, why.text, ret, ret_length);
        read_request(object, &request, &error);
        err = answer(session, &request, &error, ret, ret_length);
        json_object_put(object);
        return err;
}

static struct json_object *event_params(const struct bridge *bridge, const struct notify_event *event)
{
        struct json_object *object = json_object_new_object();
        const struct parameter *parameter;
        char name[MODEL_NAME_MAX];

        if (event->type == NOTIFY_CONNECTION_REQUEST)
                return json_complete(object, object != NULL &&
                                                     json_add_number(object, "seq", (int64_t)event->seq) &&
                                                     json_add_number(object, "count", event->count));
        parameter = model_watch(event->watch, bridge->config->root, name, NULL);
        return json_complete(
                object, object != NULL && json_add_text(object, "name", name) &&
                                json_add_text(object, "value", bridge->notify.watches[event->watch].seen) &&
                                json_add_text(object, "type", parameter_type_name(parameter->type)) &&
                                json_add_number(object, "notification",
                                                bridge->notify.watches[event->watch].notification) &&
                                json_add_number(object, "seq", (int64_t)event->seq));
}

static struct json_object *event_object(const struct bridge *bridge, const struct notify_event *event)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object, object != NULL && json_add_text(object, "jsonrpc", "2.0") &&
                                             json_add_text(object, "method",
                                                           event->type == NOTIFY_VALUE_CHANGE
                                                                   ? "value_change"
                                                                   : "connection_request") &&
                                             json_add(object, "params", event_params(bridge, event)));
}

int rpc_next_event(struct session *session, char **ret, size_t *ret_length)
{
        struct notify_event event;
        int err;

        *ret = NULL;
        *ret_length = 0;
        if (!session->subscribed || !notify_next(&session->bridge->notify, session->delivered, &event))
                return 0;
        err = to_line(event_object(session->bridge, &event), ret, ret_length);
        if (err == 0)
                session->delivered = event.seq;
        return err;
}

int rpc_refuse(struct bridge *bridge, enum rpc_code code, const char *message, char **ret, size_t *ret_length)
{
        struct rpc_error error = {0};

        *ret = NULL;
        *ret_length = 0;
        rpc_fail(&error, code, "%s", message);
        count_error(bridge, &error);
        return to_line(envelope(NULL, "error", error_object(&error)), ret, ret_length);
}
