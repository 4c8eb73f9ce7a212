/* SPDX-License-Identifier: BSD-2-Clause */
/* test_json_text.c - untrusted text to objects. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "dm-bridge/json_text.h"
#include "dm-bridge/log.h"

#define DEPTH 4

/* Parses a copy that ends where memory ends: reading on is a crash. */
static int parse(const char *text, size_t size, struct json_object **ret, struct json_fault *why)
{
        size_t page = 4096;
        char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        int err;

        assert_true(map != MAP_FAILED && size <= page);
        assert_int_equal(mprotect(map + page, page, PROT_NONE), 0);
        memcpy(map + page - size, text, size);
        err = json_text_parse(map + page - size, size, DEPTH, ret, why);
        munmap(map, 2 * page);
        return err;
}

static void good_values_are_taken(void **state)
{
        static const char *const texts[] = {
                "{}",    " {\"a\" : [1, -2.5e3, true, null, \"\\u00e9\\n\\\"\"]}\r",
                "123",   "\"x\"",
                "[[]]",  "{\"a\":{\"b\":{\"c\":1}}}",
                "null ", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                struct json_object *value = NULL;
                struct json_fault why;

                assert_int_equal(parse(texts[i], strlen(texts[i]), &value, &why), 0);
                json_object_put(value);
        }
}

