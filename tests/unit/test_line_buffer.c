/* SPDX-License-Identifier: BSD-2-Clause */
/* test_line_buffer.c - bytes in any pieces in, whole lines out. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/line_buffer.h"

#define LIMIT 10000

/* Puts `size` bytes in, as many at a time as there is room for. */
static void put(struct line_buffer *buffer, const char *bytes, size_t size)
{
        while (size > 0) {
                char *room;
                size_t room_size;

                assert_int_equal(line_buffer_room(buffer, &room, &room_size), 0);
                assert_true(room_size > 0);
                if (room_size > size)
                        room_size = size;
                memcpy(room, bytes, room_size);
                line_buffer_added(buffer, room_size);
                bytes += room_size;
                size -= room_size;
        }
}

static void assert_line(struct line_buffer *buffer, const char *expected)
{
        const char *line;
        size_t length;

        assert_int_equal(line_buffer_next(buffer, &line, &length), 1);
        assert_int_equal(length, strlen(expected));
        assert_memory_equal(line, expected, length);
}

static void assert_none(struct line_buffer *buffer)
{
        const char *line;
        size_t length;

        assert_int_equal(line_buffer_next(buffer, &line, &length), 0);
}

static void lines_come_out_whole_wherever_the_pieces_end(void **state)
{
        static const char text[] = "one\n\nthree 3\n";

        (void)state;
        for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
                struct line_buffer buffer;
                unsigned lines = 0;

                line_buffer_init(&buffer, LIMIT);
                for (size_t i = 0; i < 2; i++) {
                        const char *line;
                        size_t length;

                        put(&buffer, i == 0 ? text : text + cut, i == 0 ? cut : sizeof(text) - 1 - cut);
                        while (line_buffer_next(&buffer, &line, &length) == 1) {
                                static const char *const expected[] = {"one", "", "three 3"};

                                assert_int_equal(length, strlen(expected[lines]));
                                assert_memory_equal(line, expected[lines], length);
                                lines++;
                        }
                }
                assert_int_equal(lines, 3);
                line_buffer_done(&buffer);
        }
}

static void one_byte_at_a_time_is_as_good_as_all_at_once(void **state)
{
        static const char text[] = "{\"a\":1}\n{\"b\":2}\n";
        struct line_buffer buffer;

        (void)state;
        line_buffer_init(&buffer, LIMIT);
        for (size_t i = 0; i < sizeof(text) - 1; i++) {
                put(&buffer, text + i, 1);
                if (text[i] != '\n')
                        assert_none(&buffer);
                else
                        assert_line(&buffer, i < 8 ? "{\"a\":1}" : "{\"b\":2}");
        }
        line_buffer_done(&buffer);
}

static void an_empty_buffer_holds_no_memory(void **state)
{
        struct line_buffer buffer;

        (void)state;
        line_buffer_init(&buffer, LIMIT);
        put(&buffer, "x\n", 2);
        assert_line(&buffer, "x");
        assert_none(&buffer);
        assert_null(buffer.data);
        assert_int_equal(buffer.capacity, 0);
}

static void a_line_of_the_limit_passes_and_one_byte_more_does_not(void **state)
{
        static char text[LIMIT + 2];
        struct line_buffer buffer;
        const char *line;
        size_t length;

        (void)state;
        memset(text, 'a', sizeof(text));
        text[LIMIT] = '\n';
        line_buffer_init(&buffer, LIMIT);
        put(&buffer, text, LIMIT + 1);
        assert_int_equal(line_buffer_next(&buffer, &line, &length), 1);
        assert_int_equal(length, LIMIT);
        /* More room would let a longer line in. */
        assert_int_equal(buffer.capacity, LIMIT + 1);
        assert_none(&buffer);
        text[LIMIT] = 'a';
        put(&buffer, text, LIMIT + 1);
        assert_int_equal(line_buffer_next(&buffer, &line, &length), -EMSGSIZE);
        line_buffer_done(&buffer);
}

static void what_follows_a_line_over_the_limit_is_found_again(void **state)
{
        static char text[LIMIT + 1];
        struct line_buffer buffer;
        const char *line;
        size_t length;

        (void)state;
        memset(text, 'a', sizeof(text));
        line_buffer_init(&buffer, LIMIT);
        put(&buffer, text, sizeof(text));
        assert_int_equal(line_buffer_next(&buffer, &line, &length), -EMSGSIZE);
        assert_none(&buffer);
        /* Told once, however long it goes on. */
        put(&buffer, text, sizeof(text));
        assert_none(&buffer);
        put(&buffer, "aa\nnext\n", 8);
        assert_line(&buffer, "next");
        assert_none(&buffer);
        line_buffer_done(&buffer);
}

static void the_rest_without_line_end_can_be_taken(void **state)
{
        struct line_buffer buffer;
        const char *line;
        size_t length;

        (void)state;
        line_buffer_init(&buffer, LIMIT);
        put(&buffer, "a\nrest", 6);
        assert_line(&buffer, "a");
        assert_none(&buffer);
        assert_int_equal(line_buffer_rest(&buffer, &line, &length), 1);
        assert_int_equal(length, 4);
        assert_memory_equal(line, "rest", 4);
        assert_int_equal(line_buffer_rest(&buffer, &line, &length), 0);
        line_buffer_done(&buffer);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_come_out_whole_wherever_the_pieces_end),
                cmocka_unit_test(one_byte_at_a_time_is_as_good_as_all_at_once),
                cmocka_unit_test(an_empty_buffer_holds_no_memory),
                cmocka_unit_test(a_line_of_the_limit_passes_and_one_byte_more_does_not),
                cmocka_unit_test(what_follows_a_line_over_the_limit_is_found_again),
                cmocka_unit_test(the_rest_without_line_end_can_be_taken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
