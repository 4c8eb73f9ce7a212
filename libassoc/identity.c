/* SPDX-License-Identifier: BSD-2-Clause */
/* identity.c - what makes an identity valid (TR-111 1.2.5, table 2).
 * Knows nothing about DHCP; option.c feeds it the bytes of sub-options. */
#include "config.h"

#include "libassoc/identity.h"

#include <errno.h>
#include <string.h>

bool assoc_identity_equal(const struct assoc_identity *a, const struct assoc_identity *b)
{
        return strcmp(a->oui, b->oui) == 0 && strcmp(a->serial, b->serial) == 0 &&
               strcmp(a->product_class, b->product_class) == 0;
}

bool assoc_identity_empty(const struct assoc_identity *identity)
{
        return identity->oui[0] == '\0' && identity->serial[0] == '\0' && identity->product_class[0] == '\0';
}

const char *assoc_version(void)
{
        return PACKAGE_VERSION;
}

const char *identity_element(const struct assoc_identity *identity, enum assoc_element element)
{
        switch (element) {
        case ASSOC_ELEMENT_OUI:
                return identity->oui;
        case ASSOC_ELEMENT_SERIAL:
                return identity->serial;
        case ASSOC_ELEMENT_CLASS:
                return identity->product_class;
        }
        return "";
}

/* Not isxdigit(): the locale has no say in what an OUI is. */
static bool is_hex_digit(uint8_t byte)
{
        return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F') || (byte >= 'a' && byte <= 'f');
}

static enum assoc_fault check_oui(const uint8_t *data, size_t size, size_t *ret_got)
{
        *ret_got = size;
        if (size != ASSOC_OUI_LENGTH)
                return ASSOC_FAULT_OUI_LENGTH;
        for (size_t i = 0; i < size; i++) {
                if (is_hex_digit(data[i]))
                        continue;
                *ret_got = i;
                return ASSOC_FAULT_OUI_DIGIT;
        }
        return ASSOC_FAULT_NONE;
}

/* One row per shape of a UTF-8 sequence (RFC 3629 section 4): the second byte's range excludes overlong
 * forms, surrogates and what lies beyond U+10FFFF. */
static const struct utf8_shape {
        uint8_t lead_min, lead_max, second_min, second_max, size;
} utf8_shapes[] = {
        {0xC2, 0xC2, 0xA0, 0xBF, 2}, /* U+0080 to U+009F are control characters (C1) */
        {0xC3, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* The size of the multi-byte sequence at `data`, or 0 if there is none. */
static size_t utf8_sequence(const uint8_t *data, size_t size)
{
        for (size_t i = 0; i < sizeof(utf8_shapes) / sizeof(utf8_shapes[0]); i++) {
                const struct utf8_shape *shape = &utf8_shapes[i];

                if (data[0] < shape->lead_min || data[0] > shape->lead_max)
                        continue;
                if (size < shape->size || data[1] < shape->second_min || data[1] > shape->second_max)
                        return 0;
                for (size_t tail = 2; tail < shape->size; tail++)
                        if ((data[tail] & 0xC0) != 0x80)
                                return 0;
                return shape->size;
        }
        return 0;
}

static bool is_control(const uint8_t *data, size_t size)
{
        return data[0] < 0x20 || data[0] == 0x7F ||
               (data[0] == 0xC2 && size > 1 && data[1] >= 0x80 && data[1] <= 0x9F);
}

static bool is_printable_ascii(uint8_t byte)
{
        return byte >= 0x20 && byte < 0x7F;
}

static enum assoc_fault check_text(const uint8_t *data, size_t size, size_t *ret_got)
{
        size_t step;

        *ret_got = size;
        if (size > ASSOC_TEXT_MAX)
                return ASSOC_FAULT_TOO_LONG;
        for (size_t i = 0; i < size; i += step) {
                step = 1;
                if (is_printable_ascii(data[i]))
                        continue;
                *ret_got = i;
                if (is_control(data + i, size - i))
                        return ASSOC_FAULT_CONTROL;
                step = utf8_sequence(data + i, size - i);
                if (step == 0)
                        return ASSOC_FAULT_ENCODING;
        }
        return ASSOC_FAULT_NONE;
}

static void store_text(char *ret, const uint8_t *data, size_t size)
{
        memcpy(ret, data, size);
        ret[size] = '\0';
}

static void store_oui(char *ret, const uint8_t *data, size_t size)
{
        for (size_t i = 0; i < size; i++)
                ret[i] = (char)(data[i] >= 'a' ? data[i] - 'a' + 'A' : data[i]);
        ret[size] = '\0';
}

enum assoc_fault identity_set_element(struct assoc_identity *ret, enum assoc_element element,
                                      const void *data, size_t size, size_t *ret_got)
{
        const uint8_t *bytes = data;
        char *text = element == ASSOC_ELEMENT_SERIAL ? ret->serial : ret->product_class;
        enum assoc_fault fault = ASSOC_FAULT_NONE;

        /* EN-6: some senders count a terminating NUL in. */
        if (size > 0 && bytes[size - 1] == '\0')
                size--;
        if (size == 0) {
                *(element == ASSOC_ELEMENT_OUI ? ret->oui : text) = '\0';
        } else if (element == ASSOC_ELEMENT_OUI) {
                fault = check_oui(bytes, size, ret_got);
                if (fault == ASSOC_FAULT_NONE)
                        store_oui(ret->oui, bytes, size);
        } else {
                fault = check_text(bytes, size, ret_got);
                if (fault == ASSOC_FAULT_NONE)
                        store_text(text, bytes, size);
        }
        return fault;
}

int assoc_identity_set(struct assoc_identity *ret, const char *oui, const char *serial,
                       const char *product_class, struct assoc_diagnosis *why)
{
        const char *texts[] = {oui, serial, product_class == NULL ? "" : product_class};
        struct assoc_identity identity = {0};

        for (unsigned element = ASSOC_ELEMENT_OUI; element <= ASSOC_ELEMENT_CLASS; element++) {
                size_t size = strlen(texts[element]), got = 0;
                enum assoc_fault fault = ASSOC_FAULT_MISSING;

                if (size > 0 || element == ASSOC_ELEMENT_CLASS)
                        fault = identity_set_element(&identity, (enum assoc_element)element, texts[element],
                                                     size, &got);
                if (fault == ASSOC_FAULT_NONE)
                        continue;
                if (why != NULL)
                        *why = (struct assoc_diagnosis){
                                .fault = fault, .code = (uint8_t)(element + 1), .got = got};
                return -EINVAL;
        }
        *ret = identity;
        return 0;
}
