/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.c - the daemon's state in one place: configuration, sources, counters. */
#include "config.h"

#include "dm-bridge/bridge.h"

#include "dm-bridge/changes.h"

void bridge_init(struct bridge *bridge, const struct configuration *config, int64_t (*now)(void))
{
        *bridge = (struct bridge){.config = config, .started = now(), .now = now};
        devices_init(&bridge->devices, config->journal);
        gateway_records_init(&bridge->gateway, config->gateway_info);
        changes_init(bridge);
}

int bridge_commit(struct bridge *bridge)
{
        int err = bridge->notify.changed && bridge->save != NULL ? bridge->save(bridge) : 0;

        if (err == 0)
                bridge->notify.changed = false;
        return err;
}

void bridge_done(struct bridge *bridge)
{
        devices_done(&bridge->devices);
        member_attributes_done(&bridge->members);
}
