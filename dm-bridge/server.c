/* SPDX-License-Identifier: BSD-2-Clause */
/* server.c - a Unix stream socket that takes lines and answers each.
 * Listens and keeps the list of clients; client.c speaks with one. What the lines mean is the handler's
 * business. */
#include "config.h"

#include "dm-bridge/server.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dm-bridge/client.h"
#include "dm-bridge/log.h"
#include "dm-bridge/socket_path.h"

#define BACKLOG 64

static void on_connection(uv_stream_t *listener, int status)
{
        if (status < 0) {
                log_limited("client not accepted: %s", uv_strerror(status));
                return;
        }
        client_accept(listener->data);
}

/* Tighten the umask so that the socket is never briefly world-accessible. */
static int bind_tightly(struct server *server)
{
        mode_t old = umask(0117);
        int err = uv_pipe_bind(&server->listener, server->options.path);

        umask(old);
        if (err < 0)
                return err;
        if (server->options.has_group && lchown(server->options.path, (uid_t)-1, server->options.group) < 0)
                return -errno;
        return 0;
}

int server_start(struct server *server, uv_loop_t *loop, const struct server_options *options,
                 const struct server_handler *handler, struct bridge_counters *counters)
{
        int err;

        *server = (struct server){.options = *options, .handler = *handler, .counters = counters, .lock = -1};
        uv_pipe_init(loop, &server->listener, 0);
        server->listener.data = server;
        server->lock = socket_path_claim(options->path);
        err = server->lock < 0 ? server->lock : bind_tightly(server);
        if (err == 0)
                err = uv_listen((uv_stream_t *)&server->listener, BACKLOG, on_connection);
        if (err < 0)
                server_stop(server);
        return err;
}

void server_stop(struct server *server)
{
        /* uv_close() removes the socket's name; the lock is held until then. */
        uv_close((uv_handle_t *)&server->listener, NULL);
        while (server->clients != NULL)
                client_close(server->clients);
        socket_path_release(server->options.path, server->lock);
        server->lock = -1;
}

int server_set_group(struct server *server, bool has_group, gid_t group)
{
        /* Without a group, that of whoever makes a file of ours. */
        if (lchown(server->options.path, (uid_t)-1, has_group ? group : getegid()) < 0)
                return -errno;
        server->options.has_group = has_group;
        server->options.group = group;
        return 0;
}

void server_push(struct server *server)
{
        struct client *next;

        for (struct client *client = server->clients; client != NULL; client = next) {
                next = client->next;
                client_push(client);
        }
}
