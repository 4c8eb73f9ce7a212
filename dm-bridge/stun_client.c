/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_client.c - the STUN client of TR-111 Part 2: events in, actions out. */
#include "config.h"

#include "dm-bridge/stun_private.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/order.h"

/* Of keepalive, whose next step may be due at once. */
#define STEPS_AT_ONCE 3

bool stun_client_is_operational(const struct stun_client *client)
{
        return client->enabled && client->has_server && client->has_local;
}

/* While a refresh is under way or can't leave yet, keepalive waits for its outcome. */
static bool may_ask_keepalive(const struct stun_client *client, int64_t now)
{
        return !client->primary.active && !client->refresh_due && !client->change_due &&
               now >= keepalive_deadline(&client->keepalive);
}

static void ask_keepalive(struct stun_client *client, int64_t now)
{
        switch (keepalive_tick(&client->keepalive, now)) {
        case KEEPALIVE_REFRESH:
                client->probe = (struct stun_exchange){.active = false};
                client->refresh_due = client->keepalive_waits = true;
                break;
        case KEEPALIVE_PROBE:
                stun_probe_start(client, now);
                break;
        case KEEPALIVE_WAIT:
                break;
        }
}

static bool wants_server(const struct stun_client *client)
{
        return client->enabled && !client->has_server && client->server_name[0] != '\0';
}

static bool contact_equals(const struct stun_contact *one, const struct stun_contact *other)
{
        return one->nat_detected == other->nat_detected && one->has_address == other->has_address &&
               (!one->has_address || stun_address_equals(&one->address, &other->address));
}

/* Do what is due, after any event. */
static void advance(struct stun_client *client, int64_t now)
{
        struct stun_contact contact;

        if (stun_client_is_operational(client)) {
                stun_binding_tick(client, now);
                stun_probe_tick(client, now);
                for (int i = 0; i < STEPS_AT_ONCE && may_ask_keepalive(client, now); i++)
                        ask_keepalive(client, now);
                stun_binding_send_due(client, now);
        }
        if (wants_server(client) && now >= client->resolve_at) {
                client->resolve_owed = true;
                client->resolve_at = now + STUN_RESOLVE_RETRY_MS;
        }
        contact = stun_contact(client);
        if (!contact_equals(&contact, &client->told)) {
                client->told = contact;
                client->binding_owed = true;
        }
}

void stun_client_init(struct stun_client *client, void (*random)(void *context, uint8_t *bytes, size_t size),
                      void *context)
{
        *client = (struct stun_client){
                .random = random,
                .random_context = context,
                .periods = {.maximum_ms = -1},
                .held_until = INT64_MIN,
                .may_hurry = true,
                .outcome = STUN_STATE_DISCOVERING,
        };
}

/* --- Settings --- */

/* Returns whether it was another text. */
static bool set_text(char *text, const char *value)
{
        bool other = strcmp(text, value) != 0;

        if (other)
                strcpy(text, value);
        return other;
}

/* What was learnt of the server says nothing about another one. */
static void forget_server(struct stun_client *client, int64_t now)
{
        client->has_server = false;
        client->resolve_at = now;
        client->dialect = STUN_RFC3489;
        client->dialect_works = client->without_change_request = false;
        client->silences = 0;
}

static void set_periods(struct stun_client *client, const struct stun_settings *settings, int64_t now)
{
        client->periods = (struct keepalive_settings){settings->minimum_ms, settings->maximum_ms};
        if (stun_client_is_operational(client))
                keepalive_set(&client->keepalive, &client->periods, now);
}

int stun_client_configure(struct stun_client *client, const struct stun_settings *settings, int64_t now)
{
        const char *server = settings->server != NULL ? settings->server : "";
        const char *username = settings->username != NULL ? settings->username : "";
        const char *password = settings->password != NULL ? settings->password : "";
        bool other_server, anew;

        if (strlen(server) > STUN_SERVER_MAX || strlen(username) > STUN_TEXT_MAX ||
            strlen(password) > STUN_TEXT_MAX)
                return -EINVAL;
        anew = client->enabled != settings->enabled;
        other_server = set_text(client->server_name, server) || client->policy != settings->policy || anew;
        anew |= set_text(client->username, username);
        anew |= set_text(client->password, password);
        client->enabled = settings->enabled;
        client->policy = settings->policy;
        if (!client->enabled)
                client->known = (struct stun_known){.current = false};
        if (other_server)
                forget_server(client, now);
        set_periods(client, settings, now);
        if (anew || other_server)
                stun_binding_restart(client, now);
        advance(client, now);
        return 0;
}

/* --- The network --- */

static void change_server(struct stun_client *client, const struct stun_address *server, int64_t now)
{
        client->has_server = true;
        client->server = *server;
        client->dialect_works = client->without_change_request = false;
        client->silences = 0;
        stun_binding_restart(client, now);
}

