/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive.c - when the NAT binding of the connection request port is refreshed, and how its lifetime is
 * found.
 *
 * A binding is refreshed, left alone, probed, and refreshed again: that is a trial. lifetime_search.c says
 * how long it is left alone; keepalive_plan.c, what comes next. docs/design.md has the reasons. */
#include "config.h"

#include "dm-bridge/keepalive.h"
#include "dm-bridge/keepalive_plan.h"
#include "dm-bridge/order.h"

/* A silence that has become so much longer was not ours: the machine slept, or was stopped. */
#define OVERSLEPT INT64_C(5000)
/* How long a monitoring probe is waited for, within what the margin allows: at least for its fifth copy, at
 * most for the whole schedule, which takes 9.5 s. */
#define PROBE_WAIT_LEAST INT64_C(1700)
#define PROBE_WAIT_MOST  INT64_C(10000)
#define REFRESH_TIME     300
/* So many disturbed trials in a row put the search off; so many mute probes show what the server is like;
 * so many trials whose probe was cut short are believed. */
#define DISTURBANCES_MOST 8
#define MUTE_MOST         3
#define DOUBTS_MOST       2

void keepalive_start(struct keepalive *k, const struct keepalive_settings *settings, int64_t now)
{
        *k = (struct keepalive){.settings = *settings, .requested = KEEPALIVE_NEVER};
        keepalive_plan_reset(k);
        keepalive_plan(k, now);
}

void keepalive_set(struct keepalive *k, const struct keepalive_settings *settings, int64_t now)
{
        if (settings->minimum_ms == k->settings.minimum_ms && settings->maximum_ms == k->settings.maximum_ms)
                return;
        k->settings = *settings;
        keepalive_plan_reset(k);
        keepalive_plan_concluded(k, now);
        if (k->step == KEEPALIVE_RESTING)
                keepalive_plan(k, now);
}

int64_t keepalive_deadline(const struct keepalive *k)
{
        if (k->step == KEEPALIVE_REFRESHING)
                return INT64_MAX;
        return k->step == KEEPALIVE_PROBING ? k->give_up : k->due;
}

/* Refresh now, or as soon as KA-1 allows. */
static enum keepalive_action refresh(struct keepalive *k, int64_t now)
{
        keepalive_plan_refresh(k, now);
        if (k->due > now)
                return KEEPALIVE_WAIT;
        keepalive_requested(k, now);
        return KEEPALIVE_REFRESH;
}

/* What is left of the margin after the refresh; the binding must not die of waiting. */
static int64_t probe_wait(const struct keepalive *k)
{
        int64_t margin = k->search.alive - lifetime_search_period(&k->search);

        return smaller(larger(margin - REFRESH_TIME, PROBE_WAIT_LEAST), PROBE_WAIT_MOST);
}

static enum keepalive_action probe(struct keepalive *k, int64_t now)
{
        k->step = KEEPALIVE_PROBING;
        k->silence = now - k->touched;
        k->is_disturbed = false;
        k->give_up = k->phase == KEEPALIVE_MONITORING ? now + probe_wait(k) : INT64_MAX;
        k->give_up = smaller(k->give_up, keepalive_latest(k));
        k->probes++;
        return KEEPALIVE_PROBE;
}

static enum keepalive_action give_up(struct keepalive *k, int64_t now)
{
        if (k->phase != KEEPALIVE_WARMING)
                k->binding = KEEPALIVE_DOUBTED;
        return refresh(k, now);
}

enum keepalive_action keepalive_tick(struct keepalive *k, int64_t now)
{
        if (now < keepalive_deadline(k))
                return KEEPALIVE_WAIT;
        if (k->step == KEEPALIVE_PROBING)
                return give_up(k, now);
        if (k->coming == KEEPALIVE_REFRESH || now >= keepalive_latest(k))
                return refresh(k, now);
        if (k->phase == KEEPALIVE_WARMING || now <= k->due + OVERSLEPT)
                return probe(k, now);
        k->voids++;
        k->is_renewed = true;
        return refresh(k, now);
}

void keepalive_requested(struct keepalive *k, int64_t now)
{
        k->step = KEEPALIVE_REFRESHING;
        k->requested = now;
}

/* The server answers, but not this probe, nor the ones before. */
static void judge_mute(struct keepalive *k, int64_t now)
{
        if (!k->is_proven && ++k->mute >= MUTE_MOST)
                keepalive_plan_fallback(k, now);
}

/* A probe that could not be waited for is no proof, nor is one beside which a packet came in, though that
 * need not have come through the NAT; two in a row are. */
static void judge_trial(struct keepalive *k, int64_t now, bool is_gone)
{
        if (!is_gone && ++k->doubts < DOUBTS_MOST) {
                k->voids++;
                return;
        }
        k->trials++;
        k->failures++;
        k->doubts = k->disturbances = 0;
        lifetime_search_dead(&k->search, k->silence);
        keepalive_plan_concluded(k, now);
}

