/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_nat.c - a network in virtual time. */
#include "config.h"

#include "tests/unit/simulated_nat.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 20000
#define PORTS      40000
/* Linux's nf_conntrack_proto_udp.c: a stream is what is active after two seconds. */
#define STREAM_AFTER 2000

void simulated_network_init(struct simulated_network *network, int64_t new_ms, int64_t used_ms, uint64_t seed)
{
        memset(network, 0, sizeof(*network));
        network->nat_count = 1;
        network->nats[0].settings =
                (struct simulated_nat_settings){.new_ms = new_ms, .used_ms = used_ms, .keeps_strays = true};
        network->nats[0].settings.address = simulated_address("198.51.100.1", 0).address;
        network->delay_ms = 20;
        network->random = seed;
}

struct simulated_nat_settings *simulated_add_nat(struct simulated_network *network)
{
        struct simulated_nat_settings *settings;

        if (network->nat_count == SIMULATED_NATS_MAX)
                abort();
        settings = &network->nats[network->nat_count++].settings;
        *settings = network->nats[0].settings;
        settings->address.s_addr ^= htonl(2);
        return settings;
}

struct stun_address simulated_address(const char *text, uint16_t port)
{
        struct stun_address made = {.port = port};

        inet_pton(AF_INET, text, &made.address);
        return made;
}

/* splitmix64 */
uint64_t simulated_random(struct simulated_network *network)
{
        uint64_t x = network->random += 0x9E3779B97F4A7C15u;

        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
        x = (x ^ x >> 27) * 0x94D049BB133111EBu;
        return x ^ x >> 31;
}

int64_t simulated_random_below(struct simulated_network *network, int64_t limit)
{
        return (int64_t)(simulated_random(network) % (uint64_t)limit);
}

static bool is_lost(struct simulated_network *network)
{
        double each = 1 - sqrt(1 - network->loss);
        bool lost = network->is_down || (double)(simulated_random(network) >> 11) / 0x1p53 < each;

        network->lost += lost;
        return lost;
}

static struct simulated_flow *find_free(struct simulated_nat *nat, int64_t now)
{
        for (size_t i = 0; i < SIMULATED_FLOWS_MAX; i++) {
                if (nat->flows[i].expires <= now)
                        return &nat->flows[i];
        }
        abort();
}

static struct simulated_flow *find_outbound(struct simulated_nat *nat, const struct simulated_packet *packet,
                                            int64_t now)
{
        for (size_t i = 0; i < SIMULATED_FLOWS_MAX; i++) {
                struct simulated_flow *flow = &nat->flows[i];

                if (flow->expires > now && stun_address_equals(&flow->inner, &packet->from) &&
                    stun_address_equals(&flow->remote, &packet->to))
                        return flow;
        }
        return NULL;
}

/* Its number; SIMULATED_FLOWS_MAX: there is none. */
static size_t find_inbound(const struct simulated_nat *nat, const struct stun_address *remote,
                           const struct stun_address *to, int64_t now)
{
        size_t i;

        for (i = 0; i < SIMULATED_FLOWS_MAX; i++) {
                const struct simulated_flow *flow = &nat->flows[i];

                if (flow->expires > now && stun_address_equals(&flow->outer, to) &&
                    stun_address_equals(&flow->remote, remote))
                        break;
        }
        return i;
}

static bool is_taken(const struct simulated_nat *nat, const struct stun_address *remote,
                     const struct stun_address *outer, int64_t now)
{
        return find_inbound(nat, remote, outer, now) < SIMULATED_FLOWS_MAX;
}

static uint16_t choose_port(struct simulated_network *network, const struct simulated_nat *nat,
                            const struct simulated_packet *packet)
{
        struct stun_address outer = {nat->settings.address, packet->from.port};
        enum simulated_ports ports = nat->settings.ports;

        if (ports == SIMULATED_PORTS_KEPT && !is_taken(nat, &packet->to, &outer, network->now))
                return outer.port;
        outer.port = FIRST_PORT;
        do {
                if (ports == SIMULATED_PORTS_LOWEST)
                        outer.port++;
                else
                        outer.port = (uint16_t)(FIRST_PORT + simulated_random_below(network, PORTS));
        } while (is_taken(nat, &packet->to, &outer, network->now));
        return outer.port;
}

static void lengthen(const struct simulated_nat *nat, struct simulated_flow *flow, int64_t now)
{
        bool is_used = flow->is_answered && now - flow->created > STREAM_AFTER;

        flow->expires = now + (is_used ? nat->settings.used_ms : nat->settings.new_ms);
}

static void go_out(struct simulated_network *network, struct simulated_nat *nat,
                   struct simulated_packet *packet)
{
        struct simulated_flow *flow = find_outbound(nat, packet, network->now);

