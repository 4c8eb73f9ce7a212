/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_report.h - what the control commands tell, as JSON.
 * gateway_command.c reads the arguments and makes the answer of it. */
#ifndef GATEWAY_REPORT_H
#define GATEWAY_REPORT_H

#include <json.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway-hook/gateway_internal.h"

/**
 * Write the entries with instance numbers above `from`, at most `limit`, to `out`: JSON objects with commas
 * between them, by instance number, each with its bindings by address, in the shape of dm-bridge's `devices`.
 * The mutex, which is not held on entry, is taken for a few entries at a time only.
 * Returns 0 and their number in *ret_count; -ENOMEM.
 */
int report_devices(struct gateway *gateway, uint32_t from, uint32_t limit, FILE *out, uint32_t *ret_count);

/** Write one entry, as report_devices() does. With the mutex not held. Returns 0, -ENOENT, -ENOMEM. */
int report_device(struct gateway *gateway, uint32_t instance, FILE *out);

/** All that `assoc-status` tells. With the mutex held. Returns NULL when out of memory. */
struct json_object *report_status(const struct gateway *gateway);

#endif
