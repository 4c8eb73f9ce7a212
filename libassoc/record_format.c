/* SPDX-License-Identifier: BSD-2-Clause */
/* record_format.c - the journal's and GatewayInfo's lines, written.
 * The DHCP server writes a line for every ACK, and many when the journal is rewritten: by hand, without
 * allocation. record.c reads them, with a JSON parser. */
#include "config.h"

#include "libassoc/record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* `size` counts what would have been written, `room` what may. */
struct writer {
        char *text;
        size_t size, room;
};

static void put_char(struct writer *writer, char byte)
{
        if (writer->size < writer->room)
                writer->text[writer->size] = byte;
        writer->size++;
}

static void put_bytes(struct writer *writer, const char *bytes, size_t size)
{
        if (writer->size < writer->room && size <= writer->room - writer->size)
                memcpy(writer->text + writer->size, bytes, size);
        writer->size += size;
}

#define put_literal(writer, literal) put_bytes((writer), "" literal, sizeof(literal) - 1)

static void put_hex(struct writer *writer, uint8_t byte)
{
        static const char digits[] = "0123456789abcdef";

        put_char(writer, digits[byte >> 4]);
        put_char(writer, digits[byte & 15]);
}

static void put_number(struct writer *writer, int64_t value)
{
        uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
        char digits[20];
        size_t first = sizeof(digits);

        do
                digits[--first] = (char)('0' + rest % 10);
        while ((rest /= 10) > 0);
        if (value < 0)
                put_char(writer, '-');
        put_bytes(writer, digits + first, sizeof(digits) - first);
}

/* RFC 8259 section 7: these must be escaped; all else stays as it is. */
static bool must_escape(char byte)
{
        return (unsigned char)byte < ' ' || byte == '"' || byte == '\\';
}

static void put_escaped(struct writer *writer, char byte)
{
        put_char(writer, '\\');
        if ((unsigned char)byte >= ' ') {
                put_char(writer, byte);
                return;
        }
        put_literal(writer, "u00");
        put_hex(writer, (uint8_t)byte);
}

static void put_text(struct writer *writer, const char *text)
{
        put_char(writer, '"');
        while (*text != '\0') {
                size_t plain = 0;

                while (text[plain] != '\0' && !must_escape(text[plain]))
                        plain++;
                put_bytes(writer, text, plain);
                text += plain;
                if (*text != '\0')
                        put_escaped(writer, *text++);
        }
        put_char(writer, '"');
}

static void put_identity(struct writer *writer, const struct assoc_identity *identity)
{
        put_literal(writer, ",\"oui\":");
        put_text(writer, identity->oui);
        put_literal(writer, ",\"serial\":");
        put_text(writer, identity->serial);
        put_literal(writer, ",\"class\":");
        put_text(writer, identity->product_class);
}

static void put_address(struct writer *writer, struct in_addr address)
{
        uint32_t host = ntohl(address.s_addr);

        put_literal(writer, ",\"address\":\"");
        for (int shift = 24; shift >= 0; shift -= 8) {
                put_number(writer, host >> shift & 255);
                put_char(writer, shift > 0 ? '.' : '"');
        }
}

static void put_hwaddr(struct writer *writer, const struct device_record *record)
{
        put_literal(writer, ",\"hwaddr\":\"");
        for (size_t i = 0; i < record->hwaddr_size && i < RECORD_HWADDR_MAX; i++) {
                if (i > 0)
                        put_char(writer, ':');
                put_hex(writer, record->hwaddr[i]);
        }
        put_char(writer, '"');
}

static void put_header(struct writer *writer, const struct device_record *record)
{
        put_literal(writer, "{\"journal\":\"" RECORD_JOURNAL_NAME "\",\"version\":");
        put_number(writer, record->version);
        put_literal(writer, ",\"next\":");
        put_number(writer, record->next);
}

static void put_bind(struct writer *writer, const struct device_record *record)
{
        put_literal(writer, "{\"type\":\"bind\",\"instance\":");
        put_number(writer, record->instance);
        put_identity(writer, &record->identity);
        put_address(writer, record->address);
        put_hwaddr(writer, record);
        put_literal(writer, ",\"interface\":");
        put_text(writer, record->interface);
        put_literal(writer, ",\"source\":");
        put_text(writer, device_source_name(record->source));
        put_literal(writer, ",\"away\":");
        if (record->away)
                put_literal(writer, "true");
        else
                put_literal(writer, "false");
        put_literal(writer, ",\"since\":");
        put_number(writer, record->since);
        put_literal(writer, ",\"expires\":");
        put_number(writer, record->expires);
}

static void put_unbind(struct writer *writer, const struct device_record *record)
{
        put_literal(writer, "{\"type\":\"unbind\"");
        put_address(writer, record->address);
        put_literal(writer, ",\"reason\":");
        put_text(writer, record->reason);
}

static int end_line(struct writer *writer)
{
        put_bytes(writer, "}\n", sizeof("}\n"));
        return writer->size > writer->room ? -ENOBUFS : (int)writer->size - 1;
}

int device_record_format(const struct device_record *record, char *buffer, size_t size)
{
        struct writer writer = {.text = buffer, .room = size};

        switch (record->type) {
        case DEVICE_RECORD_HEADER:
                put_header(&writer, record);
                break;
        case DEVICE_RECORD_BIND:
                put_bind(&writer, record);
                break;
        case DEVICE_RECORD_UNBIND:
                put_unbind(&writer, record);
                break;
        }
        return end_line(&writer);
}

int gateway_info_format(const struct gateway_info *info, char *buffer, size_t size)
{
        struct writer writer = {.text = buffer, .room = size};

        put_literal(&writer, "{\"interface\":");
        put_text(&writer, info->interface);
        put_literal(&writer, ",\"metric\":");
        put_number(&writer, info->metric);
        put_identity(&writer, &info->identity);
        put_literal(&writer, ",\"expires\":");
        put_number(&writer, info->expires);
        put_literal(&writer, ",\"reason\":");
        put_text(&writer, info->reason);
        return end_line(&writer);
}
