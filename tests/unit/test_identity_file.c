/* SPDX-License-Identifier: BSD-2-Clause */
/* test_identity_file.c - identity.conf and the messages about what is wrong in it. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libassoc/file.h"
#include "libassoc/identity_file.h"
#include "tests/unit/scratch.h"

static int parse(const char *text, struct assoc_identity *identity, char error[IDENTITY_FILE_ERROR_MAX])
{
        error[0] = '\0';
        return identity_file_parse("id.conf", text, strlen(text), identity, error, IDENTITY_FILE_ERROR_MAX);
}

static void expect_error(const char *text, const char *message)
{
        struct assoc_identity identity = {.oui = "UNSEEN"}, before = identity;
        char error[IDENTITY_FILE_ERROR_MAX];

        assert_int_equal(parse(text, &identity, error), -EINVAL);
        assert_string_equal(error, message);
        assert_memory_equal(&identity, &before, sizeof(identity));
}

static void comments_blanks_and_order_do_not_matter(void **state)
{
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX];

        (void)state;
        assert_int_equal(parse("# who\n\n  product-class=Box # 1 \r\n\t# more\nserial-number\t=  S = 1\t\n"
                               "manufacturer-oui = 00d09e",
                               &identity, error),
                         0);
        assert_string_equal(identity.oui, "00D09E");
        assert_string_equal(identity.serial, "S = 1");
        assert_string_equal(identity.product_class, "Box # 1");
}

static void test_EN_3_a_device_without_class_is_complete(void **state)
{
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX];

        (void)state;
        assert_int_equal(parse("manufacturer-oui = 00D09E\nserial-number = 1\n", &identity, error), 0);
        assert_string_equal(identity.product_class, "");
        assert_int_equal(
                parse("manufacturer-oui = 00D09E\nserial-number = 1\nproduct-class =\n", &identity, error),
                0);
        assert_string_equal(identity.product_class, "");
}

static void every_error_names_line_key_and_both_sides(void **state)
{
        (void)state;
        expect_error("manufacturer-oui = 00D09E\nserial = 1\n",
                     "id.conf:2: expected one of the keys manufacturer-oui, serial-number, product-class, "
                     "got 'serial'");
        expect_error("manufacturer-oui\n", "id.conf:1: expected KEY = VALUE, got 'manufacturer-oui'");
        expect_error("serial-number = 1\n# two\nserial-number = 1\n",
                     "id.conf:3: serial-number: expected once, got it on line 1 already");
        expect_error("serial-number = 1\nmanufacturer-oui = 00D0\n",
                     "id.conf:2: manufacturer-oui: expected six hexadecimal digits, got '00D0'");
        expect_error("serial-number = 1\nmanufacturer-oui = 00D0XX\n",
                     "id.conf:2: manufacturer-oui: expected six hexadecimal digits, got '00D0XX'");
        expect_error("serial-number = a\x1B[31m\nmanufacturer-oui = 00D09E\n",
                     "id.conf:1: serial-number: expected 1 to 64 bytes of UTF-8 without control characters, "
                     "got 'a\\x1B[31m'");
        expect_error(
                "= 1\n",
                "id.conf:1: expected one of the keys manufacturer-oui, serial-number, product-class, got ''");
}

static void a_missing_or_empty_key_is_named(void **state)
{
        (void)state;
        expect_error("serial-number = 1\n",
                     "id.conf: expected a line 'manufacturer-oui = ...' (six hexadecimal digits), got none");
        expect_error("",
                     "id.conf: expected a line 'manufacturer-oui = ...' (six hexadecimal digits), got none");
        expect_error("manufacturer-oui = 00D09E\n\nserial-number =\n",
                     "id.conf:3: serial-number: expected 1 to 64 bytes of UTF-8 without control characters, "
                     "got ''");
}

static void test_EN_4_64_bytes_fit_and_65_do_not(void **state)
{
        struct assoc_identity identity;
        char text[256], value[66] = "", error[IDENTITY_FILE_ERROR_MAX];

        (void)state;
        memset(value, 'x', 64);
        snprintf(text, sizeof(text), "manufacturer-oui = 00D09E\nserial-number = %s\n", value);
        assert_int_equal(parse(text, &identity, error), 0);
        assert_string_equal(identity.serial, value);
        value[64] = 'x';
        snprintf(text, sizeof(text), "manufacturer-oui = 00D09E\nserial-number = %s\n", value);
        assert_int_equal(parse(text, &identity, error), -EINVAL);
        assert_non_null(strstr(error, "id.conf:2: serial-number: expected 1 to 64 bytes"));
}

static void a_value_of_any_length_is_one_short_line_of_error(void **state)
{
        static char text[IDENTITY_FILE_MAX];
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX];

        (void)state;
        memset(text, '\n' + 0x80, sizeof(text) - 1);
        memcpy(text, "serial-number=", 14);
        assert_int_equal(parse(text, &identity, error), -EINVAL);
        assert_non_null(strstr(error, "\\x8A..."));
        memset(text, '\x01', 14);
        assert_int_equal(parse(text, &identity, error), -EINVAL);
        assert_true(strlen(error) < IDENTITY_FILE_ERROR_MAX - 1);
}

static void a_nul_byte_is_no_end_of_value(void **state)
{
        static const char text[] = "manufacturer-oui = 00D09E\nserial-number = 1\0002\n";
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX];

        (void)state;
        assert_int_equal(identity_file_parse("f", text, sizeof(text) - 1, &identity, error, sizeof(error)),
                         -EINVAL);
        assert_string_equal(error,
                            "f:2: serial-number: expected 1 to 64 bytes of UTF-8 without control characters, "
                            "got '1\\x002'");
}

static void every_prefix_of_a_file_is_read_or_refused(void **state)
{
        static const char text[] = "# c\nmanufacturer-oui = 00D09E\nserial-number = S1\nproduct-class = C\n";
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX], *copy;

        (void)state;
        for (size_t size = 0; size < sizeof(text); size++) {
                /* On the heap and no longer, so that a sanitizer sees a read beyond it. */
                copy = malloc(size + (size == 0));
                assert_non_null(copy);
                memcpy(copy, text, size);
                (void)identity_file_parse("f", copy, size, &identity, error, sizeof(error));
                free(copy);
        }
}

