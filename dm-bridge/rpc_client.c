/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc_client.c - one blocking conversation with the daemon: JSON-RPC 2.0, one object a line.
 * Used by the commands of assocctl; knows no method. What the daemon sends is checked like any other input.
 */
#include "config.h"

#include "dm-bridge/rpc_client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "libassoc/json_strict.h"

#define READ_SIZE ((size_t)64 * 1024)
/* How much of a garbled reply an error shows. */
#define EXCERPT_MAX 60

static int connect_socket(struct rpc_client *client, const char *path);
static int format_request(struct rpc_client *client, const char *method, struct json_object *params,
                          struct json_object **ret);
static int send_request(struct rpc_client *client, struct json_object *request);
static int receive_line(struct rpc_client *client, size_t *ret_length);
static int parse_reply(struct rpc_client *client, size_t length, struct json_object **ret);
static int take_reply(struct rpc_client *client, struct json_object *reply, struct json_object **ret_result,
                      struct json_object **ret_error);

static int64_t now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Note why the call fails, and pass its code on. */
__attribute__((format(printf, 3, 4))) static int fail(struct rpc_client *client, int err, const char *format,
                                                      ...)
{
        va_list list;

        va_start(list, format);
        vsnprintf(client->problem, sizeof(client->problem), format, list);
        va_end(list);
        return err;
}

static int fail_timeout(struct rpc_client *client)
{
        return fail(client, -ETIMEDOUT, "expected an answer from the daemon within %u s, got none",
                    client->timeout);
}

int rpc_client_init(struct rpc_client *client, const char *path, unsigned timeout)
{
        *client = (struct rpc_client){
                .fd = -1,
                .timeout = timeout,
                .deadline = now_ms() + (int64_t)timeout * 1000,
        };
        return connect_socket(client, path);
}

void rpc_client_done(struct rpc_client *client)
{
        if (client->fd >= 0)
                close(client->fd);
        free(client->buffer);
        *client = (struct rpc_client){.fd = -1};
}

int rpc_client_call(struct rpc_client *client, const char *method, struct json_object *params,
                    struct json_object **ret_result, struct json_object **ret_error)
{
        struct json_object *request = NULL, *reply = NULL;
        size_t length;
        int err = format_request(client, method, params, &request);

        if (err < 0)
                return err;
        err = send_request(client, request);
        json_object_put(request);
        if (err < 0)
                return err;
        err = receive_line(client, &length);
        if (err < 0)
                return err;
        err = parse_reply(client, length, &reply);
        if (err < 0)
                return err;
        err = take_reply(client, reply, ret_result, ret_error);
        json_object_put(reply);
        return err;
}

/* Connecting blocks while the daemon's backlog is full; SO_SNDTIMEO bounds that (EAGAIN). */
static int connect_socket(struct rpc_client *client, const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct timeval limit = {.tv_sec = client->timeout};
        size_t length = strlen(path);

        if (length == 0 || length >= sizeof(address.sun_path))
                return fail(client, -ENAMETOOLONG, "expected a socket path of 1 to %zu bytes, got %zu",
                            sizeof(address.sun_path) - 1, length);
        memcpy(address.sun_path, path, length + 1);
        client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (client->fd < 0)
                return fail(client, -errno, "socket: %s", strerror(errno));
        setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
        if (connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return 0;
        if (errno == EAGAIN)
                return fail_timeout(client);
        return fail(client, -errno, "expected a daemon at %s, got: %s", path, strerror(errno));
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
                return fail(client, -ENOMEM, "%s", strerror(ENOMEM));
        }
        *ret = request;
        return 0;
}

/* Wait until the socket is ready for `events`, or the deadline has passed. */
static int wait_for(struct rpc_client *client, short events)
{
        struct pollfd poll_fd = {.fd = client->fd, .events = events};

        for (;;) {
                int64_t left = client->deadline - now_ms();
                int ready = left <= 0 ? 0 : poll(&poll_fd, 1, (int)left);

                if (ready > 0)
                        return 0;
                if (ready == 0)
                        return fail_timeout(client);
                if (errno != EINTR)
                        return fail(client, -errno, "poll: %s", strerror(errno));
        }
}

