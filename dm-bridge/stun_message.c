/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_message.c - STUN messages as TR-111 Part 2 uses them, bytes to structs and back. */
#include "config.h"

#include "dm-bridge/stun_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <nettle/hmac.h>
#include <nettle/memops.h>

#include "libassoc/cursor.h"

#define HEADER_SIZE    20
#define ATTRIBUTE_HEAD 4
#define INTEGRITY_SIZE SHA1_DIGEST_SIZE
#define HMAC_BLOCK     64
#define MAGIC_COOKIE   0x2112A442u
#define FAMILY_IPV4    1

/* Below 0x8000: to be understood (RFC 3489 section 11.2), and we do, or may ignore what it says. */
enum attribute {
        MAPPED_ADDRESS = 0x0001,
        RESPONSE_ADDRESS = 0x0002,
        CHANGE_REQUEST = 0x0003,
        SOURCE_ADDRESS = 0x0004,
        CHANGED_ADDRESS = 0x0005,
        USERNAME = 0x0006,
        PASSWORD = 0x0007,
        MESSAGE_INTEGRITY = 0x0008,
        ERROR_CODE = 0x0009,
        UNKNOWN_ATTRIBUTES = 0x000A,
        REFLECTED_FROM = 0x000B,
        REALM = 0x0014,
        NONCE = 0x0015,
        XOR_MAPPED_ADDRESS = 0x0020,
        RESPONSE_PORT = 0x0027,
        XOR_MAPPED_ADDRESS_OLD = 0x8020,
        CONNECTION_REQUEST_BINDING = 0xC001,
        BINDING_CHANGE = 0xC002,
};

/* --- Writing --- */

static bool put_be16(struct writer *out, uint16_t value)
{
        return writer_put_u8(out, (uint8_t)(value >> 8)) && writer_put_u8(out, (uint8_t)value);
}

static bool put_head(struct writer *out, enum attribute type, size_t length)
{
        return put_be16(out, (uint16_t)type) && put_be16(out, (uint16_t)length);
}

static bool put_fill(struct writer *out, char fill, size_t size)
{
        bool ok = true;

        for (size_t i = 0; ok && i < size; i++)
                ok = writer_put_u8(out, (uint8_t)fill);
        return ok;
}

static size_t to_four(size_t length)
{
        return (4 - length % 4) % 4;
}

/* RFC 3489 11.2.6: the length is a multiple of four; TR-111 lets the name have any, so spaces fill the value
 * up. RFC 5389 pads behind the value, and the length does not count that. */
static bool put_username(struct writer *out, const struct stun_request *request)
{
        size_t length = strlen(request->username), fill = to_four(length);
        bool spaces = request->dialect == STUN_RFC3489;

        return put_head(out, USERNAME, spaces ? length + fill : length) &&
               writer_put_bytes(out, request->username, length) && put_fill(out, spaces ? ' ' : '\0', fill);
}

static bool put_response_address(struct writer *out, const struct stun_request *request)
{
        const struct stun_address *address = &request->response_address;

        return put_head(out, RESPONSE_ADDRESS, 8) && put_be16(out, FAMILY_IPV4) &&
               put_be16(out, address->port) && writer_put_be32(out, ntohl(address->address.s_addr)) &&
               (request->without_change_request ||
                (put_head(out, CHANGE_REQUEST, 4) && writer_put_be32(out, 0)));
}

static bool put_attributes(struct writer *out, const struct stun_request *request)
{
        static const char binding[] = "dslforum.org/TR-111 ";

        return (!request->connection_request_binding ||
                (put_head(out, CONNECTION_REQUEST_BINDING, sizeof(binding) - 1) &&
                 writer_put_bytes(out, binding, sizeof(binding) - 1))) &&
               (!request->binding_change || put_head(out, BINDING_CHANGE, 0)) &&
               (!request->has_response_address || put_response_address(out, request)) &&
               (request->username == NULL || put_username(out, request));
}

/* RFC 3489 11.2.8: over all that stands before the attribute, filled up with zeros to a multiple of 64 bytes.
 */
