/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_client.h - what the clients in the simulated network have in common: where they and their server
 * are, and a tally of when they asked and of when no manager would have reached them. */
#ifndef TESTS_SIMULATED_CLIENT_H
#define TESTS_SIMULATED_CLIENT_H

#include "tests/unit/simulated_nat.h"

#define SIMULATED_CLIENT         "192.168.1.2"
#define SIMULATED_PRIMARY_PORT   7547
#define SIMULATED_SECONDARY_PORT 7548
#define SIMULATED_SERVER         "203.0.113.5"
#define SIMULATED_SERVER_PORT    3478

/** What a test looks at. */
struct simulated_tally {
        int64_t closest;             /* least time between two periodic requests (KA-1) */
        int64_t farthest;            /* most, between any two from the primary port */
        int64_t last_periodic, last; /* < 0: none */
        int64_t converged;           /* when monitoring, or another last phase, began first; < 0: not yet */
        int64_t unreachable; /* ms in which no connection request would have come, before `converged` */
        int64_t lapsed;      /* and after */
};

void simulated_tally_init(struct simulated_tally *tally);

/** A request leaves from the primary port. Periodic ones are those that KA-1's minimum is about. */
void simulated_tally_request(struct simulated_tally *tally, int64_t now, bool is_periodic);

/** The next `gap` ms bring nothing but that a binding may expire, which lives for `life` ms more. */
void simulated_tally_gap(struct simulated_tally *tally, int64_t gap, int64_t life);

#endif
