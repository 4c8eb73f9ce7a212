/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_play.h - a STUN client without a network: the test plays server and clock. */
#ifndef TESTS_STUN_PLAY_H
#define TESTS_STUN_PLAY_H

#include "dm-bridge/stun_client.h"
#include "tests/unit/stun_server.h"

#define PLAY_START   1000000
#define PLAY_MINIMUM 30000
#define PLAY_PUBLIC  "198.51.100.1"
#define PLAY_LOCAL   "10.0.0.2"
#define PLAY_SENT    256

/** A datagram that the client sent. */
struct play_sent {
        int64_t at;
        enum stun_port port;
        struct stun_address to;
        uint8_t bytes[STUN_REQUEST_MAX];
        size_t size;
};

struct stun_play {
        struct stun_client client;
        struct stun_settings settings;
        struct stun_address server, local;
        int64_t now;
        uint64_t random;
        struct play_sent sent[PLAY_SENT]; /* the latest ones, in a ring */
        size_t count;
        unsigned resolves, bindings;                                               /* actions taken */
        void (*watch)(const struct stun_play *play, const struct play_sent *sent); /* NULL, or sees all */
};

struct stun_address play_address(const char *address, uint16_t port);

/** On, with server 203.0.113.5:3478 and local address 10.0.0.2:7547: the first request has left. */
void play_begin(struct stun_play *play, const char *username, const char *password, enum stun_policy policy);

/** Tell the client play->settings. */
void play_configure(struct stun_play *play);

/** Take all actions. Fails the test if they have no end or the deadline lies in the past. */
void play_drain(struct stun_play *play);

/** Let time pass. */
void play_run(struct stun_play *play, int64_t milliseconds);

/** Let time pass until a new request (no copy of the last one) leaves, at most `milliseconds`; NULL: none
 * did. */
const struct play_sent *play_next_request(struct stun_play *play, int64_t milliseconds);

/** The last datagram sent. */
const struct play_sent *play_last(const struct stun_play *play);

/** A datagram comes in from the server. */
void play_receive(struct stun_play *play, enum stun_port port, const struct stun_answer *answer);

/** The last request is answered at the port it left from. */
void play_mapped(struct stun_play *play, const char *address, uint16_t port);
void play_error(struct stun_play *play, unsigned code);

struct stun_report play_report(const struct stun_play *play);

/** Whether the last datagram has an attribute; whether it is signed as the dialect does. */
bool play_has(const struct stun_play *play, uint16_t attribute);
bool play_is_signed(const struct stun_play *play, const char *password, enum stun_dialect dialect);

/** Answer discovery, and the BINDING-CHANGE that follows it, with PLAY_PUBLIC and `port`. */
void play_become_bound(struct stun_play *play, uint16_t port);

/** What NATDetected and UDPConnectionRequestAddress would be. */
void play_assert_contact(const struct stun_play *play, bool nat_detected, const char *address, uint16_t port);

/** Events; NULL: the address is lost. */
void play_set_local(struct stun_play *play, const char *address, uint16_t port);
void play_set_server(struct stun_play *play, const char *address);

#endif
