/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_keepalive.h - a keepalive that does what the test says, and remembers what it was told.
 *
 * It stands in for dm-bridge/keepalive.c. Left alone it refreshes each minimum period. */
#ifndef TESTS_FAKE_KEEPALIVE_H
#define TESTS_FAKE_KEEPALIVE_H

#include "dm-bridge/keepalive.h"

struct fake_keepalive {
        int64_t due;                  /* when... */
        enum keepalive_action action; /* ... this is */
        struct keepalive_settings settings;
        /* What it was told: how often, and what last. */
        unsigned started, requested, refreshed, rebound, unanswered, disturbed, probed;
        enum probe_answer answer;
        bool broken; /* an outcome came that nobody waited for, or did not come */
        bool waits;  /* for a primary request's outcome */
};

extern struct fake_keepalive fake_keepalive;

#endif