static void bad_texts_are_refused_with_a_reason(void **state)
{
        static const struct {
                const char *text, *why;
        } cases[] = {
                {"", "unexpected end of data"},
                {"{\"a\":1", "unexpected end of data"},
                {"{\"a\":1} x", "unexpected character"},
                {"{} {}", "unexpected character"},
                {"{'a':1}", NULL},
                {"{\"a\":1,}", NULL},
                {"[1,]", NULL},
                {"[01]", NULL},
                {"TRUE", NULL},
                {"// x\n{}", NULL},
                {"{\"a\":1,\"a\":1}", "a member stands twice in one object"},
                {"{\"a\":1,\"\\u0061\":1}", "a member stands twice in one object"},
                {"[{\"x\":{\"a\":1,\"a\":1}}]", "a member stands twice in one object"},
                {"[[[[[1]]]]]", "nesting too deep"},
                {"[1e999]", "number out of range"},
                {"[NaN]", "unexpected character"},
                {"[-]", "number expected"},
                {"[00]", "number expected"},
                {"[-.5]", "number expected"},
                {"[1.e1]", "number expected"},
                {"[1.]", NULL},
                {"[.5]", NULL},
                {"[+1]", NULL},
                {"[1e]", NULL},
                {"[1e+]", NULL},
                {"[-01]", NULL},
                {"[0x10]", NULL},
                {"[1 2]", NULL},
                {"[1,,2]", NULL},
                {"[,1]", NULL},
                {"[1:2]", NULL},
                {"{1:2}", NULL},
                {"{\"a\"}", NULL},
                {"{\"a\":}", NULL},
                {"{\"a\" 1}", NULL},
                {"{\"a\":1 \"b\":2}", NULL},
                {"{,}", NULL},
                {"{a:1}", NULL},
                {"[\"\\x\"]", NULL},
                {"[\"\\u12g4\"]", NULL},
                {"[\"\\u12\"]", NULL},
                {"[nul]", NULL},
                {"[nulll]", NULL},
                {"[truefalse]", NULL},
                {"]", NULL},
                {"[}", NULL},
                {"-", NULL},
                {"1 1", NULL},
                {"1e", NULL},
                {"\xEF\xBB\xBF{}", NULL},
                {"[-Infinity]", NULL},
                {"\"\xFF\"", "not UTF-8"},
                {"\"\xC0\x80\"", "not UTF-8"},
                {"\"\xED\xA0\x80\"", "not UTF-8"},
                {"\"\xF4\x90\x80\x80\"", "not UTF-8"},
                {"\"\xC3\"", "not UTF-8"},
                {"\"\xE2\x82", "not UTF-8"},
                {"\"a\tb\"", "control character"},
                {"{}\x01", "control character"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                struct json_object *value = NULL;
                struct json_fault why = {0};
                int err = parse(cases[i].text, strlen(cases[i].text), &value, &why);

                if (err != -EBADMSG)
                        print_error("taken: %s\n", cases[i].text);
                assert_non_null(why.text);
                if (cases[i].why != NULL)
                        assert_string_equal(why.text, cases[i].why);
                assert_null(value);
        }
}

static void a_nul_byte_is_no_end(void **state)
{
        static const char text[] = "{}\0{}";
        struct json_object *value = NULL;
        struct json_fault why;

        (void)state;
        assert_int_equal(parse(text, sizeof(text) - 1, &value, &why), -EBADMSG);
        assert_string_equal(why.text, "control character");
        assert_int_equal(why.offset, 2);
}

static void every_prefix_of_a_good_text_is_refused(void **state)
{
        static const char text[] = "{\"a\":[1,{\"b\":\"\\u20ac \xE2\x82\xAC\"}],\"c\":null}";

        (void)state;
        for (size_t size = 0; size < sizeof(text) - 1; size++) {
                struct json_object *value = NULL;
                struct json_fault why;

                assert_int_equal(parse(text, size, &value, &why), -EBADMSG);
        }
}

static void comments_become_spaces_and_strings_do_not(void **state)
{
        char text[] = "{ // one\n# two {\n\"a#\": \"//\\\"#\", /* \n x */ \"b\":1 }#";
        const char expected[] = "{       \n       \n\"a#\": \"//\\\"#\",    \n      \"b\":1 } ";

        (void)state;
        json_text_strip_comments(text, sizeof(text) - 1);
        assert_string_equal(text, expected);
}

static void a_comment_without_end_is_left_to_the_parser(void **state)
{
        char text[] = "{} /* x";
        char torn[] = "{}/";

        (void)state;
        json_text_strip_comments(text, sizeof(text) - 1);
        assert_string_equal(text, "{} /* x");
        json_text_strip_comments(torn, sizeof(torn) - 1);
        assert_string_equal(torn, "{}/");
}

static void members_of_the_outermost_object_are_walked(void **state)
{
        static const char text[] = "{\"a\":{\"no\":1},\n\"b\\\"c\":[{\"no\":\":\"}], \"d\":\"}:{\",\"e\":0}";
        struct json_members members = {.text = text, .size = sizeof(text) - 1};
        static const char *const expected[] = {"a", "b\\\"c", "d", "e"};
        const char *name;
        size_t length;

        (void)state;
        for (size_t i = 0; i < 4; i++) {
                assert_true(json_members_next(&members, &name, &length));
                assert_int_equal(length, strlen(expected[i]));
                assert_memory_equal(name, expected[i], length);
                assert_int_equal(json_text_line(text, (size_t)(name - text)), i == 0 ? 1 : 2);
        }
        assert_false(json_members_next(&members, &name, &length));
}

static void log_text_is_printable_and_fits(void **state)
{
        char small[8], large[32];

        (void)state;
        assert_string_equal(log_escape(large, sizeof(large), "a\n\\\xff", 4), "a\\x0a\\\\\\xff");
        assert_string_equal(log_escape(small, sizeof(small), "1234567", 7), "1234567");
        assert_string_equal(log_escape(small, sizeof(small), "12345678", 8), "1234...");
        assert_string_equal(log_escape(small, sizeof(small), "\1\2\3", 3), "\\x01...");
        assert_string_equal(log_escape(small, 4, "\1\2", 2), "...");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_values_are_taken),
                cmocka_unit_test(bad_texts_are_refused_with_a_reason),
                cmocka_unit_test(a_nul_byte_is_no_end),
                cmocka_unit_test(every_prefix_of_a_good_text_is_refused),
                cmocka_unit_test(comments_become_spaces_and_strings_do_not),
                cmocka_unit_test(a_comment_without_end_is_left_to_the_parser),
                cmocka_unit_test(members_of_the_outermost_object_are_walked),
                cmocka_unit_test(log_text_is_printable_and_fits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
