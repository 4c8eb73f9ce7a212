/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration_reload.h - a new configuration for a daemon that runs. */
#ifndef BRIDGE_CONFIGURATION_RELOAD_H
#define BRIDGE_CONFIGURATION_RELOAD_H

#include "dm-bridge/configuration.h"

/**
 * Read the configuration again from `path`. In *ret what can change is as the file says, the rest as it is
 * `now`; one line is logged if that differs. Returns 0; a negative errno: the file is wrong, which is logged.
 */
int configuration_reload(const char *path, const struct configuration *now, struct configuration *ret);

#endif
