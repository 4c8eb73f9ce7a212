/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_keepalive.c - a keep-alive alone in the simulated network. */
#include "config.h"

#include "tests/unit/simulated_keepalive.h"

#include <string.h>

#include "dm-bridge/order.h"

#define COPIES  9
#define FAILURE 9500

/* What goes for STUN here. */
struct message {
        enum { REQUEST, RESPONSE, REFUSAL, CONNECTION_REQUEST } type;
        uint32_t id;
        bool has_response_address;
        struct stun_address response_address, mapped;
};

static const int64_t schedule[COPIES] = {0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900};

static struct stun_address server_address(void)
{
        return simulated_address(SIMULATED_SERVER, SIMULATED_SERVER_PORT);
}

static struct simulated_packet pack(struct stun_address from, struct stun_address to,
                                    const struct message *message)
{
        struct simulated_packet packet = {.from = from, .to = to, .size = sizeof(*message)};

        memcpy(packet.bytes, message, sizeof(*message));
        return packet;
}

static void send_copy(struct simulated_keepalive *s, struct simulated_request *request)
{
        struct message message = {.type = REQUEST, .id = request->id};
        struct simulated_packet packet;

        if (request == &s->probe) {
                message.has_response_address = true;
                message.response_address = s->mapped;
        }
        packet = pack(simulated_address(SIMULATED_CLIENT, request == &s->probe ? SIMULATED_SECONDARY_PORT
                                                                               : SIMULATED_PRIMARY_PORT),
                      server_address(), &message);
        request->copies++;
        simulated_send(&s->network, &packet);
}

static void begin(struct simulated_keepalive *s, struct simulated_request *request)
{
        *request = (struct simulated_request){.id = ++s->ids, .began = s->network.now};
        send_copy(s, request);
}

static void at_server(void *context, const struct simulated_packet *packet)
{
        struct simulated_keepalive *s = context;
        struct message message;
        struct simulated_packet answer;
        struct stun_address to = packet->from;

        memcpy(&message, packet->bytes, sizeof(message));
        if (message.has_response_address && s->is_dropping)
                return;
        message.type = message.has_response_address && s->is_refusing ? REFUSAL : RESPONSE;
        message.mapped = packet->from;
        if (message.has_response_address && !s->is_ignoring && !s->is_refusing)
                to = message.response_address;
        answer = pack(packet->to, to, &message);
        simulated_answer(&s->network, &answer);
}

static void primary_answered(struct simulated_keepalive *s, const struct message *message)
{
        bool rebound = !stun_address_equals(&message->mapped, &s->mapped);

        s->primary.id = 0;
        s->mapped = message->mapped;
        keepalive_refreshed(&s->keepalive, s->network.now, rebound);
        if (!rebound || !s->is_changing)
                return;
        keepalive_requested(&s->keepalive, s->network.now);
        simulated_tally_request(&s->tally, s->network.now, false);
        begin(s, &s->primary);
}

static void probe_answered(struct simulated_keepalive *s, const struct message *message, uint16_t port)
{
        enum probe_answer answer = PROBE_IGNORED;

        s->probe.id = 0;
        if (port == SIMULATED_PRIMARY_PORT)
                answer = PROBE_ALIVE;
        else if (message->type == REFUSAL)
                answer = PROBE_REFUSED;
        else if (stun_address_equals(&message->mapped, &s->mapped))
                answer = PROBE_EXPIRED;
        keepalive_probed(&s->keepalive, s->network.now, answer);
}

static void at_client(void *context, const struct simulated_packet *packet)
{
        struct simulated_keepalive *s = context;
        struct message message;

        memcpy(&message, packet->bytes, sizeof(message));
        if (message.type != CONNECTION_REQUEST && message.id == s->primary.id)
                primary_answered(s, &message);
        else if (message.type != CONNECTION_REQUEST && message.id == s->probe.id)
                probe_answered(s, &message, packet->to.port);
        else if (packet->to.port == SIMULATED_PRIMARY_PORT)
                keepalive_disturbed(&s->keepalive, s->network.now);
}

