/* SPDX-License-Identifier: BSD-2-Clause */
/* udp_port.h - a UDP socket on the event loop: each datagram is handed over as it comes. */
#ifndef BRIDGE_UDP_PORT_H
#define BRIDGE_UDP_PORT_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "dm-bridge/stun_message.h"

/** Datagrams that are taken before other handles of the loop have their turn: a flood starves nobody. */
#define UDP_PORT_BATCH 64
/** Bytes of a datagram that are handed over; of a longer one this number is told as its size. */
#define UDP_PORT_SIZE_MAX 2049

struct udp_port;

struct udp_port_handler {
        void *context;
        /** `bytes` are gone when it returns. */
        void (*received)(void *context, const struct stun_address *from, const uint8_t *bytes, size_t size);
        /** All that was there was handed over, or a batch of it; NULL: nothing is to be done then. */
        void (*rest)(void *context);
};

/** Open a port; `at` is as in udp_socket.h. Returns 0 or a negative errno. */
int udp_port_open(struct udp_port **ret, uv_loop_t *loop, const struct stun_address *at,
                  const struct udp_port_handler *handler);

/** Where it is: the port that was found free, if any was asked for. */
struct stun_address udp_port_name(const struct udp_port *port);

/** Returns 0 or a negative errno. */
int udp_port_send(const struct udp_port *port, const struct stun_address *to, const uint8_t *bytes,
                  size_t size);

/** Close it, from wherever: nothing is handed over any more. The loop must run on until the handle is closed.
 * NULL: nothing. */
void udp_port_close(struct udp_port *port);

#endif
