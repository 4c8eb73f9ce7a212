/* SPDX-License-Identifier: BSD-2-Clause */
/* test_values.c - texts of CWMP's types, checked and brought into one form. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/values.h"

static const struct parameter port = {.type = PARAMETER_UNSIGNED_INT, .max = 65535, .expected = "0 to 65535"};
static const struct parameter period = {.type = PARAMETER_INT, .min = -1, .max = INT32_MAX};
static const struct parameter seconds = {.type = PARAMETER_UNSIGNED_INT, .max = UINT32_MAX};
static const struct parameter enable = {.type = PARAMETER_BOOLEAN};
static const struct parameter name = {.type = PARAMETER_STRING, .max = 4};

static void assert_becomes(const struct parameter *parameter, const char *text, const char *canonical)
{
        char value[MODEL_VALUE_MAX];
        const char *expected;

        assert_int_equal(value_check(parameter, text, strlen(text), value, &expected), 0);
        assert_string_equal(value, canonical);
}

static void assert_refused(const struct parameter *parameter, const char *text, size_t length, int err)
{
        char value[MODEL_VALUE_MAX];
        const char *expected;

        assert_int_equal(value_check(parameter, text, length, value, &expected), err);
        assert_ptr_equal(expected, parameter->expected);
}

static void test_D2_3_numbers_have_one_form(void **state)
{
        (void)state;
        assert_becomes(&port, "0", "0");
        assert_becomes(&port, "65535", "65535");
        assert_becomes(&port, "+0080", "80");
        assert_becomes(&port, "-0", "0");
        assert_becomes(&period, "-1", "-1");
        assert_becomes(&seconds, "4294967295", "4294967295");
}

static void test_D2_3_numbers_out_of_range_are_told_from_no_numbers(void **state)
{
        static const char *const far[] = {"65536", "-1", "99999999999999999999999999"};
        static const char *const wrong[] = {"", "-", "+", "1 ", " 1", "0x10", "1.0", "1e3", "a", "--1"};

        (void)state;
        for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
                assert_refused(&port, far[i], strlen(far[i]), -ERANGE);
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_refused(&port, wrong[i], strlen(wrong[i]), -EINVAL);
        assert_refused(&port, "1\0", 2, -EINVAL);
        assert_refused(&period, "-2", 2, -ERANGE);
        assert_refused(&period, "-99999999999999999999", 21, -ERANGE);
}

static void test_D2_3_booleans_have_one_form(void **state)
{
        (void)state;
        assert_becomes(&enable, "1", "true");
        assert_becomes(&enable, "true", "true");
        assert_becomes(&enable, "0", "false");
        assert_becomes(&enable, "false", "false");
        assert_refused(&enable, "True", 4, -EINVAL);
        assert_refused(&enable, "", 0, -EINVAL);
        assert_refused(&enable, "2", 1, -EINVAL);
}

static void test_D2_3_strings_have_a_longest_length_and_no_nul(void **state)
{
        (void)state;
        assert_becomes(&name, "", "");
        assert_becomes(&name, "abcd", "abcd");
        assert_refused(&name, "abcde", 5, -ERANGE);
        assert_refused(&name, "a\0b", 3, -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_D2_3_numbers_have_one_form),
                cmocka_unit_test(test_D2_3_numbers_out_of_range_are_told_from_no_numbers),
                cmocka_unit_test(test_D2_3_booleans_have_one_form),
                cmocka_unit_test(test_D2_3_strings_have_a_longest_length_and_no_nul),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
