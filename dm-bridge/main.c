/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - dm-bridge: wires configuration, sources, socket, signals and the loop together; all else is in
 * libbridge. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "dm-bridge/boot_timer.h"
#include "dm-bridge/bridge.h"
#include "dm-bridge/clock.h"
#include "dm-bridge/folder_watch.h"
#include "dm-bridge/log.h"
#include "dm-bridge/rpc.h"
#include "dm-bridge/server.h"

#define EXIT_USAGE 2

struct daemon {
        uv_loop_t loop;
        struct configuration config;
        struct bridge bridge;
        struct folder_watch journal_watch;
        struct folder_watch gateway_watch;
        struct boot_timer expiry; /* of the next GatewayInfo record */
        struct server server;
        uv_signal_t terminate, interrupt, hang_up;
};

/* --- Options --- */

struct options {
        const char *file;
        bool check_only;
};

static void print_usage(FILE *stream)
{
        fputs("usage: dm-bridge [-c FILE] [--check-config]\n"
              "\n"
              "  -c, --config FILE  configuration (default " CONFIGURATION_FILE ")\n"
              "      --check-config read the configuration, say what is wrong with it, and end\n"
              "  -h, --help         this text\n"
              "  -V, --version      the version\n",
              stream);
}

/* Returns -1 to go on, otherwise the status to exit with. */
static int read_options(int argc, char **argv, struct options *ret)
{
        static const struct option table[] = {
                {"config", required_argument, NULL, 'c'},
                {"check-config", no_argument, NULL, 'k'},
                {"help", no_argument, NULL, 'h'},
                {"version", no_argument, NULL, 'V'},
                {NULL, 0, NULL, 0},
        };
        int option;

        while ((option = getopt_long(argc, argv, "c:hV", table, NULL)) != -1) {
                switch (option) {
                case 'c':
                        ret->file = optarg;
                        break;
                case 'k':
                        ret->check_only = true;
                        break;
                case 'h':
                        print_usage(stdout);
                        return EXIT_SUCCESS;
                case 'V':
                        puts("dm-bridge " PACKAGE_VERSION);
                        return EXIT_SUCCESS;
                default:
                        print_usage(stderr);
                        return EXIT_USAGE;
                }
        }
        if (optind == argc)
                return -1;
        fprintf(stderr, "dm-bridge: expected no further argument, got '%s'\n", argv[optind]);
        print_usage(stderr);
        return EXIT_USAGE;
}

/* --- Sources --- */

static void on_journal_change(void *context)
{
        struct daemon *daemon = context;

        devices_refresh(&daemon->bridge.devices);
}

static void on_gateway_change(void *context)
{
        struct daemon *daemon = context;

        gateway_records_refresh(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
}

static void on_expiry(void *context)
{
        struct daemon *daemon = context;

        gateway_records_expire(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
}

/* Watched first, read then: no change falls between. */
static int start_journal(struct daemon *daemon)
{
        char folder[CONFIGURATION_PATH_MAX + 1];
        const char *slash = strrchr(daemon->config.journal, '/');
        int err;

        snprintf(folder, sizeof(folder), "%.*s",
                 slash == daemon->config.journal ? 1 : (int)(slash - daemon->config.journal),
                 daemon->config.journal);
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
        err = folder_watch_start(&daemon->gateway_watch, &daemon->loop, daemon->config.gateway_info, NULL,
                                 on_gateway_change, daemon);
        if (err == 0)
                on_gateway_change(daemon);
        return err;
}

/* --- Socket --- */

static int handle_line(void *context, const char *line, size_t length, char **ret, size_t *ret_length)
{
        return rpc_handle(context, line, length, ret, ret_length);
}

static int handle_refusal(void *context, enum server_refusal why, char **ret, size_t *ret_length)
{
        switch (why) {
        case SERVER_LINE_TOO_LONG:
                return rpc_refuse(context, RPC_INVALID_REQUEST,
                                  "expected a line of at most 65536 bytes, got a longer one", ret,
                                  ret_length);
        case SERVER_TOO_MANY_CLIENTS:
                return rpc_refuse(context, RPC_NOT_SERVED, "too many clients", ret, ret_length);
        case SERVER_NOT_PERMITTED:
                break;
        }
        return rpc_refuse(context, RPC_NOT_SERVED, "not permitted", ret, ret_length);
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
                .context = &daemon->bridge, .line = handle_line, .refuse = handle_refusal};
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
        if (daemon->config.roles & BRIDGE_ROLE_DEVICE)
                boot_timer_done(&daemon->expiry);
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

        if (daemon->config.roles & BRIDGE_ROLE_GATEWAY)
                err = start_journal(daemon);
        if (err == 0 && daemon->config.roles & BRIDGE_ROLE_DEVICE)
                err = start_gateway_info(daemon);
        if (err < 0)
                log_line("sources can't be watched: %s", strerror(-err));
        return err;
}

/* Sources first, socket last: whoever can connect gets answers. A process that fails here just ends. */
static int run(struct daemon *daemon)
{
        int err = uv_loop_init(&daemon->loop);

        if (err == 0)
                err = start_signals(daemon);
        if (err < 0) {
                log_line("the event loop can't be set up: %s", uv_strerror(err));
                return EXIT_FAILURE;
        }
        if (start_sources(daemon) < 0 || start_server(daemon) < 0)
                return EXIT_FAILURE;
        log_line("ready on %s", daemon->config.socket);
        uv_run(&daemon->loop, UV_RUN_DEFAULT);
        uv_loop_close(&daemon->loop);
        bridge_done(&daemon->bridge);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        static struct daemon daemon;
        struct options options = {.file = CONFIGURATION_FILE};
        char error[CONFIGURATION_ERROR_MAX];
        int status = read_options(argc, argv, &options);

        if (status >= 0)
                return status;
        if (configuration_load(options.file, &daemon.config, error, sizeof(error)) < 0) {
                log_line("%s", error);
                return EXIT_FAILURE;
        }
        if (options.check_only)
                return EXIT_SUCCESS;
        bridge_init(&daemon.bridge, &daemon.config, clock_boottime);
        return run(&daemon);
}
