/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.h - what the parameters and the RPC methods see of the daemon. */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include <stdint.h>

#include "dm-bridge/configuration.h"
#include "dm-bridge/counters.h"
#include "dm-bridge/devices.h"
#include "dm-bridge/gateway_info.h"

struct bridge {
        const struct configuration *config;
        struct devices devices;         /* with BRIDGE_ROLE_GATEWAY */
        struct gateway_records gateway; /* with BRIDGE_ROLE_DEVICE */
        struct bridge_counters counters;
        int64_t started; /* CLOCK_BOOTTIME, seconds */
        int64_t (*now)(void);
};

/** Fill in *bridge: sources empty, nothing read yet. `config` must outlive it. */
void bridge_init(struct bridge *bridge, const struct configuration *config, int64_t (*now)(void));
void bridge_done(struct bridge *bridge);

#endif
