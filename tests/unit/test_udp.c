/* SPDX-License-Identifier: BSD-2-Clause */
/* test_udp.c - UDP by hand. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "client-hook/udp.h"

/* An IPv4 header of 24 bytes (one option), UDP 67 to 68, payload "hello", two bytes of padding after the
 * packet. */
static const uint8_t packet[] = {
        0x46, 0,   0, 37, 0, 0,  0, 0, 64,  17,  0,   0,   192, 0,    2,
        1,    192, 0, 2,  7, 1,  1, 1, 0, /* IPv4 */
        0,    67,  0, 68, 0, 13, 0, 0, 'h', 'e', 'l', 'l', 'o', 0xEE, 0xEE,
};

static void a_payload_is_found_behind_both_headers(void **state)
{
        const uint8_t *payload;
        size_t size = 0;

        (void)state;
        payload = udp_find_payload(packet, sizeof(packet), 68, &size);
        assert_ptr_equal(payload, packet + 32);
        assert_int_equal(size, 5);
}

static void every_prefix_of_a_packet_is_refused(void **state)
{
        size_t size;

        (void)state;
        for (size_t length = 0; length < 37; length++) {
                uint8_t *copy = malloc(length + (length == 0));

                assert_non_null(copy);
                memcpy(copy, packet, length);
                assert_null(udp_find_payload(copy, length, 68, &size));
                free(copy);
        }
}

static void expect_refused(size_t at, uint8_t value)
{
        uint8_t copy[sizeof(packet)];
        size_t size;

        memcpy(copy, packet, sizeof(packet));
        copy[at] = value;
        if (udp_find_payload(copy, sizeof(copy), 68, &size) != NULL)
                fail_msg("byte %zu = %u was accepted", at, value);
}

static void a_header_that_lies_is_refused(void **state)
{
        (void)state;
        expect_refused(0, 0x66); /* IPv6 */
        expect_refused(0, 0x44); /* header shorter than any */
        expect_refused(0, 0x4F); /* header that leaves no room for UDP's */
        expect_refused(3, 40);   /* longer than what came */
        expect_refused(3, 31);   /* no room for the UDP header */
        expect_refused(9, 6);    /* TCP */
        expect_refused(27, 67);  /* another port */
        expect_refused(29, 7);   /* UDP shorter than its header */
        expect_refused(29, 14);  /* UDP longer than the packet */
}

static uint16_t word(const uint8_t *at)
{
        return (uint16_t)(at[0] << 8 | at[1]);
}

/* RFC 768: pseudo header and datagram, checksum included, add up to all ones. */
static uint16_t add_up(const uint8_t *datagram, size_t size, struct in_addr source,
                       struct in_addr destination)
{
        uint32_t total = 17 + (uint32_t)size;
        uint8_t addresses[8];

        memcpy(addresses, &source, 4);
        memcpy(addresses + 4, &destination, 4);
        for (size_t i = 0; i < 8; i += 2)
                total += word(addresses + i);
        for (size_t i = 0; i < size; i++)
                total += i % 2 == 0 ? (uint32_t)datagram[i] << 8 : datagram[i];
        while (total > 0xFFFF)
                total = (total & 0xFFFF) + (total >> 16);
        return (uint16_t)total;
}

static void the_checksum_of_any_payload_adds_up(void **state)
{
        const struct in_addr source = {htonl(0xC0000207)}, destination = {INADDR_BROADCAST};
        uint8_t datagram[UDP_HEADER_SIZE + 67];

        (void)state;
        for (size_t size = 0; size <= 67; size++) {
                for (size_t i = 0; i < size; i++)
                        datagram[UDP_HEADER_SIZE + i] = (uint8_t)(251 * i + size);
                udp_put_header(datagram, size, source, 68, destination, 67);
                assert_int_equal(word(datagram), 68);
                assert_int_equal(word(datagram + 2), 67);
                assert_int_equal(word(datagram + 4), UDP_HEADER_SIZE + size);
                assert_int_equal(add_up(datagram, UDP_HEADER_SIZE + size, source, destination), 0xFFFF);
                assert_int_not_equal(word(datagram + 6), 0);
        }
}

static void a_checksum_of_zero_is_sent_as_all_ones(void **state)
{
        const struct in_addr none = {0};
        uint8_t datagram[UDP_HEADER_SIZE + 2];
        uint16_t rest;

        (void)state;
        memset(datagram, 0, sizeof(datagram));
        udp_put_header(datagram, 2, none, 68, none, 67);
        rest = word(datagram + 6);
        /* With the former checksum as payload the sum is all ones already. */
        datagram[UDP_HEADER_SIZE] = (uint8_t)(rest >> 8);
        datagram[UDP_HEADER_SIZE + 1] = (uint8_t)rest;
        udp_put_header(datagram, 2, none, 68, none, 67);
        assert_int_equal(word(datagram + 6), 0xFFFF);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_payload_is_found_behind_both_headers),
                cmocka_unit_test(every_prefix_of_a_packet_is_refused),
                cmocka_unit_test(a_header_that_lies_is_refused),
                cmocka_unit_test(the_checksum_of_any_payload_adds_up),
                cmocka_unit_test(a_checksum_of_zero_is_sent_as_all_ones),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
