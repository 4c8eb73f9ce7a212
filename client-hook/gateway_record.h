/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_record.h - the GatewayInfo records that dm-bridge reads: one file per interface. */
#ifndef CLIENT_GATEWAY_RECORD_H
#define CLIENT_GATEWAY_RECORD_H

#include "libassoc/record.h"

/**
 * Put `info` in FOLDER/INTERFACE.json, atomically, mode 0644 (DV-2, DV-3). A record that says the same
 * already is left alone (DV-6). The folder and the one above it are made if need be. Returns 1: written; 0:
 * nothing to write; or a negative errno.
 */
int gateway_record_store(const char *folder, const struct gateway_info *info);

/**
 * Remove the record of `interface`: its three elements are "" from now on (DV-5).
 * Returns 1: removed; 0: there was none; or a negative errno.
 */
int gateway_record_discard(const char *folder, const char *interface);

#endif
