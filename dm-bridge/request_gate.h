/* SPDX-License-Identifier: BSD-2-Clause */
/* request_gate.h - what becomes of the datagrams that may be connection requests: judged, limited, counted.
 *
 * No socket, no clock, no allocation; times are milliseconds of a clock that never goes back. */
#ifndef BRIDGE_REQUEST_GATE_H
#define BRIDGE_REQUEST_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/connection_request.h"

/** Of each verdict no more than one line in so much time is worth logging. */
#define REQUEST_GATE_LOG_MS 60000

/** All-zero but for what request_gate_limit() sets is a new one. */
struct request_gate {
        struct request_memory memory; /* of the request that was accepted last */
        unsigned burst;               /* accepted at once (TR-069 3.2.2 lets a CPE limit that) */
        int64_t interval_ms;          /* then one in so much time; 0: no limit */
        int64_t full_at;              /* when `burst` requests can be accepted at once again */
        uint64_t counts[REQUEST_VERDICTS];
        uint64_t limited; /* authentic, but over the limit */
        /* Log lines. The last is of those over the limit. */
        uint64_t logged[REQUEST_VERDICTS + 1]; /* count when the last line was written */
        int64_t logged_at[REQUEST_VERDICTS + 1];
};

/** A line that is to be logged of a request that was refused. */
struct request_note {
        const char *reason;
        uint64_t count; /* of requests refused for it since the last line of it, this one included */
};

/** Set how many requests are accepted: `burst` (at least 1) at once, then one in `interval_ms`. */
void request_gate_limit(struct request_gate *gate, unsigned burst, int64_t interval_ms);

/**
 * Judge a datagram. True: it is a request that is to be acted on, gate->memory has become its own and is to
 * be kept before. False: gate->memory is as it was; if ret_note->reason isn't NULL there is something to log.
 */
bool request_gate_take(struct request_gate *gate, const struct request_settings *settings,
                       const uint8_t *datagram, size_t size, int64_t now, struct request_note *ret_note);

#endif
