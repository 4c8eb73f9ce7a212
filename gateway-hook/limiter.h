/* SPDX-License-Identifier: BSD-2-Clause */
/* limiter.h - a token bucket, so that a hostile LAN can't fill the log.
 * State in, decision out: no clock inside. */
#ifndef GATEWAY_LIMITER_H
#define GATEWAY_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter {
        uint32_t burst;    /* tokens that fit; 0: no limit at all */
        uint32_t interval; /* seconds until one token comes back */
        uint32_t tokens;
        int64_t refilled; /* when the last token came back, in seconds */
        uint64_t held;    /* refused since the last one that passed */
};

/** Start full. */
void limiter_init(struct limiter *limiter, uint32_t burst, uint32_t interval, int64_t now);

/**
 * Whether one more may pass at `now`, in seconds of any clock; one that steps back costs nothing but waiting.
 * If so, *ret_held is how many were refused since the last that passed.
 */
bool limiter_pass(struct limiter *limiter, int64_t now, uint64_t *ret_held);

/** Whether limiter_pass() would refuse; then it counts as refused. So that nothing need be made ready for it.
 */
bool limiter_hold(struct limiter *limiter, int64_t now);

#endif
