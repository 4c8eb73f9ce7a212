/* SPDX-License-Identifier: BSD-2-Clause */
/* client.h - one connection; private to server.c and client.c. */
#ifndef BRIDGE_CLIENT_H
#define BRIDGE_CLIENT_H

#include "dm-bridge/line_buffer.h"
#include "dm-bridge/server.h"

struct client {
        uv_pipe_t pipe;
        uv_timer_t stall; /* runs while something waits to be read by the peer */
        uv_shutdown_t shutdown;
        struct server *server;
        void *session;       /* the handler's */
        struct client *next; /* in the server's list */
        struct client *previous;
        struct line_buffer lines;
        size_t unread;    /* bytes not read by the peer when `stall` last looked */
        pid_t pid;        /* of the peer, for log lines */
        bool paused;      /* too much waits to be read: no requests are taken */
        bool at_end;      /* the peer sends no more */
        bool discarding;  /* refused: what still comes is thrown away */
        bool closing;     /* handles are on their way out */
        unsigned handles; /* not closed yet */
};

/** Take the next connection of the server. Whatever goes wrong is logged, and that client is gone. */
void client_accept(struct server *server);

/** Close the connection; the struct frees itself. */
void client_close(struct client *client);

/** Send what is there to be sent unasked, as far as there is room. */
void client_push(struct client *client);

#endif
