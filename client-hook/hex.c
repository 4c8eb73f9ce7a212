/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.c - hexadecimal text to bytes: how dhcpcd hands over an option that is defined as `binhex`. */
#include "config.h"

#include "client-hook/hex.h"

#include <errno.h>
#include <string.h>

static int digit_value(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        if (digit >= 'a' && digit <= 'f')
                return digit - 'a' + 10;
        if (digit >= 'A' && digit <= 'F')
                return digit - 'A' + 10;
        return -1;
}

int hex_decode(const char *text, uint8_t *buffer, size_t size, size_t *ret_size)
{
        size_t length = strlen(text);

        if (length % 2 != 0)
                return -EINVAL;
        if (length / 2 > size)
                return -ENOBUFS;
        for (size_t i = 0; i < length / 2; i++) {
                int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);

                if (high < 0 || low < 0)
                        return -EINVAL;
                buffer[i] = (uint8_t)(high << 4 | low);
        }
        *ret_size = length / 2;
        return 0;
}
