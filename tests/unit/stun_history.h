/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_history.h - a STUN client, with its real keepalive, to which anything happens in any order.
 *
 * Time passes, answers come right and wrong, forged and spoilt; addresses and settings change. All that
 * leaves is checked by what TR-111 says of each request; what does not hold fails the test. */
#ifndef TESTS_STUN_HISTORY_H
#define TESTS_STUN_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

/** What happens is chosen by numbers: random ones, or a fuzzer's. */
struct history_choice {
        void *context;
        /** A number below `limit`, which is 65536 at most. */
        unsigned (*below)(void *context, unsigned limit);
        /** Whether something more is to happen. */
        bool (*goes_on)(void *context);
};

/** How many requests of each kind were seen. */
struct history_tally {
        unsigned exempt;  /* from the minimum period */
        unsigned counted; /* by it */
        unsigned changes; /* with BINDING-CHANGE */
        unsigned probes;
};

/** Live through one history; what was seen is added to *tally. */
void stun_history(const struct history_choice *choice, struct history_tally *tally);

#endif
