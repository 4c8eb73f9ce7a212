/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon.c - wires sources, state, socket, signals and the loop together; all else is in libbridge. */
#include "config.h"

#include "dm-bridge/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <uv.h>

#include "dm-bridge/boot_timer.h"
#include "dm-bridge/bridge.h"
#include "dm-bridge/changes.h"
#include "dm-bridge/clock.h"
#include "dm-bridge/folder_watch.h"
#include "dm-bridge/log.h"
#include "dm-bridge/rpc.h"
#include "dm-bridge/server.h"
#include "dm-bridge/state.h"
#include "libassoc/identity_file.h"

struct daemon {
        uv_loop_t loop;
        struct bridge bridge;
        struct folder_watch journal_watch;
        struct folder_watch gateway_watch;
        struct boot_timer expiry; /* of the next GatewayInfo record */
        struct boot_timer limits; /* of the next event that a limit holds back */
        int64_t limits_at;        /* what it is set to */
        uint64_t pushed;          /* number of the last event that clients were told of */
        struct server server;
        bool serving;
        uv_signal_t terminate, interrupt, hang_up;
};

/* --- State and events --- */

static int save(struct bridge *bridge)
{
        return state_save(bridge, bridge->config->state, time(NULL));
}

/* What changed becomes events, on disk first: an event that was delivered is not forgotten by a crash. */
static void settle(struct daemon *daemon)
{
        struct bridge *bridge = &daemon->bridge;
        int64_t deadline;
        int err;

        changes_observe(bridge);
        err = bridge_commit(bridge);
        if (err < 0)
                log_limited("state %s: %s; events are delivered all the same", bridge->config->state,
                            strerror(-err));
        deadline = notify_deadline(&bridge->notify);
        if (deadline != daemon->limits_at)
                boot_timer_set(&daemon->limits, deadline == INT64_MAX ? 0 : deadline);
        daemon->limits_at = deadline;
        if (daemon->pushed != bridge->notify.sequence && daemon->serving)
                server_push(&daemon->server);
        daemon->pushed = bridge->notify.sequence;
}

static void on_limits(void *context)
{
        struct daemon *daemon = context;

        daemon->limits_at = INT64_MAX;
        settle(daemon);
}

/* The packaged unit makes the folder; whoever starts us by hand should not have to. */
static void make_state_folder(const char *path)
{
        char folder[CONFIGURATION_PATH_MAX + 1];
        const char *slash = strrchr(path, '/');

        snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
        mkdir(folder, 0750);
}

/* A damaged file is kept for a person to look at; what the ACS wrote has to be written again. */
static int load_state(struct daemon *daemon)
{
        const char *path = daemon->bridge.config->state;
        char error[STATE_ERROR_MAX];
        int err;

        make_state_folder(path);
        err = state_load(&daemon->bridge, path, time(NULL), error, sizeof(error));

        if (err == 0)
                return 0;
        if (err == -EBADMSG) {
                err = state_set_aside(path);
                log_line("state %s: damaged: %s; %s", path, error,
                         err == 0 ? "set aside as PATH.damaged, starting with defaults" : strerror(-err));
                return err;
        }
        log_line("state %s: expected a readable file, got: %s", path, error);
        return err;
}

static void read_identity(struct daemon *daemon)
{
        char error[IDENTITY_FILE_ERROR_MAX];
        int err = identity_file_read(daemon->bridge.config->identity, &daemon->bridge.identity, error,
                                     sizeof(error));

        if (err < 0 && err != -ENOENT)
                log_line("DeviceInfo is empty: %s", error);
}

/* --- Sources --- */

static void on_journal_change(void *context)
{
        struct daemon *daemon = context;

        devices_refresh(&daemon->bridge.devices);
        settle(daemon);
}

