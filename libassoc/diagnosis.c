/* SPDX-License-Identifier: BSD-2-Clause */
/* diagnosis.c - a diagnosis in words: what was expected and what came. */
#include "config.h"

#include "libassoc/assoc.h"

#include <stdio.h>

/* Names as TR-111 table 1 has them, less the "Device" or "Gateway" before them. */
static const char *const element_names[] = {"ManufacturerOUI", "SerialNumber", "ProductClass"};

#define SUBJECT_SIZE sizeof("sub-option 255")

/* What the text begins with: the element, the sub-option, or what holds them all. */
static const char *subject(const struct assoc_diagnosis *why, char buffer[SUBJECT_SIZE])
{
        if (why->fault == ASSOC_FAULT_NOT_DHCP)
                return "message";
        if (why->code == 0)
                return "option 125";
        if (why->code <= 6 && why->fault != ASSOC_FAULT_OTHER_ROLE)
                return element_names[(why->code - 1) % 3];
        snprintf(buffer, SUBJECT_SIZE, "sub-option %u", why->code);
        return buffer;
}

/* One row a fault. With `after`, the diagnosis' number stands between the two texts. */
struct wording {
        const char *before, *after;
};

static const struct wording wordings[] = {
        [ASSOC_FAULT_NONE] = {"nothing is wrong", NULL},
        [ASSOC_FAULT_MISSING] = {"expected a value, got none", NULL},
        [ASSOC_FAULT_OUI_LENGTH] = {"expected 6 hexadecimal digits, got", " bytes"},
        [ASSOC_FAULT_OUI_DIGIT] = {"expected 6 hexadecimal digits, got something else at offset", ""},
        [ASSOC_FAULT_TOO_LONG] = {"expected at most 64 bytes, got", " bytes"},
        [ASSOC_FAULT_CONTROL] = {"expected no control characters, got one at offset", ""},
        [ASSOC_FAULT_ENCODING] = {"expected UTF-8, got something else at offset", ""},
        [ASSOC_FAULT_CONFLICT] = {"expected all copies to agree, got one that differs, of", " bytes"},
        [ASSOC_FAULT_TRUNCATED] = {"expected as much data as its length says, got only", " bytes"},
        [ASSOC_FAULT_OTHER_ROLE] = {"expected 1 to 3 of a device only, got a TR-124 router's as well", NULL},
        [ASSOC_FAULT_NOT_DHCP] = {"expected DHCPv4, 240 bytes or more with its magic cookie, got",
                                  " bytes without"},
        [ASSOC_FAULT_TOO_BIG] = {"expected no more than fits in the buffer, got", " bytes"},
};

static const struct wording missing_identity = {"expected an identity of enterprise 3561, got none", NULL};
static const struct wording unknown_fault = {"unknown fault", NULL};

static const struct wording *wording_of(const struct assoc_diagnosis *why)
{
        if (why->fault == ASSOC_FAULT_MISSING && why->code == 0)
                return &missing_identity;
        if ((size_t)why->fault < sizeof(wordings) / sizeof(wordings[0]))
                return &wordings[why->fault];
        return &unknown_fault;
}

const char *assoc_diagnosis_text(const struct assoc_diagnosis *why, char *buffer, size_t size)
{
        const struct wording *wording = wording_of(why);
        char name[SUBJECT_SIZE];
        const char *what = subject(why, name);

        if (size == 0)
                return buffer;
        if (wording->after == NULL)
                snprintf(buffer, size, "%s: %s", what, wording->before);
        else
                snprintf(buffer, size, "%s: %s %zu%s", what, wording->before, why->got, wording->after);
        return buffer;
}
