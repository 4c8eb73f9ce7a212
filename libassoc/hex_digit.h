/* SPDX-License-Identifier: BSD-2-Clause */
/* hex_digit.h - the value of a hexadecimal digit, whatever the locale.
 * Private; shared by the readers of hexadecimal text. */
#ifndef LIBASSOC_HEX_DIGIT_H
#define LIBASSOC_HEX_DIGIT_H

/** 0 to 15, either case; -1: it is no hexadecimal digit. */
static inline int hex_digit(char digit)
{
        if (digit >= '0' && digit <= '9')
                return digit - '0';
        if (digit >= 'a' && digit <= 'f')
                return digit - 'a' + 10;
        if (digit >= 'A' && digit <= 'F')
                return digit - 'A' + 10;
        return -1;
}

#endif
