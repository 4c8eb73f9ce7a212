/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.c - hexadecimal text to bytes: how DHCP clients hand over an option that they do not decode. */
#include "config.h"

#include "client-hook/hex.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "libassoc/hex_digit.h"

/* One byte: two digits, or where a colon tells them apart one will do. Returns how many were read, 0: none.
 */
static size_t read_byte(const char *text, bool one_will_do, uint8_t *ret)
{
        int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

        if (low >= 0) {
                *ret = (uint8_t)(high << 4 | low);
                return 2;
        }
        if (high < 0 || !one_will_do)
                return 0;
        *ret = (uint8_t)high;
        return 1;
}

int hex_decode(const char *text, uint8_t *buffer, size_t size, size_t *ret_size)
{
        bool colons = strchr(text, ':') != NULL;
        size_t have = 0;

        while (*text != '\0') {
                size_t digits;
                uint8_t byte;

                if (colons && have > 0 && *text++ != ':')
                        return -EINVAL;
                digits = read_byte(text, colons, &byte);
                if (digits == 0)
                        return -EINVAL;
                if (have == size)
                        return -ENOBUFS;
                buffer[have++] = byte;
                text += digits;
        }
        *ret_size = have;
        return 0;
}
