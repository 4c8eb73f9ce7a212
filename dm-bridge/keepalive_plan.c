/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive_plan.c - what a keep-alive does next, and when. */
#include "config.h"

#include "dm-bridge/keepalive_plan.h"

#include "dm-bridge/order.h"

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)

#define WARM_UP (KEEPALIVE_NEW_BINDING + 300)
/* Where the settings have no minimum: the first silence tried, and the period where nothing can be found out.
 */
#define LEAST_SILENCE (5 * SECOND)
#define SAFE_PERIOD   (20 * SECOND)
/* Where they have no maximum. */
#define CEILING HOUR
/* A trial ends so long before the maximum, that its probe is answered before the refresh has to leave. */
#define PROBE_RESERVE (2 * SECOND)
/* A packet that comes in so early in a silence only shifts its begin. */
#define SHIFT_DIVISOR 32
#define SHIFT_LEAST   500
/* Until a search that was put off, or a server that can't be used for probes, is tried again. */
#define RETRY_AFTER HOUR
/* Until the shortest deadly silence is tried once more; doubled each time. */
#define LONGER_AFTER      (24 * HOUR)
#define LONGER_AFTER_MOST (8 * LONGER_AFTER)
/* Between requests that nobody answers; doubled from one to the next. */
#define BACKOFF_LEAST (15 * SECOND)
#define BACKOFF_MOST  (60 * SECOND)

static bool has_maximum(const struct keepalive *k)
{
        return k->settings.maximum_ms >= 0;
}

static int64_t minimum(const struct keepalive *k)
{
        if (k->settings.minimum_ms > 0)
                return k->settings.minimum_ms;
        return has_maximum(k) ? larger(smaller(k->settings.maximum_ms, LEAST_SILENCE), SECOND)
                              : LEAST_SILENCE;
}

/* A maximum below the minimum would have requests sent more often than allowed: the minimum goes first
 * (KA-1). */
static int64_t maximum(const struct keepalive *k)
{
        return larger(has_maximum(k) ? k->settings.maximum_ms : CEILING, minimum(k));
}

int64_t keepalive_latest(const struct keepalive *k)
{
        return has_maximum(k) ? k->requested + maximum(k) : INT64_MAX;
}

static int64_t fallback_period(const struct keepalive *k)
{
        return k->settings.minimum_ms > 0 ? k->settings.minimum_ms : smaller(SAFE_PERIOD, maximum(k));
}

void keepalive_plan_reset(struct keepalive *k)
{
        int64_t room = maximum(k) - minimum(k);

        k->search.least = minimum(k);
        k->search.most = maximum(k) - (has_maximum(k) ? smaller(PROBE_RESERVE, room / 2) : 0);
        k->resume = k->hope = KEEPALIVE_NEVER;
        k->patience = LONGER_AFTER;
        k->is_fallback = false;
        k->mute = 0;
        k->disturbances = 0;
}

void keepalive_plan_pause(struct keepalive *k, int64_t now)
{
        k->resume = now + RETRY_AFTER;
}

void keepalive_plan_fallback(struct keepalive *k, int64_t now)
{
        k->is_fallback = true;
        k->is_proven = false;
        k->mute = 0;
        keepalive_plan_pause(k, now);
}

void keepalive_plan_concluded(struct keepalive *k, int64_t now)
{
        if (lifetime_search_next(&k->search) > 0 || k->hope > now)
                return;
        k->hope = now + k->patience;
        k->patience = smaller(2 * k->patience, LONGER_AFTER_MOST);
}

static void come(struct keepalive *k, enum keepalive_action action, int64_t due)
{
        k->step = KEEPALIVE_RESTING;
        k->coming = action;
        k->due = due;
}

void keepalive_plan_refresh(struct keepalive *k, int64_t now)
{
        come(k, KEEPALIVE_REFRESH, larger(now, k->requested + minimum(k)));
}

/* The first retry is not put off: the network may have been away for a moment only. */
static void plan_retry(struct keepalive *k, int64_t now)
{
        int64_t wait = BACKOFF_LEAST;

        if (k->unanswered <= 1) {
                keepalive_plan_refresh(k, now);
                return;
        }
        for (unsigned i = 2; i < k->unanswered && wait < BACKOFF_MOST; i++)
                wait *= 2;
        come(k, KEEPALIVE_REFRESH, k->requested + larger(wait, minimum(k)));
}

static void plan_regular(struct keepalive *k, enum keepalive_phase phase, int64_t period)
{
        k->phase = phase;
        come(k, KEEPALIVE_REFRESH, k->requested + period);
}

static void plan_warming(struct keepalive *k)
{
        k->phase = KEEPALIVE_WARMING;
        come(k, KEEPALIVE_PROBE, k->bound + WARM_UP);
}

/* The copies of a request that left before its first answer came are answered too, within the same time
 * again. */
static int64_t late_copies(const struct keepalive *k)
{
        return k->refreshed - k->requested + SHIFT_LEAST;
}

/* An inbound packet may have refreshed the binding, or not: if it came long after the last outbound one,
 * nobody can say how long the silence is. */
static void plan_trial(struct keepalive *k, int64_t now, int64_t silence)
{
        k->phase = KEEPALIVE_SEARCHING;
        if (k->touched - k->refreshed > larger(silence / SHIFT_DIVISOR, late_copies(k)))
                keepalive_plan_refresh(k, now);
        else
                come(k, KEEPALIVE_PROBE, k->touched + silence);
}

static void plan_monitoring(struct keepalive *k)
{
        k->phase = KEEPALIVE_MONITORING;
        come(k, KEEPALIVE_PROBE, k->refreshed + lifetime_search_period(&k->search));
}

static void plan_search(struct keepalive *k, int64_t now)
{
        if (now >= k->hope && lifetime_search_next(&k->search) == 0)
                lifetime_search_hope(&k->search);
        if (lifetime_search_hopeless(&k->search))
                plan_regular(k, KEEPALIVE_SHORT_LIVED, minimum(k));
        else if (!k->is_used || !k->is_proven)
                plan_warming(k);
        else if (now >= k->resume && lifetime_search_next(&k->search) > 0)
                plan_trial(k, now, lifetime_search_next(&k->search));
        else
                plan_monitoring(k);
}

void keepalive_plan(struct keepalive *k, int64_t now)
{
        if (!k->is_bound || k->unanswered > 0)
                plan_retry(k, now);
        else if (minimum(k) == maximum(k))
                plan_regular(k, KEEPALIVE_FIXED, minimum(k));
        else if (k->is_fallback && now < k->resume)
                plan_regular(k, KEEPALIVE_FALLBACK, fallback_period(k));
        else
                plan_search(k, now);
        if (k->due >= keepalive_latest(k))
                come(k, KEEPALIVE_REFRESH, keepalive_latest(k));
        k->due = larger(k->due, now);
}

int64_t keepalive_plan_period(const struct keepalive *k)
{
        switch (k->phase) {
        case KEEPALIVE_SEARCHING:
                return lifetime_search_next(&k->search);
        case KEEPALIVE_MONITORING:
        case KEEPALIVE_WARMING:
                return lifetime_search_period(&k->search);
        case KEEPALIVE_FALLBACK:
                return fallback_period(k);
        default:
                return minimum(k);
        }
}
