/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive.h - when the NAT binding of the connection request port is refreshed, and how long an unused one
 * lives (TR-111 2.2.1.2).
 *
 * A state machine: it says what is due, its caller sends and reports what came of it. It knows neither STUN's
 * bytes nor sockets, allocates nothing, and has no clock: `now` is in milliseconds of a clock that never goes
 * back and counts suspended time (CLOCK_BOOTTIME). */
#ifndef BRIDGE_KEEPALIVE_H
#define BRIDGE_KEEPALIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "dm-bridge/lifetime_search.h"

/** STUNMinimumKeepAlivePeriod and STUNMaximumKeepAlivePeriod. */
struct keepalive_settings {
        int64_t minimum_ms; /* 0: no limit */
        int64_t maximum_ms; /* < 0: none given. Less than minimum_ms: the minimum goes first (KA-1) */
};

/** What is due. */
enum keepalive_action {
        KEEPALIVE_WAIT,    /* nothing until keepalive_deadline() */
        KEEPALIVE_REFRESH, /* a Binding Request from the primary port */
        KEEPALIVE_PROBE,   /* one from the secondary port, with RESPONSE-ADDRESS (KA-2) */
};

/** What came of a probe. */
enum probe_answer {
        PROBE_ALIVE,   /* a response at the primary port */
        PROBE_EXPIRED, /* at the secondary, with the primary's mapped address: its port was given away */
        PROBE_IGNORED, /* at the secondary, with another mapped address: RESPONSE-ADDRESS was ignored (KA-5)
                        */
        PROBE_REFUSED, /* an error response: 420 or another */
        PROBE_SILENT,  /* the whole schedule of retransmissions, and no answer */
        PROBE_VOID,    /* it could not be sent, or its outcome says nothing */
};

enum keepalive_phase {
        KEEPALIVE_STARTING,    /* no binding is known */
        KEEPALIVE_WARMING,     /* a binding is new: it is made a used one first (KA-4) */
        KEEPALIVE_SEARCHING,   /* how long an unused binding lives is being found out */
        KEEPALIVE_MONITORING,  /* it was; each refresh comes after a probe */
        KEEPALIVE_FIXED,       /* there is nothing to find out: minimum and maximum are the same */
        KEEPALIVE_FALLBACK,    /* the server can't be used for probes: minimum period (KA-5) */
        KEEPALIVE_SHORT_LIVED, /* bindings die before the minimum period is over: minimum period */
};

struct keepalive_report {
        enum keepalive_phase phase;
        int64_t alive_ms;  /* an unused binding lives at least so long; 0: not known */
        int64_t dead_ms;   /* and is dead after so long; 0: not known */
        int64_t period_ms; /* the silence before the next refresh, as planned */
        int64_t next_ms;   /* until the next request, of either port; < 0: one is in flight */
        unsigned probes;   /* sent since keepalive_start(), as are all that follow */
        unsigned trials;   /* silences that were judged while searching */
        unsigned failures; /* probes, of trials and of monitoring, that found no binding */
        unsigned voids;    /* silences that can't be judged: another packet came, no server, suspended */
        unsigned rebinds;  /* new mapped addresses, the first included */
};

/** Members are private. */
struct keepalive {
        struct keepalive_settings settings;
        struct lifetime_search search;
        enum keepalive_phase phase;
        enum { KEEPALIVE_RESTING, KEEPALIVE_PROBING, KEEPALIVE_REFRESHING } step;
        enum { KEEPALIVE_TRUSTED, KEEPALIVE_DOUBTED, KEEPALIVE_SUSPECTED } binding; /* by the last probe */
        enum keepalive_action coming; /* at `due`, while resting */
        int64_t due;
        int64_t give_up;   /* when the probe in flight is no longer waited for */
        int64_t silence;   /* that it judges */
        int64_t requested; /* when a request last left the primary port */
        int64_t refreshed; /* when a response to one last came */
        int64_t touched;   /* when a packet last came or went through the binding */
        int64_t bound;     /* when the binding was made */
        int64_t resume;    /* no search, or no probe, before this */
        int64_t hope;      /* when the shortest silence that was deadly is tried once more */
        int64_t patience;  /* until the next time */
        bool is_bound;     /* a response has come since keepalive_start() */
        bool is_used;      /* the binding is a used one (KA-4) */
        bool is_renewed;   /* the next response is taken to be a new binding's, whatever its mapped address is
                            */
        bool is_proven; /* a probe's answer has come through a binding: the server honours RESPONSE-ADDRESS */
        bool is_fallback;  /* it doesn't */
        bool is_disturbed; /* a packet came in while the probe was in flight */
        unsigned mute;     /* probes in a row without answer, though the server lives */
        unsigned unanswered, disturbances, doubts; /* in a row: requests; void trials, cut short trials */
        unsigned probes, trials, failures, voids, rebinds;
};

/** Begin, or begin anew with another server or local address: no binding is known, a request is due at once.
 */
void keepalive_start(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now);

/** The settings have changed. What is known of the NAT stays. */
void keepalive_set(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now);

/** When keepalive_tick() is to be called at the latest. INT64_MAX: not before an outcome has been reported.
 */
int64_t keepalive_deadline(const struct keepalive *keepalive);

/**
 * What is due now. The caller does it at once and reports its outcome exactly once: of a refresh by
 * keepalive_refreshed() or keepalive_unanswered(), of a probe by keepalive_probed().
 * A REFRESH may become due while a probe is in flight; that probe's outcome is ignored then, and need not be
 * told.
 */
enum keepalive_action keepalive_tick(struct keepalive *keepalive, int64_t now);

/**
 * A primary request leaves that keepalive_tick() did not ask for: BINDING-CHANGE. Its outcome is reported as
 * a refresh's is. Not for retransmissions, nor for the request that answers a 401: that goes on with the one
 * before.
 */
void keepalive_requested(struct keepalive *keepalive, int64_t now);

/** A response to a primary request came. `rebound`: its mapped address is not the one before, or is the
 * first. */
void keepalive_refreshed(struct keepalive *keepalive, int64_t now, bool rebound);

/** A primary request came to nothing: the whole schedule and no answer, or an error. */
void keepalive_unanswered(struct keepalive *keepalive, int64_t now);

/** Another packet came in at the primary port, be it a copy of a response: the binding was not unused (KA-4).
 */
void keepalive_disturbed(struct keepalive *keepalive, int64_t now);

/** What came of the probe. SILENT is reported as soon as the schedule is over. */
void keepalive_probed(struct keepalive *keepalive, int64_t now, enum probe_answer answer);

void keepalive_report(const struct keepalive *keepalive, int64_t now, struct keepalive_report *ret);

/** "starting", "warming", … as `status` shows it. */
const char *keepalive_phase_name(enum keepalive_phase phase);

#endif
