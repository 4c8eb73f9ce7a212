/* SPDX-License-Identifier: BSD-2-Clause */
/* values.h - what the ACS or the agent wrote: one canonical text per writable parameter. */
#ifndef BRIDGE_VALUES_H
#define BRIDGE_VALUES_H

#include "dm-bridge/model.h"

/** Writable parameters. VALUE_NONE: read-only. */
enum value_id {
        VALUE_NONE,
        VALUE_URL,
        VALUE_CONNECTION_REQUEST_USERNAME,
        VALUE_CONNECTION_REQUEST_PASSWORD,
        VALUE_DEVICE_LIMIT,
        VALUE_ADDRESS_LIMIT,
        VALUE_STUN_ENABLE,
        VALUE_STUN_SERVER_ADDRESS,
        VALUE_STUN_SERVER_PORT,
        VALUE_STUN_USERNAME,
        VALUE_STUN_PASSWORD,
        VALUE_STUN_MAXIMUM_KEEP_ALIVE,
        VALUE_STUN_MINIMUM_KEEP_ALIVE,
        VALUE_COUNT,
};

struct values {
        char text[VALUE_COUNT][MODEL_VALUE_MAX];
};

/** A value that is a number, or a boolean; it was checked when it was written. */
int64_t values_number(const struct values *values, enum value_id id);
bool values_true(const struct values *values, enum value_id id);

/**
 * Bring a text of `length` bytes into the parameter's canonical form (MODEL_VALUE_MAX bytes in `ret`).
 * Returns 0; -EINVAL: no text of that type (9006); -ERANGE: of that type, but out of the parameter's range
 * (9007); in both cases *ret_expected is what would have been right.
 */
int value_check(const struct parameter *parameter, const char *text, size_t length, char *ret,
                const char **ret_expected);

#endif
