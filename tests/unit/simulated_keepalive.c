/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_keepalive.c - a keep-alive alone in the simulated network. */
#include "config.h"

#include "tests/unit/simulated_keepalive.h"

#include <arpa/inet.h>
#include <string.h>

#define PRIMARY_PORT   7547
#define SECONDARY_PORT 7548
#define SERVER_PORT    3478
#define COPIES         9
#define FAILURE        9500

/* What goes for STUN here. */
struct message {
        enum { REQUEST, RESPONSE, REFUSAL, CONNECTION_REQUEST } type;
        uint32_t id;
        bool has_response_address;
        struct stun_address response_address, mapped;
};

static const int64_t schedule[COPIES] = {0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900};

static struct stun_address address(const char *text, uint16_t port)
{
        struct stun_address made = {.port = port};

        inet_pton(AF_INET, text, &made.address);
        return made;
}

static struct stun_address server_address(void)
{
        return address("203.0.113.5", SERVER_PORT);
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
        packet = pack(address("192.168.1.2", request == &s->probe ? SECONDARY_PORT : PRIMARY_PORT),
                      server_address(), &message);
        request->copies++;
        simulated_send(&s->network, &packet);
}

static void begin(struct simulated_keepalive *s, struct simulated_request *request)
{
        *request = (struct simulated_request){.id = ++s->ids, .began = s->network.now};
        send_copy(s, request);
}

static void note_primary(struct simulated_keepalive *s, bool is_periodic)
{
        int64_t now = s->network.now;

        if (is_periodic && s->last_periodic >= 0 && now - s->last_periodic < s->closest)
                s->closest = now - s->last_periodic;
        if (s->last >= 0 && now - s->last > s->farthest)
                s->farthest = now - s->last;
        if (is_periodic)
                s->last_periodic = now;
        s->last = now;
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
        bool rebound = !simulated_same(&message->mapped, &s->mapped);

        s->primary.id = 0;
        s->mapped = message->mapped;
        keepalive_refreshed(&s->keepalive, s->network.now, rebound);
        if (!rebound || !s->is_changing)
                return;
        keepalive_requested(&s->keepalive, s->network.now);
        note_primary(s, false);
        begin(s, &s->primary);
}

static void probe_answered(struct simulated_keepalive *s, const struct message *message, uint16_t port)
{
        enum probe_answer answer = PROBE_IGNORED;

        s->probe.id = 0;
        if (port == PRIMARY_PORT)
                answer = PROBE_ALIVE;
        else if (message->type == REFUSAL)
                answer = PROBE_REFUSED;
        else if (simulated_same(&message->mapped, &s->mapped))
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
        else if (packet->to.port == PRIMARY_PORT)
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
        if (s->converged >= 0 || s->keepalive.phase < KEEPALIVE_MONITORING)
                return;
        s->converged = s->network.now;
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
                        note_primary(s, true);
                } else {
                        note_probe(s);
                }
                begin(s, action == KEEPALIVE_REFRESH ? &s->primary : &s->probe);
        }
        note_phase(s);
}

static int64_t earlier(int64_t a, int64_t b)
{
        return a < b ? a : b;
}

static int64_t next_event(const struct simulated_keepalive *s)
{
        int64_t next = keepalive_deadline(&s->keepalive);

        next = earlier(next, request_deadline(&s->primary));
        next = earlier(next, request_deadline(&s->probe));
        return earlier(next, simulated_deadline(&s->network));
}

/* Nothing happens from now until `next`, but that the binding may expire. */
static void note_unreachable(struct simulated_keepalive *s, int64_t next)
{
        struct stun_address server = server_address();
        int64_t life = simulated_reachable_for(&s->network, &server, &s->mapped);

        if (life >= next - s->network.now)
                return;
        if (s->converged < 0)
                s->unreachable += next - s->network.now - life;
        else
                s->lapsed += next - s->network.now - life;
}

static void step(struct simulated_keepalive *s, int64_t until)
{
        int64_t next = earlier(next_event(s), until), before = s->network.now;

        note_unreachable(s, next);
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
        s->network.nat_count = 1;
        s->network.nats[0].settings =
                (struct simulated_nat_settings){.new_ms = new_ms, .used_ms = used_ms, .keeps_strays = true};
        s->network.nats[0].settings.address = address("198.51.100.1", 0).address;
        s->network.delay_ms = 20;
        s->network.random = seed;
        s->network.at_server = at_server;
        s->network.at_client = at_client;
        s->network.context = s;
        s->is_changing = true;
        s->closest = INT64_MAX;
        s->last = s->last_periodic = s->converged = -1;
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
        struct stun_address server = server_address();

        return simulated_reachable_for(&s->network, &server, &s->mapped) > 0;
}
