/* SPDX-License-Identifier: BSD-2-Clause */
/* client_config.h - what to configure in a DHCP client so that it takes part. */
#ifndef DM_BRIDGE_CLIENT_CONFIG_H
#define DM_BRIDGE_CLIENT_CONFIG_H

#include <stdio.h>

#include "libassoc/assoc.h"

/** The clients, for messages: "a, b, c". */
const char *client_config_names(void);

/**
 * Print what to configure in `client` so that it sends exactly `identity`, which is valid, and hands over
 * what the gateway answers. All but the configuration itself is in lines that start with '#'.
 * Returns 0; -ENOENT: no such client; or another negative errno: the identity cannot be encoded.
 */
int client_config_print(FILE *file, const char *client, const struct assoc_identity *identity);

#endif
