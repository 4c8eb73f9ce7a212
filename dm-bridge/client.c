/* SPDX-License-Identifier: BSD-2-Clause */
/* client.c - one connection: bytes to lines, replies to bytes, and what becomes of a peer that does not read.
 * Replies are queued up to SERVER_QUEUE_MAX; then requests wait in the socket until the peer has read. */
#include "config.h"

#include "dm-bridge/client.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dm-bridge/log.h"

/* Supplementary groups of a peer that are looked at; one with more is judged by its first group only. */
#define PEER_GROUPS_MAX 256

/* A reply on its way. */
struct delivery {
        uv_write_t request;
        char *text;
};

static void take_requests(struct client *client);

/* --- The end of a connection --- */

static void on_closed(uv_handle_t *handle)
{
        struct client *client = handle->data;

        if (--client->handles > 0)
                return;
        line_buffer_done(&client->lines);
        client->server->handler.close(client->session);
        free(client);
}

static void unlink_client(struct client *client)
{
        struct server *server = client->server;

        if (client->previous != NULL)
                client->previous->next = client->next;
        else
                server->clients = client->next;
        if (client->next != NULL)
                client->next->previous = client->previous;
        server->counters->clients--;
}

void client_close(struct client *client)
{
        if (client->closing)
                return;
        client->closing = true;
        unlink_client(client);
        uv_close((uv_handle_t *)&client->stall, on_closed);
        uv_close((uv_handle_t *)&client->pipe, on_closed);
}

static void drop(struct client *client, const char *why)
{
        client->server->counters->dropped_clients++;
        log_limited("client %ld dropped: %s", (long)client->pid, why);
        client_close(client);
}

/* The last replies are written before this is called. */
static void on_shut_down(uv_shutdown_t *request, int status)
{
        struct client *client = request->data;

        /* A refused peer may be in the midst of sending: closing now could cost it our last line. */
        if (client->discarding && !client->at_end && status == 0)
                return;
        if (status != UV_ECANCELED)
                client_close(client);
}

static void finish(struct client *client)
{
        client->shutdown.data = client;
        if (uv_shutdown(&client->shutdown, (uv_stream_t *)&client->pipe, on_shut_down) < 0)
                client_close(client);
}

/* --- Replies --- */

static size_t waiting(const struct client *client)
{
        return uv_stream_get_write_queue_size((const uv_stream_t *)&client->pipe);
}

/* What the peer has not read yet: here, and in the socket, which only takes more once most of it is read. */
static size_t unread(const struct client *client)
{
        int in_socket = 0, fd;

        if (uv_fileno((const uv_handle_t *)&client->pipe, &fd) == 0)
                ioctl(fd, SIOCOUTQ, &in_socket);
        return waiting(client) + (size_t)in_socket;
}

static void on_stall(uv_timer_t *timer)
{
        struct client *client = timer->data;
        size_t now = unread(client);

        if (client->discarding)
                client_close(client);
        else if (waiting(client) > 0 && now == client->unread)
                drop(client, "does not read its replies");
        client->unread = now;
}

static void start_stall_timer(struct client *client)
{
        client->unread = unread(client);
        uv_timer_start(&client->stall, on_stall, client->server->options.stall_ms,
                       client->server->options.stall_ms);
}

static void on_written(uv_write_t *request, int status)
{
        struct delivery *delivery = (struct delivery *)request;
        struct client *client = request->data;

        free(delivery->text);
        free(delivery);
        if (client->closing)
                return;
        if (status < 0) {
                client_close(client);
                return;
        }
        if (waiting(client) == 0 && !client->discarding)
                uv_timer_stop(&client->stall);
        if (client->paused && waiting(client) < SERVER_QUEUE_MAX)
                take_requests(client);
        client_push(client);
}

/* Takes over `text`. */
static void send_text(struct client *client, char *text, size_t length)
{
        struct delivery *delivery = malloc(sizeof(*delivery));
        uv_buf_t buffer = uv_buf_init(text, (unsigned)length);

        if (delivery == NULL) {
                free(text);
                drop(client, "out of memory");
                return;
        }
        delivery->text = text;
        delivery->request.data = client;
        if (uv_write(&delivery->request, (uv_stream_t *)&client->pipe, &buffer, 1, on_written) < 0) {
                free(delivery);
                free(text);
                client_close(client);
                return;
        }
        if (waiting(client) > 0 && !uv_is_active((uv_handle_t *)&client->stall))
                start_stall_timer(client);
}

void client_push(struct client *client)
{
        const struct server_handler *handler = &client->server->handler;

        while (!client->closing && !client->discarding && !client->at_end &&
               waiting(client) < SERVER_QUEUE_MAX) {
                char *text = NULL;
                size_t length = 0;

                if (handler->next(client->session, &text, &length) < 0)
                        drop(client, "out of memory");
                else if (text == NULL)
                        break;
                else
                        send_text(client, text, length);
        }
}

/* --- Requests --- */

static void answer(struct client *client, const char *line, size_t length)
{
        const struct server_handler *handler = &client->server->handler;
        char *reply = NULL;
        size_t reply_length = 0;

        if (handler->line(client->session, line, length, &reply, &reply_length) < 0)
                drop(client, "out of memory");
        else if (reply != NULL)
                send_text(client, reply, reply_length);
}

