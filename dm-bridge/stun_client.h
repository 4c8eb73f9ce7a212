/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_client.h - the STUN client of TR-111 Part 2: which address and port the ACS reaches us at.
 *
 * A pure state machine: what happens goes in with the time, what to do comes out of stun_client_next().
 * No socket, no clock, no allocation. Times are milliseconds of a clock that never goes back.
 *
 *     event ─▶ stun_client_…(now) ─▶ while (stun_client_next()) do it ─▶ timer at stun_client_deadline()
 *
 * It composes stun_transaction.h (one request and its copies) and keepalive.h (when to refresh or probe). */
#ifndef BRIDGE_STUN_CLIENT_H
#define BRIDGE_STUN_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/keepalive.h"
#include "dm-bridge/stun_message.h"
#include "dm-bridge/stun_transaction.h"

/** Longest STUNUsername and STUNPassword: string(256). */
#define STUN_TEXT_MAX 256
/** Longest name of a server, its port included. */
#define STUN_SERVER_MAX 288
/** How long until an unknown server's name is looked up again. */
#define STUN_RESOLVE_RETRY_MS 30000
/** BINDING-CHANGEs between two refreshes, if each shows yet another binding. */
#define STUN_CHANGES_MAX 3
/** Pause after a refused refresh: doubled each time, up to the second, and never beyond the maximum period.
 */
#define STUN_BACKOFF_MIN_MS 30000
#define STUN_BACKOFF_MAX_MS 600000
/** Failures of a dialect that has worked before the other one is tried. */
#define STUN_DIALECT_PATIENCE 2
/** Transactions that were answered and are still listened to (BD-8). The oldest gives way. */
#define STUN_PAST_MAX 6

enum stun_port {
        STUN_PRIMARY,   /* where Connection Requests are awaited (BD-2) */
        STUN_SECONDARY, /* any other port of the same host: probes leave from it (KA-2) */
};

enum stun_policy {
        STUN_POLICY_RFC3489, /* what TR-111 names */
        STUN_POLICY_AUTO,    /* after a failed transaction the next speaks the other dialect */
};

/** What the ACS and the configuration say. Texts are copied; NULL is "". */
struct stun_settings {
        bool enabled; /* STUNEnable */
        enum stun_policy policy;
        const char *server; /* "host:port" as configured: only compared, another one forgets the address */
        const char *username, *password;
        int64_t minimum_ms, maximum_ms; /* maximum < 0: none */
};

enum stun_action_type {
        STUN_SEND,    /* `bytes` from `port` to `to` */
        STUN_RESOLVE, /* ask for the address of settings.server, then stun_client_server() */
        STUN_BINDING, /* report's nat_detected or request_address has changed (CB-5) */
};

struct stun_action {
        enum stun_action_type type;
        /* STUN_SEND: */
        enum stun_port port;
        struct stun_address to;
        const uint8_t *bytes; /* until the next call */
        size_t size;
};

enum stun_state {
        STUN_STATE_DISABLED,
        STUN_STATE_NO_ROUTE,     /* no local address leads to the server */
        STUN_STATE_UNRESOLVED,   /* no server, or its name has no address */
        STUN_STATE_DISCOVERING,  /* nothing was answered yet */
        STUN_STATE_BOUND,        /* the last request was answered with an address */
        STUN_STATE_UNREACHABLE,  /* the last request and its copies were not answered */
        STUN_STATE_REFUSED,      /* the last answer was an error: report's last_error */
        STUN_STATE_CONTRADICTED, /* answers to one request contradicted each other: none is used (BD-8) */
};

struct stun_counters {
        uint64_t requests;        /* transactions from the primary port */
        uint64_t probes;          /* transactions from the secondary port */
        uint64_t retransmissions; /* further copies of either */
        uint64_t binding_changes; /* of `requests`, those with BINDING-CHANGE */
        uint64_t with_integrity;  /* of both, those with MESSAGE-INTEGRITY */
        uint64_t responses;       /* believed answers, errors included, their repetitions not */
        uint64_t repeated;        /* further equal answers */
        uint64_t unanswered;      /* transactions whose copies were all in vain */
        uint64_t unauthorized;    /* errors 401 */
        uint64_t refused;         /* other errors */
        uint64_t conflicts;       /* transactions with contradicting, or too many, answers */
        uint64_t rebinds;         /* the mapped address became another */
        /* Not believed: */
        uint64_t stray;         /* of no transaction that is listened to */
        uint64_t foreign;       /* not from the server */
        uint64_t malformed;     /* no STUN response */
        uint64_t unauthentic;   /* MESSAGE-INTEGRITY missing or wrong, where we had sent one (BD-5) */
        uint64_t misunderstood; /* with an attribute that must be understood and is not */
};

/** For `status`. Nothing in it points into the client. */
struct stun_report {
        enum stun_state state;
        unsigned last_error; /* why a request was refused, until one of its kind is not; 0: none */
        enum stun_dialect dialect;
        bool has_server, has_local, has_mapped;
        struct stun_address server, local, mapped; /* mapped: the most recent response's, however old */
        /* For NATDetected and UDPConnectionRequestAddress (CB-5). */
        bool nat_detected, has_request_address;
        struct stun_address request_address;
        int64_t next_ms; /* until the next request or probe, at the latest; < 0: none is planned */
        struct keepalive_report keepalive;
        struct stun_counters counters;
};

