/* SPDX-License-Identifier: BSD-2-Clause */
/* agent.h - TR-111 Part 2 on the event loop: where connection requests are awaited, and at which address the
 * world sees that. */
#ifndef BRIDGE_AGENT_H
#define BRIDGE_AGENT_H

#include <uv.h>

#include "dm-bridge/address_watch.h"
#include "dm-bridge/boot_timer.h"
#include "dm-bridge/bridge.h"
#include "dm-bridge/resolver.h"
#include "dm-bridge/stun_client.h"
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
        bool news;                  /* to be told of by handler.changed */

        /* agent_stun.c: */
        struct stun_client stun;
        enum stun_state state; /* that the log was told of last, with last_error */
        unsigned last_error;
        struct boot_timer timer; /* of stun, and of ask_at */
        int64_t timer_at;
        struct udp_port *secondary; /* NULL while no probe needs it */
        uv_timer_t secondary_idle;
        struct address_watch watch;
        struct resolver resolver;
        struct values values;        /* that the settings were made of */
        char host[URL_HOST_MAX + 1]; /* the STUN server's name, or without STUN the ACS's; "": none */
        bool asked;                  /* its address was asked for, and there was an answer */
        bool resolved;               /* ... which was `target` */
        struct in_addr target;
        int64_t ask_at; /* without STUN: when to ask again; INT64_MAX: not */
        bool driving;
};

/** Open the port as bridge->config says. What is pointed at must outlive the agent. Returns 0; a negative
 * errno, which was logged. */
int agent_start(struct agent *agent, uv_loop_t *loop, struct bridge *bridge,
                const struct agent_handler *handler);

/** Parameters may have been written. */
void agent_refresh(struct agent *agent);

/** bridge->config is another one now. A port that can't be opened is logged, and the one that is open stays.
 */
void agent_reconfigure(struct agent *agent);

/** Close all. The loop must run on until the handles are closed. */
void agent_stop(struct agent *agent);

/** Whether a name is being looked up in a thread that can't be stopped: the loop and the process would wait.
 */
bool agent_is_busy(const struct agent *agent);

/* --- Between agent.c and agent_stun.c --- */

/** Log what became of STUN if it has changed. */
void agent_log_stun(struct agent *agent);

/** The primary port is open. Returns 0; a negative errno, which was logged. */
int agent_stun_start(struct agent *agent);

/** Take over what was written and configured, if anything has changed or `anew`. */
void agent_stun_configure(struct agent *agent, bool anew);

/** Find out which local address is in use; it may be another one now. */
void agent_stun_find_local(struct agent *agent);

/** Do what is to be done after any event, and tell of news. */
void agent_stun_finish(struct agent *agent);

void agent_stun_stop(struct agent *agent);

#endif
