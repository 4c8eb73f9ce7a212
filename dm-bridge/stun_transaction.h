/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_transaction.h - one STUN request, its copies, and what is believed to be its answer (RFC
 * 3489 9.3, 9.4).
 *
 * A pure state machine: no socket, no clock, no allocation. Times are milliseconds of a clock that never goes
 * back. */
#ifndef BRIDGE_STUN_TRANSACTION_H
#define BRIDGE_STUN_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/stun_message.h"

/** Copies of a request, the first included. */
#define STUN_COPIES 9
/** How long further answers are listened for after the first one. */
#define STUN_LISTEN_MS 10000

enum stun_phase {
        STUN_IDLE,    /* not begun, failed, or listened to long enough */
        STUN_WAITING, /* copies leave, or the last one's answer is awaited */
        STUN_ANSWERED,
};

struct stun_transaction {
        enum stun_phase phase;
        uint8_t bytes[STUN_REQUEST_MAX];
        size_t size;
        struct stun_address server;
        enum stun_dialect dialect;
        const char *password; /* of the MESSAGE-INTEGRITY that was sent; NULL: none */
        unsigned copies;      /* that have left */
        bool quiet;           /* no more copies, though there is no answer yet */
        int64_t fails_at;     /* by the schedule; later if copies left late */
        int64_t deadline;     /* WAITING: the next copy, or the failure; ANSWERED: the end of listening */
        unsigned responses;
        struct stun_response answer; /* the first one */
        bool contradicted;
};

enum stun_verdict {
        STUN_NOT_MINE,      /* of another transaction, or too late */
        STUN_FOREIGN,       /* not from the server */
        STUN_MALFORMED,     /* no STUN response */
        STUN_UNAUTHENTIC,   /* MESSAGE-INTEGRITY missing or wrong (BD-5) */
        STUN_MISUNDERSTOOD, /* has an attribute that must be understood and is not: no more copies are sent */
        STUN_ANSWER,        /* the first believable response: transaction->answer */
        STUN_REPEATED,      /* says the same again */
        STUN_CONTRADICTION, /* says otherwise, or is one too many: no answer may be used (RFC 3489 9.4) */
        STUN_VERDICTS,
};

enum stun_due {
        STUN_NOTHING_DUE,
        STUN_COPY_DUE, /* send bytes to server */
        STUN_FAILED,   /* no answer came */
};

/**
 * Begin; the first copy is due at once. `request->password` must live as long as the transaction.
 * Returns 0; -EINVAL: the request can't be written.
 */
int stun_transaction_start(struct stun_transaction *transaction, const struct stun_request *request,
                           const struct stun_address *server, int64_t now);

/** Whether a datagram has the transaction's ID, and an answer is still waited or listened for. */
bool stun_transaction_owns(const struct stun_transaction *transaction, const uint8_t *message, size_t size,
                           int64_t now);

/** A datagram came in. Nothing but STUN_ANSWER ends the wait for an answer. */
enum stun_verdict stun_transaction_received(struct stun_transaction *transaction,
                                            const struct stun_address *from, const uint8_t *message,
                                            size_t size, int64_t now);

/** What is due. Each copy and the failure are told once. */
enum stun_due stun_transaction_tick(struct stun_transaction *transaction, int64_t now);

/** When the next thing is due; INT64_MAX: nothing. */
int64_t stun_transaction_deadline(const struct stun_transaction *transaction);

#endif
