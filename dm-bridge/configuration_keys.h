/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration_keys.h - the keys of dm-bridge.conf; private to the reading of it. */
#ifndef BRIDGE_CONFIGURATION_KEYS_H
#define BRIDGE_CONFIGURATION_KEYS_H

#include <stdbool.h>

#include "dm-bridge/configuration.h"

struct json_object;

#define CONFIGURATION_KEYS 15

struct configuration_key {
        const char *name;
        const char *expected; /* of a value, for messages */
        /** False: the value is not as expected. */
        bool (*set)(struct configuration *config, struct json_object *value);
};

/** The first is the one that is required: `role`. */
extern const struct configuration_key configuration_keys[CONFIGURATION_KEYS];

/** What holds where the file says nothing. */
extern const struct configuration configuration_initial;

extern const char configuration_gateway_root[], configuration_device_root[];

#endif
