/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_address.c - see stun_address.h. */
#include "config.h"

#include "dm-bridge/stun_address.h"

#include <arpa/inet.h>
#include <stdio.h>

bool stun_address_equals(const struct stun_address *one, const struct stun_address *other)
{
        return one->address.s_addr == other->address.s_addr && one->port == other->port;
}

const char *stun_address_text(const struct stun_address *address, char *ret)
{
        char host[INET_ADDRSTRLEN];

        inet_ntop(AF_INET, &address->address, host, sizeof(host));
        snprintf(ret, STUN_ADDRESS_TEXT_MAX, "%s:%u", host, address->port);
        return ret;
}
