/* SPDX-License-Identifier: BSD-2-Clause */
/* escape.c - untrusted text made fit for a message.
 * Used by what reports to an operator; knows nothing of where that is. */
#include "config.h"

#include "libassoc/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *escape_text(const void *text, size_t size, char *buffer, size_t room)
{
        const uint8_t *bytes = text;
        size_t used = 0;

        for (size_t i = 0; i < size; i++) {
                int plain = bytes[i] >= 0x20 && bytes[i] < 0x7F && bytes[i] != '\\';
                size_t need = plain ? 1 : 4;

                /* Room is kept for the mark and the NUL. */
                if (need + sizeof("...") > room - used) {
                        memcpy(buffer + used, "...", sizeof("..."));
                        return buffer;
                }
                if (plain)
                        buffer[used] = (char)bytes[i];
                else
                        snprintf(buffer + used, 5, "\\x%02X", bytes[i]);
                used += need;
        }
        buffer[used] = '\0';
        return buffer;
}
