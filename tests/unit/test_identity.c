/* SPDX-License-Identifier: BSD-2-Clause */
/* test_identity.c - what makes an identity valid (EN-3, EN-4, EN-6, EN-8). */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "libassoc/assoc.h"

#define TEXT_16 "0123456789abcdef"
#define TEXT_64 TEXT_16 TEXT_16 TEXT_16 TEXT_16

static void assert_invalid(const char *oui, const char *serial, const char *product_class,
                           enum assoc_fault fault, uint8_t code, size_t got)
{
        struct assoc_identity identity, untouched;
        struct assoc_diagnosis why = {0};

        memset(&identity, 0x5A, sizeof(identity));
        untouched = identity;
        assert_int_equal(assoc_identity_set(&identity, oui, serial, product_class, &why), -EINVAL);
        assert_int_equal(why.fault, fault);
        assert_int_equal(why.code, code);
        assert_int_equal(why.got, got);
        assert_memory_equal(&identity, &untouched, sizeof(identity));
        assert_int_equal(assoc_identity_set(&identity, oui, serial, product_class, NULL), -EINVAL);
}

static void test_EN_4_a_valid_identity_is_kept_with_its_leading_zeros(void **state)
{
        struct assoc_identity identity;

        (void)state;
        assert_int_equal(assoc_identity_set(&identity, "00D09E", "000123", "Set-top box", NULL), 0);
        assert_string_equal(identity.oui, "00D09E");
        assert_string_equal(identity.serial, "000123");
        assert_string_equal(identity.product_class, "Set-top box");
}

static void test_EN_6_a_lower_case_oui_is_folded_to_upper(void **state)
{
        struct assoc_identity identity;

        (void)state;
        assert_int_equal(assoc_identity_set(&identity, "00d09e", "s", NULL, NULL), 0);
        assert_string_equal(identity.oui, "00D09E");
}

static void test_EN_8_no_product_class_and_an_empty_one_are_the_same(void **state)
{
        struct assoc_identity none, empty;

        (void)state;
        assert_int_equal(assoc_identity_set(&none, "00D09E", "s", NULL, NULL), 0);
        assert_int_equal(assoc_identity_set(&empty, "00D09E", "s", "", NULL), 0);
        assert_true(assoc_identity_equal(&none, &empty));
        assert_string_equal(none.product_class, "");
}

static void test_EN_3_an_empty_oui_or_serial_counts_as_missing(void **state)
{
        (void)state;
        assert_invalid("", "s", "c", ASSOC_FAULT_MISSING, 1, 0);
        assert_invalid("00D09E", "", "c", ASSOC_FAULT_MISSING, 2, 0);
}

static void test_EN_4_an_oui_of_another_length_or_digit_is_refused(void **state)
{
        (void)state;
        assert_invalid("00D09", "s", NULL, ASSOC_FAULT_OUI_LENGTH, 1, 5);
        assert_invalid("00D09E0", "s", NULL, ASSOC_FAULT_OUI_LENGTH, 1, 7);
        assert_invalid("00-D0-9E", "s", NULL, ASSOC_FAULT_OUI_LENGTH, 1, 8);
        assert_invalid("00D09G", "s", NULL, ASSOC_FAULT_OUI_DIGIT, 1, 5);
        assert_invalid("00:D09", "s", NULL, ASSOC_FAULT_OUI_DIGIT, 1, 2);
        assert_invalid("/0D09E", "s", NULL, ASSOC_FAULT_OUI_DIGIT, 1, 0);
        assert_invalid("@0D09E", "s", NULL, ASSOC_FAULT_OUI_DIGIT, 1, 0);
        assert_invalid("`0D09E", "s", NULL, ASSOC_FAULT_OUI_DIGIT, 1, 0);
}

static void test_EN_4_sixty_four_bytes_are_taken_and_sixty_five_are_not(void **state)
{
        struct assoc_identity identity;

        (void)state;
        assert_int_equal(assoc_identity_set(&identity, "00D09E", TEXT_64, TEXT_64, NULL), 0);
        assert_string_equal(identity.serial, TEXT_64);
        assert_string_equal(identity.product_class, TEXT_64);
        assert_invalid("00D09E", TEXT_64 "x", NULL, ASSOC_FAULT_TOO_LONG, 2, 65);
        assert_invalid("00D09E", "s", TEXT_64 "x", ASSOC_FAULT_TOO_LONG, 3, 65);
}

static void test_EN_6_control_characters_are_refused(void **state)
{
        (void)state;
        assert_invalid("00D09E", "a\nb", NULL, ASSOC_FAULT_CONTROL, 2, 1);
        assert_invalid("00D09E", "\x7F", NULL, ASSOC_FAULT_CONTROL, 2, 0);
        assert_invalid("00D09E", "s", "a\x1B[31m", ASSOC_FAULT_CONTROL, 3, 1);
        /* U+0085 next line and U+009B control sequence introducer, in UTF-8. */
        assert_invalid("00D09E", "abc\xC2\x85", NULL, ASSOC_FAULT_CONTROL, 2, 3);
        assert_invalid("00D09E", "\xC2\x9B", NULL, ASSOC_FAULT_CONTROL, 2, 0);
}

