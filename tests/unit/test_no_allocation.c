/* SPDX-License-Identifier: BSD-2-Clause */
/* test_no_allocation.c - nothing of the codec allocates, whatever the outcome. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "libassoc/assoc.h"
#include "tests/allocations.h"
#include "tests/bytes.h"

static void the_counter_sees_an_allocation(void **state)
{
        unsigned long before = allocations_count();
        void *volatile memory;

        (void)state;
        if (!allocations_counted())
                skip();
        memory = malloc(1);
        free(memory);
        memory = strdup("x");
        free(memory);
        assert_int_equal(allocations_count(), before + 2);
}

static void use_option(const uint8_t *option, size_t size, enum assoc_role role)
{
        struct assoc_identity identity;
        struct assoc_diagnosis why = {0};
        uint8_t buffer[512];
        char text[128];

        assoc_option_decode(option, size, role, &identity, &why);
        assoc_diagnosis_text(&why, text, sizeof(text));
        assoc_identity_set(&identity, "00D09E", "SN-1", "Box", &why);
        assoc_option_encode(&identity, role, buffer, sizeof(buffer), &size);
        assoc_option_merge(option, size, &identity, role, buffer, sizeof(buffer), &size);
}

static void use_message(const uint8_t *message, size_t size, enum assoc_role role)
{
        struct assoc_identity identity;
        struct assoc_diagnosis why = {0};
        uint8_t buffer[512];

        assoc_message_decode(message, size, role, &identity, &why);
        assoc_message_option(message, size, ASSOC_OPTION, buffer, sizeof(buffer), &size, &why);
}

static void the_codec_allocates_nothing_at_any_prefix(void **state)
{
        static const char text[] =
                "01 00*235 63825363 350101 7d15 0000 0de9 0e 0106\"00D09E\" 0204\"SN-1\" 7d00 ff";
        uint8_t message[512];
        int size = bytes_parse(text, strlen(text), message, sizeof(message));
        unsigned long before;

        (void)state;
        if (!allocations_counted())
                skip();
        assert_true(size > 240);
        before = allocations_count();
        for (int prefix = 0; prefix <= size; prefix++) {
                use_message(message, (size_t)prefix, ASSOC_ROLE_DEVICE);
                use_message(message, (size_t)prefix, ASSOC_ROLE_GATEWAY);
        }
        for (int prefix = 0; prefix <= size - 245; prefix++) {
                use_option(message + 245, (size_t)prefix, ASSOC_ROLE_DEVICE);
                use_option(message + 245, (size_t)prefix, ASSOC_ROLE_GATEWAY);
        }
        assert_int_equal(allocations_count(), before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_counter_sees_an_allocation),
                cmocka_unit_test(the_codec_allocates_nothing_at_any_prefix),
        };

        return cmocka_run_group_tests_name("no_allocation", tests, NULL, NULL);
}
