/* SPDX-License-Identifier: BSD-2-Clause */
/* limiter.c - a token bucket: state in, decision out. */
#include "config.h"

#include "gateway-hook/limiter.h"

void limiter_init(struct limiter *limiter, uint32_t burst, uint32_t interval, int64_t now)
{
        *limiter = (struct limiter){.burst = burst, .interval = interval, .tokens = burst, .refilled = now};
}

static void refill(struct limiter *limiter, int64_t now)
{
        int64_t earned;

        /* The clock was set back: start counting anew from there. */
        if (now < limiter->refilled)
                limiter->refilled = now;
        if (limiter->interval == 0)
                earned = limiter->burst;
        else
                earned = (now - limiter->refilled) / limiter->interval;
        if (earned >= limiter->burst - limiter->tokens) {
                limiter->tokens = limiter->burst;
                limiter->refilled = now;
                return;
        }
        limiter->tokens += (uint32_t)earned;
        limiter->refilled += earned * limiter->interval;
}

bool limiter_hold(struct limiter *limiter, int64_t now)
{
        if (limiter->burst == 0)
                return false;
        refill(limiter, now);
        if (limiter->tokens > 0)
                return false;
        limiter->held++;
        return true;
}

bool limiter_pass(struct limiter *limiter, int64_t now, uint64_t *ret_held)
{
        if (limiter_hold(limiter, now))
                return false;
        if (limiter->burst > 0)
                limiter->tokens--;
        *ret_held = limiter->held;
        limiter->held = 0;
        return true;
}
