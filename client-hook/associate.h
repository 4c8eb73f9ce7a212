/* SPDX-License-Identifier: BSD-2-Clause */
/* associate.h - what a DHCP event means for GatewayInfo. */
#ifndef CLIENT_ASSOCIATE_H
#define CLIENT_ASSOCIATE_H

#include <stdbool.h>

#include "client-hook/event.h"

struct associate_settings {
        const char *identity_file;
        const char *records;     /* folder of GatewayInfo records */
        const char *slots;       /* folder of slot.h */
        const char *routes;      /* the kernel's, see default_route.h */
        const char *dhcpcd_conf; /* dhcpcd's configuration */
        bool foreground;         /* wait for the companion */
};

/**
 * Do what `event` asks for: record what the ACK says of the gateway, have the companion ask if dhcpcd could
 * not, or discard the record. Problems are logged. Returns 0 or a negative errno.
 */
int associate(const struct event *event, const struct associate_settings *settings);

#endif
