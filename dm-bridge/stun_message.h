/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_message.h - STUN messages as TR-111 Part 2 uses them (RFC 3489), and the answers of newer servers (RFC
 * 5389).
 *
 * Bytes to structs and back; no socket, no clock, no allocation. */
#ifndef BRIDGE_STUN_MESSAGE_H
#define BRIDGE_STUN_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/stun_address.h"

#define STUN_TRANSACTION_SIZE 16
/** Any request of ours fits. */
#define STUN_REQUEST_MAX 512
/** A longer response is refused. */
#define STUN_RESPONSE_MAX 2048
/** Longest USERNAME, its padding included: string(256). */
#define STUN_USERNAME_MAX 256
/** Attributes that a 420 names and that are kept. */
#define STUN_UNKNOWN_MAX 8

/** How integrity and padding are done. */
enum stun_dialect {
        STUN_RFC3489, /* what TR-111 asks for: the text under the HMAC is padded to 64 bytes, USERNAME with
                         spaces */
        STUN_RFC5389, /* magic cookie in front of the transaction ID; neither is padded so */
};

enum stun_type {
        STUN_BINDING_REQUEST = 0x0001,
        STUN_BINDING_RESPONSE = 0x0101,
        STUN_BINDING_ERROR = 0x0111,
};

/** Errors that mean something here (RFC 3489 11.2.9). */
enum {
        STUN_BAD_REQUEST = 400,
        STUN_UNAUTHORIZED = 401,
        STUN_UNKNOWN_ATTRIBUTE = 420,
};

/** A Binding Request to be sent. Texts are only read. */
struct stun_request {
        enum stun_dialect dialect;
        uint8_t transaction[STUN_TRANSACTION_SIZE]; /* RFC5389: begins with the cookie, see stun_transaction()
                                                     */
        bool connection_request_binding;            /* CB-1 */
        bool binding_change;                        /* CB-3 */
        bool has_response_address;                  /* KA-2; CHANGE-REQUEST(0) goes with it, but for: */
        bool without_change_request;
        struct stun_address response_address;
        const char *username; /* NULL: none (CB-2) */
        const char *password; /* NULL: no MESSAGE-INTEGRITY (BD-6) */
};

/** What a server answered. */
struct stun_response {
        enum stun_type type; /* RESPONSE or ERROR */
        uint8_t transaction[STUN_TRANSACTION_SIZE];
        bool has_mapped, has_xor_mapped;
        struct stun_address mapped, xor_mapped;
        unsigned error; /* 100 to 699; 0: none */
        uint16_t unknown[STUN_UNKNOWN_MAX];
        size_t unknown_count;
        size_t integrity_at; /* offset of MESSAGE-INTEGRITY; 0: there is none */
};

/** Make a transaction ID of 16 random bytes fit the dialect. */
void stun_transaction(enum stun_dialect dialect, uint8_t transaction[STUN_TRANSACTION_SIZE]);

/**
 * Write a request into `buffer` (STUN_REQUEST_MAX bytes).
 * Returns 0 and the bytes written in *ret_size; -EINVAL: USERNAME is longer than 256 bytes or has none.
 */
int stun_request_encode(const struct stun_request *request, uint8_t *buffer, size_t *ret_size);

/**
 * Read a response, `size` bytes as received.
 * Returns 0; -EBADMSG: no STUN response, or one that is malformed; -EPROTO: it has an attribute that must be
 * understood and is not (RFC 3489 section 9.4). *ret is untouched unless 0 is returned.
 */
int stun_response_decode(const uint8_t *message, size_t size, struct stun_response *ret);

/**
 * Whether the response has a MESSAGE-INTEGRITY, as its last attribute, that `password` makes (BD-5).
 * `response` is what stun_response_decode() made of `message`. Takes the same time whatever the difference
 * is.
 */
bool stun_response_is_authentic(const struct stun_response *response, const uint8_t *message, size_t size,
                                enum stun_dialect dialect, const char *password);

/** The address that the server saw. False: the response has none. MAPPED-ADDRESS goes first, as TR-111 names
 * it. */
bool stun_response_mapped(const struct stun_response *response, struct stun_address *ret);

#endif
