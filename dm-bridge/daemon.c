/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon.c - wires sources, events, sockets, signals and the loop together; all else is in libbridge. */
#include "config.h"

#include "dm-bridge/daemon.h"

#include <errno.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dm-bridge/clock.h"
#include "dm-bridge/daemon_internal.h"
#include "dm-bridge/log.h"
#include "dm-bridge/rpc.h"
#include "dm-bridge/sd_notify.h"

/* From so many bytes on, what building a reply took is given back at once. */
#define REPLY_LARGE (64 * 1024)

/* --- Socket --- */

/* A client: its conversation, and whom it is with. */
struct peer {
        struct session session;
        struct daemon *daemon;
};

static void *open_session(void *context)
{
        struct daemon *daemon = context;
        struct peer *peer = calloc(1, sizeof(*peer));

        if (peer == NULL)
                return NULL;
        peer->daemon = daemon;
        peer->session.bridge = &daemon->bridge;
        return peer;
}

/* A reply that holds the whole table took megabytes to build; they are not ours for ever after. */
static void return_memory(size_t reply_length)
{
#ifdef HAVE_MALLOC_TRIM
        if (reply_length > REPLY_LARGE)
                malloc_trim(0);
#else
        (void)reply_length;
#endif
}

static int handle_line(void *context, const char *line, size_t length, char **ret, size_t *ret_length)
{
        struct peer *peer = context;
        int err = rpc_handle(&peer->session, line, length, ret, ret_length);

        agent_refresh(&peer->daemon->agent);
        daemon_settle(peer->daemon);
        return_memory(*ret_length);
        return err;
}

static int next_event(void *context, char **ret, size_t *ret_length)
{
        struct peer *peer = context;

        return rpc_next_event(&peer->session, ret, ret_length);
}

static int handle_refusal(void *context, enum server_refusal why, char **ret, size_t *ret_length)
{
        struct daemon *daemon = context;

        switch (why) {
        case SERVER_LINE_TOO_LONG:
                return rpc_refuse(&daemon->bridge, RPC_INVALID_REQUEST,
                                  "expected a line of at most 65536 bytes, got a longer one", ret,
                                  ret_length);
        case SERVER_TOO_MANY_CLIENTS:
                return rpc_refuse(&daemon->bridge, RPC_NOT_SERVED, "too many clients", ret, ret_length);
        case SERVER_NOT_PERMITTED:
                break;
        }
        return rpc_refuse(&daemon->bridge, RPC_NOT_SERVED, "not permitted", ret, ret_length);
}

static int start_server(struct daemon *daemon)
{
        struct server_options options = {
                .path = daemon->config.socket,
                .line_max = RPC_LINE_MAX,
                .stall_ms = SERVER_STALL_MS,
                .has_group = daemon->config.has_socket_group,
                .group = daemon->config.socket_group,
        };
        struct server_handler handler = {
                .context = daemon,
                .open = open_session,
                .line = handle_line,
                .next = next_event,
                .close = free,
                .refuse = handle_refusal,
        };
        int err = server_start(&daemon->server, &daemon->loop, &options, &handler, &daemon->bridge.counters);

        if (err == -EADDRINUSE)
                log_line("socket %s: another process listens there already", options.path);
        else if (err == -EEXIST)
                log_line("socket %s: expected a socket or nothing, got another kind of file", options.path);
        else if (err < 0)
                log_line("socket %s: %s", options.path, strerror(-err));
        return err;
}

/* --- Life --- */

/* Whatever is open is closed; the loop then ends by itself. */
static void close_handle(uv_handle_t *handle, void *context)
{
        (void)context;
        if (!uv_is_closing(handle))
                uv_close(handle, NULL);
}

static void stop(struct daemon *daemon)
{
        daemon_sources_stop(daemon);
        daemon_events_stop(daemon);
        agent_stop(&daemon->agent);
        server_stop(&daemon->server);
        uv_walk(&daemon->loop, close_handle, NULL);
        if (agent_is_busy(&daemon->agent))
                uv_stop(&daemon->loop);
}

/* Who started us need not be there any more, and if it is it need not listen. */
static void note_not_told(int err)
{
        if (err < 0)
                log_line("the service manager can't be told how we are: %s", strerror(-err));
}

static void on_terminate(uv_signal_t *handle, int number)
{
        log_line("%s: stopping", strsignal(number));
        note_not_told(sd_notify_send("STOPPING=1"));
        stop(handle->data);
}

static void on_hang_up(uv_signal_t *handle, int number)
{
        (void)number;
        note_not_told(sd_notify_reloading());
        daemon_reload(handle->data);
        note_not_told(sd_notify_send("READY=1"));
}

static int start_signal(struct daemon *daemon, uv_signal_t *handle, uv_signal_cb callback, int number)
{
        uv_signal_init(&daemon->loop, handle);
        handle->data = daemon;
        return uv_signal_start(handle, callback, number);
}

static int start_signals(struct daemon *daemon)
{
        int err = start_signal(daemon, &daemon->terminate, on_terminate, SIGTERM);

        /* A client that goes away in mid-reply is an error of write(), no reason to die. */
        signal(SIGPIPE, SIG_IGN);
        if (err == 0)
                err = start_signal(daemon, &daemon->interrupt, on_terminate, SIGINT);
        if (err == 0)
                err = start_signal(daemon, &daemon->hang_up, on_hang_up, SIGHUP);
        return err;
}

/* --- UDP --- */

static void on_request(void *context)
{
        daemon_connection_request(context);
}

static void on_change(void *context)
{
        daemon_settle(context);
}

static int start_agent(struct daemon *daemon)
{
        const struct agent_handler handler = {daemon, on_request, on_change};

        return agent_start(&daemon->agent, &daemon->loop, &daemon->bridge, &handler);
}

/* The socket's lock comes first: a second instance must not touch the state. Clients are accepted once the
 * loop runs, and then there are answers. */
static int start(struct daemon *daemon)
{
        int err = start_signals(daemon);

        if (err < 0) {
                log_line("signals can't be taken: %s", strerror(-err));
                return err;
        }
        err = start_server(daemon);
        if (err < 0)
                return err;
        daemon->serving = true;
        err = daemon_events_start(daemon);
        if (err == 0)
                err = start_agent(daemon);
        if (err == 0)
                err = daemon_sources_start(daemon);
        if (err < 0)
                server_stop(&daemon->server);
        return err;
}

int daemon_run(const char *file, const struct configuration *config)
{
        static struct daemon daemon;

        daemon.file = file;
        daemon.config = *config;
        bridge_init(&daemon.bridge, &daemon.config, clock_boottime);
        daemon_read_identity(&daemon);
        if (uv_loop_init(&daemon.loop) < 0 || start(&daemon) < 0)
                return EXIT_FAILURE;
        log_line("ready on %s", config->socket);
        note_not_told(sd_notify_send("READY=1"));
        uv_run(&daemon.loop, UV_RUN_DEFAULT);
        /* libuv's threads would be waited for at the end, and so the name server. */
        if (agent_is_busy(&daemon.agent))
                _exit(EXIT_SUCCESS);
        uv_loop_close(&daemon.loop);
        bridge_done(&daemon.bridge);
        return EXIT_SUCCESS;
}
