/* SPDX-License-Identifier: BSD-2-Clause */
/* udp_socket.h - an IPv4 UDP socket that never waits. */
#ifndef BRIDGE_UDP_SOCKET_H
#define BRIDGE_UDP_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/stun_message.h"

/** Open one at that address and port, INADDR_ANY and 0 standing for any. Returns its descriptor or a negative
 * errno. */
int udp_socket_open(const struct stun_address *at);

/** Where it is. Returns 0 or a negative errno. */
int udp_socket_name(int fd, struct stun_address *ret);

/**
 * The next datagram that came in, at most `size` bytes of it in `buffer`; *ret_size is its whole size, which
 * may be more. Returns 0; -EAGAIN: there is none; another negative errno.
 */
int udp_socket_receive(int fd, uint8_t *buffer, size_t size, size_t *ret_size, struct stun_address *ret_from);

/** Send a datagram. Returns 0 or a negative errno, -EAGAIN if there is no room. */
int udp_socket_send(int fd, const struct stun_address *to, const uint8_t *bytes, size_t size);

#endif
