/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_stun.c - the whole STUN client in the simulated network. */
#include "config.h"

#include "tests/unit/simulated_stun.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/order.h"
#include "tests/unit/durations.h"
#include "tests/unit/stun_server.h"

/* --- The server --- */

static bool is_signed_well(const struct simulated_packet *packet)
{
        return stun_is_signed(packet->bytes, packet->size, SIMULATED_PASSWORD, STUN_RFC3489);
}

static unsigned error_for(struct simulated_stun *s, const struct simulated_packet *packet)
{
        bool changes = stun_has(packet->bytes, packet->size, ATTRIBUTE_CHANGE);
        bool demands = s->demand == SIMULATED_ALWAYS || (s->demand == SIMULATED_CHANGES && changes);

        if (stun_has(packet->bytes, packet->size, ATTRIBUTE_INTEGRITY))
                return is_signed_well(packet) ? 0 : 431;
        return demands ? 401 : 0;
}

/* Where the answer goes: to whom the request names, if this server does so. */
static struct stun_address answer_to(const struct simulated_stun *s, const struct simulated_packet *packet)
{
        struct stun_address to = packet->from;
        size_t size;
        const uint8_t *value = stun_attribute(packet->bytes, packet->size, ATTRIBUTE_RESPONSE_ADDRESS, &size);

        if (value == NULL || s->kind != SIMULATED_HONOURS)
                return to;
        to.port = (uint16_t)(value[2] << 8 | value[3]);
        memcpy(&to.address, value + 4, 4);
        return to;
}

static void send_answer(struct simulated_stun *s, const struct simulated_packet *request,
                        const struct stun_answer *answer, struct stun_address to)
{
        struct simulated_packet packet = {.from = request->to, .to = to, .size = answer->size};

        memcpy(packet.bytes, answer->bytes, answer->size);
        simulated_answer(&s->network, &packet);
}

static void accept_request(struct simulated_stun *s, const struct simulated_packet *packet)
{
        char text[INET_ADDRSTRLEN];
        struct stun_answer answer;

        inet_ntop(AF_INET, &packet->from.address, text, sizeof(text));
        answer = stun_answer_mapped(packet->bytes, text, packet->from.port);
        if (stun_has(packet->bytes, packet->size, ATTRIBUTE_INTEGRITY))
                stun_answer_sign(&answer, SIMULATED_PASSWORD, STUN_RFC3489);
        if (stun_has(packet->bytes, packet->size, ATTRIBUTE_CHANGE)) {
                s->secured = packet->from;
                s->recorded++;
        }
        send_answer(s, packet, &answer, answer_to(s, packet));
}

static void at_server(void *context, const struct simulated_packet *packet)
{
        static const uint8_t unknown[] = {0, 2, 0, 2};
        struct simulated_stun *s = context;
        bool names = stun_has(packet->bytes, packet->size, ATTRIBUTE_RESPONSE_ADDRESS);
        unsigned error = error_for(s, packet);
        struct stun_answer answer;

        if (s->is_dead || !stun_address_equals(&packet->to, &s->server) ||
            (names && s->kind == SIMULATED_DROPS))
                return;
        if (names && s->kind == SIMULATED_REFUSES)
                error = 420;
        s->was_unauthorized |= error == 401;
        if (error == 0) {
                accept_request(s, packet);
                return;
        }
        answer = stun_answer_error(packet->bytes, error);
        if (error == 420)
                stun_answer_add(&answer, 0x000A, unknown, sizeof(unknown));
        send_answer(s, packet, &answer, answer_to(s, packet));
}

/* --- The client --- */

/* KA-3: what counts for the minimum period is a first copy without BINDING-CHANGE; the answer to a 401
 * belongs to the request before. BD-6: integrity is an answer to a 401. */
static void note_request(struct simulated_stun *s, const struct stun_action *action)
{
        bool has_integrity = stun_has(action->bytes, action->size, ATTRIBUTE_INTEGRITY);
        bool is_change = stun_has(action->bytes, action->size, ATTRIBUTE_CHANGE);
        bool is_primary = action->port == STUN_PRIMARY;

        s->wrong += is_primary != stun_has(action->bytes, action->size, ATTRIBUTE_BINDING);
        s->wrong += is_primary == stun_has(action->bytes, action->size, ATTRIBUTE_RESPONSE_ADDRESS);
        s->wrong += is_change && !is_primary;
        s->wrong += has_integrity && !s->was_unauthorized;
        if (!is_primary || memcmp(s->last_transaction, action->bytes + 4, STUN_TRANSACTION_SIZE) == 0)
                return;
        memcpy(s->last_transaction, action->bytes + 4, STUN_TRANSACTION_SIZE);
        simulated_tally_request(&s->tally, s->network.now, !is_change && !has_integrity);
}

static void send_datagram(struct simulated_stun *s, const struct stun_action *action)
{
        struct simulated_packet packet = {.from = s->local, .to = action->to, .size = action->size};

        if (action->port == STUN_SECONDARY)
                packet.from.port = SIMULATED_SECONDARY_PORT;
        memcpy(packet.bytes, action->bytes, action->size);
        note_request(s, action);
        simulated_send(&s->network, &packet);
}

