/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_server.c - what a STUN server would answer, written without the codec under test. */
#include "config.h"

#include "tests/unit/stun_server.h"

#include <arpa/inet.h>
#include <string.h>

#include <nettle/hmac.h>

static void set_be16(uint8_t *at, size_t value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static size_t get_be16(const uint8_t *at)
{
        return (size_t)at[0] << 8 | at[1];
}

static struct stun_answer answer_to(const uint8_t *request, uint16_t type)
{
        struct stun_answer answer = {.size = 20};

        set_be16(answer.bytes, type);
        memcpy(answer.bytes + 4, request + 4, 16);
        return answer;
}

void stun_answer_add(struct stun_answer *answer, uint16_t type, const void *value, size_t size)
{
        set_be16(answer->bytes + answer->size, type);
        set_be16(answer->bytes + answer->size + 2, size);
        memcpy(answer->bytes + answer->size + 4, value, size);
        answer->size += 4 + size;
        set_be16(answer->bytes + 2, answer->size - 20);
}

static void write_address(uint8_t value[8], const char *address, uint16_t port)
{
        value[0] = 0;
        value[1] = 1;
        set_be16(value + 2, port);
        inet_pton(AF_INET, address, value + 4);
}

struct stun_answer stun_answer_mapped(const uint8_t *request, const char *address, uint16_t port)
{
        struct stun_answer answer = answer_to(request, 0x0101);
        uint8_t value[8];

        write_address(value, address, port);
        stun_answer_add(&answer, 0x0001, value, sizeof(value));
        return answer;
}

struct stun_answer stun_answer_xor_mapped(const uint8_t *request, const char *address, uint16_t port)
{
        static const uint8_t cookie[] = {0x21, 0x12, 0x21, 0x12, 0xA4, 0x42};
        struct stun_answer answer = answer_to(request, 0x0101);
        uint8_t value[8];

        write_address(value, address, port);
        for (size_t i = 0; i < sizeof(cookie); i++)
                value[2 + i] ^= cookie[i];
        stun_answer_add(&answer, 0x0020, value, sizeof(value));
        return answer;
}

struct stun_answer stun_answer_error(const uint8_t *request, unsigned code)
{
        struct stun_answer answer = answer_to(request, 0x0111);
        const uint8_t value[8] = {0, 0, (uint8_t)(code / 100), (uint8_t)(code % 100), 'o', 'h', 'n', 'o'};

        stun_answer_add(&answer, 0x0009, value, sizeof(value));
        return answer;
}

/* `size`: of what stands before the attribute. */
static void make_integrity(const uint8_t *message, size_t size, const char *password,
                           enum stun_dialect dialect, uint8_t digest[20])
{
        uint8_t text[576] = {0};
        struct hmac_sha1_ctx hmac;

        memcpy(text, message, size);
        set_be16(text + 2, size + 24 - 20);
        if (dialect == STUN_RFC3489)
                size = (size + 63) / 64 * 64;
        hmac_sha1_set_key(&hmac, strlen(password), (const uint8_t *)password);
        hmac_sha1_update(&hmac, size, text);
        hmac_sha1_digest(&hmac, 20, digest);
}

void stun_answer_sign(struct stun_answer *answer, const char *password, enum stun_dialect dialect)
{
        uint8_t digest[20];

        make_integrity(answer->bytes, answer->size, password, dialect, digest);
        stun_answer_add(answer, ATTRIBUTE_INTEGRITY, digest, sizeof(digest));
}

const uint8_t *stun_attribute(const uint8_t *message, size_t size, uint16_t type, size_t *ret_size)
{
        for (size_t at = 20; at + 4 <= size;) {
                size_t length = get_be16(message + at + 2);

                if (get_be16(message + at) == type) {
                        *ret_size = length;
                        return message + at + 4;
                }
                at += 4 + (length + 3) / 4 * 4;
        }
        return NULL;
}

bool stun_has(const uint8_t *message, size_t size, uint16_t type)
{
        size_t length;

        return stun_attribute(message, size, type, &length) != NULL;
}

bool stun_is_signed(const uint8_t *message, size_t size, const char *password, enum stun_dialect dialect)
{
        size_t length;
        const uint8_t *found = stun_attribute(message, size, ATTRIBUTE_INTEGRITY, &length);
        uint8_t digest[20];

        if (found == NULL || length != 20 || found + 20 != message + size)
                return false;
        make_integrity(message, size - 24, password, dialect, digest);
        return memcmp(found, digest, sizeof(digest)) == 0;
}
