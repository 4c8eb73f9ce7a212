/* SPDX-License-Identifier: BSD-2-Clause */
/* lifetime_search.c - how long an unused NAT binding lives: doubling, then bisection.
 *
 * A silence that a binding does not outlive costs reachability and usually an address change, one that it
 * outlives costs only time: so the search comes from below. From a doubling it takes three halvings (of the
 * ratio) to come within a tenth; the margin is another tenth. So the period is at least 0.82 of the truth. */
#include "config.h"

#include "dm-bridge/lifetime_search.h"

#include <math.h>

#include "dm-bridge/order.h"

/* The search is over when `dead` is no further above `alive` than this. */
#define TOLERANCE_DIVISOR 10
#define TOLERANCE_LEAST   500
/* The margin of the period; at least what several copies of a probe and of a refresh need. */
#define MARGIN_DIVISOR 10
#define MARGIN_LEAST   1500

bool lifetime_search_hopeless(const struct lifetime_search *search)
{
        return search->dead > 0 && search->dead <= search->least;
}

static bool is_near(const struct lifetime_search *search, int64_t silence)
{
        return silence - search->alive <= larger(search->alive / TOLERANCE_DIVISOR, TOLERANCE_LEAST);
}

/* Halfway in ratio: each half takes as many more steps as the other. */
static int64_t between(int64_t low, int64_t high)
{
        return (int64_t)sqrt((double)low * (double)high);
}

int64_t lifetime_search_next(const struct lifetime_search *search)
{
        int64_t doubled = 2 * search->alive;

        if (lifetime_search_hopeless(search))
                return 0;
        if (search->alive < search->least)
                return search->least;
        if (search->alive >= search->most)
                return 0;
        if (search->expected > search->alive)
                return smaller(smaller(doubled, search->expected), search->most);
        if (is_near(search, search->most))
                return 0;
        if (search->dead == 0)
                return smaller(doubled, search->most);
        if (is_near(search, search->dead))
                return 0;
        return smaller(smaller(doubled, between(search->alive, search->dead)), search->most);
}

int64_t lifetime_search_period(const struct lifetime_search *search)
{
        int64_t margin = larger(search->alive / MARGIN_DIVISOR, MARGIN_LEAST);

        return larger(smaller(search->alive - margin, search->most), search->least);
}

void lifetime_search_alive(struct lifetime_search *search, int64_t silence)
{
        search->alive = larger(search->alive, silence);
        if (search->dead <= search->alive)
                search->dead = 0;
        if (search->expected <= search->alive)
                search->expected = 0;
}

void lifetime_search_dead(struct lifetime_search *search, int64_t silence)
{
        search->dead = silence;
        if (search->alive >= silence)
                search->alive = 0;
        search->expected = 0;
}

void lifetime_search_doubt(struct lifetime_search *search)
{
        search->expected = search->alive;
        search->alive = 0;
}

void lifetime_search_hope(struct lifetime_search *search)
{
        search->expected = search->dead;
        search->dead = 0;
}
