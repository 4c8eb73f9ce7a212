/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon.c - wires sources, state, socket, signals and the loop together; all else is in libbridge. */
#include "config.h"

#include "dm-bridge/daemon.h"

#include <errno.h>
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif
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
#include "dm-bridge/configuration_reload.h"
#include "dm-bridge/folder_watch.h"
#include "dm-bridge/log.h"
#include "dm-bridge/rpc.h"
#include "dm-bridge/sd_notify.h"
#include "dm-bridge/server.h"
#include "dm-bridge/state.h"
#include "libassoc/identity_file.h"

/* From so many bytes on, what building a reply took is given back at once. */
#define REPLY_LARGE (64 * 1024)

struct daemon {
        const char *file; /* that the configuration is read from */
        struct configuration config;
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
        const char *path = daemon->config.state;
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

/* No file: we tell nobody who we are. A file with a mistake changes nothing. */
static void read_identity(struct daemon *daemon)
{
        char error[IDENTITY_FILE_ERROR_MAX];
        struct assoc_identity identity = {0};
        int err = identity_file_read(daemon->config.identity, &identity, error, sizeof(error));

        if (err == 0 || err == -ENOENT)
                daemon->bridge.identity = identity;
        else
                log_line("DeviceInfo %s: %s",
                         daemon->bridge.identity.serial[0] == '\0' ? "is empty" : "stays as it was", error);
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

/* Cuts `path`, CONFIGURATION_PATH_MAX bytes at most, into its folder and what is returned: its last part. */
static const char *split_path(const char *path, char *folder)
{
        const char *slash = strrchr(path, '/');

        snprintf(folder, CONFIGURATION_PATH_MAX + 1, "%.*s", slash == path ? 1 : (int)(slash - path), path);
        return slash + 1;
}

/* Watched first, read then: no change falls between. */
static int start_journal(struct daemon *daemon)
{
        char folder[CONFIGURATION_PATH_MAX + 1];
        const char *name = split_path(daemon->config.journal, folder);
        int err = folder_watch_start(&daemon->journal_watch, &daemon->loop, folder, name, on_journal_change,
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
        err = folder_watch_start(&daemon->gateway_watch, &daemon->loop, daemon->config.gateway_info, NULL,
                                 on_gateway_change, daemon);
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

        settle(peer->daemon);
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

/* --- A new configuration --- */

static void apply_group(struct daemon *daemon, struct configuration *next)
{
        int err = server_set_group(&daemon->server, next->has_socket_group, next->socket_group);

        if (err == 0)
                return;
        log_line("socket %s: its group stays, the new one can't be set: %s", next->socket, strerror(-err));
        next->has_socket_group = daemon->config.has_socket_group;
        next->socket_group = daemon->config.socket_group;
}

/* The sources refer to the paths in daemon->config. */
static void apply_sources(struct daemon *daemon, const struct configuration *old)
{
        char folder[CONFIGURATION_PATH_MAX + 1];
        const char *name = split_path(daemon->config.journal, folder);

        if (daemon->config.roles & BRIDGE_ROLE_GATEWAY && strcmp(old->journal, daemon->config.journal) != 0) {
                folder_watch_move(&daemon->journal_watch, folder, name);
                on_journal_change(daemon);
        }
        if (daemon->config.roles & BRIDGE_ROLE_DEVICE &&
            strcmp(old->gateway_info, daemon->config.gateway_info) != 0) {
                folder_watch_move(&daemon->gateway_watch, daemon->config.gateway_info, NULL);
                on_gateway_change(daemon);
        }
}

/* A file with a mistake changes nothing. */
static void reload(struct daemon *daemon)
{
        static struct configuration next, old;

        if (configuration_reload(daemon->file, &daemon->config, &next) < 0)
                return;
        apply_group(daemon, &next);
        old = daemon->config;
        daemon->config = next;
        read_identity(daemon);
        apply_sources(daemon, &old);
        settle(daemon);
        log_line("%s: read again", daemon->file);
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
        if (daemon->config.roles & BRIDGE_ROLE_DEVICE)
                boot_timer_done(&daemon->expiry);
        boot_timer_done(&daemon->limits);
        server_stop(&daemon->server);
        uv_walk(&daemon->loop, close_handle, NULL);
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
        reload(handle->data);
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

static int start_sources(struct daemon *daemon)
{
        int err = 0;

        if (daemon->config.roles & BRIDGE_ROLE_GATEWAY)
                err = start_journal(daemon);
        if (err == 0 && daemon->config.roles & BRIDGE_ROLE_DEVICE)
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

int daemon_run(const char *file, const struct configuration *config)
{
        static struct daemon daemon = {.limits_at = INT64_MAX};

        daemon.file = file;
        daemon.config = *config;
        bridge_init(&daemon.bridge, &daemon.config, clock_boottime);
        daemon.bridge.save = save;
        read_identity(&daemon);
        if (uv_loop_init(&daemon.loop) < 0 || start(&daemon) < 0)
                return EXIT_FAILURE;
        log_line("ready on %s", config->socket);
        note_not_told(sd_notify_send("READY=1"));
        uv_run(&daemon.loop, UV_RUN_DEFAULT);
        uv_loop_close(&daemon.loop);
        bridge_done(&daemon.bridge);
        return EXIT_SUCCESS;
}