static void compute_integrity(const uint8_t *text, size_t size, enum stun_dialect dialect,
                              const char *password, uint8_t ret[INTEGRITY_SIZE])
{
        static const uint8_t zeros[HMAC_BLOCK];
        struct hmac_sha1_ctx hmac;

        hmac_sha1_set_key(&hmac, strlen(password), (const uint8_t *)password);
        hmac_sha1_update(&hmac, size, text);
        if (dialect == STUN_RFC3489 && size % HMAC_BLOCK != 0)
                hmac_sha1_update(&hmac, HMAC_BLOCK - size % HMAC_BLOCK, zeros);
        hmac_sha1_digest(&hmac, INTEGRITY_SIZE, ret);
}

static bool put_integrity(struct writer *out, const struct stun_request *request)
{
        uint8_t digest[INTEGRITY_SIZE];

        compute_integrity(out->start, writer_size(out), request->dialect, request->password, digest);
        return put_head(out, MESSAGE_INTEGRITY, sizeof(digest)) &&
               writer_put_bytes(out, digest, sizeof(digest));
}

void stun_transaction(enum stun_dialect dialect, uint8_t transaction[STUN_TRANSACTION_SIZE])
{
        const uint32_t cookie = htonl(MAGIC_COOKIE);

        if (dialect == STUN_RFC5389)
                memcpy(transaction, &cookie, sizeof(cookie));
}

int stun_request_encode(const struct stun_request *request, uint8_t *buffer, size_t *ret_size)
{
        struct writer out = writer_of(buffer, STUN_REQUEST_MAX);
        size_t integrity = request->password == NULL ? 0 : ATTRIBUTE_HEAD + INTEGRITY_SIZE;
        size_t length;

        if (request->username != NULL &&
            (request->username[0] == '\0' || strlen(request->username) > STUN_USERNAME_MAX))
                return -EINVAL;
        if (!put_fill(&out, '\0', HEADER_SIZE) || !put_attributes(&out, request))
                return -EINVAL;
        /* The length counts the integrity that is about to follow, under the HMAC too. */
        length = writer_size(&out) - HEADER_SIZE + integrity;
        buffer[1] = STUN_BINDING_REQUEST;
        buffer[2] = (uint8_t)(length >> 8);
        buffer[3] = (uint8_t)length;
        memcpy(buffer + 4, request->transaction, STUN_TRANSACTION_SIZE);
        if (request->password != NULL && !put_integrity(&out, request))
                return -EINVAL;
        *ret_size = writer_size(&out);
        return 0;
}

/* --- Reading --- */

static bool get_be16(struct cursor *in, uint16_t *ret)
{
        uint8_t high, low;

        if (cursor_left(in) < 2 || !cursor_get_u8(in, &high) || !cursor_get_u8(in, &low))
                return false;
        *ret = (uint16_t)(high << 8 | low);
        return true;
}

static bool get_address(struct cursor value, struct stun_address *ret)
{
        uint16_t family, port;
        uint32_t address;

        if (cursor_left(&value) != 8 || !get_be16(&value, &family) || !get_be16(&value, &port) ||
            !cursor_get_be32(&value, &address) || (family & 0xff) != FAMILY_IPV4)
                return false;
        *ret = (struct stun_address){.address.s_addr = htonl(address), .port = port};
        return true;
}

/* RFC 5389 15.2. The cookie is whatever stands first in the transaction ID, so that old servers are
 * understood too. */
static bool get_xor_address(struct cursor value, const uint8_t *transaction, struct stun_address *ret)
{
        uint32_t cookie;

        if (!get_address(value, ret))
                return false;
        memcpy(&cookie, transaction, sizeof(cookie));
        ret->address.s_addr ^= cookie;
        ret->port ^= (uint16_t)(transaction[0] << 8 | transaction[1]);
        return true;
}

static bool get_error(struct cursor value, unsigned *ret)
{
        uint32_t number;
        unsigned class, rest;

        if (!cursor_get_be32(&value, &number))
                return false;
        class = number >> 8 & 7;
        rest = number & 0xff;
        if (class < 1 || class > 6 || rest > 99)
                return false;
        *ret = class * 100 + rest;
        return true;
}

static bool get_unknown(struct cursor value, struct stun_response *ret)
{
        uint16_t type;

        if (cursor_left(&value) % 2 != 0)
                return false;
        while (get_be16(&value, &type))
                if (ret->unknown_count < STUN_UNKNOWN_MAX)
                        ret->unknown[ret->unknown_count++] = type;
        return true;
}

