/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_nat.h - a network in virtual time: a client behind one or two NATs, loss, delay, and a server.
 *
 * The NATs have Linux's two timers: a flow lives `new_ms` after a packet, and `used_ms` once it has had
 * answers and a packet came more than 2 s after its first. Only whom the client has sent to can send to it.
 * Packets are bytes that nobody here looks into. */
#ifndef TESTS_SIMULATED_NAT_H
#define TESTS_SIMULATED_NAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/stun_message.h"

#define SIMULATED_PACKET_MAX 600
#define SIMULATED_FLOWS_MAX  64
#define SIMULATED_EVENTS_MAX 256
#define SIMULATED_NATS_MAX   2

/** Which public port a new flow gets. */
enum simulated_ports {
        SIMULATED_PORTS_KEPT,   /* the private one if it is free, as Linux does */
        SIMULATED_PORTS_RANDOM, /* any */
        SIMULATED_PORTS_LOWEST, /* the lowest that is free: one that has expired is given away at once */
};

struct simulated_nat_settings {
        int64_t new_ms, used_ms;
        bool ignores_inbound; /* packets from outside don't lengthen a flow's life */
        bool keeps_strays; /* a packet for no flow makes one to the NAT itself: its port is taken (Linux) */
        enum simulated_ports ports;
        struct in_addr address; /* public */
};

struct simulated_flow {
        struct stun_address inner, outer, remote;
        int64_t created, expires;
        bool is_answered;
};

struct simulated_nat {
        struct simulated_nat_settings settings;
        struct simulated_flow flows[SIMULATED_FLOWS_MAX];
};

struct simulated_packet {
        struct stun_address from, to;
        size_t size;
        uint8_t bytes[SIMULATED_PACKET_MAX];
};

struct simulated_network {
        struct simulated_nat nats[SIMULATED_NATS_MAX]; /* the client's own first */
        size_t nat_count;
        int64_t delay_ms;  /* one way */
        int64_t jitter_ms; /* added to it: 0 to so much */
        double loss;       /* of a packet, each way: half of it before the NATs, half behind them */
        bool is_down;      /* everything is lost */
        uint64_t random;
        int64_t now;
        unsigned sent, received, lost; /* by the client; anywhere */
        /** A packet has arrived at the server, or at the client's `to`. */
        void (*at_server)(void *context, const struct simulated_packet *packet);
        void (*at_client)(void *context, const struct simulated_packet *packet);
        void *context;
        struct simulated_event {
                int64_t time;
                bool to_server;
                struct simulated_packet packet;
        } events[SIMULATED_EVENTS_MAX];
        size_t event_count;
};

/** An empty network with one NAT of Linux's kind; both may be changed before the first packet. */
void simulated_network_init(struct simulated_network *network, int64_t new_ms, int64_t used_ms,
                            uint64_t seed);

/** Another NAT, outside of the first and like it but for its address. Returns its settings. */
struct simulated_nat_settings *simulated_add_nat(struct simulated_network *network);

struct stun_address simulated_address(const char *text, uint16_t port);

/** Uniform random bits; the seed is `network->random`. */
uint64_t simulated_random(struct simulated_network *network);

/** A number from 0 to `limit` - 1. */
int64_t simulated_random_below(struct simulated_network *network, int64_t limit);

/** The client sends; `packet->from` is its private address. */
void simulated_send(struct simulated_network *network, const struct simulated_packet *packet);

/** The server (or anybody outside) sends to a public address. */
void simulated_answer(struct simulated_network *network, const struct simulated_packet *packet);

/** When the next packet arrives somewhere. INT64_MAX: none is under way. */
int64_t simulated_deadline(const struct simulated_network *network);

/** Let the time come, and with it one packet, if it arrives by then. False: none did. */
bool simulated_step(struct simulated_network *network, int64_t until);

/** How long from now packets of `remote` to the public address `to` would reach the client; 0: they don't. */
int64_t simulated_reachable_for(const struct simulated_network *network, const struct stun_address *remote,
                                const struct stun_address *to);

/** The NAT restarts: it knows of no flow any more. */
void simulated_restart(struct simulated_nat *nat);

#endif
