/* SPDX-License-Identifier: BSD-2-Clause */
/* diagnosis.c - a diagnosis in words: what was expected and what came. */
#include "config.h"

#include "libassoc/assoc.h"

#include <stdio.h>

/* Names as TR-111 table 1 has them, less the "Device" or "Gateway" before them. */
static const char *const element_names[] = {"ManufacturerOUI", "SerialNumber", "ProductClass"};

#define SUBJECT_SIZE sizeof("sub-option 255")

/* What the text begins with: the element, the sub-option, or the option as a whole. */
static const char *subject(uint8_t code, char buffer[SUBJECT_SIZE])
{
        if (code >= 1 && code <= 6)
                return element_names[(code - 1) % 3];
        if (code == 0)
                return "option 125";
        snprintf(buffer, SUBJECT_SIZE, "sub-option %u", code);
        return buffer;
}

/* One row a fault. With `after`, the diagnosis' number stands between the two texts. */
static const struct wording {
        const char *before, *after;
} wordings[] = {
        [ASSOC_FAULT_NONE] = {"nothing is wrong", NULL},
        [ASSOC_FAULT_MISSING] = {"expected a value, got none", NULL},
        [ASSOC_FAULT_OUI_LENGTH] = {"expected 6 hexadecimal digits, got", "bytes"},
        [ASSOC_FAULT_OUI_DIGIT] = {"expected 6 hexadecimal digits, got something else at offset", ""},
        [ASSOC_FAULT_TOO_LONG] = {"expected at most 64 bytes, got", "bytes"},
        [ASSOC_FAULT_CONTROL] = {"expected no control characters, got one at offset", ""},
        [ASSOC_FAULT_ENCODING] = {"expected UTF-8, got something else at offset", ""},
        [ASSOC_FAULT_CONFLICT] = {"expected all copies to agree, got one that differs, of", "bytes"},
        [ASSOC_FAULT_TRUNCATED] = {"expected as much data as its length says, got only", "bytes"},
        [ASSOC_FAULT_OTHER_ROLE] = {"expected sub-options 1 to 3 of a device, got a TR-124 router's as well",
                                    NULL},
        [ASSOC_FAULT_NOT_DHCP] = {"expected a DHCPv4 message with its magic cookie, got", "bytes without"},
        [ASSOC_FAULT_TOO_BIG] = {"expected it to fit in the buffer, got", "bytes"},
};

const char *assoc_diagnosis_text(const struct assoc_diagnosis *why, char *buffer, size_t size)
{
        static const struct wording unknown = {"unknown fault", NULL};
        const struct wording *wording = &unknown;
        char name[SUBJECT_SIZE];

        if ((size_t)why->fault < sizeof(wordings) / sizeof(wordings[0]))
                wording = &wordings[why->fault];
        if (size == 0)
                return buffer;
        if (wording->after == NULL)
                snprintf(buffer, size, "%s: %s", subject(why->code, name), wording->before);
        else
                snprintf(buffer, size, "%s: %s %zu%s%s", subject(why->code, name), wording->before, why->got,
                         wording->after[0] == '\0' ? "" : " ", wording->after);
        return buffer;
}
