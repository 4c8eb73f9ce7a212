/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_info.h - what the device's interfaces learnt of their gateways. */
#ifndef BRIDGE_GATEWAY_INFO_H
#define BRIDGE_GATEWAY_INFO_H

#include <stdint.h>

#include "dm-bridge/devices.h"
#include "libassoc/record.h"

/** Records that are held, one per interface; further ones are counted as skipped. */
#define GATEWAY_RECORDS_MAX 64

struct gateway_records {
        const char *folder;
        enum source_state state;
        uint64_t skipped; /* damaged records in the folder as it is now, and those over the limit */
        struct gateway_info
                records[GATEWAY_RECORDS_MAX]; /* by metric, then by name: the first is the active one */
        unsigned count;
};

/** `folder` must outlive *gateway. Nothing is read yet. */
void gateway_records_init(struct gateway_records *gateway, const char *folder);

/** Read the folder's records again; leave out those that have expired at `now` (CLOCK_BOOTTIME, seconds). */
void gateway_records_refresh(struct gateway_records *gateway, int64_t now);

/** Forget the records that have expired at `now` (DV-5, DV-8). */
void gateway_records_expire(struct gateway_records *gateway, int64_t now);

/** When the next record expires; 0: none does. */
int64_t gateway_records_deadline(const struct gateway_records *gateway);

/** The record that GatewayInfo shows: of the lowest metric (DV-7); NULL if there is none. */
const struct gateway_info *gateway_records_active(const struct gateway_records *gateway);

#endif
