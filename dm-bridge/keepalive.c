/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive.c - when the NAT binding of the connection request port is refreshed. */
#include "config.h"

#include "dm-bridge/keepalive.h"

/* Where no minimum is given. */
#define LEAST_PERIOD 20000

static int64_t period(const struct keepalive *keepalive)
{
        return keepalive->settings.minimum_ms > 0 ? keepalive->settings.minimum_ms : LEAST_PERIOD;
}

void keepalive_start(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now)
{
        *keepalive = (struct keepalive){.settings = *settings, .phase = KEEPALIVE_STARTING, .due = now};
}

void keepalive_set(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now)
{
        (void)now;
        keepalive->settings = *settings;
}

int64_t keepalive_deadline(const struct keepalive *keepalive)
{
        return keepalive->in_flight ? INT64_MAX : keepalive->due;
}

enum keepalive_action keepalive_tick(struct keepalive *keepalive, int64_t now)
{
        if (now < keepalive_deadline(keepalive))
                return KEEPALIVE_WAIT;
        keepalive_requested(keepalive, now);
        return KEEPALIVE_REFRESH;
}

void keepalive_requested(struct keepalive *keepalive, int64_t now)
{
        keepalive->in_flight = true;
        keepalive->requested = now;
}

static void rest(struct keepalive *keepalive, int64_t now)
{
        keepalive->in_flight = false;
        keepalive->due = keepalive->requested + period(keepalive);
        if (keepalive->due < now)
                keepalive->due = now;
}

void keepalive_refreshed(struct keepalive *keepalive, int64_t now, bool rebound)
{
        keepalive->rebinds += rebound;
        keepalive->phase = KEEPALIVE_FIXED;
        rest(keepalive, now);
}

void keepalive_unanswered(struct keepalive *keepalive, int64_t now)
{
        rest(keepalive, now);
}

void keepalive_disturbed(struct keepalive *keepalive, int64_t now)
{
        (void)keepalive;
        (void)now;
}

void keepalive_probed(struct keepalive *keepalive, int64_t now, enum probe_answer answer)
{
        (void)keepalive;
        (void)now;
        (void)answer;
}

void keepalive_report(const struct keepalive *keepalive, int64_t now, struct keepalive_report *ret)
{
        *ret = (struct keepalive_report){.phase = keepalive->phase,
                                         .period_ms = period(keepalive),
                                         .next_ms = keepalive->in_flight ? -1 : keepalive->due - now,
                                         .rebinds = keepalive->rebinds};
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
