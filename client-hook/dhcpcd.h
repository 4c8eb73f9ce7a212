/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcpcd.h - whether dhcpcd sends the device's identity itself (DV-1), so that nobody has to do it for it. */
#ifndef CLIENT_DHCPCD_H
#define CLIENT_DHCPCD_H

#include <stdbool.h>
#include <stddef.h>

/** A dhcpcd.conf that is longer is not read by dhcpcd either. */
#define DHCPCD_CONF_MAX 65536

/** What decides which blocks of dhcpcd.conf hold. */
struct dhcpcd_link {
        const char *interface;
        const char *ssid;    /* NULL: none */
        const char *profile; /* NULL: none */
};

/**
 * Whether the text of a dhcpcd.conf has dhcpcd send an OUI and a serial number (`vsio 3561 1,...` and
 * `vsio 3561 2,...`) over `link`.
 */
bool dhcpcd_conf_sends_identity(const char *text, size_t size, const struct dhcpcd_link *link);

/**
 * Whether the dhcpcd that is installed (the first in PATH) knows `vsio`: the program is asked, once. What it
 * says is kept in the file `cache` until the program is another one.
 */
bool dhcpcd_knows_vsio(const char *cache);

/** Both: the dhcpcd that is installed can send the identity, and the file `conf` tells it to. */
bool dhcpcd_sends_identity(const char *conf, const char *cache, const struct dhcpcd_link *link);

#endif
