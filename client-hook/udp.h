/* SPDX-License-Identifier: BSD-2-Clause */
/* udp.h - UDP over IPv4 by hand, for a raw socket. */
#ifndef CLIENT_UDP_H
#define CLIENT_UDP_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define UDP_HEADER_SIZE 8

/**
 * Write the UDP header of a datagram whose payload, `size` bytes, stands behind it at datagram +
 * UDP_HEADER_SIZE. `size` is at most 65527.
 */
void udp_put_header(uint8_t *datagram, size_t size, struct in_addr source, uint16_t source_port,
                    struct in_addr destination, uint16_t destination_port);

/**
 * Find the payload of a UDP datagram to `port` in an IPv4 packet as a raw socket delivers it.
 * The checksum is not looked at: between virtual interfaces the kernel leaves it undone.
 * Returns the payload and its size in *ret_size, or NULL if the packet is anything else.
 */
const uint8_t *udp_find_payload(const uint8_t *packet, size_t size, uint16_t port, size_t *ret_size);

#endif
