/* SPDX-License-Identifier: BSD-2-Clause */
/* agent.h - TR-111 Part 2 on the event loop: the port where connection requests are awaited. */
#ifndef BRIDGE_AGENT_H
#define BRIDGE_AGENT_H

#include <uv.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/udp_port.h"

struct agent_handler {
        void *context;
        /** A connection request was accepted: it is noted in bridge->requests, and is to become an event. */
        void (*accepted)(void *context);
        /** What parameters show may have changed. */
        void (*changed)(void *context);
};

struct agent {
        uv_loop_t *loop;
        struct bridge *bridge;
        struct agent_handler handler;
        struct udp_port *primary;
        struct stun_address wanted; /* what it was opened with */
        bool news;                  /* in the batch of datagrams that is being taken */
};

/** Open the port as bridge->config says. What is pointed at must outlive the agent. Returns 0; a negative
 * errno, which was logged. */
int agent_start(struct agent *agent, uv_loop_t *loop, struct bridge *bridge,
                const struct agent_handler *handler);

/** bridge->config is another one now. A port that can't be opened is logged, and the one that is open stays.
 */
void agent_reconfigure(struct agent *agent);

/** Close all. The loop must run on until the handles are closed. */
void agent_stop(struct agent *agent);

#endif
