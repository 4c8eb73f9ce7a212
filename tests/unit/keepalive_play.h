/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive_play.h - a keep-alive whose clock and outcomes are the test's, for its unit tests alone. */
#ifndef TESTS_KEEPALIVE_PLAY_H
#define TESTS_KEEPALIVE_PLAY_H

#include "tests/unit/unit.h"

#include "dm-bridge/keepalive.h"
#include "tests/unit/durations.h"

/* Of an answer. */
#define ROUND_TRIP 40

/* The one under test, and the time. */
static struct keepalive k;
static int64_t now;

static inline void start(int64_t minimum, int64_t maximum)
{
        struct keepalive_settings settings = {minimum, maximum};

        now = 1000000;
        keepalive_start(&k, &settings, now);
}

static inline void set(int64_t minimum, int64_t maximum)
{
        struct keepalive_settings settings = {minimum, maximum};

        keepalive_set(&k, &settings, now);
}

static inline struct keepalive_report report(void)
{
        struct keepalive_report made;

        keepalive_report(&k, now, &made);
        return made;
}

/* Go to the deadline, which is `after` from now; the action is due then and not earlier. */
static inline void assert_due(enum keepalive_action action, int64_t after)
{
        assert_int_equal(keepalive_deadline(&k) - now, after);
        if (after > 0)
                assert_int_equal(keepalive_tick(&k, now + after - 1), KEEPALIVE_WAIT);
        now += after;
        assert_int_equal(keepalive_tick(&k, now), action);
        assert_int_equal(keepalive_tick(&k, now), KEEPALIVE_WAIT);
}

static inline enum keepalive_action go_on(void)
{
        enum keepalive_action action;

        now = keepalive_deadline(&k) > now ? keepalive_deadline(&k) : now;
        action = keepalive_tick(&k, now);
        return action;
}

static inline void refreshed(bool rebound)
{
        now += ROUND_TRIP;
        keepalive_refreshed(&k, now, rebound);
}

static inline void unanswered(void)
{
        now += 9500;
        keepalive_unanswered(&k, now);
}

static inline void probed(enum probe_answer answer)
{
        now += answer == PROBE_SILENT ? 9500 : ROUND_TRIP;
        keepalive_probed(&k, now, answer);
}

static inline void assert_phase(enum keepalive_phase phase)
{
        assert_string_equal(keepalive_phase_name(report().phase), keepalive_phase_name(phase));
}

/* The first request is answered. */
static inline void start_bound(int64_t minimum, int64_t maximum)
{
        start(minimum, maximum);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(true);
}

/* A trial or a monitoring period whose end finds the binding alive, and the refresh after it. */
static inline void live(int64_t silence)
{
        assert_due(KEEPALIVE_PROBE, silence);
        probed(PROBE_ALIVE);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(false);
}

static inline void die(int64_t silence, bool rebound)
{
        assert_due(KEEPALIVE_PROBE, silence);
        probed(PROBE_SILENT);
        assert_due(KEEPALIVE_REFRESH, 0);
        refreshed(rebound);
}

/* A new binding becomes a used one. */
static inline void warm(void)
{
        assert_phase(KEEPALIVE_WARMING);
        assert_int_equal(go_on(), KEEPALIVE_PROBE);
        probed(PROBE_ALIVE);
        assert_int_equal(go_on(), KEEPALIVE_REFRESH);
        refreshed(false);
}

static inline void begin(int64_t minimum, int64_t maximum)
{
        start_bound(minimum, maximum);
        warm();
        assert_phase(KEEPALIVE_SEARCHING);
}

/* Found: alive after 20 s, dead after 21 s and more. */
static inline void monitor(void)
{
        begin(20 * SECOND, 30 * SECOND);
        live(20 * SECOND);
        die(28 * SECOND, true);
        warm();
        die(23664, true);
        warm();
        die(21754, true);
        warm();
        assert_phase(KEEPALIVE_MONITORING);
}

#endif
