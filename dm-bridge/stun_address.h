/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_address.h - IPv4 transport addresses, as STUN and all around it have them. */
#ifndef BRIDGE_STUN_ADDRESS_H
#define BRIDGE_STUN_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/** Room for any text of an address, its NUL included. */
#define STUN_ADDRESS_TEXT_MAX (INET_ADDRSTRLEN + sizeof(":65535") - 1)

/** An IPv4 transport address; the port is in host order. */
struct stun_address {
        struct in_addr address;
        uint16_t port;
};

bool stun_address_equals(const struct stun_address *one, const struct stun_address *other);

/** "192.0.2.1:3478" in `ret`, STUN_ADDRESS_TEXT_MAX bytes, which is returned. */
const char *stun_address_text(const struct stun_address *address, char *ret);

#endif
