/* SPDX-License-Identifier: BSD-2-Clause */
/* test_hex.c - hexadecimal text to bytes. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>

#include "client-hook/hex.h"

static void digits_of_either_case_become_bytes(void **state)
{
        static const uint8_t expected[] = {0x00, 0x0D, 0xE9, 0xFF, 0xAb};
        uint8_t bytes[5];
        size_t size = 0;

        (void)state;
        assert_int_equal(hex_decode("000De9fFaB", bytes, sizeof(bytes), &size), 0);
        assert_int_equal(size, sizeof(expected));
        assert_memory_equal(bytes, expected, sizeof(expected));
}

static void one_digit_will_do_between_colons(void **state)
{
        static const uint8_t expected[] = {0x00, 0x0D, 0xE9, 0x04, 0x41};
        uint8_t bytes[5];
        size_t size = 0;

        (void)state;
        assert_int_equal(hex_decode("0:d:E9:04:41", bytes, sizeof(bytes), &size), 0);
        assert_int_equal(size, sizeof(expected));
        assert_memory_equal(bytes, expected, sizeof(expected));
}

static void no_digits_are_no_bytes(void **state)
{
        uint8_t byte;
        size_t size = 1;

        (void)state;
        assert_int_equal(hex_decode("", &byte, 0, &size), 0);
        assert_int_equal(size, 0);
}

static void what_is_no_pair_of_digits_is_refused(void **state)
{
        static const char *const wrong[] = {
                "0",   "0g",  "g0",  "0x00", " 00",   "00 ",  "-1",   "\xC3\xA9", "$(id)x",
                "000", ":00", "00:", "0::1", "000:1", "0:0g", "0:1 ", "0: 1",     "0:1\n"};
        uint8_t bytes[16];
        size_t size = 77;

        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
                assert_int_equal(hex_decode(wrong[i], bytes, sizeof(bytes), &size), -EINVAL);
        assert_int_equal(size, 77);
}

static void one_byte_too_many_is_refused(void **state)
{
        uint8_t bytes[3] = {0, 0, 0x5A};
        size_t size;

        (void)state;
        assert_int_equal(hex_decode("0011", bytes, 2, &size), 0);
        assert_int_equal(hex_decode("001122", bytes, 2, &size), -ENOBUFS);
        assert_int_equal(hex_decode("0:1:2", bytes, 2, &size), -ENOBUFS);
        assert_int_equal(bytes[2], 0x5A);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(digits_of_either_case_become_bytes),
                cmocka_unit_test(one_digit_will_do_between_colons),
                cmocka_unit_test(no_digits_are_no_bytes),
                cmocka_unit_test(what_is_no_pair_of_digits_is_refused),
                cmocka_unit_test(one_byte_too_many_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
