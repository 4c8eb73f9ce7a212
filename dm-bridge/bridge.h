/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.h - what the parameters and the RPC methods see of the daemon. */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include <stdint.h>

#include "dm-bridge/configuration.h"
#include "dm-bridge/counters.h"
#include "dm-bridge/devices.h"
#include "dm-bridge/gateway_info.h"
#include "dm-bridge/member_attributes.h"
#include "dm-bridge/notify.h"
#include "dm-bridge/request_gate.h"
#include "dm-bridge/stun_client.h"
#include "dm-bridge/values.h"
#include "libassoc/assoc.h"

struct bridge {
        const struct configuration *config;
        struct devices devices;         /* with BRIDGE_ROLE_GATEWAY */
        struct gateway_records gateway; /* with BRIDGE_ROLE_DEVICE */
        struct assoc_identity identity; /* our own; empty if there is no identity file */
        struct values values;           /* what was written */
        struct notify notify;
        struct member_attributes members;
        struct request_gate requests; /* UDP connection requests, and the last that was accepted */
        /* Where they reach us (CB-5); the text is empty until that is known. */
        struct {
                char address[MODEL_VALUE_MAX];
                bool nat_detected;
                bool unsettled;            /* both are still being found out: no change to tell of */
                bool discovering;          /* how long a binding lives: the address may change again soon */
                struct stun_address local; /* where they are awaited */
                int64_t accepted_at;       /* wall clock; 0: none was, since the start */
                uint64_t dropped;          /* datagrams that were neither STUN nor HTTP */
        } connection;
        /* Tells of the STUN client; NULL: there is none. */
        void (*stun_report)(const struct bridge *bridge, struct stun_report *ret);
        void *agent; /* for stun_report */
        struct bridge_counters counters;
        int64_t started; /* CLOCK_BOOTTIME, seconds */
        int64_t (*now)(void);
        /* Write the state down; NULL: nothing is kept. Returns 0 or a negative errno. */
        int (*save)(struct bridge *bridge);
};

/** Fill in *bridge: sources empty, nothing read yet. `config` must outlive it. */
void bridge_init(struct bridge *bridge, const struct configuration *config, int64_t (*now)(void));
/** Write the state down if it changed. Returns 0; a negative errno: it is still to be written. */
int bridge_commit(struct bridge *bridge);

void bridge_done(struct bridge *bridge);

#endif
