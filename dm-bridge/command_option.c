/* SPDX-License-Identifier: BSD-2-Clause */
/* command_option.c - what `assocctl encode` and `assocctl decode` share: the role, and bytes as hexadecimal
 * digits. */
#include "config.h"

#include "dm-bridge/command_option.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/hex.h"

enum command_status command_take_role(const struct arguments *arguments, enum assoc_role *ret)
{
        if (strcmp(arguments->role, "device") == 0) {
                *ret = ASSOC_ROLE_DEVICE;
                return COMMAND_DONE;
        }
        if (strcmp(arguments->role, "gateway") == 0) {
                *ret = ASSOC_ROLE_GATEWAY;
                return COMMAND_DONE;
        }
        command_error(arguments, "--role: expected device or gateway, got '%s'", arguments->role);
        return COMMAND_USAGE;
}

enum command_status command_take_hex(const struct arguments *arguments, const char *what, const char *text,
                                     size_t length, uint8_t *buffer, size_t size, size_t *ret_size)
{
        size_t at;

        switch (hex_parse(text, length, buffer, size, ret_size, &at)) {
        case 0:
                return COMMAND_DONE;
        case -ENOBUFS:
                command_error(arguments, "%s: expected at most %zu bytes, got more", what, size);
                return COMMAND_FAILED;
        }
        if (at >= length)
                command_error(arguments,
                              "%s: expected pairs of hexadecimal digits, got half a pair at the end", what);
        else
                command_error(arguments,
                              "%s: expected pairs of hexadecimal digits, got '%c' at character %zu", what,
                              text[at], at + 1);
        return COMMAND_FAILED;
}
