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

/* The digit in upper case, or NUL. Not isxdigit(): the locale has no say in what an OUI is. */
static const char upper_digits[UINT8_MAX + 1] = {
        ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5',
        ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'A', ['B'] = 'B',
        ['C'] = 'C', ['D'] = 'D', ['E'] = 'E', ['F'] = 'F', ['a'] = 'A', ['b'] = 'B',
        ['c'] = 'C', ['d'] = 'D', ['e'] = 'E', ['f'] = 'F',
};

static enum assoc_fault check_oui(const uint8_t *data, size_t size, size_t *ret_got)
{
        *ret_got = size;
        if (size != ASSOC_OUI_LENGTH)
                return ASSOC_FAULT_OUI_LENGTH;
        for (size_t i = 0; i < size; i++) {
                if (upper_digits[data[i]] != '\0')
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

/* Whether all eight bytes at `data` are printable ASCII. */
static bool is_printable_word(const uint8_t *data)
{
        const uint64_t ones = UINT64_C(0x0101010101010101);
        uint64_t word;

        memcpy(&word, data, sizeof(word));
        /* The top bit of a byte is set by: less than 0x20; 0x7F; 0x80 and more. */
        return (((word - 0x20 * ones) | ((word ^ 0x7F * ones) - ones) | word) & 0x80 * ones) == 0;
}

/* Nearly every identity is, and needs no closer look then. */
static bool is_printable_ascii(const uint8_t *data, size_t size)
{
        const size_t step = sizeof(uint64_t);

        if (size < step) {
                for (size_t i = 0; i < size; i++)
                        if (data[i] < 0x20 || data[i] >= 0x7F)
                                return false;
                return true;
        }
        for (size_t i = 0; i < size - step; i += step)
                if (!is_printable_word(data + i))
                        return false;
        return is_printable_word(data + size - step);
}

static enum assoc_fault check_text(const uint8_t *data, size_t size, size_t *ret_got)
{
        size_t step;

        *ret_got = size;
        if (size > ASSOC_TEXT_MAX)
                return ASSOC_FAULT_TOO_LONG;
        if (is_printable_ascii(data, size))
                return ASSOC_FAULT_NONE;
        for (size_t i = 0; i < size; i += step) {
                *ret_got = i;
                if (is_control(data + i, size - i))
                        return ASSOC_FAULT_CONTROL;
                step = data[i] < 0x80 ? 1 : utf8_sequence(data + i, size - i);
                if (step == 0)
                        return ASSOC_FAULT_ENCODING;
        }
        return ASSOC_FAULT_NONE;
}

/* EN-6: some senders count a terminating NUL in. One is dropped, not more. */
static size_t without_nul(const uint8_t *data, size_t size)
{
        return size > 0 && data[size - 1] == '\0' ? size - 1 : size;
}

enum assoc_fault identity_check_element(enum assoc_element element, const void *data, size_t size,
                                        size_t *ret_got)
{
        size = without_nul(data, size);
        if (size == 0)
                return ASSOC_FAULT_NONE;
        return element == ASSOC_ELEMENT_OUI ? check_oui(data, size, ret_got)
                                            : check_text(data, size, ret_got);
}

/* All of the room is written: equal identities are equal bytes, and none of the stack's reach the caller. */
static void store_oui(char *ret, const uint8_t *data, size_t size)
{
        memset(ret, '\0', ASSOC_OUI_LENGTH + 1);
        for (size_t i = 0; i < size; i++)
                ret[i] = upper_digits[data[i]];
}

static void store_text(char *ret, const uint8_t *data, size_t size)
{
        memset(ret, '\0', ASSOC_TEXT_MAX + 1);
        if (size > 0)
                memcpy(ret, data, size);
}

void identity_store_element(struct assoc_identity *ret, enum assoc_element element, const void *data,
                            size_t size)
{
        size = without_nul(data, size);
        if (element == ASSOC_ELEMENT_OUI)
                store_oui(ret->oui, data, size);
        else
                store_text(element == ASSOC_ELEMENT_SERIAL ? ret->serial : ret->product_class, data, size);
}

enum assoc_fault identity_set_element(struct assoc_identity *ret, enum assoc_element element,
                                      const void *data, size_t size, size_t *ret_got)
{
        enum assoc_fault fault = identity_check_element(element, data, size, ret_got);

        if (fault == ASSOC_FAULT_NONE)
                identity_store_element(ret, element, data, size);
        return fault;
}

int assoc_identity_set(struct assoc_identity *ret, const char *oui, const char *serial,
                       const char *product_class, struct assoc_diagnosis *why)
{
        const char *texts[] = {oui, serial, product_class == NULL ? "" : product_class};
        struct assoc_identity identity;

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
