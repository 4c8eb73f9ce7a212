/* SPDX-License-Identifier: BSD-2-Clause */
/* local_address.h - which of this host's IPv4 addresses packets leave from. */
#ifndef BRIDGE_LOCAL_ADDRESS_H
#define BRIDGE_LOCAL_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

/** The address from which packets to `to` leave. Nothing is sent. Returns 0 or a negative errno, as
 * -ENETUNREACH. */
int local_address_toward(struct in_addr to, struct in_addr *ret);

/** The address of the default route. Returns 0 or a negative errno. */
int local_address_default(struct in_addr *ret);

/** Whether this host has that address now. */
bool local_address_is_ours(struct in_addr address);

#endif
