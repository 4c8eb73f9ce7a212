/* SPDX-License-Identifier: BSD-2-Clause */
/* simulated_stun.h - the whole STUN client, its bytes included, in the simulated network, and a manager's
 * server outside that answers, records bindings and sends connection requests. */
#ifndef TESTS_SIMULATED_STUN_H
#define TESTS_SIMULATED_STUN_H

#include "dm-bridge/stun_client.h"
#include "tests/unit/simulated_client.h"

#define SIMULATED_USERNAME "CPE57689"
#define SIMULATED_PASSWORD "password"

/** How the server takes RESPONSE-ADDRESS. */
enum simulated_server {
        SIMULATED_HONOURS,
        SIMULATED_IGNORES, /* answers whoever asks */
        SIMULATED_REFUSES, /* 420 */
        SIMULATED_DROPS,   /* says nothing */
};

/** Which requests without MESSAGE-INTEGRITY are answered with 401. */
enum simulated_demand { SIMULATED_NEVER, SIMULATED_CHANGES, SIMULATED_ALWAYS };

struct simulated_stun {
        struct stun_client client;
        struct simulated_network network;
        struct stun_settings settings;
        struct stun_address server, local;
        enum simulated_server kind;
        enum simulated_demand demand;
        bool is_dead;     /* the server */
        bool has_no_name; /* nor its name an address */
        struct stun_address
                secured;   /* where the server reaches the client, as the last BINDING-CHANGE said */
        unsigned recorded; /* BINDING-CHANGEs that were believed */
        unsigned wrong;    /* requests that TR-111 forbids */
        unsigned bindings, resolves; /* actions */
        unsigned requested;          /* connection requests that came in */
        struct simulated_tally tally;
        uint8_t last_transaction[STUN_TRANSACTION_SIZE];
        bool was_unauthorized; /* the server has answered 401 since the last request without integrity */
};

/** A network with one NAT of Linux's kind, and settings without a maximum. The caller may change them. */
void simulated_stun_init(struct simulated_stun *simulation, int64_t new_ms, int64_t used_ms, uint64_t seed);

/** Configure, and tell the local address: the client begins. */
void simulated_stun_start(struct simulated_stun *simulation);

/** The settings have changed. */
void simulated_stun_configure(struct simulated_stun *simulation);

/** Another local address, or the same. */
void simulated_stun_local(struct simulated_stun *simulation, const char *address);

/** Let that much time pass. */
void simulated_stun_run(struct simulated_stun *simulation, int64_t milliseconds);

/** Run until monitoring, or another last phase, is reached; at most a day. False: it was not. */
bool simulated_stun_converge(struct simulated_stun *simulation);

/** The manager sends a connection request, three copies, to the address that it has recorded. */
void simulated_stun_request(struct simulated_stun *simulation);

/** For how long from now one would arrive; 0: not even now. */
int64_t simulated_stun_reachable_for(const struct simulated_stun *simulation);

struct stun_report simulated_stun_report(const struct simulated_stun *simulation);

#endif