        if (flow == NULL) {
                uint16_t port = choose_port(network, nat, packet);

                flow = find_free(nat, network->now);
                *flow = (struct simulated_flow){.inner = packet->from,
                                                .outer = {nat->settings.address, port},
                                                .remote = packet->to,
                                                .created = network->now};
        }
        lengthen(nat, flow, network->now);
        packet->from = flow->outer;
}

static void keep_stray(struct simulated_network *network, struct simulated_nat *nat,
                       const struct simulated_packet *packet)
{
        struct simulated_flow *flow = find_free(nat, network->now);

        *flow = (struct simulated_flow){.outer = packet->to,
                                        .remote = packet->from,
                                        .created = network->now,
                                        .expires = network->now + nat->settings.new_ms};
}

static bool go_in(struct simulated_network *network, struct simulated_nat *nat,
                  struct simulated_packet *packet)
{
        size_t found = find_inbound(nat, &packet->from, &packet->to, network->now);
        struct simulated_flow *flow = &nat->flows[found];

        if (found == SIMULATED_FLOWS_MAX) {
                if (nat->settings.keeps_strays && packet->to.address.s_addr == nat->settings.address.s_addr)
                        keep_stray(network, nat, packet);
                return false;
        }
        if (flow->inner.port == 0)
                return false;
        flow->is_answered = true;
        if (!nat->settings.ignores_inbound || network->now - flow->created <= STREAM_AFTER)
                lengthen(nat, flow, network->now);
        packet->to = flow->inner;
        return true;
}

static void add_event(struct simulated_network *network, const struct simulated_packet *packet,
                      bool to_server)
{
        struct simulated_event *event = &network->events[network->event_count++];

        if (network->event_count > SIMULATED_EVENTS_MAX)
                abort();
        event->time = network->now + network->delay_ms;
        if (network->jitter_ms > 0)
                event->time += simulated_random_below(network, network->jitter_ms);
        event->to_server = to_server;
        event->packet.from = packet->from;
        event->packet.to = packet->to;
        event->packet.size = packet->size;
        memcpy(event->packet.bytes, packet->bytes, packet->size);
}

void simulated_send(struct simulated_network *network, const struct simulated_packet *packet)
{
        struct simulated_packet translated = *packet;

        network->sent++;
        if (is_lost(network))
                return;
        for (size_t i = 0; i < network->nat_count; i++)
                go_out(network, &network->nats[i], &translated);
        if (!is_lost(network))
                add_event(network, &translated, true);
}

void simulated_answer(struct simulated_network *network, const struct simulated_packet *packet)
{
        if (!is_lost(network))
                add_event(network, packet, false);
}

static size_t find_first(const struct simulated_network *network)
{
        size_t first = 0;

        for (size_t i = 1; i < network->event_count; i++) {
                if (network->events[i].time < network->events[first].time)
                        first = i;
        }
        return first;
}

int64_t simulated_deadline(const struct simulated_network *network)
{
        return network->event_count == 0 ? INT64_MAX : network->events[find_first(network)].time;
}

static void arrive(struct simulated_network *network, struct simulated_packet *packet)
{
        for (size_t i = network->nat_count; i > 0; i--) {
                if (!go_in(network, &network->nats[i - 1], packet))
                        return;
        }
        if (is_lost(network))
                return;
        network->received++;
        network->at_client(network->context, packet);
}

bool simulated_step(struct simulated_network *network, int64_t until)
{
        size_t first = find_first(network);
        struct simulated_packet packet;
        bool to_server;

        if (simulated_deadline(network) > until) {
                network->now = until;
                return false;
        }
        network->now = network->events[first].time;
        packet = network->events[first].packet;
        to_server = network->events[first].to_server;
        /* The rest keeps its order: packets of one time arrive as they were sent. */
        network->event_count--;
        memmove(&network->events[first], &network->events[first + 1],
                (network->event_count - first) * sizeof(network->events[0]));
        if (to_server)
                network->at_server(network->context, &packet);
        else
                arrive(network, &packet);
        return true;
}

int64_t simulated_reachable_for(const struct simulated_network *network, const struct stun_address *remote,
                                const struct stun_address *to)
{
        struct stun_address next = *to;
        int64_t life = INT64_MAX;

        for (size_t i = network->nat_count; i > 0; i--) {
                size_t found = find_inbound(&network->nats[i - 1], remote, &next, network->now);
                const struct simulated_flow *flow = &network->nats[i - 1].flows[found];

                if (found == SIMULATED_FLOWS_MAX || flow->inner.port == 0)
                        return 0;
                next = flow->inner;
                if (flow->expires - network->now < life)
                        life = flow->expires - network->now;
        }
        return life;
}

void simulated_restart(struct simulated_nat *nat)
{
        memset(nat->flows, 0, sizeof(nat->flows));
}
