/* SPDX-License-Identifier: BSD-2-Clause */
/* test_messages.c - log lines: how often, and of which bytes. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "gateway-hook/messages.h"

static int said;
static char last[MESSAGE_TEXT_MAX];

static void say(void *context, enum message message, const char *text)
{
        (void)context;
        (void)message;
        said++;
        snprintf(last, sizeof(last), "%s", text);
}

static void a_bucket_passes_its_burst_and_then_one_an_interval(void **state)
{
        struct limiter limiter;
        uint64_t held = 99;

        (void)state;
        limiter_init(&limiter, 3, 10, 100);
        for (int i = 0; i < 3; i++)
                assert_true(limiter_pass(&limiter, 100, &held));
        assert_int_equal(held, 0);
        assert_false(limiter_pass(&limiter, 100, &held));
        assert_false(limiter_pass(&limiter, 109, &held));
        assert_true(limiter_pass(&limiter, 110, &held));
        assert_int_equal(held, 2);
        assert_false(limiter_pass(&limiter, 119, &held));
        assert_true(limiter_pass(&limiter, 1000000, &held));
        assert_int_equal(held, 1);
        assert_true(limiter_pass(&limiter, 1000000, &held));
        assert_true(limiter_pass(&limiter, 1000000, &held));
        assert_int_equal(held, 0);
        assert_false(limiter_pass(&limiter, 1000000, &held));
}

static void a_clock_that_steps_back_only_delays(void **state)
{
        struct limiter limiter;
        uint64_t held;

        (void)state;
        limiter_init(&limiter, 1, 10, 1000);
        assert_true(limiter_pass(&limiter, 1000, &held));
        assert_false(limiter_pass(&limiter, 5, &held));
        assert_false(limiter_pass(&limiter, 14, &held));
        assert_true(limiter_pass(&limiter, 15, &held));
}

static void a_bucket_without_burst_has_no_limit(void **state)
{
        struct limiter limiter;
        uint64_t held;

        (void)state;
        limiter_init(&limiter, 0, 0, 0);
        for (int i = 0; i < 1000; i++)
                assert_true(limiter_pass(&limiter, 0, &held));
}

static void what_was_held_back_is_told(void **state)
{
        struct messenger messenger;

        (void)state;
        said = 0;
        messenger_init(&messenger, say, NULL, 0);
        for (int i = 0; i < 100; i++)
                messenger_say(&messenger, 0, MESSAGE_IDENTITY_INVALID, "number %d", i);
        assert_int_equal(said, 5);
        assert_string_equal(last, "number 4");
        messenger_say(&messenger, 60, MESSAGE_IDENTITY_INVALID, "later");
        assert_string_equal(last, "later (and 95 more like it)");
        /* Each message has a bucket of its own. */
        messenger_say(&messenger, 60, MESSAGE_TABLE_FULL, "full");
        assert_string_equal(last, "full");
}

static void every_message_has_a_name_of_ours(void **state)
{
        (void)state;
        for (int i = 0; i < MESSAGE_COUNT; i++) {
                assert_non_null(message_name((enum message)i));
                assert_memory_equal(message_name((enum message)i), "ASSOC_", 6);
        }
}

static void a_text_that_is_too_long_is_cut(void **state)
{
        struct messenger messenger;
        char text[2 * MESSAGE_TEXT_MAX];

        (void)state;
        memset(text, 'x', sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        messenger_init(&messenger, say, NULL, 0);
        messenger_say(&messenger, 0, MESSAGE_LOADED, "%s", text);
        assert_int_equal(strlen(last), MESSAGE_TEXT_MAX - 1);
}

static void test_EN_6_bytes_are_escaped_and_bounded(void **state)
{
        char buffer[16];

        (void)state;
        assert_string_equal(text_escape("plain", 5, buffer, sizeof(buffer)), "plain");
        assert_string_equal(text_escape("\n\"\\", 3, buffer, sizeof(buffer)), "\\x0a\\x22\\x5c");
        assert_string_equal(text_escape("\033\377\200\177", 4, buffer, sizeof(buffer)), "\\x1b\\xff\\x80...");
        assert_string_equal(text_escape("abcdefghijkl", 12, buffer, sizeof(buffer)), "abcdefghijkl");
        assert_string_equal(text_escape("abcdefghijklm", 13, buffer, sizeof(buffer)), "abcdefghijkl...");
        assert_string_equal(text_escape("ab", 2, buffer, 4), "...");
        assert_string_equal(text_escape(NULL, 0, buffer, sizeof(buffer)), "");
}

static void a_link_layer_address_is_written_with_colons(void **state)
{
        const uint8_t hwaddr[] = {0x02, 0x00, 0x5e, 0x00, 0x53, 0xff};
        char buffer[64];

        (void)state;
        assert_string_equal(text_hwaddr(hwaddr, 6, buffer, sizeof(buffer)), "02:00:5e:00:53:ff");
        assert_string_equal(text_hwaddr(NULL, 0, buffer, sizeof(buffer)), "unknown");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_bucket_passes_its_burst_and_then_one_an_interval),
                cmocka_unit_test(a_clock_that_steps_back_only_delays),
                cmocka_unit_test(a_bucket_without_burst_has_no_limit),
                cmocka_unit_test(what_was_held_back_is_told),
                cmocka_unit_test(every_message_has_a_name_of_ours),
                cmocka_unit_test(a_text_that_is_too_long_is_cut),
                cmocka_unit_test(test_EN_6_bytes_are_escaped_and_bounded),
                cmocka_unit_test(a_link_layer_address_is_written_with_colons),
        };

        return cmocka_run_group_tests_name("messages", tests, NULL, NULL);
}
