/* SPDX-License-Identifier: BSD-2-Clause */
/* inform_message.c - the DHCPINFORM that we send and the ACK that we believe (RFC 2131 4.3.5, 4.4.3). */
#include "config.h"

#include "client-hook/inform.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Offsets in a DHCP message (RFC 2131 2). */
enum {
        AT_OP = 0,
        AT_HTYPE = 1,
        AT_HLEN = 2,
        AT_XID = 4,
        AT_SECS = 8,
        AT_CIADDR = 12,
        AT_CHADDR = 28,
        AT_COOKIE = 236,
        AT_OPTIONS = 240,
};

enum {
        BOOT_REQUEST = 1,
        BOOT_REPLY = 2,
        OPTION_MESSAGE_TYPE = 53,
        OPTION_SERVER_ID = 54,
        OPTION_PARAMETERS = 55,
        OPTION_MESSAGE_SIZE = 57,
        OPTION_END = 255,
        TYPE_ACK = 5,
        TYPE_INFORM = 8,
};

/* What we can take: an Ethernet frame's worth. */
#define MESSAGE_SIZE 1472
/* RFC 951 has no shorter message, and some servers and relays drop one. */
#define MESSAGE_SIZE_MIN 300

static const uint8_t cookie[4] = {99, 130, 83, 99};

static void put_be16(uint8_t *at, uint16_t value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static void put_be32(uint8_t *at, uint32_t value)
{
        put_be16(at, (uint16_t)(value >> 16));
        put_be16(at + 2, (uint16_t)value);
}

static uint32_t get_be32(const uint8_t *at)
{
        return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t seconds_since(int64_t start, int64_t now)
{
        int64_t seconds = (now - start) / 1000;

        return seconds < 0 ? 0 : seconds > UINT16_MAX ? UINT16_MAX : (uint16_t)seconds;
}

static void put_header(const struct inform *inform, int64_t now, uint8_t *message)
{
        const struct inform_settings *settings = &inform->settings;

        message[AT_OP] = BOOT_REQUEST;
        message[AT_HTYPE] = settings->htype;
        message[AT_HLEN] = settings->hwaddr_size;
        put_be32(message + AT_XID, inform->xid);
        put_be16(message + AT_SECS, seconds_since(inform->started, now));
        memcpy(message + AT_CIADDR, &settings->address, sizeof(settings->address));
        memcpy(message + AT_CHADDR, settings->hwaddr, settings->hwaddr_size);
        memcpy(message + AT_COOKIE, cookie, sizeof(cookie));
}

static size_t put_options(uint8_t *at)
{
        static const uint8_t options[] = {
                OPTION_MESSAGE_TYPE,
                1,
                TYPE_INFORM,
                OPTION_MESSAGE_SIZE,
                2,
                MESSAGE_SIZE >> 8,
                MESSAGE_SIZE & 0xFF,
                OPTION_PARAMETERS,
                1,
                ASSOC_OPTION,
        };

        memcpy(at, options, sizeof(options));
        return sizeof(options);
}

int inform_message(const struct inform *inform, int64_t now, uint8_t *buffer, size_t *ret_size)
{
        uint8_t *end = buffer + AT_OPTIONS;
        size_t size;
        int err;

        memset(buffer, 0, INFORM_MESSAGE_MAX);
        put_header(inform, now, buffer);
        end += put_options(end);
        err = assoc_option_encode(&inform->settings.identity, ASSOC_ROLE_DEVICE, end + 2, ASSOC_BLOCK_MAX,
                                  &size);
        if (err < 0)
                return err;
        _Static_assert(ASSOC_BLOCK_MAX <= UINT8_MAX, "our option needs no splitting");
        _Static_assert(AT_OPTIONS + 64 + ASSOC_BLOCK_MAX <= INFORM_MESSAGE_MAX, "the message has room");
        end[0] = ASSOC_OPTION;
        end[1] = (uint8_t)size;
        end += 2 + size;
        *end++ = OPTION_END;
        size = (size_t)(end - buffer);
        *ret_size = size < MESSAGE_SIZE_MIN ? MESSAGE_SIZE_MIN : size;
        return 0;
}

/* Whether option `code` has exactly the value `expected`. */
static bool option_is(const uint8_t *message, size_t size, uint8_t code, const void *expected,
                      size_t expected_size)
{
        uint8_t value[8];
        size_t value_size;

        return assoc_message_option(message, size, code, value, sizeof(value), &value_size, NULL) == 0 &&
               value_size == expected_size && memcmp(value, expected, expected_size) == 0;
}

/* Not so the address that it came from: a server with several may send from any, and who can forge the server
 * identifier with our transaction ID can forge that too. */
static bool is_from_server(const struct inform_settings *settings, const uint8_t *message, size_t size)
{
        return settings->server.s_addr == INADDR_ANY ||
               option_is(message, size, OPTION_SERVER_ID, &settings->server, sizeof(settings->server));
}

static bool is_our_ack(const struct inform *inform, const uint8_t *message, size_t size)
{
        static const uint8_t ack = TYPE_ACK;
        const struct inform_settings *settings = &inform->settings;

        return size >= AT_OPTIONS && message[AT_OP] == BOOT_REPLY &&
               get_be32(message + AT_XID) == inform->xid && message[AT_HLEN] == settings->hwaddr_size &&
               memcmp(message + AT_CHADDR, settings->hwaddr, settings->hwaddr_size) == 0 &&
               memcmp(message + AT_COOKIE, cookie, sizeof(cookie)) == 0 &&
               option_is(message, size, OPTION_MESSAGE_TYPE, &ack, 1) &&
               is_from_server(settings, message, size);
}

enum inform_verdict inform_receive(const struct inform *inform, const uint8_t *message, size_t size,
                                   struct assoc_identity *ret, struct assoc_diagnosis *why)
{
        int err;

        /* Before the first is sent nothing can be an answer. */
        if (inform->tries == 0 || !is_our_ack(inform, message, size))
                return INFORM_IGNORED;
        err = assoc_message_decode(message, size, ASSOC_ROLE_GATEWAY, ret, why);
        if (err == -ENODATA)
                *ret = (struct assoc_identity){0};
        return err == 0 || err == -ENODATA ? INFORM_ANSWERED : INFORM_MALFORMED;
}
