/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon_reload.c - a new configuration for the daemon that runs: each part is told of its own.
 * What can't change is configuration_reload.c's business. */
#include "config.h"

#include "dm-bridge/daemon_internal.h"

#include <string.h>

#include "dm-bridge/configuration_reload.h"
#include "dm-bridge/log.h"

static void apply_group(struct daemon *daemon, struct configuration *next)
{
        int err = server_set_group(&daemon->server, next->has_socket_group, next->socket_group);

        if (err == 0)
                return;
        log_line("socket %s: its group stays, the new one can't be set: %s", next->socket, strerror(-err));
        next->has_socket_group = daemon->config.has_socket_group;
        next->socket_group = daemon->config.socket_group;
}

void daemon_reload(struct daemon *daemon)
{
        static struct configuration next, old;

        if (configuration_reload(daemon->file, &daemon->config, &next) < 0)
                return;
        apply_group(daemon, &next);
        old = daemon->config;
        daemon->config = next;
        daemon_read_identity(daemon);
        daemon_sources_move(daemon, &old);
        agent_reconfigure(&daemon->agent);
        daemon_settle(daemon);
        log_line("%s: read again", daemon->file);
}
