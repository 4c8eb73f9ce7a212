/* SPDX-License-Identifier: BSD-2-Clause */
/* server.h - a Unix stream socket that takes lines and answers each. */
#ifndef BRIDGE_SERVER_H
#define BRIDGE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <uv.h>

#include "dm-bridge/counters.h"

struct client;

/** Clients at once; one more is told so and closed. */
#define SERVER_CLIENTS_MAX 256
/** Replies that wait to be read, in bytes, before no further request of that client is taken. One reply may
 * be larger. */
#define SERVER_QUEUE_MAX (256 * 1024)
/** A client that takes nothing of what waits for it for so long is dropped. */
#define SERVER_STALL_MS 10000

/** Why a client is turned away. */
enum server_refusal {
        SERVER_LINE_TOO_LONG,
        SERVER_TOO_MANY_CLIENTS,
        SERVER_NOT_PERMITTED,
};

/**
 * What is done with the lines. `line`, `next` and `refuse` return 0 and a text to be freed in *ret, NULL for
 * none; or -ENOMEM.
 */
struct server_handler {
        void *context;
        /** Begin a conversation; NULL: out of memory. What is returned goes to `line`, `next` and at last
         * `close`. */
        void *(*open)(void *context);
        int (*line)(void *session, const char *line, size_t length, char **ret, size_t *ret_length);
        /** What is to be sent without having been asked for. Not called while the client has much to read. */
        int (*next)(void *session, char **ret, size_t *ret_length);
        void (*close)(void *session);
        int (*refuse)(void *context, enum server_refusal why, char **ret, size_t *ret_length);
};

struct server_options {
        const char *path;  /* of the socket */
        size_t line_max;   /* longest line */
        unsigned stall_ms; /* SERVER_STALL_MS */
        bool has_group;    /* whether members of `group` may connect, besides root and our own user */
        gid_t group;
};

struct server {
        uv_pipe_t listener;
        struct server_options options;
        struct server_handler handler;
        struct bridge_counters *counters;
        struct client *clients;
        int lock; /* -1: none */
};

/**
 * Listen at options->path. What `options`, `handler` and `counters` point at must outlive the server.
 * Returns 0; -EADDRINUSE: another process listens there; -EEXIST: there is something that is no socket;
 * another negative errno. If it fails, run the loop once more before *server goes away.
 */
int server_start(struct server *server, uv_loop_t *loop, const struct server_options *options,
                 const struct server_handler *handler, struct bridge_counters *counters);

/** Close everything and remove the socket. The loop must run on until the handles are closed. */
void server_stop(struct server *server);

/** Let members of another group connect from now on; without one, root and our own user only. Who is
 * connected stays. Returns 0; a negative errno: all is as it was. */
int server_set_group(struct server *server, bool has_group, gid_t group);

/** There may be something in `next` of any client. */
void server_push(struct server *server);

#endif
