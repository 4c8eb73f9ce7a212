/* SPDX-License-Identifier: BSD-2-Clause */
/* test_udp_port.c - datagrams on the event loop: told with their whole size, and others have their turn under
 * a flood. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dm-bridge/udp_port.h"
#include "dm-bridge/udp_socket.h"
#include "tests/allocations.h"

static uv_loop_t loop;
static struct udp_port *port;
static struct stun_address name;
static int sender;
static size_t sizes[4 * UDP_PORT_BATCH], received, batches;
static bool close_at_first;

static void on_received(void *context, const struct stun_address *from, const uint8_t *bytes, size_t size)
{
        (void)context;
        assert_int_equal(ntohl(from->address.s_addr), INADDR_LOOPBACK);
        assert_true(size == 0 || bytes[0] == 'x');
        sizes[received++] = size;
        if (close_at_first)
                udp_port_close(port);
}

static void on_rest(void *context)
{
        (void)context;
        batches++;
}

static int make(void **state)
{
        const struct stun_address loopback = {{htonl(INADDR_LOOPBACK)}, 0};
        const struct udp_port_handler handler = {NULL, on_received, on_rest};

        (void)state;
        received = batches = 0;
        close_at_first = false;
        uv_loop_init(&loop);
        assert_int_equal(udp_port_open(&port, &loop, &loopback, &handler), 0);
        name = udp_port_name(port);
        sender = udp_socket_open(&loopback);
        return sender < 0 ? -1 : 0;
}

static int unmake(void **state)
{
        (void)state;
        udp_port_close(port);
        uv_run(&loop, UV_RUN_DEFAULT);
        close(sender);
        return uv_loop_close(&loop);
}

static void send_bytes(size_t size)
{
        uint8_t bytes[4096];

        memset(bytes, 'x', sizeof(bytes));
        assert_int_equal(udp_socket_send(sender, &name, bytes, size), 0);
}

static void a_datagram_comes_as_it_is_and_a_long_one_as_too_long(void **state)
{
        (void)state;
        assert_true(name.port != 0);
        send_bytes(0);
        send_bytes(1);
        send_bytes(2048);
        send_bytes(2049);
        send_bytes(4096);
        uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(received, 5);
        assert_int_equal(sizes[0], 0);
        assert_int_equal(sizes[1], 1);
        assert_int_equal(sizes[2], 2048);
        assert_int_equal(sizes[3], 2049);
        assert_int_equal(sizes[4], 2049);
        assert_int_equal(batches, 1);
}

static void a_datagram_that_is_cut_tells_its_whole_size(void **state)
{
        struct stun_address own, from;
        uint8_t bytes[10] = {0};
        size_t size = 0;

        (void)state;
        assert_int_equal(udp_socket_name(sender, &own), 0);
        assert_int_equal(udp_socket_receive(sender, bytes, sizeof(bytes), &size, &from), -EAGAIN);
        assert_int_equal(udp_socket_send(sender, &own, (const uint8_t *)"0123456789abcdef", 16), 0);
        assert_int_equal(udp_socket_receive(sender, bytes, sizeof(bytes), &size, &from), 0);
        assert_int_equal(size, 16);
        assert_int_equal(from.port, own.port);
        assert_memory_equal(bytes, "0123456789", 10);
}

static void test_CR_8_of_a_flood_a_batch_is_taken_before_others_have_their_turn(void **state)
{
        (void)state;
        for (int i = 0; i < 2 * UDP_PORT_BATCH + 1; i++)
                send_bytes(10);
        uv_run(&loop, UV_RUN_ONCE);
        assert_true(received >= UDP_PORT_BATCH);
        while (received < 2 * UDP_PORT_BATCH + 1)
                uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(batches, 3);
}

static void test_CR_8_nothing_is_allocated_for_a_datagram(void **state)
{
        unsigned long before;

        (void)state;
        if (!allocations_counted())
                skip();
        uv_run(&loop, UV_RUN_NOWAIT);
        before = allocations_count();
        for (int i = 0; i < UDP_PORT_BATCH; i++)
                send_bytes(10);
        uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(received, UDP_PORT_BATCH);
        assert_int_equal(allocations_count(), before);
}

static void after_a_close_in_the_midst_nothing_more_comes(void **state)
{
        (void)state;
        close_at_first = true;
        send_bytes(1);
        send_bytes(1);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(received, 1);
        assert_int_equal(batches, 0);
        port = NULL;
}

static void a_port_in_use_can_not_be_opened(void **state)
{
        const struct udp_port_handler handler = {NULL, on_received, on_rest};
        struct udp_port *other = NULL;

        (void)state;
        assert_int_equal(udp_port_open(&other, &loop, &name, &handler), -EADDRINUSE);
        assert_null(other);
}

static void an_address_need_not_be_there_yet(void **state)
{
        const struct stun_address absent = {{htonl(0xc0000263)}, 0};
        const struct udp_port_handler handler = {NULL, on_received, NULL};
        struct udp_port *other = NULL;

        (void)state;
        assert_int_equal(udp_port_open(&other, &loop, &absent, &handler), 0);
        udp_port_close(other);
}

#define PORT_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                PORT_TEST(a_datagram_comes_as_it_is_and_a_long_one_as_too_long),
                PORT_TEST(a_datagram_that_is_cut_tells_its_whole_size),
                PORT_TEST(test_CR_8_of_a_flood_a_batch_is_taken_before_others_have_their_turn),
                PORT_TEST(test_CR_8_nothing_is_allocated_for_a_datagram),
                PORT_TEST(after_a_close_in_the_midst_nothing_more_comes),
                PORT_TEST(a_port_in_use_can_not_be_opened),
                PORT_TEST(an_address_need_not_be_there_yet),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
