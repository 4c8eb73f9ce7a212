/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_option.c - the input is the value of an option 125. What decodes is valid, and encodes to what decodes
 * to the same; what does not decode says why. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "libassoc/assoc.h"

static void check_element(const char *text, size_t room)
{
        size_t length = strnlen(text, room);

        FUZZ_CHECK(length < room);
        for (size_t i = 0; i < length; i++)
                FUZZ_CHECK((uint8_t)text[i] >= 0x20 && text[i] != 0x7F);
}

static void check_identity(const struct assoc_identity *identity, enum assoc_role role)
{
        check_element(identity->oui, sizeof(identity->oui));
        check_element(identity->serial, sizeof(identity->serial));
        check_element(identity->product_class, sizeof(identity->product_class));
        FUZZ_CHECK(identity->oui[0] == '\0' || strspn(identity->oui, "0123456789ABCDEF") == ASSOC_OUI_LENGTH);
        FUZZ_CHECK(!assoc_identity_empty(identity));
        if (role == ASSOC_ROLE_DEVICE)
                FUZZ_CHECK(identity->oui[0] != '\0' && identity->serial[0] != '\0');
}

static void check_round_trip(const struct assoc_identity *identity, enum assoc_role role)
{
        uint8_t option[ASSOC_BLOCK_MAX];
        struct assoc_identity again;
        size_t size;
        int err = assoc_option_encode(identity, role, option, sizeof(option), &size);

        if (identity->oui[0] == '\0' || identity->serial[0] == '\0') {
                FUZZ_CHECK(err == -EINVAL);
                return;
        }
        FUZZ_CHECK(err == 0 && size <= sizeof(option));
        FUZZ_CHECK(assoc_option_decode(option, size, role, &again, NULL) == 0);
        FUZZ_CHECK(assoc_identity_equal(identity, &again));
}

static void check_diagnosis(const struct assoc_diagnosis *why)
{
        char text[128];

        FUZZ_CHECK(why->fault != ASSOC_FAULT_NONE);
        assoc_diagnosis_text(why, text, sizeof(text));
        FUZZ_CHECK(strlen(text) < sizeof(text) - 1 && strstr(text, "unknown") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const enum assoc_role roles[] = {ASSOC_ROLE_DEVICE, ASSOC_ROLE_GATEWAY};

        for (size_t i = 0; i < 2; i++) {
                struct assoc_identity identity;
                struct assoc_diagnosis why = {0};
                int err = assoc_option_decode(data, size, roles[i], &identity, &why);

                FUZZ_CHECK(err == 0 || err == -ENODATA || err == -EBADMSG);
                FUZZ_CHECK(assoc_option_decode(data, size, roles[i], &identity, NULL) == err);
                if (err < 0) {
                        check_diagnosis(&why);
                        continue;
                }
                check_identity(&identity, roles[i]);
                check_round_trip(&identity, roles[i]);
        }
        return 0;
}
