/* SPDX-License-Identifier: BSD-2-Clause */
/* record_scan.c - a line of the journal as we write it, read without a JSON parser.
 * A gateway with many devices reads all of its journal before it serves the first one. Nothing is believed:
 * what was read is written again, and must be the line. Used by record.c. */
#include "config.h"

#include "libassoc/record_scan.h"

#include <arpa/inet.h>
#include <string.h>

#include "libassoc/hex_digit.h"

struct scan {
        const char *pos, *end;
};

static bool skip(struct scan *scan, const char *literal, size_t size)
{
        if ((size_t)(scan->end - scan->pos) < size || memcmp(scan->pos, literal, size) != 0)
                return false;
        scan->pos += size;
        return true;
}

#define SKIP(scan, literal) skip((scan), "" literal, sizeof(literal) - 1)

/* Plain ASCII up to the closing quote, which is skipped. */
static bool get_text(struct scan *scan, char *ret, size_t size)
{
        size_t length = 0;

        while (scan->pos < scan->end && *scan->pos != '"') {
                if (*scan->pos < ' ' || *scan->pos > '~' || *scan->pos == '\\' || length + 1 >= size)
                        return false;
                ret[length++] = *scan->pos++;
        }
        ret[length] = '\0';
        return SKIP(scan, "\"");
}

/* At most 18 digits, so that it can't overflow. */
static bool get_number(struct scan *scan, int64_t *ret)
{
        const char *start = scan->pos;

        *ret = 0;
        while (scan->pos < scan->end && *scan->pos >= '0' && *scan->pos <= '9' && scan->pos - start < 18)
                *ret = *ret * 10 + (*scan->pos++ - '0');
        return scan->pos > start;
}

static bool get_instance(struct scan *scan, struct device_record *ret)
{
        int64_t value;

        if (!get_number(scan, &value) || value < 1 || value > UINT32_MAX)
                return false;
        ret->instance = (uint32_t)value;
        return true;
}

static bool get_identity(struct scan *scan, struct device_record *ret)
{
        struct assoc_identity raw;

        return SKIP(scan, ",\"oui\":\"") && get_text(scan, raw.oui, sizeof(raw.oui)) &&
               SKIP(scan, ",\"serial\":\"") && get_text(scan, raw.serial, sizeof(raw.serial)) &&
               SKIP(scan, ",\"class\":\"") && get_text(scan, raw.product_class, sizeof(raw.product_class)) &&
               assoc_identity_set(&ret->identity, raw.oui, raw.serial, raw.product_class, NULL) == 0;
}

static bool get_address(struct scan *scan, struct device_record *ret)
{
        char text[INET_ADDRSTRLEN];

        return SKIP(scan, ",\"address\":\"") && get_text(scan, text, sizeof(text)) &&
               inet_pton(AF_INET, text, &ret->address) == 1;
}

static bool get_hwaddr(struct scan *scan, struct device_record *ret)
{
        if (!SKIP(scan, ",\"hwaddr\":\""))
                return false;
        while (!SKIP(scan, "\"")) {
                int high, low;

                if (ret->hwaddr_size == RECORD_HWADDR_MAX || (ret->hwaddr_size > 0 && !SKIP(scan, ":")) ||
                    scan->end - scan->pos < 2)
                        return false;
                high = hex_digit(scan->pos[0]);
                low = hex_digit(scan->pos[1]);
                if (high < 0 || low < 0)
                        return false;
                ret->hwaddr[ret->hwaddr_size++] = (uint8_t)(high << 4 | low);
                scan->pos += 2;
        }
        return true;
}

static bool get_source(struct scan *scan, struct device_record *ret)
{
        ret->source = DEVICE_SOURCE_LEASE;
        if (SKIP(scan, ",\"source\":\"lease\""))
                return true;
        ret->source = DEVICE_SOURCE_INFORM;
        return SKIP(scan, ",\"source\":\"inform\"");
}

static bool get_away(struct scan *scan, struct device_record *ret)
{
        ret->away = SKIP(scan, ",\"away\":true");
        return ret->away || SKIP(scan, ",\"away\":false");
}

static bool is_as_written(const struct device_record *record, const char *line, size_t length)
{
        char again[RECORD_LINE_MAX + 1];
        int size = device_record_format(record, again, sizeof(again));

        return size > 0 && (size_t)size == length + 1 && memcmp(again, line, length) == 0;
}

bool record_is_word(const char *text)
{
        for (; *text != '\0'; text++)
                if (*text <= ' ' || *text >= 0x7f || strchr("/\"'\\", *text) != NULL)
                        return false;
        return true;
}

bool record_scan_bind(const char *line, size_t length, struct device_record *ret)
{
        struct scan scan = {line, line + length};
        struct device_record record = {.type = DEVICE_RECORD_BIND};

        if (!SKIP(&scan, "{\"type\":\"bind\",\"instance\":") || !get_instance(&scan, &record) ||
            !get_identity(&scan, &record) || !get_address(&scan, &record) || !get_hwaddr(&scan, &record) ||
            !SKIP(&scan, ",\"interface\":\"") ||
            !get_text(&scan, record.interface, sizeof(record.interface)) ||
            !record_is_word(record.interface) || !get_source(&scan, &record) || !get_away(&scan, &record) ||
            !SKIP(&scan, ",\"since\":") || !get_number(&scan, &record.since) ||
            !SKIP(&scan, ",\"expires\":") || !get_number(&scan, &record.expires) ||
            !is_as_written(&record, line, length))
                return false;
        *ret = record;
        return true;
}
