/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon_events.c - from a change to an event that clients have, and what of it outlives the daemon.
 *
 * An event's number is marked before the event leaves (event_mark.c), and the state is written right after it
 * has left: nobody waits for the disk. Who dies in between sees the change again at the next start and tells
 * it again, under a higher number. */
#include "config.h"

#include "dm-bridge/daemon_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "dm-bridge/changes.h"
#include "dm-bridge/log.h"
#include "dm-bridge/state.h"

static int save(struct bridge *bridge)
{
        return state_save(bridge, bridge->config->state, time(NULL));
}

/* --- Events --- */

static void commit(struct daemon *daemon)
{
        int err = bridge_commit(&daemon->bridge);

        if (err < 0)
                log_limited("state %s: %s; events are delivered all the same", daemon->config.state,
                            strerror(-err));
}

static struct event_mark mark_of(const struct bridge *bridge)
{
        return event_mark_of(&bridge->notify, &bridge->requests.memory);
}

/* Where a mark can't be made, the state has to be written before. */
static void deliver(struct daemon *daemon)
{
        struct event_mark mark = mark_of(&daemon->bridge);

        if (daemon->pushed == mark.sequence)
                return;
        if (event_mark_write(&daemon->mark, &mark) < 0)
                commit(daemon);
        if (daemon->serving)
                server_push(&daemon->server);
        daemon->pushed = mark.sequence;
}

static void set_limits_timer(struct daemon *daemon)
{
        int64_t deadline = notify_deadline(&daemon->bridge.notify);

        if (deadline != daemon->limits_at)
                boot_timer_set(&daemon->limits, deadline == INT64_MAX ? 0 : deadline);
        daemon->limits_at = deadline;
}

void daemon_settle(struct daemon *daemon)
{
        changes_observe(&daemon->bridge);
        deliver(daemon);
        commit(daemon);
        set_limits_timer(daemon);
}

void daemon_connection_request(struct daemon *daemon)
{
        notify_connection_request(&daemon->bridge.notify);
        deliver(daemon);
}

static void on_limits(void *context)
{
        struct daemon *daemon = context;

        daemon->limits_at = INT64_MAX;
        daemon_settle(daemon);
}

/* --- From one daemon to the next --- */

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

/* Without the file all goes on, only slower: it is for those who can't wait for the state. */
static void open_mark(struct daemon *daemon)
{
        struct bridge *bridge = &daemon->bridge;
        char path[CONFIGURATION_PATH_MAX + sizeof(".mark")];
        struct event_mark mark, running;
        bool found = false;
        int err;

        snprintf(path, sizeof(path), "%s.mark", daemon->config.state);
        err = event_mark_open(&daemon->mark, path, &found, &mark);
        event_mark_recover(found ? &mark : NULL, &bridge->notify, &bridge->requests.memory);
        daemon->pushed = bridge->notify.sequence;
        running = mark_of(bridge);
        if (err == 0)
                err = event_mark_write_synced(&daemon->mark, &running);
        if (err < 0)
                log_line("%s: %s; each event waits for the disk", path, strerror(-err));
}

int daemon_events_start(struct daemon *daemon)
{
        int err = boot_timer_init(&daemon->limits, &daemon->loop, on_limits, daemon);

        if (err < 0) {
                log_line("the event loop can't be set up: %s", strerror(-err));
                return err;
        }
        daemon->limits_at = INT64_MAX;
        daemon->bridge.save = save;
        err = load_state(daemon);
        if (err == 0)
                open_mark(daemon);
        return err;
}

void daemon_events_stop(struct daemon *daemon)
{
        struct event_mark mark = mark_of(&daemon->bridge);

        mark.clean = true;
        boot_timer_done(&daemon->limits);
        event_mark_write_synced(&daemon->mark, &mark);
        event_mark_close(&daemon->mark);
}
