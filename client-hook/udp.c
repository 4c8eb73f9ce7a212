/* SPDX-License-Identifier: BSD-2-Clause */
/* udp.c - UDP over IPv4 by hand (RFC 768), for a raw socket. */
#include "config.h"

#include "client-hook/udp.h"

#include <string.h>

#define IP_HEADER_SIZE_MIN 20
#define IP_AT_LENGTH       2
#define IP_AT_PROTOCOL     9

static uint16_t get_be16(const uint8_t *at)
{
        return (uint16_t)(at[0] << 8 | at[1]);
}

static void put_be16(uint8_t *at, uint16_t value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static uint32_t sum(uint32_t start, const uint8_t *data, size_t size)
{
        for (size_t i = 0; i + 1 < size; i += 2)
                start += get_be16(data + i);
        if (size % 2 != 0)
                start += (uint32_t)data[size - 1] << 8;
        return start;
}

static uint16_t checksum(const uint8_t *datagram, size_t size, struct in_addr source,
                         struct in_addr destination)
{
        uint32_t total = IPPROTO_UDP + (uint32_t)size;

        total = sum(total, (const uint8_t *)&source, sizeof(source));
        total = sum(total, (const uint8_t *)&destination, sizeof(destination));
        total = sum(total, datagram, size);
        total = (total & 0xFFFF) + (total >> 16);
        total = (total & 0xFFFF) + (total >> 16);
        /* Zero would mean: no checksum. */
        return total == 0xFFFF ? 0xFFFF : (uint16_t)~total;
}

void udp_put_header(uint8_t *datagram, size_t size, struct in_addr source, uint16_t source_port,
                    struct in_addr destination, uint16_t destination_port)
{
        size += UDP_HEADER_SIZE;
        put_be16(datagram, source_port);
        put_be16(datagram + 2, destination_port);
        put_be16(datagram + 4, (uint16_t)size);
        put_be16(datagram + 6, 0);
        put_be16(datagram + 6, checksum(datagram, size, source, destination));
}

const uint8_t *udp_find_payload(const uint8_t *packet, size_t size, uint16_t port, size_t *ret_size)
{
        size_t header, total, length;

        if (size < IP_HEADER_SIZE_MIN || packet[0] >> 4 != 4 || packet[IP_AT_PROTOCOL] != IPPROTO_UDP)
                return NULL;
        header = (size_t)(packet[0] & 0x0F) * 4;
        total = get_be16(packet + IP_AT_LENGTH);
        if (header < IP_HEADER_SIZE_MIN || total > size || header > total || total - header < UDP_HEADER_SIZE)
                return NULL;
        packet += header;
        length = get_be16(packet + 4);
        if (get_be16(packet + 2) != port || length < UDP_HEADER_SIZE || length > total - header)
                return NULL;
        *ret_size = length - UDP_HEADER_SIZE;
        return packet + UDP_HEADER_SIZE;
}