static void drain(struct simulated_stun *s)
{
        struct stun_action action;
        unsigned actions = 0;

        while (stun_client_next(&s->client, &action)) {
                if (++actions > 10)
                        abort();
                switch (action.type) {
                case STUN_SEND:
                        send_datagram(s, &action);
                        break;
                case STUN_RESOLVE:
                        s->resolves++;
                        stun_client_server(&s->client, s->has_no_name ? NULL : &s->server, s->network.now);
                        break;
                case STUN_BINDING:
                        s->bindings++;
                        break;
                }
        }
}

static void at_client(void *context, const struct simulated_packet *packet)
{
        struct simulated_stun *s = context;
        enum stun_port port = packet->to.port == SIMULATED_SECONDARY_PORT ? STUN_SECONDARY : STUN_PRIMARY;

        if (packet->to.address.s_addr != s->local.address.s_addr)
                return;
        if (packet->bytes[0] <= 1) {
                stun_client_received(&s->client, port, &packet->from, packet->bytes, packet->size,
                                     s->network.now);
        } else {
                s->requested++;
                stun_client_disturbed(&s->client, s->network.now);
        }
        drain(s);
}

/* Nothing happens until `next`, but that the binding may expire. */
static void note_reach(struct simulated_stun *s, int64_t next)
{
        if (s->tally.converged < 0 && s->client.keepalive.phase >= KEEPALIVE_MONITORING)
                s->tally.converged = s->network.now;
        simulated_tally_gap(&s->tally, next - s->network.now, simulated_stun_reachable_for(s));
}

static void step(struct simulated_stun *s, int64_t until)
{
        int64_t before = s->network.now;
        int64_t next = smaller(stun_client_deadline(&s->client), simulated_deadline(&s->network));

        next = smaller(next, until);
        note_reach(s, next);
        simulated_step(&s->network, next < before ? before : next);
        stun_client_tick(&s->client, s->network.now);
        drain(s);
}

void simulated_stun_run(struct simulated_stun *s, int64_t milliseconds)
{
        int64_t until = s->network.now + milliseconds;

        while (s->network.now < until)
                step(s, until);
}

bool simulated_stun_converge(struct simulated_stun *s)
{
        int64_t until = s->network.now + DAY;

        while (s->client.keepalive.phase < KEEPALIVE_MONITORING && s->network.now < until)
                step(s, until);
        return s->client.keepalive.phase >= KEEPALIVE_MONITORING;
}

/* --- Beginning, and what happens to it --- */

static void random_bytes(void *context, uint8_t *bytes, size_t size)
{
        for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)simulated_random(context);
}

void simulated_stun_init(struct simulated_stun *s, int64_t new_ms, int64_t used_ms, uint64_t seed)
{
        memset(s, 0, sizeof(*s));
        simulated_network_init(&s->network, new_ms, used_ms, seed);
        s->network.at_server = at_server;
        s->network.at_client = at_client;
        s->network.context = s;
        s->server = simulated_address(SIMULATED_SERVER, SIMULATED_SERVER_PORT);
        s->local = simulated_address(SIMULATED_CLIENT, SIMULATED_PRIMARY_PORT);
        s->settings = (struct stun_settings){.enabled = true,
                                             .server = "stun.example:3478",
                                             .username = SIMULATED_USERNAME,
                                             .password = SIMULATED_PASSWORD,
                                             .minimum_ms = 20000,
                                             .maximum_ms = -1};
        simulated_tally_init(&s->tally);
        stun_client_init(&s->client, random_bytes, &s->network);
}

void simulated_stun_configure(struct simulated_stun *s)
{
        if (stun_client_configure(&s->client, &s->settings, s->network.now) < 0)
                abort();
        drain(s);
}

void simulated_stun_start(struct simulated_stun *s)
{
        simulated_stun_configure(s);
        stun_client_local(&s->client, &s->local, s->network.now);
        drain(s);
}

void simulated_stun_local(struct simulated_stun *s, const char *text)
{
        s->local = simulated_address(text, SIMULATED_PRIMARY_PORT);
        stun_client_local(&s->client, &s->local, s->network.now);
        drain(s);
}

void simulated_stun_request(struct simulated_stun *s)
{
        static const char text[] = "GET http://198.51.100.1 HTTP/1.1\r\n\r\n";
        struct simulated_packet packet = {.from = s->server, .to = s->secured, .size = sizeof(text) - 1};

        memcpy(packet.bytes, text, sizeof(text) - 1);
        for (int i = 0; i < 3; i++)
                simulated_answer(&s->network, &packet);
}

int64_t simulated_stun_reachable_for(const struct simulated_stun *s)
{
        return simulated_reachable_for(&s->network, &s->server, &s->secured);
}

struct stun_report simulated_stun_report(const struct simulated_stun *s)
{
        struct stun_report report;

        stun_client_report(&s->client, &report, s->network.now);
        return report;
}
