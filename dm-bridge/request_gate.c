/* SPDX-License-Identifier: BSD-2-Clause */
/* request_gate.c - datagrams that may be connection requests: judged, limited, counted, and rarely logged.
 * What makes one authentic is connection_request.c's business. */
#include "config.h"

#include "dm-bridge/request_gate.h"

#include "dm-bridge/order.h"

#define LIMITED REQUEST_VERDICTS

void request_gate_limit(struct request_gate *gate, unsigned burst, int64_t interval_ms)
{
        gate->burst = burst;
        gate->interval_ms = interval_ms;
}

/* A bucket of `burst` requests that one comes back to every `interval_ms`, kept as the time when it is full.
 */
static bool admit(struct request_gate *gate, int64_t now)
{
        int64_t full_at = larger(gate->full_at, now);

        if (full_at - now > (gate->burst - 1) * gate->interval_ms)
                return false;
        gate->full_at = full_at + gate->interval_ms;
        return true;
}

/* Copies come with every request (CR-10): they are nothing to tell of. */
static struct request_note note_of(struct request_gate *gate, unsigned reason, const char *name,
                                   uint64_t count, int64_t now)
{
        struct request_note note = {name, count - gate->logged[reason]};

        if (reason == REQUEST_COPY ||
            (gate->logged[reason] != 0 && now - gate->logged_at[reason] < REQUEST_GATE_LOG_MS))
                return (struct request_note){NULL, 0};
        gate->logged[reason] = count;
        gate->logged_at[reason] = now;
        return note;
}

bool request_gate_take(struct request_gate *gate, const struct request_settings *settings,
                       const uint8_t *datagram, size_t size, int64_t now, struct request_note *ret_note)
{
        struct request_memory memory = gate->memory;
        enum request_verdict verdict = connection_request_judge(settings, &memory, datagram, size);

        *ret_note = (struct request_note){NULL, 0};
        if (verdict == REQUEST_ACCEPTED && !admit(gate, now)) {
                gate->limited++;
                *ret_note = note_of(gate, LIMITED, "limited", gate->limited, now);
                return false;
        }
        gate->counts[verdict]++;
        if (verdict != REQUEST_ACCEPTED) {
                *ret_note = note_of(gate, verdict, request_verdict_name(verdict), gate->counts[verdict], now);
                return false;
        }
        gate->memory = memory;
        return true;
}
