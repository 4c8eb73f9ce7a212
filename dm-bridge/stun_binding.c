/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_binding.c - discovering and keeping the binding: what the primary port sends, and what comes of it. */
#include "config.h"

#include "dm-bridge/stun_private.h"

#include <string.h>

#include "dm-bridge/order.h"

#define CLASS_GLOBAL 6

void stun_binding_restart(struct stun_client *client, int64_t now)
{
        stun_exchange_drop_all(client);
        client->known.current = false;
        memset(client->known_by, 0, sizeof(client->known_by));
        client->refresh_due = client->change_due = client->keepalive_waits = false;
        client->held_until = INT64_MIN;
        client->refusals = client->changes = client->last_error = 0;
        client->outcome = STUN_STATE_DISCOVERING;
        if (stun_client_is_operational(client))
                keepalive_start(&client->keepalive, &client->periods, now);
}

/* BD-7; and a server that has moved. Names that lead to another dead server each time must not be a way
 * around the minimum period: one that has answered earns the next one its hurry. */
static bool is_exempt(const struct stun_client *client)
{
        return !client->has_asked || !stun_address_equals(&client->local, &client->asked_local) ||
               (client->may_hurry && !stun_address_equals(&client->server, &client->asked_server));
}

int64_t stun_binding_refresh_time(const struct stun_client *client)
{
        int64_t earliest = client->asked_at + client->periods.minimum_ms;

        if (is_exempt(client) || earliest < client->held_until)
                return client->held_until;
        return earliest;
}

/* KA-1 counts requests of this kind, the answer to a 401 included. */
static void note_refresh(struct stun_client *client, int64_t now)
{
        if (client->has_asked && !stun_address_equals(&client->server, &client->asked_server))
                client->may_hurry = false;
        client->has_asked = true;
        client->asked_at = now;
        client->asked_server = client->server;
        client->asked_local = client->local;
}

/* A probe that is under way can't be judged once the binding is used. */
static void start(struct stun_client *client, enum stun_purpose purpose, bool with_integrity, int64_t now)
{
        client->probe = (struct stun_exchange){.active = false};
        if (!client->keepalive_waits)
                keepalive_requested(&client->keepalive, now);
        client->keepalive_waits = true;
        if (purpose == STUN_REFRESH)
                note_refresh(client, now);
        stun_exchange_start(client, purpose, with_integrity, now);
}

void stun_binding_send_due(struct stun_client *client, int64_t now)
{
        if (client->primary.active)
                return;
        if (client->change_due) {
                client->change_due = false;
                client->changes++;
                start(client, STUN_CHANGE, false, now);
        } else if (client->refresh_due && now >= stun_binding_refresh_time(client)) {
                client->refresh_due = false;
                client->changes = 0;
                start(client, STUN_REFRESH, false, now);
        }
}

/* BD-3, BD-4, CB-3. A translator that gives each request another address is not told of without end: the next
 * refresh goes on. */
static void learn(struct stun_client *client, const struct stun_exchange *exchange,
                  const struct stun_address *mapped, int64_t now)
{
        const struct stun_known *known = &client->known;
        bool moved = known->has_mapped && !stun_address_equals(&known->mapped, mapped);
        bool changed = !known->current || moved;
        bool too_often = changed && client->changes >= STUN_CHANGES_MAX;

        client->known_before = client->known;
        client->known = (struct stun_known){.current = !too_often,
                                            .has_mapped = true,
                                            .nat_detected = !stun_address_equals(mapped, &client->local),
                                            .mapped = *mapped};
        memcpy(client->known_by, exchange->transaction.answer.transaction, sizeof(client->known_by));
        client->change_due = changed && !too_often;
        client->counters.rebinds += moved;
        client->keepalive_waits = false;
        keepalive_refreshed(&client->keepalive, now, changed);
}

static void answered_with_address(struct stun_client *client, const struct stun_exchange *exchange,
                                  const struct stun_address *mapped, int64_t now)
{
        /* That a BINDING-CHANGE was refused is not mended by a refresh. */
        if (exchange->purpose == STUN_CHANGE || client->outcome == STUN_STATE_REFUSED)
                client->last_error = 0;
        client->outcome = STUN_STATE_BOUND;
        client->refusals = 0;
        client->may_hurry = true;
        client->refresh_due = false;
        stun_dialect_worked(client);
        learn(client, exchange, mapped, now);
}

/* RFC 3489 9.4: after an error of class 6 nothing is tried again; here, until something is set anew. */
static int64_t end_of_pause(struct stun_client *client, unsigned error, int64_t now)
{
        int64_t pause = STUN_BACKOFF_MIN_MS, most = STUN_BACKOFF_MAX_MS;

        if (error / 100 == CLASS_GLOBAL)
                return INT64_MAX;
        if (client->periods.maximum_ms >= 0)
                most = smaller(most, client->periods.maximum_ms);
        for (unsigned i = 0; i < client->refusals && pause < most; i++)
                pause *= 2;
        client->refusals++;
        return now + smaller(pause, most);
}

/* A refused BINDING-CHANGE is not repeated (CB-4); but it has used the binding. */
static void refused(struct stun_client *client, const struct stun_exchange *exchange, int64_t now)
{
        unsigned error = exchange->transaction.answer.error;

        client->last_error = error;
        client->keepalive_waits = false;
        if (exchange->transaction.password != NULL || error == STUN_BAD_REQUEST)
                stun_dialect_failed(client);
        if (exchange->purpose == STUN_CHANGE) {
                keepalive_refreshed(&client->keepalive, now, false);
                return;
        }
        client->outcome = STUN_STATE_REFUSED;
        client->held_until = end_of_pause(client, error, now);
        keepalive_unanswered(&client->keepalive, now);
}

void stun_binding_answered(struct stun_client *client, const struct stun_exchange *exchange, int64_t now)
{
        struct stun_address mapped;

        if (stun_response_mapped(&exchange->transaction.answer, &mapped))
                answered_with_address(client, exchange, &mapped, now);
        else if (stun_exchange_can_sign(client, exchange))
                start(client, exchange->purpose, true, now);
        else
                refused(client, exchange, now);
}

/* The name may lead elsewhere by now. What is known of the binding stays: the most recent response counts,
 * and a server that is down says nothing about it. */
void stun_binding_tick(struct stun_client *client, int64_t now)
{
        if (!stun_exchange_failed(client, &client->primary, now))
                return;
        client->resolve_owed = true;
        client->keepalive_waits = false;
        stun_dialect_failed(client);
        if (client->primary.purpose == STUN_REFRESH)
                client->outcome = STUN_STATE_UNREACHABLE;
        keepalive_unanswered(&client->keepalive, now);
}

void stun_binding_contradicted(struct stun_client *client, const struct stun_exchange *exchange)
{
        if (memcmp(client->known_by, exchange->transaction.answer.transaction, sizeof(client->known_by)) != 0)
                return;
        client->known = client->known_before;
        /* It asks for an answer to an address that may be anybody's. */
        client->probe = (struct stun_exchange){.active = false};
        memset(client->known_by, 0, sizeof(client->known_by));
        client->outcome = STUN_STATE_CONTRADICTED;
        client->refresh_due = true;
}