/** Private to stun_*.c from here on; in the open so that the owner can hold one. */
enum stun_purpose {
        STUN_REFRESH, /* discover or keep the binding */
        STUN_CHANGE,  /* tell the server that it has changed (CB-3) */
        STUN_PROBE,   /* does the binding still live? (KA-2) */
};

/** A transaction and why it is made. */
struct stun_exchange {
        struct stun_transaction transaction;
        enum stun_purpose purpose;
        bool active; /* waits for an answer */
        bool owed;   /* a copy of it is to be sent */
};

/** What is known of the binding; a copy of it is kept to go back to. */
struct stun_known {
        bool current;      /* a response since discovery began says so */
        bool has_mapped;   /* some response did */
        bool nat_detected; /* it differed from our own address or port (BD-3) */
        struct stun_address mapped;
};

/** Where the ACS reaches us (CB-5). */
struct stun_contact {
        bool nat_detected, has_address;
        struct stun_address address;
};

/** Not to be copied: it points into itself. */
struct stun_client {
        void (*random)(void *context, uint8_t *bytes, size_t size);
        void *random_context;

        bool enabled;
        enum stun_policy policy;
        char server_name[STUN_SERVER_MAX + 1];
        char username[STUN_TEXT_MAX + 1], password[STUN_TEXT_MAX + 1];
        struct keepalive_settings periods;

        bool has_server, has_local, had_local;
        struct stun_address server, local;
        int64_t resolve_at; /* while there is no server */

        struct keepalive keepalive;
        bool keepalive_waits; /* for the outcome of a primary request */
        struct stun_exchange primary, probe;
        struct stun_exchange past[STUN_PAST_MAX];
        size_t past_next;

        enum stun_state outcome; /* of the last refresh since discovery began */
        unsigned last_error;
        bool refresh_due;
        int64_t held_until; /* the server refused: no refresh before */
        unsigned refusals;  /* of refreshes, in a row */
        bool may_hurry;     /* a new server need not wait for the minimum period */
        bool has_asked;     /* a refresh has left, from asked_local to asked_server at asked_at */
        struct stun_address asked_server, asked_local;
        int64_t asked_at;

        bool change_due;
        unsigned changes;            /* BINDING-CHANGEs since the last refresh */
        bool without_change_request; /* the server understands no CHANGE-REQUEST */

        struct stun_known known, known_before;
        uint8_t known_by[STUN_TRANSACTION_SIZE]; /* the transaction that `known` comes from */

        enum stun_dialect dialect;
        bool dialect_works; /* something was answered in it */
        unsigned silences;  /* transactions without use, in a row */

        bool resolve_owed, binding_owed;
        struct stun_contact told; /* what the last STUN_BINDING was about */
        struct stun_counters counters;
};

/** Off, and nothing known. `random` fills bytes with unpredictable ones: an answer is believed by them. */
void stun_client_init(struct stun_client *client, void (*random)(void *context, uint8_t *bytes, size_t size),
                      void *context);

/**
 * What the ACS set, at start and at run time. Another server, username, password or policy, and enabling,
 * begin discovery anew; another period only moves the next request.
 * Returns 0; -EINVAL: a text is too long, nothing has changed.
 */
int stun_client_configure(struct stun_client *client, const struct stun_settings *settings, int64_t now);

/**
 * The server's address, or NULL: its name has none now. An address that is known stays in use then, for the
 * network's names may fail while its packets pass; STUN_RESOLVE comes again after each failed transaction
 * and, as long as no address is known, every STUN_RESOLVE_RETRY_MS.
 */
void stun_client_server(struct stun_client *client, const struct stun_address *server, int64_t now);

/** The address and port that requests leave from and Connection Requests are awaited on; NULL: no route. */
void stun_client_local(struct stun_client *client, const struct stun_address *local, int64_t now);

/** A datagram whose first byte is 0 or 1 came in. */
void stun_client_received(struct stun_client *client, enum stun_port port, const struct stun_address *from,
                          const uint8_t *message, size_t size, int64_t now);

/** Any other datagram came in on the primary port: a trial of the binding is void (KA-4). */
void stun_client_disturbed(struct stun_client *client, int64_t now);

/** The deadline has come. Early or late calls do no harm. */
void stun_client_tick(struct stun_client *client, int64_t now);

/** When to call stun_client_tick(); INT64_MAX: never. Valid once stun_client_next() has returned false. */
int64_t stun_client_deadline(const struct stun_client *client);

/** Take the next action. False: there is none. At most a handful are owed at any time. */
bool stun_client_next(struct stun_client *client, struct stun_action *ret);

void stun_client_report(const struct stun_client *client, struct stun_report *ret, int64_t now);

/** "bound" and so on. */
const char *stun_state_name(enum stun_state state);

#endif