static void on_gateway_change(void *context)
{
        struct daemon *daemon = context;

        gateway_records_refresh(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
        settle(daemon);
}

static void on_expiry(void *context)
{
        struct daemon *daemon = context;

        gateway_records_expire(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
        settle(daemon);
}

/* Watched first, read then: no change falls between. */
static int start_journal(struct daemon *daemon)
{
        char folder[CONFIGURATION_PATH_MAX + 1];
        const char *slash = strrchr(daemon->bridge.config->journal, '/');
        int err;

        snprintf(folder, sizeof(folder), "%.*s",
                 slash == daemon->bridge.config->journal ? 1 : (int)(slash - daemon->bridge.config->journal),
                 daemon->bridge.config->journal);
        err = folder_watch_start(&daemon->journal_watch, &daemon->loop, folder, slash + 1, on_journal_change,
                                 daemon);
        if (err == 0)
                on_journal_change(daemon);
        return err;
}

static int start_gateway_info(struct daemon *daemon)
{
        int err = boot_timer_init(&daemon->expiry, &daemon->loop, on_expiry, daemon);

        if (err < 0)
                return err;
        err = folder_watch_start(&daemon->gateway_watch, &daemon->loop, daemon->bridge.config->gateway_info,
                                 NULL, on_gateway_change, daemon);
        if (err == 0)
                on_gateway_change(daemon);
        return err;
}

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

static int handle_line(void *context, const char *line, size_t length, char **ret, size_t *ret_length)
{
        struct peer *peer = context;
        int err = rpc_handle(&peer->session, line, length, ret, ret_length);

        settle(peer->daemon);
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
                .path = daemon->bridge.config->socket,
                .line_max = RPC_LINE_MAX,
                .stall_ms = SERVER_STALL_MS,
                .has_group = daemon->bridge.config->has_socket_group,
                .group = daemon->bridge.config->socket_group,
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
        if (daemon->bridge.config->roles & BRIDGE_ROLE_DEVICE)
                boot_timer_done(&daemon->expiry);
        boot_timer_done(&daemon->limits);
        server_stop(&daemon->server);
        uv_walk(&daemon->loop, close_handle, NULL);
}

static void on_terminate(uv_signal_t *handle, int number)
{
        log_line("%s: stopping", strsignal(number));
        stop(handle->data);
}

static void on_hang_up(uv_signal_t *handle, int number)
{
        (void)handle;
        (void)number;
        log_line("a new configuration is read at the next start only");
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

static int start_sources(struct daemon *daemon)
{
        int err = 0;

        if (daemon->bridge.config->roles & BRIDGE_ROLE_GATEWAY)
                err = start_journal(daemon);
        if (err == 0 && daemon->bridge.config->roles & BRIDGE_ROLE_DEVICE)
                err = start_gateway_info(daemon);
        if (err < 0)
                log_line("sources can't be watched: %s", strerror(-err));
        return err;
}

/* The socket's lock comes first: a second instance must not touch the state. Clients are accepted once the
 * loop runs, and then there are answers. */
static int start(struct daemon *daemon)
{
        int err = start_signals(daemon);

        if (err == 0)
                err = boot_timer_init(&daemon->limits, &daemon->loop, on_limits, daemon);
        if (err < 0) {
                log_line("the event loop can't be set up: %s", strerror(-err));
                return err;
        }
        err = start_server(daemon);
        if (err < 0)
                return err;
        daemon->serving = true;
        err = load_state(daemon);
        if (err == 0)
                err = start_sources(daemon);
        if (err < 0)
                server_stop(&daemon->server);
        return err;
}

int daemon_run(const struct configuration *config)
{
        static struct daemon daemon = {.limits_at = INT64_MAX};

        bridge_init(&daemon.bridge, config, clock_boottime);
        daemon.bridge.save = save;
        read_identity(&daemon);
        if (uv_loop_init(&daemon.loop) < 0 || start(&daemon) < 0)
                return EXIT_FAILURE;
        log_line("ready on %s", config->socket);
        uv_run(&daemon.loop, UV_RUN_DEFAULT);
        uv_loop_close(&daemon.loop);
        bridge_done(&daemon.bridge);
        return EXIT_SUCCESS;
}
