/* SPDX-License-Identifier: BSD-2-Clause */
/* command_option.h - what `assocctl encode` and `assocctl decode` share. */
#ifndef DM_BRIDGE_COMMAND_OPTION_H
#define DM_BRIDGE_COMMAND_OPTION_H

#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/command.h"
#include "libassoc/assoc.h"

/** Most bytes that encode and decode read: the largest UDP payload there is. */
#define COMMAND_BYTES_MAX 65536

/** Take --role. On any trouble the error is printed, here and below. */
enum command_status command_take_role(const struct arguments *arguments, enum assoc_role *ret);

/**
 * Take bytes from `length` hexadecimal digits and separators. `what` names them in errors.
 * `buffer` has room for `size` bytes.
 */
enum command_status command_take_hex(const struct arguments *arguments, const char *what, const char *text,
                                     size_t length, uint8_t *buffer, size_t size, size_t *ret_size);

#endif
