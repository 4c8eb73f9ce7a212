/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon_sources.c - what the daemon reads: the journal, the GatewayInfo records, the identity.
 * What is in them is devices.c's and gateway_info.c's business. */
#include "config.h"

#include "dm-bridge/daemon_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/clock.h"
#include "dm-bridge/log.h"
#include "libassoc/identity_file.h"

static void on_journal_change(void *context)
{
        struct daemon *daemon = context;

        devices_refresh(&daemon->bridge.devices);
        daemon_settle(daemon);
}

static void on_gateway_change(void *context)
{
        struct daemon *daemon = context;

        gateway_records_refresh(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
        daemon_settle(daemon);
}

static void on_expiry(void *context)
{
        struct daemon *daemon = context;

        gateway_records_expire(&daemon->bridge.gateway, clock_boottime());
        boot_timer_set(&daemon->expiry, gateway_records_deadline(&daemon->bridge.gateway));
        daemon_settle(daemon);
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

int daemon_sources_start(struct daemon *daemon)
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

/* The sources refer to the paths in daemon->config. */
void daemon_sources_move(struct daemon *daemon, const struct configuration *old)
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

void daemon_sources_stop(struct daemon *daemon)
{
        if (daemon->config.roles & BRIDGE_ROLE_DEVICE)
                boot_timer_done(&daemon->expiry);
}

void daemon_read_identity(struct daemon *daemon)
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