/* The first of two equal attributes counts. Returns 0, -EBADMSG or -EPROTO. */
static int take_attribute(struct stun_response *ret, uint16_t type, struct cursor value, size_t at)
{
        bool ok = true;

        switch (type) {
        case MAPPED_ADDRESS:
                ok = ret->has_mapped || get_address(value, &ret->mapped);
                ret->has_mapped = true;
                break;
        case XOR_MAPPED_ADDRESS:
        case XOR_MAPPED_ADDRESS_OLD:
                ok = ret->has_xor_mapped || get_xor_address(value, ret->transaction, &ret->xor_mapped);
                ret->has_xor_mapped = true;
                break;
        case ERROR_CODE:
                ok = ret->error != 0 || get_error(value, &ret->error);
                break;
        case UNKNOWN_ATTRIBUTES:
                ok = get_unknown(value, ret);
                break;
        case MESSAGE_INTEGRITY:
                ok = cursor_left(&value) == INTEGRITY_SIZE;
                ret->integrity_at = at;
                break;
        case RESPONSE_ADDRESS:
        case CHANGE_REQUEST:
        case SOURCE_ADDRESS:
        case CHANGED_ADDRESS:
        case USERNAME:
        case PASSWORD:
        case REFLECTED_FROM:
        case REALM:
        case NONCE:
        case RESPONSE_PORT:
                break;
        default:
                return type < 0x8000 ? -EPROTO : 0;
        }
        return ok ? 0 : -EBADMSG;
}

/* Values are multiples of four (RFC 3489), or padded to that (RFC 5389): both are read alike. Behind
 * MESSAGE-INTEGRITY nothing counts. */
static int read_attributes(const uint8_t *message, struct cursor in, struct stun_response *ret)
{
        int err = 0;

        while (err == 0 && cursor_left(&in) > 0 && ret->integrity_at == 0) {
                size_t at = (size_t)(in.pos - message);
                struct cursor value, padding;
                uint16_t type, length;

                if (!get_be16(&in, &type) || !get_be16(&in, &length) ||
                    !cursor_get_sub(&in, length, &value) || !cursor_get_sub(&in, to_four(length), &padding))
                        return -EBADMSG;
                err = take_attribute(ret, type, value, at);
        }
        return err;
}

int stun_response_decode(const uint8_t *message, size_t size, struct stun_response *ret)
{
        struct stun_response response = {0};
        struct cursor in = cursor_of(message, size), transaction;
        uint16_t type, length;
        int err;

        if (size > STUN_RESPONSE_MAX || !get_be16(&in, &type) || !get_be16(&in, &length) ||
            !cursor_get_sub(&in, STUN_TRANSACTION_SIZE, &transaction) || length != cursor_left(&in) ||
            length % 4 != 0 || (type != STUN_BINDING_RESPONSE && type != STUN_BINDING_ERROR))
                return -EBADMSG;
        response.type = (enum stun_type)type;
        memcpy(response.transaction, transaction.pos, STUN_TRANSACTION_SIZE);
        err = read_attributes(message, in, &response);
        if (err < 0)
                return err;
        if (type == STUN_BINDING_ERROR ? response.error == 0
                                       : !response.has_mapped && !response.has_xor_mapped)
                return -EBADMSG;
        *ret = response;
        return 0;
}

bool stun_response_is_authentic(const struct stun_response *response, const uint8_t *message, size_t size,
                                enum stun_dialect dialect, const char *password)
{
        uint8_t digest[INTEGRITY_SIZE];
        size_t at = response->integrity_at;

        /* The length under the HMAC is that of the message as sent: nothing may follow the attribute. */
        if (at == 0 || at + ATTRIBUTE_HEAD + INTEGRITY_SIZE != size)
                return false;
        compute_integrity(message, at, dialect, password, digest);
        return memeql_sec(digest, message + at + ATTRIBUTE_HEAD, sizeof(digest)) != 0;
}

bool stun_response_mapped(const struct stun_response *response, struct stun_address *ret)
{
        if (response->type != STUN_BINDING_RESPONSE)
                return false;
        *ret = response->has_mapped ? response->mapped : response->xor_mapped;
        return true;
}
