/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_server.h - what a STUN server would answer, written without the codec under test. */
#ifndef TESTS_STUN_SERVER_H
#define TESTS_STUN_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/stun_message.h"

/** Attributes that are asked for. */
enum {
        ATTRIBUTE_RESPONSE_ADDRESS = 0x0002,
        ATTRIBUTE_CHANGE_REQUEST = 0x0003,
        ATTRIBUTE_USERNAME = 0x0006,
        ATTRIBUTE_INTEGRITY = 0x0008,
        ATTRIBUTE_BINDING = 0xC001, /* TR-111's CONNECTION-REQUEST-BINDING */
        ATTRIBUTE_CHANGE = 0xC002,  /* and BINDING-CHANGE */
};

struct stun_answer {
        uint8_t bytes[512];
        size_t size;
};

/** A Binding Response to `request` with MAPPED-ADDRESS. */
struct stun_answer stun_answer_mapped(const uint8_t *request, const char *address, uint16_t port);

/** The same with XOR-MAPPED-ADDRESS (RFC 5389) and no MAPPED-ADDRESS. */
struct stun_answer stun_answer_xor_mapped(const uint8_t *request, const char *address, uint16_t port);

/** A Binding Error Response to `request`. */
struct stun_answer stun_answer_error(const uint8_t *request, unsigned code);

/** Append an attribute; `size` is a multiple of four. */
void stun_answer_add(struct stun_answer *answer, uint16_t type, const void *value, size_t size);

/** Append MESSAGE-INTEGRITY. */
void stun_answer_sign(struct stun_answer *answer, const char *password, enum stun_dialect dialect);

/** Find an attribute of a request; its length in *ret_size. NULL: there is none. */
const uint8_t *stun_attribute(const uint8_t *message, size_t size, uint16_t type, size_t *ret_size);

/** Whether a message has an attribute. */
bool stun_has(const uint8_t *message, size_t size, uint16_t type);

/** Whether a request's last attribute is the MESSAGE-INTEGRITY that `password` makes. */
bool stun_is_signed(const uint8_t *message, size_t size, const char *password, enum stun_dialect dialect);

#endif
