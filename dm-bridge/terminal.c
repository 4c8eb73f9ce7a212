/* SPDX-License-Identifier: BSD-2-Clause */
/* terminal.c - text from elsewhere, shown so that it can neither steer nor deceive a terminal.
 * The one place where assocctl escapes. Identities are validated where they enter (EN-6), but valid Unicode
 * holds characters that no table should show as they are. */
#include "config.h"

#include "dm-bridge/terminal.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* How one character is shown. */
struct glyph {
        char text[16];
        size_t size;  /* bytes of it */
        size_t width; /* columns it takes */
};

static size_t next_glyph(const char *text, size_t size, struct glyph *ret);

void terminal_print(FILE *file, const char *text, size_t size)
{
        struct glyph glyph;

        for (size_t i = 0; i < size;) {
                i += next_glyph(text + i, size - i, &glyph);
                fwrite(glyph.text, 1, glyph.size, file);
        }
}

size_t terminal_width(const char *text, size_t size)
{
        struct glyph glyph;
        size_t width = 0;

        for (size_t i = 0; i < size;) {
                i += next_glyph(text + i, size - i, &glyph);
                width += glyph.width;
        }
        return width;
}

const char *terminal_duration(int64_t seconds, char *buffer, size_t size)
{
        static const struct {
                int64_t seconds;
                const char *name;
        } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
        size_t used = 0;

        buffer[0] = '\0';
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
                int64_t count = seconds / units[i].seconds;
                bool last = units[i].seconds == 1;

                if (used < size && (count > 0 || (last && used == 0)))
                        used += (size_t)snprintf(buffer + used, size - used, "%s%" PRId64 " %s",
                                                 used > 0 ? " " : "", count, units[i].name);
                seconds %= units[i].seconds;
        }
        return buffer;
}

const char *terminal_time(int64_t seconds, char *buffer, size_t size)
{
        time_t time = (time_t)seconds;
        struct tm parts;

        if (localtime_r(&time, &parts) == NULL || strftime(buffer, size, "%Y-%m-%d %H:%M:%S", &parts) == 0)
                snprintf(buffer, size, "%" PRId64, seconds);
        return buffer;
}

/* Invisible, or turning the direction of what follows: a serial number could pose as another by them. */
static bool is_deceptive(uint32_t code)
{
        static const struct {
                uint32_t first, last;
        } ranges[] = {
                {0x80, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E},    {0x200B, 0x200F},
                {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},    {0xFE00, 0xFE0F},
                {0xE000, 0xF8FF}, {0x3164, 0x3164}, {0xFFA0, 0xFFA0}, {0xE0000, 0x10FFFF},
        };

        for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
                if (code >= ranges[i].first && code <= ranges[i].last)
                        return true;
        return false;
}

/* The size of the UTF-8 sequence at `text` and its code point; 0: there is none (RFC 3629). */
static size_t decode_utf8(const char *text, size_t size, uint32_t *ret_code)
{
        static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
        const uint8_t *bytes = (const uint8_t *)text;
        size_t need = bytes[0] < 0x80   ? 1
                      : bytes[0] < 0xC0 ? 0
                      : bytes[0] < 0xE0 ? 2
                      : bytes[0] < 0xF0 ? 3
                                        : 4;
        uint32_t code = need <= 1 ? bytes[0] : bytes[0] & (0x7Fu >> need);

        if (need == 0 || need > size || bytes[0] > 0xF4)
                return 0;
        for (size_t i = 1; i < need; i++) {
                if ((bytes[i] & 0xC0) != 0x80)
                        return 0;
                code = code << 6 | (bytes[i] & 0x3F);
        }
        if (code < smallest[need] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
                return 0;
        *ret_code = code;
        return need;
}

static void escape(struct glyph *ret, const char *before, unsigned value, const char *after)
{
        ret->size = ret->width =
                (size_t)snprintf(ret->text, sizeof(ret->text), "%s%02x%s", before, value, after);
}

/* Returns how many bytes of `text` the glyph stands for; `size` is not 0. */
static size_t next_glyph(const char *text, size_t size, struct glyph *ret)
{
        uint32_t code;
        size_t used = decode_utf8(text, size, &code);

        if (used == 0 || code < 0x20 || code == 0x7F) {
                escape(ret, "\\x", (uint8_t)text[0], "");
                return 1;
        }
        if (code == '\\') {
                *ret = (struct glyph){.text = "\\\\", .size = 2, .width = 2};
                return 1;
        }
        if (is_deceptive(code)) {
                escape(ret, "\\u{", code, "}");
                return used;
        }
        memcpy(ret->text, text, used);
        ret->size = used;
        /* -1: the C library does not know the character; most take one column. */
        ret->width = wcwidth((wchar_t)code) < 0 ? 1 : (size_t)wcwidth((wchar_t)code);
        return used;
}
