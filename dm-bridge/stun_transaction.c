/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_transaction.c - one STUN request, its copies, and what is believed to be its answer. */
#include "config.h"

#include "dm-bridge/stun_transaction.h"

#include <errno.h>
#include <string.h>

/* Of a STUN message: where the transaction ID stands. */
#define TRANSACTION_AT 4

/* RFC 3489 9.3: copies at 0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900 ms, and failure at 9500 ms. */
static const int64_t gaps[STUN_COPIES] = {100, 200, 400, 800, 1600, 1600, 1600, 1600, 1600};

#define SCHEDULE_MS 9500

int stun_transaction_start(struct stun_transaction *transaction, const struct stun_request *request,
                           const struct stun_address *server, int64_t now)
{
        struct stun_transaction made = {
                .phase = STUN_WAITING,
                .server = *server,
                .dialect = request->dialect,
                .password = request->password,
                .deadline = now,
                .fails_at = now + SCHEDULE_MS,
        };
        int err = stun_request_encode(request, made.bytes, &made.size);

        if (err < 0)
                return err;
        *transaction = made;
        return 0;
}

static bool has_id_of(const struct stun_transaction *transaction, const uint8_t *message, size_t size)
{
        return size >= TRANSACTION_AT + STUN_TRANSACTION_SIZE &&
               memcmp(message + TRANSACTION_AT, transaction->bytes + TRANSACTION_AT, STUN_TRANSACTION_SIZE) ==
                       0;
}

bool stun_transaction_owns(const struct stun_transaction *transaction, const uint8_t *message, size_t size,
                           int64_t now)
{
        if (transaction->phase == STUN_IDLE ||
            (transaction->phase == STUN_ANSWERED && now >= transaction->deadline))
                return false;
        return has_id_of(transaction, message, size);
}

/* An error has no integrity (RFC 3489 table 2), for the server may not know our password. What it says of a
 * request that was authentically answered is worth nothing. */
static bool is_authentic(const struct stun_transaction *transaction, const struct stun_response *response,
                         const uint8_t *message, size_t size)
{
        if (transaction->password == NULL)
                return true;
        if (response->integrity_at == 0)
                return response->type == STUN_BINDING_ERROR &&
                       (transaction->phase == STUN_WAITING || transaction->answer.type == STUN_BINDING_ERROR);
        return stun_response_is_authentic(response, message, size, transaction->dialect,
                                          transaction->password);
}

/* Nobody can be reached at address or port 0, whoever says so. */
static bool is_usable(const struct stun_response *response)
{
        struct stun_address mapped;

        return !stun_response_mapped(response, &mapped) ||
               (mapped.address.s_addr != INADDR_ANY && mapped.port != 0);
}

/* RFC 3489 9.4: another type or address, or more than twice as many responses as requests. */
static bool contradicts(const struct stun_transaction *transaction, const struct stun_response *response)
{
        struct stun_address first, mapped;

        if (response->type != transaction->answer.type || transaction->responses > 2 * transaction->copies)
                return true;
        return stun_response_mapped(&transaction->answer, &first) &&
               stun_response_mapped(response, &mapped) && !stun_address_equals(&first, &mapped);
}

static enum stun_verdict judge_further(struct stun_transaction *transaction,
                                       const struct stun_response *response)
{
        if (transaction->contradicted || !contradicts(transaction, response))
                return STUN_REPEATED;
        transaction->contradicted = true;
        return STUN_CONTRADICTION;
}

/* Copies stop, the wait goes on: the server has answered, and something else may still come. Who can't prove
 * to be the server does not stop anything. */
static enum stun_verdict misunderstand(struct stun_transaction *transaction)
{
        if (transaction->password != NULL)
                return STUN_UNAUTHENTIC;
        if (transaction->phase == STUN_WAITING && !transaction->quiet) {
                transaction->quiet = true;
                transaction->deadline = transaction->fails_at;
        }
        return STUN_MISUNDERSTOOD;
}

enum stun_verdict stun_transaction_received(struct stun_transaction *transaction,
                                            const struct stun_address *from, const uint8_t *message,
                                            size_t size, int64_t now)
{
        struct stun_response response;
        int err;

        if (!stun_transaction_owns(transaction, message, size, now))
                return STUN_NOT_MINE;
        if (!stun_address_equals(from, &transaction->server))
                return STUN_FOREIGN;
        err = stun_response_decode(message, size, &response);
        if (err == -EPROTO)
                return misunderstand(transaction);
        if (err < 0 || !is_usable(&response))
                return STUN_MALFORMED;
        if (!is_authentic(transaction, &response, message, size))
                return STUN_UNAUTHENTIC;
        transaction->responses++;
        if (transaction->phase == STUN_ANSWERED)
                return judge_further(transaction, &response);
        transaction->phase = STUN_ANSWERED;
        transaction->deadline = now + STUN_LISTEN_MS;
        transaction->answer = response;
        return STUN_ANSWER;
}

enum stun_due stun_transaction_tick(struct stun_transaction *transaction, int64_t now)
{
        if (transaction->phase != STUN_WAITING || now < transaction->deadline)
                return STUN_NOTHING_DUE;
        if (transaction->quiet || transaction->copies == STUN_COPIES) {
                transaction->phase = STUN_IDLE;
                return STUN_FAILED;
        }
        transaction->deadline += gaps[transaction->copies++];
        /* Too late by more than a gap, as after a suspend: no two copies at once. */
        if (transaction->deadline <= now)
                transaction->deadline = now + gaps[transaction->copies - 1];
        return STUN_COPY_DUE;
}

int64_t stun_transaction_deadline(const struct stun_transaction *transaction)
{
        return transaction->phase == STUN_WAITING ? transaction->deadline : INT64_MAX;
}