void stun_client_server(struct stun_client *client, const struct stun_address *server, int64_t now)
{
        if (!client->enabled)
                return;
        if (server == NULL)
                client->resolve_at = now + STUN_RESOLVE_RETRY_MS;
        else if (!client->has_server || !stun_address_equals(server, &client->server))
                change_server(client, server, now);
        advance(client, now);
}

void stun_client_local(struct stun_client *client, const struct stun_address *local, int64_t now)
{
        if (local == NULL && client->has_local) {
                client->has_local = false;
                stun_binding_restart(client, now);
        } else if (local != NULL && (!client->has_local || !stun_address_equals(local, &client->local))) {
                client->has_local = client->had_local = true;
                client->local = *local;
                stun_binding_restart(client, now);
        }
        advance(client, now);
}

/* --- Datagrams --- */

static void count_verdict(struct stun_counters *counters, enum stun_verdict verdict)
{
        switch (verdict) {
        case STUN_NOT_MINE:
                counters->stray++;
                break;
        case STUN_FOREIGN:
                counters->foreign++;
                break;
        case STUN_MALFORMED:
                counters->malformed++;
                break;
        case STUN_UNAUTHENTIC:
                counters->unauthentic++;
                break;
        case STUN_MISUNDERSTOOD:
                counters->misunderstood++;
                break;
        case STUN_ANSWER:
                counters->responses++;
                break;
        case STUN_REPEATED:
                counters->repeated++;
                break;
        case STUN_CONTRADICTION:
                counters->conflicts++;
                break;
        case STUN_VERDICTS:
                break;
        }
}

static void count_error(struct stun_counters *counters, unsigned error)
{
        counters->unauthorized += error == STUN_UNAUTHORIZED;
        counters->refused += error != 0 && error != STUN_UNAUTHORIZED;
}

static void answered(struct stun_client *client, struct stun_exchange *exchange, enum stun_port port,
                     int64_t now)
{
        const struct stun_exchange *past = stun_exchange_remember(client, exchange);

        count_error(&client->counters, past->transaction.answer.error);
        if (past->purpose == STUN_PROBE)
                stun_probe_answered(client, past, port, now);
        else
                stun_binding_answered(client, past, now);
}

static void disturb(struct stun_client *client, enum stun_port port, int64_t now)
{
        if (port == STUN_PRIMARY && stun_client_is_operational(client))
                keepalive_disturbed(&client->keepalive, now);
}

void stun_client_received(struct stun_client *client, enum stun_port port, const struct stun_address *from,
                          const uint8_t *message, size_t size, int64_t now)
{
        struct stun_exchange *exchange = stun_exchange_find(client, port, message, size, now);
        enum stun_verdict verdict = STUN_NOT_MINE;

        if (exchange != NULL)
                verdict = stun_transaction_received(&exchange->transaction, from, message, size, now);
        count_verdict(&client->counters, verdict);
        if (verdict == STUN_CONTRADICTION)
                stun_binding_contradicted(client, exchange);
        if (verdict == STUN_ANSWER)
                answered(client, exchange, port, now);
        else
                disturb(client, port, now);
        advance(client, now);
}

void stun_client_disturbed(struct stun_client *client, int64_t now)
{
        disturb(client, STUN_PRIMARY, now);
        advance(client, now);
}

/* --- Time, and what comes out --- */

void stun_client_tick(struct stun_client *client, int64_t now)
{
        advance(client, now);
}

int64_t stun_client_deadline(const struct stun_client *client)
{
        int64_t deadline = wants_server(client) ? client->resolve_at : INT64_MAX;

        if (!stun_client_is_operational(client))
                return deadline;
        if (client->probe.active)
                deadline = smaller(deadline, stun_transaction_deadline(&client->probe.transaction));
        if (client->primary.active)
                return smaller(deadline, stun_transaction_deadline(&client->primary.transaction));
        if (client->refresh_due)
                return smaller(deadline, stun_binding_refresh_time(client));
        return smaller(deadline, keepalive_deadline(&client->keepalive));
}

static bool take(bool *owed)
{
        bool was = *owed;

        *owed = false;
        return was;
}

static struct stun_action send_action(const struct stun_exchange *exchange)
{
        return (struct stun_action){
                .type = STUN_SEND,
                .port = exchange->purpose == STUN_PROBE ? STUN_SECONDARY : STUN_PRIMARY,
                .to = exchange->transaction.server,
                .bytes = exchange->transaction.bytes,
                .size = exchange->transaction.size,
        };
}

bool stun_client_next(struct stun_client *client, struct stun_action *ret)
{
        if (take(&client->primary.owed))
                *ret = send_action(&client->primary);
        else if (take(&client->probe.owed))
                *ret = send_action(&client->probe);
        else if (take(&client->binding_owed))
                *ret = (struct stun_action){.type = STUN_BINDING};
        else if (take(&client->resolve_owed))
                *ret = (struct stun_action){.type = STUN_RESOLVE};
        else
                return false;
        return true;
}
