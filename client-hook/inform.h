/* SPDX-License-Identifier: BSD-2-Clause */
/* inform.h - one DHCPINFORM exchange (TR-111 figure 2): when to send, what, and which ACK to believe.
 *
 * For a dhcpcd that can't send option 125 itself (DV-9). No clock, no socket: the caller brings the time
 * (milliseconds of any clock that does not jump), random bits and messages, and does what it is told. */
#ifndef CLIENT_INFORM_H
#define CLIENT_INFORM_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/assoc.h"

/** How often the DHCPINFORM is sent at most; after the last one's time has passed, it is over. With a lease
 * the next renewal asks again (1 minute in all); a static address has no such (4 to 5 minutes). */
#define INFORM_TRIES_LEASE  4
#define INFORM_TRIES_STATIC 7
/** First wait for an ACK; it doubles with each try (RFC 2131 4.1). */
#define INFORM_WAIT_FIRST_MS 4000
#define INFORM_WAIT_MAX_MS   64000
/** Each wait is made longer or shorter by up to this (RFC 2131 4.1). */
#define INFORM_JITTER_MS 1000

/** Room for any message that inform_message() builds. */
#define INFORM_MESSAGE_MAX 576
#define INFORM_HWADDR_MAX  16

struct inform_settings {
        struct in_addr address;            /* of the interface */
        struct in_addr server;             /* that is asked; INADDR_ANY: whoever answers */
        uint8_t htype;                     /* ARP hardware type of the interface */
        uint8_t hwaddr[INFORM_HWADDR_MAX]; /* its link-layer address */
        uint8_t hwaddr_size;               /* 0: has none, or a longer one (RFC 4390) */
        struct assoc_identity identity;    /* who we are */
        unsigned tries;                    /* at most: INFORM_TRIES_... */
        int64_t patience_ms; /* all is over after this time at the latest; 0: after the last try */
};

struct inform {
        struct inform_settings settings;
        uint32_t xid;
        unsigned tries;
        int64_t started;
        int64_t end;
        int64_t deadline; /* call inform_tick() then */
};

enum inform_action {
        INFORM_WAIT,    /* nothing to do before the deadline */
        INFORM_SEND,    /* send inform_message() */
        INFORM_GIVE_UP, /* nobody answers */
};

enum inform_verdict {
        INFORM_IGNORED,   /* not the ACK that is waited for */
        INFORM_ANSWERED,  /* the ACK, and the gateway's identity: empty if it takes no part */
        INFORM_MALFORMED, /* the ACK, but what it says of the gateway is invalid */
};

/** Begin an exchange at time `now`, with a random transaction ID: call inform_tick() at once. */
void inform_init(struct inform *inform, const struct inform_settings *settings, uint32_t xid, int64_t now);

/** Say what to do at time `now`, and set the next deadline. `random` is any random number. */
enum inform_action inform_tick(struct inform *inform, int64_t now, uint32_t random);

/**
 * Build the DHCPINFORM, as it is at time `now`, in `buffer` (room for INFORM_MESSAGE_MAX).
 * Returns 0 and the bytes written in *ret_size; -EINVAL: the identity is not valid for sending.
 */
int inform_message(const struct inform *inform, int64_t now, uint8_t *buffer, size_t *ret_size);

/**
 * Judge a DHCP message that arrived for us: `size` bytes of UDP payload.
 * *ret is the gateway's identity on INFORM_ANSWERED; *why what is wrong on INFORM_MALFORMED. Otherwise
 * untouched.
 */
enum inform_verdict inform_receive(const struct inform *inform, const uint8_t *message, size_t size,
                                   struct assoc_identity *ret, struct assoc_diagnosis *why);

#endif
