/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.c - the daemon's state in one place: configuration, sources, counters. */
#include "config.h"

#include "dm-bridge/bridge.h"

void bridge_init(struct bridge *bridge, const struct configuration *config, int64_t (*now)(void))
{
        *bridge = (struct bridge){.config = config, .started = now(), .now = now};
        devices_init(&bridge->devices, config->journal);
        gateway_records_init(&bridge->gateway, config->gateway_info);
}

void bridge_done(struct bridge *bridge)
{
        devices_done(&bridge->devices);
}