static int send_all(struct rpc_client *client, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t sent;
                int err = wait_for(client, POLLOUT);

                if (err < 0)
                        return err;
                sent = send(client->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (sent < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                /* The daemon may have said why before it hung up: read that. */
                if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
                        return 0;
                if (sent < 0)
                        return fail(client, -errno, "send: %s", strerror(errno));
                data += sent;
                size -= (size_t)sent;
        }
        return 0;
}

static int send_request(struct rpc_client *client, struct json_object *request)
{
        size_t size;
        const char *text = json_object_to_json_string_length(
                request, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &size);
        int err;

        if (text == NULL)
                return fail(client, -ENOMEM, "%s", strerror(ENOMEM));
        if (size + 1 > RPC_CLIENT_REQUEST_MAX)
                return fail(client, -EMSGSIZE, "expected a request of at most %zu bytes, got %zu",
                            RPC_CLIENT_REQUEST_MAX, size + 1);
        err = send_all(client, text, size);
        return err < 0 ? err : send_all(client, "\n", 1);
}

static int grow(struct rpc_client *client)
{
        size_t room = client->room == 0 ? READ_SIZE : client->room * 2;
        char *buffer;

        if (client->have < client->room)
                return 0;
        if (client->have >= RPC_CLIENT_REPLY_MAX)
                return fail(client, -EFBIG, "expected a reply of at most %zu bytes, got more",
                            RPC_CLIENT_REPLY_MAX);
        buffer = realloc(client->buffer, room);
        if (buffer == NULL)
                return fail(client, -ENOMEM, "%s", strerror(ENOMEM));
        client->buffer = buffer;
        client->room = room;
        return 0;
}

/* Read what is there, at least a byte of it. */
static int receive_some(struct rpc_client *client)
{
        for (;;) {
                ssize_t got;
                int err = wait_for(client, POLLIN);

                if (err < 0)
                        return err;
                got = recv(client->fd, client->buffer + client->have, client->room - client->have,
                           MSG_DONTWAIT);
                if (got < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (got < 0 && errno != ECONNRESET)
                        return fail(client, -errno, "receive: %s", strerror(errno));
                if (got <= 0)
                        return fail(client, -ECONNRESET,
                                    "expected a reply, got %zu bytes and the end of the connection",
                                    client->have);
                client->have += (size_t)got;
                return 0;
        }
}

static int receive_line(struct rpc_client *client, size_t *ret_length)
{
        size_t seen = 0;

        for (;;) {
                char *end;
                int err;

                end = client->have > seen ? memchr(client->buffer + seen, '\n', client->have - seen) : NULL;
                if (end != NULL) {
                        *ret_length = (size_t)(end - client->buffer);
                        return 0;
                }
                seen = client->have;
                err = grow(client);
                if (err == 0)
                        err = receive_some(client);
                if (err < 0)
                        return err;
        }
}

static int fail_garbled(struct rpc_client *client, size_t length)
{
        bool cut = length > EXCERPT_MAX;

        return fail(client, -EBADMSG, "expected a JSON-RPC 2.0 reply to request %d, got '%.*s%s'", client->id,
                    (int)(cut ? EXCERPT_MAX : length), client->buffer, cut ? "..." : "");
}

static int parse_reply(struct rpc_client *client, size_t length, struct json_object **ret)
{
        struct json_tokener *tokener = json_tokener_new();
        struct json_object *reply;
        size_t end;
        bool whole;

        if (tokener == NULL)
                return fail(client, -ENOMEM, "%s", strerror(ENOMEM));
        reply = json_strict_parse(tokener, client->buffer, length, &end);
        whole = json_tokener_get_error(tokener) == json_tokener_success && end == length;
        json_tokener_free(tokener);
        if (whole && json_object_is_type(reply, json_type_object)) {
                *ret = reply;
                return 0;
        }
        json_object_put(reply);
        return fail_garbled(client, length);
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
                return fail_garbled(client, strcspn(client->buffer, "\n"));
        ours = json_object_is_type(id, json_type_int) && json_object_get_int64(id) == client->id;
        refused = json_object_object_get_ex(reply, "error", &error);
        if (refused == json_object_object_get_ex(reply, "result", &result) ||
            (!ours && (!refused || id != NULL)) || (refused && !is_error(error)))
                return fail_garbled(client, strcspn(client->buffer, "\n"));
        if (refused) {
                *ret_error = json_object_get(error);
                return -EREMOTEIO;
        }
        *ret_result = json_object_get(result);
        return 0;
}
