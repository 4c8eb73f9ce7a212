/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_json.c - the bytes of UTF-8, out of the escapes in which Kea hides them. */
#include "config.h"

#include "libassoc/kea_json.h"

#include <string.h>

#include "libassoc/hex_digit.h"

/* The byte that "\u00XX" stands for; -1: it is another escape. */
static int escaped_byte(const char *escape)
{
        int high, low;

        if (strncmp(escape, "\\u00", 4) != 0)
                return -1;
        high = hex_digit(escape[4]);
        low = high < 0 ? -1 : hex_digit(escape[5]);
        return low < 0 || high < 8 ? -1 : high << 4 | low;
}

void kea_json_restore(char *text)
{
        char *to = text;

        while (*text != '\0') {
                int byte = *text == '\\' ? escaped_byte(text) : -1;

                if (byte >= 0) {
                        *to++ = (char)byte;
                        text += strlen("\\u00XX");
                        continue;
                }
                /* What a backslash escapes is no backslash that escapes. */
                if (text[0] == '\\' && text[1] != '\0')
                        *to++ = *text++;
                *to++ = *text++;
        }
        *to = '\0';
}
