/* SPDX-License-Identifier: BSD-2-Clause */
/* lifetime_search.h - how long an unused NAT binding lives: what trials have shown, and what to try next.
 * Used by keepalive.c, which makes the trials. Arithmetic only; all times are milliseconds of silence. */
#ifndef BRIDGE_LIFETIME_SEARCH_H
#define BRIDGE_LIFETIME_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

struct lifetime_search {
        int64_t least, most; /* silences that may be tried */
        int64_t alive;       /* the longest that a binding outlived; 0: none yet */
        int64_t dead;        /* the shortest that it did not; 0: none yet */
        int64_t expected; /* what to try next, in doublings: an earlier finding, to be confirmed or refuted;
                             0: none */
};

/** The silence to try next; 0: there is nothing more to find out. */
int64_t lifetime_search_next(const struct lifetime_search *search);

/** A binding that lives shorter than the least silence can't be kept. */
bool lifetime_search_hopeless(const struct lifetime_search *search);

/** How long to stay silent between refreshes: what bindings outlive, less a margin; never less than `least`.
 */
int64_t lifetime_search_period(const struct lifetime_search *search);

void lifetime_search_alive(struct lifetime_search *search, int64_t silence);
void lifetime_search_dead(struct lifetime_search *search, int64_t silence);

/** What was found no longer seems to hold. It is approached anew from below: nothing is lost on the way. */
void lifetime_search_doubt(struct lifetime_search *search);

/** The shortest deadly silence may no longer be deadly: it is tried once more. */
void lifetime_search_hope(struct lifetime_search *search);

#endif