static void an_unreadable_file_is_named(void **state)
{
        struct assoc_identity identity;
        char error[IDENTITY_FILE_ERROR_MAX], path[PATH_MAX], expected[PATH_MAX + 64];
        static char big[IDENTITY_FILE_MAX + 1];

        scratch_path(state, "none", path);
        assert_int_equal(identity_file_read(path, &identity, error, sizeof(error)), -ENOENT);
        snprintf(expected, sizeof(expected), "%s: No such file or directory", path);
        assert_string_equal(error, expected);
        assert_int_equal(identity_file_read(*state, &identity, error, sizeof(error)), -EINVAL);
        snprintf(expected, sizeof(expected), "%s: expected a regular file, got something else",
                 (const char *)*state);
        assert_string_equal(error, expected);
        assert_int_equal(file_replace(scratch_path(state, "big", path), big, sizeof(big), 0644), 0);
        assert_int_equal(identity_file_read(path, &identity, error, sizeof(error)), -EFBIG);
        snprintf(expected, sizeof(expected), "%s: expected at most 4096 bytes, got more", path);
        assert_string_equal(error, expected);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(comments_blanks_and_order_do_not_matter),
                cmocka_unit_test(test_EN_3_a_device_without_class_is_complete),
                cmocka_unit_test(every_error_names_line_key_and_both_sides),
                cmocka_unit_test(a_missing_or_empty_key_is_named),
                cmocka_unit_test(test_EN_4_64_bytes_fit_and_65_do_not),
                cmocka_unit_test(a_value_of_any_length_is_one_short_line_of_error),
                cmocka_unit_test(a_nul_byte_is_no_end_of_value),
                cmocka_unit_test(every_prefix_of_a_file_is_read_or_refused),
                cmocka_unit_test_setup_teardown(an_unreadable_file_is_named, scratch_make, scratch_remove),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
