/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.h - the hook's parameters, from Kea's hooks-libraries[].parameters, as JSON text. */
#ifndef GATEWAY_SETTINGS_H
#define GATEWAY_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/assoc.h"
#include "libassoc/record.h"

/** Most LAN interfaces that can be named. */
#define SETTINGS_INTERFACES_MAX 64
/** An error text, its NUL included. */
#define SETTINGS_ERROR_MAX 256

struct settings {
        struct assoc_identity identity; /* the gateway's own */
        char journal[PATH_MAX];
        char interfaces[SETTINGS_INTERFACES_MAX][RECORD_INTERFACE_MAX + 1];
        size_t interface_count; /* 0: all that Kea serves */
        bool relayed;
        uint32_t max_devices;
        uint32_t max_per_client;
        struct {
                bool enabled;
                uint32_t interval; /* seconds */
                uint32_t rounds;
        } neighbour_watch;
};

/**
 * Read and check parameters; what is not given gets its default. `json` is one object; NULL or "null" is an
 * empty one.
 * Returns 0; -EINVAL: refused, and `error` (room for `size`) has one line that names the key, what was
 * expected and what came; -ENOMEM. *ret is untouched unless 0 is returned.
 */
int settings_parse(const char *json, struct settings *ret, char *error, size_t size);

/** Whether requests that arrive on `interface` are to be inspected. */
bool settings_serve(const struct settings *settings, const char *interface);

#endif
