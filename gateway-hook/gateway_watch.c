/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_watch.c - the neighbour watch of the gateway: what it watches, and whom it tells. */
#include "config.h"

#include "gateway-hook/gateway_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void take_news(void *context, struct in_addr address, enum neighbour_news news)
{
        struct gateway *gateway = context;

        if (news == NEIGHBOUR_LOST)
                entries_lost(gateway, address, gateway->watch_now);
        else
                entries_returned(gateway, address, gateway->watch_now);
}

static int watch_binding(void *context, const struct device_record *record)
{
        neighbour_add(context, record);
        return 0;
}

static int start_watch(struct gateway *gateway, int64_t now)
{
        const struct settings *settings = &gateway->settings;
        int err;

        if (gateway->neighbour != NULL)
                return -EALREADY;
        err = neighbour_new(settings->max_devices * DEVICE_TABLE_BINDINGS, settings->neighbour_watch.interval,
                            settings->neighbour_watch.rounds, take_news, gateway, &gateway->neighbour);
        if (err < 0) {
                messenger_say(&gateway->messenger, now, MESSAGE_WATCH_ERROR,
                              "%s: devices that leave are noticed only when their lease ends",
                              strerror(-err));
                return err;
        }
        device_table_each(gateway->table, watch_binding, gateway->neighbour);
        messenger_say(&gateway->messenger, now, MESSAGE_WATCH_STARTED,
                      "every %" PRIu32 " s; away after %" PRIu32 " rounds without an answer",
                      settings->neighbour_watch.interval, settings->neighbour_watch.rounds);
        return neighbour_fd(gateway->neighbour);
}

int gateway_watch_start(struct gateway *gateway, int64_t now)
{
        int fd;

        if (!gateway->settings.neighbour_watch.enabled)
                return -ENOENT;
        pthread_mutex_lock(&gateway->mutex);
        fd = start_watch(gateway, now);
        pthread_mutex_unlock(&gateway->mutex);
        return fd;
}

void gateway_watch(struct gateway *gateway, int64_t now)
{
        int err;

        pthread_mutex_lock(&gateway->mutex);
        gateway->watch_now = now;
        err = gateway->neighbour != NULL ? neighbour_dispatch(gateway->neighbour) : 0;
        if (err < 0)
                messenger_say(&gateway->messenger, now, MESSAGE_WATCH_ERROR,
                              "%s: the neighbour watch may miss devices that leave", strerror(-err));
        /* The LAN may be silent for long. */
        entries_check_journal(gateway, journal_settle(gateway->journal, gateway->table, now), now);
        pthread_mutex_unlock(&gateway->mutex);
}
