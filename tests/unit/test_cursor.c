/* SPDX-License-Identifier: BSD-2-Clause */
/* test_cursor.c - bounds-checked reading and writing. */
#include "config.h"

#include "tests/unit/packet.h"

#include "libassoc/cursor.h"

static void a_short_read_leaves_the_cursor_untouched(void **state)
{
        struct packet packet = packet_of("010203");
        struct cursor in = cursor_of(packet.data, packet.size), body = {0};
        uint32_t value = 7;

        (void)state;
        assert_false(cursor_get_be32(&in, &value));
        assert_false(cursor_get_sub(&in, 4, &body));
        assert_false(cursor_get_sub(&in, SIZE_MAX, &body));
        assert_int_equal(value, 7);
        assert_int_equal(cursor_left(&in), 3);
        assert_ptr_equal(in.pos, packet.data);
}

static void reads_return_the_bytes_in_network_order(void **state)
{
        struct packet packet = packet_of("fe 00000de9 aabb");
        struct cursor in = cursor_of(packet.data, packet.size), body = {0};
        uint32_t value;
        uint8_t byte;

        (void)state;
        assert_true(cursor_get_u8(&in, &byte));
        assert_int_equal(byte, 0xFE);
        assert_true(cursor_get_be32(&in, &value));
        assert_int_equal(value, 3561);
        assert_true(cursor_get_sub(&in, 2, &body));
        assert_memory_equal(body.pos, "\xAA\xBB", 2);
        assert_false(cursor_get_u8(&in, &byte));
}

static void an_inner_reader_cannot_leave_its_body(void **state)
{
        struct packet packet = packet_of("0102030405");
        struct cursor in = cursor_of(packet.data, packet.size), body = {0};
        uint32_t value;
        uint8_t byte;

        (void)state;
        assert_true(cursor_get_sub(&in, 1, &body));
        assert_false(cursor_get_be32(&body, &value));
        assert_true(cursor_get_u8(&body, &byte));
        assert_false(cursor_get_u8(&body, &byte));
        assert_int_equal(cursor_left(&in), 4);
}

static void no_bytes_need_no_address(void **state)
{
        struct cursor in = cursor_of(NULL, 0), body;
        struct writer out = writer_of(NULL, 0);
        uint8_t byte;

        (void)state;
        assert_int_equal(cursor_left(&in), 0);
        assert_false(cursor_get_u8(&in, &byte));
        assert_true(cursor_get_sub(&in, 0, &body));
        assert_false(writer_put_u8(&out, 1));
        assert_true(writer_put_bytes(&out, NULL, 0));
        assert_int_equal(writer_size(&out), 0);
}

static void a_write_that_does_not_fit_writes_nothing(void **state)
{
        struct packet packet = packet_new(3);
        struct writer out = writer_of(packet.data, packet.size);

        (void)state;
        assert_false(writer_put_be32(&out, 0xFFFFFFFF));
        assert_false(writer_put_bytes(&out, "abcd", 4));
        assert_memory_equal(packet.data, "\0\0\0", 3);
        assert_true(writer_put_bytes(&out, "ab", 2));
        assert_true(writer_put_u8(&out, 'c'));
        assert_false(writer_put_u8(&out, 'd'));
        assert_int_equal(writer_size(&out), 3);
        assert_memory_equal(packet.data, "abc", 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(a_short_read_leaves_the_cursor_untouched),
                PACKET_TEST(reads_return_the_bytes_in_network_order),
                PACKET_TEST(an_inner_reader_cannot_leave_its_body),
                PACKET_TEST(no_bytes_need_no_address),
                PACKET_TEST(a_write_that_does_not_fit_writes_nothing),
        };

        return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
