/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_client.c - what the simulated clients have in common. */
#include "config.h"

#include "tests/unit/simulated_client.h"

void simulated_tally_init(struct simulated_tally *tally)
{
        *tally = (struct simulated_tally){
                .closest = INT64_MAX, .last_periodic = -1, .last = -1, .converged = -1};
}

void simulated_tally_request(struct simulated_tally *tally, int64_t now, bool is_periodic)
{
        if (is_periodic && tally->last_periodic >= 0 && now - tally->last_periodic < tally->closest)
                tally->closest = now - tally->last_periodic;
        if (tally->last >= 0 && now - tally->last > tally->farthest)
                tally->farthest = now - tally->last;
        if (is_periodic)
                tally->last_periodic = now;
        tally->last = now;
}

void simulated_tally_gap(struct simulated_tally *tally, int64_t gap, int64_t life)
{
        if (life >= gap)
                return;
        if (tally->converged < 0)
                tally->unreachable += gap - life;
        else
                tally->lapsed += gap - life;
}
