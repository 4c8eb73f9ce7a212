/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_devices.h - the gateway's device table, asked from a running Kea. */
#ifndef DM_BRIDGE_KEA_DEVICES_H
#define DM_BRIDGE_KEA_DEVICES_H

#include "dm-bridge/command.h"

/** Devices that Kea is asked for at a time, so that it can serve packets between. */
#define KEA_DEVICES_PAGE 500

/**
 * Ask the Kea at arguments->kea_socket for all devices. On any trouble the error is printed.
 * Returns COMMAND_DONE and an array like that of dm-bridge's `devices` in *ret, to be released with
 * json_object_put(); else the status to exit with.
 */
enum command_status kea_devices(const struct arguments *arguments, struct json_object **ret);

#endif
