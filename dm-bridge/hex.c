/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.c - bytes written as hexadecimal digits, as people and other tools write them.
 * Used by encode and decode of assocctl; knows nothing about options. */
#include "config.h"

#include "dm-bridge/hex.h"

#include <errno.h>
#include <stdbool.h>

#include "libassoc/hex_digit.h"

/* The digit's value, or -1. */
static int digit_at(const char *text, size_t length, size_t at)
{
        return at < length ? hex_digit(text[at]) : -1;
}

static bool is_separator(char c)
{
        return c == ':' || c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_prefix(const char *text, size_t length, size_t at)
{
        return length - at >= 2 && text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X');
}

int hex_parse(const char *text, size_t length, uint8_t *buffer, size_t size, size_t *ret_size, size_t *ret_at)
{
        size_t have = 0, at = 0;
        bool group_start = true;

        while (at < length) {
                int high, low;

                if (is_separator(text[at])) {
                        group_start = true;
                        at++;
                        continue;
                }
                if (group_start && is_prefix(text, length, at))
                        at += 2;
                group_start = false;
                high = digit_at(text, length, at);
                low = digit_at(text, length, at + 1);
                if (high < 0 || low < 0) {
                        *ret_at = high < 0 ? at : at + 1;
                        return -EINVAL;
                }
                if (have == size)
                        return -ENOBUFS;
                buffer[have++] = (uint8_t)(high << 4 | low);
                at += 2;
        }
        *ret_size = have;
        return 0;
}

void hex_print(FILE *file, const uint8_t *bytes, size_t size)
{
        for (size_t i = 0; i < size; i++)
                fprintf(file, "%02x", bytes[i]);
}
