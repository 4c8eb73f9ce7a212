/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_exchange.c - the STUN client's requests: what is and what is not in each, and whose an answer is. */
#include "config.h"

#include "dm-bridge/stun_private.h"

#include <string.h>

static struct stun_exchange *exchange_for(struct stun_client *client, enum stun_purpose purpose)
{
        return purpose == STUN_PROBE ? &client->probe : &client->primary;
}

/* CB-1 to CB-3, KA-2; integrity always has a name with it (RFC 3489 11.2.8). */
static struct stun_request request_for(const struct stun_client *client, enum stun_purpose purpose,
                                       bool with_integrity)
{
        bool named = client->username[0] != '\0' && (purpose != STUN_PROBE || with_integrity);

        return (struct stun_request){
                .dialect = client->dialect,
                .connection_request_binding = purpose != STUN_PROBE,
                .binding_change = purpose == STUN_CHANGE,
                .has_response_address = purpose == STUN_PROBE,
                .without_change_request = client->without_change_request,
                .response_address = client->known.mapped,
                .username = named ? client->username : NULL,
                .password = with_integrity ? client->password : NULL,
        };
}

static void count(struct stun_counters *counters, enum stun_purpose purpose, bool with_integrity)
{
        if (purpose == STUN_PROBE)
                counters->probes++;
        else
                counters->requests++;
        counters->binding_changes += purpose == STUN_CHANGE;
        counters->with_integrity += with_integrity;
}

void stun_exchange_start(struct stun_client *client, enum stun_purpose purpose, bool with_integrity,
                         int64_t now)
{
        struct stun_exchange *exchange = exchange_for(client, purpose);
        struct stun_request request = request_for(client, purpose, with_integrity);

        *exchange = (struct stun_exchange){.purpose = purpose};
        client->random(client->random_context, request.transaction, sizeof(request.transaction));
        stun_transaction(client->dialect, request.transaction);
        /* Whatever stun_client_configure() lets in can be written. */
        if (stun_transaction_start(&exchange->transaction, &request, &client->server, now) < 0)
                return;
        exchange->active = true;
        count(&client->counters, purpose, with_integrity);
        stun_exchange_failed(client, exchange, now);
}

bool stun_exchange_failed(struct stun_client *client, struct stun_exchange *exchange, int64_t now)
{
        if (!exchange->active)
                return false;
        switch (stun_transaction_tick(&exchange->transaction, now)) {
        case STUN_COPY_DUE:
                exchange->owed = true;
                client->counters.retransmissions += exchange->transaction.copies > 1;
                return false;
        case STUN_FAILED:
                *exchange = (struct stun_exchange){.purpose = exchange->purpose};
                client->counters.unanswered++;
                return true;
        case STUN_NOTHING_DUE:
                break;
        }
        return false;
}

void stun_exchange_drop_all(struct stun_client *client)
{
        client->primary = client->probe = (struct stun_exchange){.active = false};
        memset(client->past, 0, sizeof(client->past));
}

static bool owns(const struct stun_exchange *exchange, enum stun_port port, const uint8_t *message,
                 size_t size, int64_t now)
{
        /* Only a probe's answer can come in on either port. */
        return (port == STUN_PRIMARY || exchange->purpose == STUN_PROBE) &&
               stun_transaction_owns(&exchange->transaction, message, size, now);
}

struct stun_exchange *stun_exchange_find(struct stun_client *client, enum stun_port port,
                                         const uint8_t *message, size_t size, int64_t now)
{
        if (owns(&client->primary, port, message, size, now))
                return &client->primary;
        if (owns(&client->probe, port, message, size, now))
                return &client->probe;
        for (size_t i = 0; i < STUN_PAST_MAX; i++)
                if (owns(&client->past[i], port, message, size, now))
                        return &client->past[i];
        return NULL;
}

const struct stun_exchange *stun_exchange_remember(struct stun_client *client, struct stun_exchange *exchange)
{
        struct stun_exchange *kept = &client->past[client->past_next++ % STUN_PAST_MAX];

        *kept = *exchange;
        kept->active = kept->owed = false;
        *exchange = (struct stun_exchange){.purpose = exchange->purpose};
        return kept;
}

bool stun_exchange_can_sign(const struct stun_client *client, const struct stun_exchange *exchange)
{
        return exchange->transaction.answer.error == STUN_UNAUTHORIZED &&
               exchange->transaction.password == NULL && client->username[0] != '\0' &&
               client->password[0] != '\0';
}

void stun_dialect_failed(struct stun_client *client)
{
        client->silences++;
        if (client->policy == STUN_POLICY_AUTO &&
            (!client->dialect_works || client->silences >= STUN_DIALECT_PATIENCE))
                client->dialect = client->dialect == STUN_RFC3489 ? STUN_RFC5389 : STUN_RFC3489;
}

void stun_dialect_worked(struct stun_client *client)
{
        client->dialect_works = true;
        client->silences = 0;
}
