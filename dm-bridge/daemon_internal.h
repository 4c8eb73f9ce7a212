/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon_internal.h - what the parts of the daemon share; private to daemon*.c. */
#ifndef BRIDGE_DAEMON_INTERNAL_H
#define BRIDGE_DAEMON_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "dm-bridge/agent.h"
#include "dm-bridge/boot_timer.h"
#include "dm-bridge/bridge.h"
#include "dm-bridge/event_mark.h"
#include "dm-bridge/folder_watch.h"
#include "dm-bridge/server.h"

struct daemon {
        const char *file; /* that the configuration is read from */
        struct configuration config;
        uv_loop_t loop;
        struct bridge bridge;
        struct agent agent;
        struct folder_watch journal_watch;
        struct folder_watch gateway_watch;
        struct boot_timer expiry; /* of the next GatewayInfo record */
        struct boot_timer limits; /* of the next event that a limit holds back */
        int64_t limits_at;        /* what it is set to */
        uint64_t pushed;          /* number of the last event that clients were told of */
        struct event_mark_file mark;
        struct server server;
        bool serving;
        uv_signal_t terminate, interrupt, hang_up;
};

/* --- daemon_events.c --- */

/** Read what outlived the last daemon. Returns 0; a negative errno, which was logged. */
int daemon_events_start(struct daemon *daemon);

/** What changed becomes events; they leave, and the state is written down. To be called after whatever may
 * have changed something. */
void daemon_settle(struct daemon *daemon);

/** A connection request was accepted: its event leaves at once; daemon_settle() is to follow. */
void daemon_connection_request(struct daemon *daemon);

/** Write down that all ended in order. */
void daemon_events_stop(struct daemon *daemon);

/* --- daemon_sources.c --- */

/** Watch and read what the hooks write. Returns 0; a negative errno, which was logged. */
int daemon_sources_start(struct daemon *daemon);

/** daemon->config is another one now; `old` is as it was. */
void daemon_sources_move(struct daemon *daemon, const struct configuration *old);

void daemon_sources_stop(struct daemon *daemon);

/** No file: we tell nobody who we are. A file with a mistake changes nothing. */
void daemon_read_identity(struct daemon *daemon);

/* --- daemon_reload.c --- */

/** Read the configuration again. A file with a mistake changes nothing. */
void daemon_reload(struct daemon *daemon);

#endif