static void test_EN_6_a_bad_byte_is_found_at_every_place_of_every_length(void **state)
{
        static const struct {
                char byte;
                enum assoc_fault fault;
        } rows[] = {{'\x01', ASSOC_FAULT_CONTROL},  {'\x1F', ASSOC_FAULT_CONTROL},
                    {'\x7F', ASSOC_FAULT_CONTROL},  {'\x80', ASSOC_FAULT_ENCODING},
                    {'\xA0', ASSOC_FAULT_ENCODING}, {'\xFF', ASSOC_FAULT_ENCODING}};

        (void)state;
        for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
                for (size_t length = 1; length <= ASSOC_TEXT_MAX; length++) {
                        for (size_t at = 0; at < length; at++) {
                                char text[ASSOC_TEXT_MAX + 1] = {0};

                                memset(text, '~', length);
                                text[at] = rows[row].byte;
                                assert_invalid("00D09E", text, NULL, rows[row].fault, 2, at);
                        }
                }
        }
}

static void test_EN_6_what_is_not_utf_8_is_refused(void **state)
{
        static const char *const texts[] = {
                "\x80",             /* a tail without its lead */
                "\xC3",             /* a lead without its tail */
                "\xC3(",            /* a lead with something else behind it */
                "\xC0\xAF",         /* overlong, two bytes */
                "\xE0\x80\xAF",     /* overlong, three bytes */
                "\xED\xA0\x80",     /* a surrogate */
                "\xF0\x80\x80\xAF", /* overlong, four bytes */
                "\xF4\x90\x80\x80", /* beyond U+10FFFF */
                "\xF5\x80\x80\x80",
                "\xFF",
                "\xE2\x82",
                "\xE2\x82(",
                "\xF0\x9F\x98",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                assert_invalid("00D09E", texts[i], NULL, ASSOC_FAULT_ENCODING, 2, 0);
        assert_invalid("00D09E", "ab\xFF", NULL, ASSOC_FAULT_ENCODING, 2, 2);
}

static void test_EN_6_utf_8_text_is_taken(void **state)
{
        static const char *const texts[] = {"\xC2\xA0",        "Gerät",        "\xE2\x82\xAC",
                                            "\xED\x9F\xBF",    "\xEF\xBF\xBD", "\xF0\x9F\x98\x80",
                                            "\xF4\x8F\xBF\xBF"};
        struct assoc_identity identity;

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                assert_int_equal(assoc_identity_set(&identity, "00D09E", texts[i], texts[i], NULL), 0);
                assert_string_equal(identity.serial, texts[i]);
        }
}

static void test_GW_3_identities_are_equal_only_in_all_three_elements(void **state)
{
        const struct assoc_identity a = {"00D09E", "s", "c"};
        const struct assoc_identity others[] = {
                {"00D09F", "s", "c"}, {"00D09E", "S", "c"}, {"00D09E", "s", ""}};
        struct assoc_identity same;

        (void)state;
        /* What stands behind the NUL is not part of the text. */
        memset(&same, 0x5A, sizeof(same));
        strcpy(same.oui, "00D09E");
        strcpy(same.serial, "s");
        strcpy(same.product_class, "c");
        assert_true(assoc_identity_equal(&a, &same));
        for (size_t i = 0; i < 3; i++)
                assert_false(assoc_identity_equal(&a, &others[i]));
}

static void test_DV_3_an_identity_is_empty_only_if_all_three_elements_are(void **state)
{
        const struct assoc_identity empty = {"", "", ""};
        const struct assoc_identity others[] = {{"00D09E", "", ""}, {"", "s", ""}, {"", "", "c"}};

        (void)state;
        assert_true(assoc_identity_empty(&empty));
        for (size_t i = 0; i < 3; i++)
                assert_false(assoc_identity_empty(&others[i]));
}

static void the_version_is_that_of_the_package(void **state)
{
        (void)state;
        assert_string_equal(assoc_version(), PACKAGE_VERSION);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_EN_4_a_valid_identity_is_kept_with_its_leading_zeros),
                cmocka_unit_test(test_EN_6_a_lower_case_oui_is_folded_to_upper),
                cmocka_unit_test(test_EN_8_no_product_class_and_an_empty_one_are_the_same),
                cmocka_unit_test(test_EN_3_an_empty_oui_or_serial_counts_as_missing),
                cmocka_unit_test(test_EN_4_an_oui_of_another_length_or_digit_is_refused),
                cmocka_unit_test(test_EN_4_sixty_four_bytes_are_taken_and_sixty_five_are_not),
                cmocka_unit_test(test_EN_6_control_characters_are_refused),
                cmocka_unit_test(test_EN_6_a_bad_byte_is_found_at_every_place_of_every_length),
                cmocka_unit_test(test_EN_6_what_is_not_utf_8_is_refused),
                cmocka_unit_test(test_EN_6_utf_8_text_is_taken),
                cmocka_unit_test(test_GW_3_identities_are_equal_only_in_all_three_elements),
                cmocka_unit_test(test_DV_3_an_identity_is_empty_only_if_all_three_elements_are),
                cmocka_unit_test(the_version_is_that_of_the_package),
        };

        return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