/* One error line, then the end; the peer has the stall time to read it. */
static void refuse_long_line(struct client *client)
{
        const struct server_handler *handler = &client->server->handler;
        char *reply = NULL;
        size_t length = 0;

        client->discarding = true;
        client->server->counters->dropped_clients++;
        log_limited("client %ld dropped: expected lines of at most %zu bytes, got a longer one",
                    (long)client->pid, client->server->options.line_max);
        if (handler->refuse(handler->context, SERVER_LINE_TOO_LONG, &reply, &length) == 0 && reply != NULL)
                send_text(client, reply, length);
        if (client->closing)
                return;
        start_stall_timer(client);
        finish(client);
}

/* Answers whole lines, as many as the queue has room for. True: all are answered. */
static bool answer_lines(struct client *client)
{
        const char *line;
        size_t length;

        while (!client->closing && !client->discarding) {
                int got;

                if (waiting(client) >= SERVER_QUEUE_MAX)
                        return false;
                got = line_buffer_next(&client->lines, &line, &length);
                if (got < 0)
                        refuse_long_line(client);
                else if (got > 0)
                        answer(client, line, length);
                else
                        break;
        }
        return true;
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
        /* Filled and forgotten: clients share it. */
        static char discarded[4096];
        struct client *client = handle->data;
        char *room;
        size_t size;

        (void)suggested;
        *buffer = uv_buf_init(discarded, sizeof(discarded));
        if (client->discarding)
                return;
        /* No memory is told to on_read() as UV_ENOBUFS. */
        if (line_buffer_room(&client->lines, &room, &size) < 0)
                *buffer = uv_buf_init(NULL, 0);
        else
                *buffer = uv_buf_init(room, (unsigned)size);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
        struct client *client = stream->data;

        (void)buffer;
        if (size == 0 || client->closing)
                return;
        if (size < 0 && size != UV_EOF) {
                client_close(client);
                return;
        }
        if (client->discarding) {
                if (size == UV_EOF)
                        client_close(client);
                return;
        }
        if (size == UV_EOF) {
                client->at_end = true;
                uv_read_stop(stream);
        } else {
                line_buffer_added(&client->lines, (size_t)size);
        }
        take_requests(client);
}

/* A last line without line end is answered too: `printf '{...}' | socat` is what people type. */
static void answer_rest(struct client *client)
{
        const char *line;
        size_t length;

        if (line_buffer_rest(&client->lines, &line, &length) > 0)
                answer(client, line, length);
        if (!client->closing)
                finish(client);
}

static void take_requests(struct client *client)
{
        bool all = answer_lines(client);

        client_push(client);
        if (client->closing || client->discarding)
                return;
        if (!all) {
                client->paused = true;
                uv_read_stop((uv_stream_t *)&client->pipe);
        } else if (client->at_end) {
                client->paused = false;
                answer_rest(client);
        } else if (client->paused) {
                client->paused = false;
                if (uv_read_start((uv_stream_t *)&client->pipe, allocate, on_read) < 0)
                        client_close(client);
        }
}

/* --- A new connection --- */

static bool is_in_group(int fd, const struct ucred *peer, gid_t group)
{
        gid_t groups[PEER_GROUPS_MAX];
        socklen_t size = sizeof(groups);

        if (peer->gid == group)
                return true;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
                return false;
        for (size_t i = 0; i < size / sizeof(groups[0]); i++)
                if (groups[i] == group)
                        return true;
        return false;
}

/* The socket's mode says the same, but modes get changed: root, our own user, and the agent's group. */
static bool is_permitted(struct client *client)
{
        const struct server_options *options = &client->server->options;
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int fd;

        if (uv_fileno((uv_handle_t *)&client->pipe, &fd) < 0 ||
            getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return false;
        client->pid = peer.pid;
        if (peer.uid == 0 || peer.uid == geteuid())
                return true;
        return options->has_group && is_in_group(fd, &peer, options->group);
}

/* Tells why, as far as the socket takes it at once, and hangs up. */
static void turn_away(struct client *client, enum server_refusal why, const char *log_text)
{
        const struct server_handler *handler = &client->server->handler;
        char *reply = NULL;
        size_t length = 0;

        if (handler->refuse(handler->context, why, &reply, &length) == 0 && reply != NULL) {
                uv_buf_t buffer = uv_buf_init(reply, (unsigned)length);

                uv_try_write((uv_stream_t *)&client->pipe, &buffer, 1);
                free(reply);
        }
        drop(client, log_text);
}

static struct client *make_client(struct server *server)
{
        struct client *client = calloc(1, sizeof(*client));

        if (client == NULL)
                return NULL;
        client->session = server->handler.open(server->handler.context);
        if (client->session == NULL) {
                free(client);
                return NULL;
        }
        /* Neither can fail: no system call is made. */
        uv_pipe_init(server->listener.loop, &client->pipe, 0);
        uv_timer_init(server->listener.loop, &client->stall);
        client->pipe.data = client;
        client->stall.data = client;
        client->handles = 2;
        client->server = server;
        line_buffer_init(&client->lines, server->options.line_max);
        client->next = server->clients;
        if (client->next != NULL)
                client->next->previous = client;
        server->clients = client;
        server->counters->clients++;
        return client;
}

void client_accept(struct server *server)
{
        struct client *client = make_client(server);

        if (client == NULL) {
                log_limited("client not accepted: out of memory");
                return;
        }
        if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&client->pipe) < 0) {
                client_close(client);
                return;
        }
        if (!is_permitted(client))
                turn_away(client, SERVER_NOT_PERMITTED,
                          "neither root, nor our user, nor in the socket's group");
        else if (server->counters->clients > SERVER_CLIENTS_MAX)
                turn_away(client, SERVER_TOO_MANY_CLIENTS, "too many clients");
        else if (uv_read_start((uv_stream_t *)&client->pipe, allocate, on_read) < 0)
                client_close(client);
}
