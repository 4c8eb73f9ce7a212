/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.c - hexadecimal text to bytes: how dhcpcd hands over an option that is defined as `binhex`. */
#include "config.h"

#include "client-hook/hex.h"

#include <errno.h>
#include <string.h>

#include "libassoc/hex_digit.h"

int hex_decode(const char *text, uint8_t *buffer, size_t size, size_t *ret_size)
{
        size_t length = strlen(text);

        if (length % 2 != 0)
                return -EINVAL;
        if (length / 2 > size)
                return -ENOBUFS;
        for (size_t i = 0; i < length / 2; i++) {
                int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

                if (high < 0 || low < 0)
                        return -EINVAL;
                buffer[i] = (uint8_t)(high << 4 | low);
        }
        *ret_size = length / 2;
        return 0;
}