static int64_t request_deadline(const struct simulated_request *request)
{
        if (request->id == 0)
                return INT64_MAX;
        return request->began + (request->copies < COPIES ? schedule[request->copies] : FAILURE);
}

/* True: the request has failed. */
static bool work(struct simulated_keepalive *s, struct simulated_request *request)
{
        if (s->network.now < request_deadline(request))
                return false;
        if (request->copies < COPIES) {
                send_copy(s, request);
                return false;
        }
        request->id = 0;
        return true;
}

static void note_phase(struct simulated_keepalive *s)
{
        if (s->tally.converged >= 0 || s->keepalive.phase < KEEPALIVE_MONITORING)
                return;
        s->tally.converged = s->network.now;
        s->sent_to_converge = s->network.sent;
        s->rebinds_to_converge = s->keepalive.rebinds;
}

static void note_probe(struct simulated_keepalive *s)
{
        if (s->keepalive.phase != KEEPALIVE_MONITORING)
                return;
        s->above = s->network.now - s->keepalive.refreshed > s->network.nats[0].settings.used_ms
                           ? s->above + 1
                           : 0;
        if (s->above > s->above_most)
                s->above_most = s->above;
        s->deaths += !simulated_keepalive_is_reachable(s);
}

static void work_all(struct simulated_keepalive *s)
{
        enum keepalive_action action;

        if (work(s, &s->primary))
                keepalive_unanswered(&s->keepalive, s->network.now);
        if (work(s, &s->probe))
                keepalive_probed(&s->keepalive, s->network.now, PROBE_SILENT);
        while ((action = keepalive_tick(&s->keepalive, s->network.now)) != KEEPALIVE_WAIT) {
                if (action == KEEPALIVE_REFRESH) {
                        s->probe.id = 0;
                        simulated_tally_request(&s->tally, s->network.now, true);
                } else {
                        note_probe(s);
                }
                begin(s, action == KEEPALIVE_REFRESH ? &s->primary : &s->probe);
        }
        note_phase(s);
}

static int64_t next_event(const struct simulated_keepalive *s)
{
        int64_t next = keepalive_deadline(&s->keepalive);

        next = smaller(next, request_deadline(&s->primary));
        next = smaller(next, request_deadline(&s->probe));
        return smaller(next, simulated_deadline(&s->network));
}

static int64_t reachable_for(const struct simulated_keepalive *s)
{
        struct stun_address server = server_address();

        return simulated_reachable_for(&s->network, &server, &s->mapped);
}

static void step(struct simulated_keepalive *s, int64_t until)
{
        int64_t next = smaller(next_event(s), until), before = s->network.now;

        simulated_tally_gap(&s->tally, next - before, reachable_for(s));
        simulated_step(&s->network, next < before ? before : next);
        work_all(s);
}

void simulated_keepalive_run(struct simulated_keepalive *s, int64_t until)
{
        while (s->network.now < until)
                step(s, until);
}

bool simulated_keepalive_converge(struct simulated_keepalive *s, int64_t limit)
{
        int64_t until = s->network.now + limit;

        while (s->keepalive.phase < KEEPALIVE_MONITORING && s->network.now < until)
                step(s, until);
        return s->keepalive.phase >= KEEPALIVE_MONITORING;
}

void simulated_keepalive_init(struct simulated_keepalive *s, int64_t new_ms, int64_t used_ms, uint64_t seed)
{
        memset(s, 0, sizeof(*s));
        simulated_network_init(&s->network, new_ms, used_ms, seed);
        s->network.at_server = at_server;
        s->network.at_client = at_client;
        s->network.context = s;
        s->is_changing = true;
        simulated_tally_init(&s->tally);
}

void simulated_keepalive_start(struct simulated_keepalive *s, const struct keepalive_settings *settings)
{
        keepalive_start(&s->keepalive, settings, s->network.now);
        work_all(s);
}

void simulated_keepalive_connection_request(struct simulated_keepalive *s)
{
        struct message message = {.type = CONNECTION_REQUEST};
        struct simulated_packet packet = pack(server_address(), s->mapped, &message);

        simulated_answer(&s->network, &packet);
}

bool simulated_keepalive_is_reachable(const struct simulated_keepalive *s)
{
        return reachable_for(s) > 0;
}
