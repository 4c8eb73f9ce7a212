/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_keepalive.h - a keep-alive alone in the simulated network: requests are sent by RFC 3489's
 * schedule, but are not STUN, and nothing can be wrong with them. What the NAT knows judges what the
 * keep-alive found. */
#ifndef TESTS_SIMULATED_KEEPALIVE_H
#define TESTS_SIMULATED_KEEPALIVE_H

#include "dm-bridge/keepalive.h"
#include "tests/unit/simulated_client.h"

/** One request and its copies. */
struct simulated_request {
        uint32_t id; /* 0: none is in flight */
        int64_t began;
        unsigned copies;
};

struct simulated_keepalive {
        struct keepalive keepalive;
        struct simulated_network network;
        struct simulated_request primary, probe;
        struct stun_address mapped; /* port 0: none known */
        uint32_t ids, changing;     /* requests so far; the one that told of a change of the binding */
        bool is_ignoring, is_refusing, is_dropping; /* how the server takes RESPONSE-ADDRESS */
        bool is_changing;                           /* BINDING-CHANGE is sent after a rebind (CB-3) */
        /* What a test looks at. */
        struct simulated_tally tally;
        unsigned sent_to_converge, rebinds_to_converge;
        unsigned above, above_most; /* monitoring periods longer than the NAT's timeout, in a row; the most */
        unsigned deaths;            /* bindings that were dead when a monitoring period was over */
};

/** Fill in a network with one NAT of Linux's kind; the caller may change it before the first step. */
void simulated_keepalive_init(struct simulated_keepalive *simulation, int64_t new_ms, int64_t used_ms,
                              uint64_t seed);

void simulated_keepalive_start(struct simulated_keepalive *simulation,
                               const struct keepalive_settings *settings);

/** Let time go on until then. */
void simulated_keepalive_run(struct simulated_keepalive *simulation, int64_t until);

/** Run until monitoring, fallback, short-lived or fixed is reached, at most `limit` ms. False: none was. */
bool simulated_keepalive_converge(struct simulated_keepalive *simulation, int64_t limit);

/** A connection request arrives from the server's port, if the binding is alive. */
void simulated_keepalive_connection_request(struct simulated_keepalive *simulation);

/** Whether one would. */
bool simulated_keepalive_is_reachable(const struct simulated_keepalive *simulation);

#endif