static void judge_monitoring(struct keepalive *k, bool is_gone)
{
        if (!is_gone && k->is_disturbed && ++k->doubts < DOUBTS_MOST) {
                k->voids++;
                return;
        }
        k->failures++;
        k->doubts = 0;
        lifetime_search_doubt(&k->search);
        k->resume = KEEPALIVE_NEVER;
}

/* A probe found no binding, and the server lives: its answer to the refresh has come. That answer's mapped
 * address tells little: a NAT that keeps ports gives a new binding the old one's. */
static void judge_suspicion(struct keepalive *k, int64_t now, bool rebound)
{
        bool is_gone = rebound || k->binding == KEEPALIVE_SUSPECTED;

        if (k->phase == KEEPALIVE_WARMING) {
                judge_mute(k, now);
        } else if (k->phase == KEEPALIVE_SEARCHING) {
                judge_trial(k, now, is_gone);
        } else if (k->phase == KEEPALIVE_MONITORING) {
                judge_monitoring(k, is_gone);
        }
        k->binding = KEEPALIVE_TRUSTED;
        k->is_renewed = true;
}

void keepalive_refreshed(struct keepalive *k, int64_t now, bool rebound)
{
        if (k->binding != KEEPALIVE_TRUSTED)
                judge_suspicion(k, now, rebound);
        k->refreshed = k->touched = now;
        k->rebinds += rebound;
        if (rebound || k->is_renewed || !k->is_bound) {
                k->bound = now;
                k->is_used = false;
        } else if (now - k->bound > KEEPALIVE_NEW_BINDING) {
                k->is_used = true;
        }
        k->is_renewed = false;
        k->is_bound = true;
        k->unanswered = 0;
        keepalive_plan(k, now);
}

void keepalive_unanswered(struct keepalive *k, int64_t now)
{
        if (k->binding != KEEPALIVE_TRUSTED)
                k->voids++;
        k->binding = KEEPALIVE_TRUSTED;
        k->is_renewed = true;
        k->unanswered++;
        keepalive_plan(k, now);
}

void keepalive_disturbed(struct keepalive *k, int64_t now)
{
        k->touched = now;
        k->is_disturbed = true;
        if (k->step != KEEPALIVE_RESTING || k->phase != KEEPALIVE_SEARCHING || k->coming != KEEPALIVE_PROBE)
                return;
        keepalive_plan(k, now);
        if (k->coming == KEEPALIVE_PROBE)
                return;
        k->voids++;
        if (++k->disturbances < DISTURBANCES_MOST)
                return;
        k->disturbances = 0;
        keepalive_plan_pause(k, now);
        keepalive_plan(k, now);
}

static void found_alive(struct keepalive *k, int64_t now)
{
        k->touched = now;
        k->is_proven = true;
        k->is_fallback = false;
        k->mute = 0;
        if (k->phase != KEEPALIVE_WARMING) {
                k->doubts = 0;
                lifetime_search_alive(&k->search, k->silence);
        }
        if (k->phase == KEEPALIVE_SEARCHING) {
                k->trials++;
                k->disturbances = 0;
                keepalive_plan_concluded(k, now);
        }
        keepalive_plan_refresh(k, now);
}

void keepalive_probed(struct keepalive *k, int64_t now, enum probe_answer answer)
{
        if (k->step != KEEPALIVE_PROBING) {
                if (answer == PROBE_ALIVE)
                        keepalive_disturbed(k, now);
                return;
        }
        if (answer == PROBE_ALIVE) {
                k->step = KEEPALIVE_RESTING;
                found_alive(k, now);
                return;
        }
        if (answer == PROBE_IGNORED || answer == PROBE_REFUSED) {
                keepalive_plan_fallback(k, now);
                keepalive_plan(k, now);
                return;
        }
        if (answer == PROBE_VOID)
                k->voids++;
        else if (answer == PROBE_SILENT && k->is_disturbed)
                k->binding = KEEPALIVE_DOUBTED;
        else
                k->binding = KEEPALIVE_SUSPECTED;
        keepalive_plan_refresh(k, now);
}

void keepalive_report(const struct keepalive *k, int64_t now, struct keepalive_report *ret)
{
        *ret = (struct keepalive_report){
                .phase = k->phase,
                .alive_ms = k->search.alive,
                .dead_ms = k->search.dead,
                .period_ms = keepalive_plan_period(k),
                .next_ms = k->step == KEEPALIVE_RESTING ? larger(k->due - now, 0) : -1,
                .probes = k->probes,
                .trials = k->trials,
                .failures = k->failures,
                .voids = k->voids,
                .rebinds = k->rebinds,
        };
}

const char *keepalive_phase_name(enum keepalive_phase phase)
{
        static const char *const names[] = {
                [KEEPALIVE_STARTING] = "starting",
                [KEEPALIVE_WARMING] = "warming",
                [KEEPALIVE_SEARCHING] = "searching",
                [KEEPALIVE_MONITORING] = "monitoring",
                [KEEPALIVE_FIXED] = "fixed",
                [KEEPALIVE_FALLBACK] = "fallback",
                [KEEPALIVE_SHORT_LIVED] = "short-lived",
        };

        return names[phase];
}
