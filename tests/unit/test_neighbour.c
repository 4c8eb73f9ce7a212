/* SPDX-License-Identifier: BSD-2-Clause */
/* test_neighbour.c - the neighbour watch at a real kernel, on a LAN whose devices the test plays.
 * The kernel is made impatient, so that a round takes a second and not a minute. What netlink does wrong by
 * chance is done wrong here on purpose, between the kernel and the watch. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway-hook/neighbour.h"
#include "gateway-hook/neighbour_message.h"
#include "tests/lan.h"

/* Seconds: as long as a test needs only where something is broken or the machine is very busy. */
#define PATIENCE 60
/* An interval that does not end in a test: only what is hastened is nudged. */
#define NEVER 86400
/* More neighbours than the events of which the netlink buffer holds. */
#define FLOOD 8000

static const uint8_t DEVICE[6] = {2, 0, 0, 0, 0, 2}, OTHER[6] = {2, 0, 0, 0, 0, 3};

static struct neighbour *neighbour;
static unsigned lost, returned;

/* What passed between the watch and the kernel, and what is to go wrong there. */
static struct {
        int netlink; /* the watch's socket */
        unsigned failed, reachable, overflows, busy, dumps, nudges;
        int fail_read, fail_send; /* errno: of every read, of every nudge */
        bool interrupt_dump;
} wire;

/* --- Between the watch and the kernel --- */

ssize_t __real_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from,
                        socklen_t *from_size);
ssize_t __wrap_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from,
                        socklen_t *from_size);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
int __real_nl_send_simple(struct nl_sock *socket, int type, int flags, void *data, size_t size);
int __wrap_nl_send_simple(struct nl_sock *socket, int type, int flags, void *data, size_t size);

static void count_message(struct nlmsghdr *header)
{
        const struct nlmsgerr *error = nlmsg_data(header);
        struct neighbour_message message;

        if (header->nlmsg_type == NLMSG_ERROR)
                wire.busy += error->error == -EBUSY;
        if (header->nlmsg_type != RTM_NEWNEIGH)
                return;
        if ((header->nlmsg_flags & NLM_F_MULTI) != 0 && wire.interrupt_dump) {
                header->nlmsg_flags |= NLM_F_DUMP_INTR;
                wire.interrupt_dump = false;
        }
        neighbour_message_read(header, &message);
        wire.failed += message.type == NEIGHBOUR_MESSAGE_FAILED;
        wire.reachable += message.type == NEIGHBOUR_MESSAGE_REACHABLE;
}

ssize_t __wrap_recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from,
                        socklen_t *from_size)
{
        struct nlmsghdr *header = data;
        ssize_t got;
        int left;

        wire.netlink = fd;
        if (wire.fail_read != 0) {
                errno = wire.fail_read;
                return -1;
        }
        got = __real_recvfrom(fd, data, size, flags, from, from_size);
        wire.overflows += got < 0 && errno == ENOBUFS;
        for (left = (int)got; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
                count_message(header);
        return got;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
        /* libnl sends by it too. */
        if ((flags & MSG_DONTROUTE) == 0)
                return __real_sendmsg(fd, message, flags);
        wire.nudges++;
        if (wire.fail_send != 0) {
                errno = wire.fail_send;
                return -1;
        }
        return __real_sendmsg(fd, message, flags);
}

int __wrap_nl_send_simple(struct nl_sock *socket, int type, int flags, void *data, size_t size)
{
        wire.dumps++;
        return __real_nl_send_simple(socket, type, flags, data, size);
}

/* --- What the tests share --- */

static void take_news(void *context, struct in_addr address, enum neighbour_news news)
{
        assert_ptr_equal(context, &wire);
        assert_int_equal(address.s_addr & htonl(0xffffff00), lan_address(0).s_addr);
        if (news == NEIGHBOUR_LOST)
                lost++;
        else
                returned++;
}

static int start(uint32_t interval, uint32_t rounds)
{
        return neighbour_new(4, interval, rounds, take_news, &wire, &neighbour);
}

/* The device 192.0.2.2 on LAN_INTERFACE. */
static struct device_record binding(void)
{
        struct device_record record = {
                .type = DEVICE_RECORD_BIND, .address = lan_address(2), .hwaddr_size = 6};

        memcpy(record.hwaddr, DEVICE, sizeof(DEVICE));
        strcpy(record.interface, LAN_INTERFACE);
        return record;
}

static void add(void)
{
        struct device_record record = binding();

        neighbour_add(neighbour, &record);
}

static int64_t milliseconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One turn of the loop. */
static void turn(void)
{
        struct pollfd fds[2] = {{.fd = lan_fd(), .events = POLLIN},
                                {.fd = neighbour_fd(neighbour), .events = POLLIN}};

        (void)poll(fds, 2, 10);
        lan_play();
        if (fds[1].revents != 0)
                assert_int_equal(neighbour_dispatch(neighbour), 0);
}

static void run(int64_t duration)
{
        for (int64_t end = milliseconds() + duration; milliseconds() < end;)
                turn();
}

/* Go on until the counter has that value. */
static void run_until(const unsigned *counter, unsigned value)
{
        for (int64_t end = milliseconds() + PATIENCE * 1000; *counter < value;) {
                assert_true(milliseconds() < end);
                turn();
        }
}

/* Likewise until the gateway has asked for the device `value` times. */
static void run_until_asked(unsigned value)
{
        for (int64_t end = milliseconds() + PATIENCE * 1000; lan_asked(2) < value;) {
                assert_true(milliseconds() < end);
                turn();
        }
}

/* Make the kernel tell of the link, which hastens the next nudge of all on it. */
static void stir_link(void)
{
        static unsigned mtu = 1400;

        assert_true(lan_ip("link set " LAN_INTERFACE " mtu %u", mtu));
        mtu = mtu == 1400 ? 1401 : 1400;
}

static int make_lan(void **state)
{
        (void)state;
        memset(&wire, 0, sizeof(wire));
        lost = returned = 0;
        return lan_make(300, 100, 100) ? 0 : -1;
}

static int remove_lan(void **state)
{
        (void)state;
        neighbour_free(neighbour);
        neighbour = NULL;
        lan_remove();
        return 0;
}

/* --- Loss and return --- */

static void test_GW_7_GW_8_a_device_that_falls_silent_is_lost_and_returns_when_it_answers(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 2), 0);
        add();
        run_until(&wire.nudges, 3);
        assert_int_equal(lost, 0);
        lan_answer(2, NULL);
        run_until(&lost, 1);
        assert_true(wire.failed >= 2);
        lan_answer(2, DEVICE);
        run_until(&returned, 1);
        assert_int_equal(lost, 1);
}

static void test_GW_4_a_sleeper_that_answers_in_its_last_round_is_never_lost(void **state)
{
        (void)state;
        assert_int_equal(start(1, 3), 0);
        add();
        for (unsigned sleep = 0; sleep < 2; sleep++) {
                lan_answer(2, NULL);
                run_until(&wire.failed, wire.failed + 2);
                lan_answer(2, DEVICE);
                run_until(&wire.reachable, wire.reachable + 1);
        }
        assert_int_equal(lost, 0);
}

static void test_GW_7_another_host_that_took_the_address_does_not_keep_the_device(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 2), 0);
        add();
        run_until(&wire.reachable, 1);
        lan_answer(2, OTHER);
        run_until(&lost, 1);
        run_until(&wire.reachable, wire.reachable + 1);
        assert_int_equal(returned, 0);
        lan_answer(2, DEVICE);
        run_until(&returned, 1);
}

/* While its traffic confirms it, the kernel has nothing to say of a neighbour. */
static void test_GW_7_another_host_that_the_kernel_never_doubts_does_not_keep_the_device(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 3), 0);
        add();
        run_until(&wire.reachable, 1);
        assert_true(lan_ip("ntable change name arp_cache dev " LAN_INTERFACE " base_reachable 86400000"));
        assert_true(lan_ip(
                "neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:03 nud reachable dev " LAN_INTERFACE));
        run_until(&lost, 1);
        assert_true(wire.dumps >= 2);
}

static void test_GW_8_what_is_away_at_the_start_and_answers_already_is_back_at_once(void **state)
{
        struct device_record record = binding();

        (void)state;
        record.away = true;
        assert_true(lan_ip("ntable change name arp_cache dev " LAN_INTERFACE " base_reachable 86400000"));
        assert_true(lan_ip(
                "neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 nud reachable dev " LAN_INTERFACE));
        assert_int_equal(start(NEVER, 1), 0);
        neighbour_add(neighbour, &record);
        run_until(&returned, 1);
        assert_int_equal(wire.nudges, 0);
}

/* --- What netlink loses --- */

/* Neighbours that nobody watches come and go, more than the socket's buffer can tell of. */
static void flood(void)
{
        FILE *ip = popen("PATH=$PATH:/usr/sbin:/sbin; ip -batch -", "w");

        assert_non_null(ip);
        for (unsigned i = 0; i < FLOOD; i++)
                fprintf(ip, "neighbour replace 10.%u.%u.1 lladdr 02:00:00:00:01:00 nud permanent dev %s\n",
                        i >> 8, i & 255, LAN_INTERFACE);
        assert_int_equal(pclose(ip), 0);
}

/* The flood makes the kernel collect its garbage, and a neighbour that failed is some, unless it was learnt
 * elsewhere. */
static void set_neighbour(const char *state)
{
        assert_true(lan_ip("neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 nud %s extern_learn "
                           "dev " LAN_INTERFACE,
                           state));
}

static void test_GW_7_a_loss_while_netlink_overflows_is_noticed_after_it(void **state)
{
        (void)state;
        assert_true(lan_ip("ntable change name arp_cache dev " LAN_INTERFACE " delay_probe 86400000"));
        set_neighbour("stale");
        assert_int_equal(start(NEVER, 1), 0);
        add();
        stir_link();
        run_until(&wire.nudges, 1);
        flood();
        set_neighbour("failed");
        run_until(&lost, 1);
        assert_true(wire.overflows >= 1);
        assert_true(wire.dumps >= 2);
        assert_int_equal(wire.nudges, 1);
}

static void test_GW_8_a_return_while_netlink_overflows_is_noticed_after_it(void **state)
{
        struct device_record record = binding();

        (void)state;
        record.away = true;
        assert_true(lan_ip("ntable change name arp_cache dev " LAN_INTERFACE " base_reachable 86400000"));
        assert_int_equal(start(NEVER, 1), 0);
        neighbour_add(neighbour, &record);
        run_until(&wire.dumps, 1);
        run(100);
        flood();
        assert_true(lan_ip(
                "neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 nud reachable dev " LAN_INTERFACE));
        run_until(&returned, 1);
        assert_true(wire.overflows >= 1);
        assert_int_equal(wire.nudges, 0);
}

/* ENOBUFS amid a dump: the kernel will not begin another before that one has ended. */
static void test_GW_7_a_dump_that_the_kernel_refuses_is_asked_for_again(void **state)
{
        (void)state;
        flood();
        assert_int_equal(start(NEVER, 1), 0);
        add();
        assert_int_equal(neighbour_dispatch(neighbour), 0);
        assert_int_equal(wire.dumps, 1);
        usleep(1100000);
        wire.fail_read = ENOBUFS;
        assert_int_equal(neighbour_dispatch(neighbour), 0);
        wire.fail_read = 0;
        assert_int_equal(wire.dumps, 2);
        run_until(&wire.busy, 1);
        run_until(&wire.dumps, 3);
        run(300);
        assert_int_equal(wire.dumps, 3);
}

static void test_GW_7_an_interrupted_dump_is_asked_for_again(void **state)
{
        (void)state;
        assert_true(
                lan_ip("neighbour replace 192.0.2.9 lladdr 02:00:00:00:00:09 nud stale dev " LAN_INTERFACE));
        wire.interrupt_dump = true;
        assert_int_equal(start(NEVER, 1), 0);
        run_until(&wire.dumps, 2);
        run(1500);
        assert_int_equal(wire.dumps, 2);
        assert_false(wire.interrupt_dump);
}

static void a_storm_of_losses_makes_one_dump_a_second_at_most(void **state)
{
        int64_t began = milliseconds();

        (void)state;
        assert_int_equal(start(NEVER, 1), 0);
        wire.fail_read = ENOBUFS;
        while (milliseconds() < began + 2500)
                assert_int_equal(neighbour_dispatch(neighbour), 0);
        assert_in_range(wire.dumps, 2, 1 + (milliseconds() - began) / 1000);
}

/* --- Who may say so --- */

static void test_GW_4_a_message_that_is_not_the_kernels_says_nothing(void **state)
{
        struct sockaddr_nl to = {0};
        socklen_t to_size = sizeof(to);
        struct {
                struct nlmsghdr header;
                struct ndmsg neighbour;
                struct rtattr attribute;
                struct in_addr address;
        } message = {.header = {.nlmsg_len = sizeof(message), .nlmsg_type = RTM_NEWNEIGH}};
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 1), 0);
        add();
        run_until(&wire.nudges, 1);
        assert_int_equal(getsockname(wire.netlink, (struct sockaddr *)&to, &to_size), 0);
        message.neighbour.ndm_family = AF_INET;
        message.neighbour.ndm_state = NUD_FAILED;
        assert_true(lan_ip("link show " LAN_INTERFACE " > /dev/null"));
        message.neighbour.ndm_ifindex = (int)if_nametoindex(LAN_INTERFACE);
        message.attribute.rta_type = NDA_DST;
        message.attribute.rta_len = sizeof(message.attribute) + sizeof(message.address);
        message.address = lan_address(2);
        assert_int_equal(sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&to, sizeof(to)),
                         sizeof(message));
        run_until(&wire.failed, 1);
        assert_int_equal(lost, 0);
        close(fd);
}

/* --- Where a device is a neighbour --- */

static void test_GW_4_an_address_in_no_prefix_of_the_interface_is_not_looked_for(void **state)
{
        struct device_record record = binding();

        (void)state;
        record.address.s_addr = htonl(0xC6336414); /* 198.51.100.20, behind a relay */
        assert_int_equal(start(1, 1), 0);
        neighbour_add(neighbour, &record);
        add();
        run_until(&lost, 1);
        run(1500);
        assert_int_equal(lost, 1);
        assert_int_equal(lan_asked_strangers(), 0);
        neighbour_remove(neighbour, lan_address(2));
        assert_true(lan_ip("address add 198.51.100.1/24 dev " LAN_INTERFACE " label " LAN_INTERFACE ":1"));
        for (int64_t end = milliseconds() + PATIENCE * 1000; lan_asked_strangers() == 0;) {
                assert_true(milliseconds() < end);
                turn();
        }
}

static void test_GW_7_an_interface_that_vanishes_takes_its_devices_and_brings_them_back(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 2), 0);
        add();
        run_until(&wire.reachable, 1);
        lan_remove();
        for (int64_t end = milliseconds() + PATIENCE * 1000; lost == 0;) {
                assert_true(milliseconds() < end);
                usleep(10000);
                assert_int_equal(neighbour_dispatch(neighbour), 0);
        }
        assert_true(lan_make(300, 100, 100));
        lan_answer(2, DEVICE);
        run_until(&returned, 1);
}

static void test_GW_4_an_interface_that_is_renamed_keeps_its_devices(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 2), 0);
        add();
        run_until(&wire.reachable, 1);
        assert_true(lan_ip("link set " LAN_INTERFACE " down"));
        assert_true(lan_ip("link set " LAN_INTERFACE " name other0"));
        assert_true(lan_ip("link set other0 up"));
        run_until(&wire.nudges, wire.nudges + 5);
        run_until(&wire.reachable, wire.reachable + 1);
        assert_int_equal(lost, 0);
        lan_answer(2, NULL);
        run_until(&lost, 1);
}

static bool bridge(const char *arguments)
{
        char command[256];

        snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin; bridge %s", arguments);
        return system(command) == 0;
}

static void test_GW_7_what_a_bridge_forgets_is_nudged_at_once(void **state)
{
        struct device_record record = binding();

        (void)state;
        lan_answer(2, DEVICE);
        assert_true(lan_ip("link add br7 type bridge") && lan_ip("link set br7 up") &&
                    lan_ip("address flush dev " LAN_INTERFACE) &&
                    lan_ip("address add 192.0.2.1/24 dev br7") &&
                    lan_ip("link set " LAN_INTERFACE " master br7"));
        lan_announce(2, DEVICE);
        while (!bridge("fdb show | grep -q 02:00:00:00:00:02"))
                usleep(10000);
        /* The kernel takes a second to tell that a link is up. */
        while (!lan_ip("link show br7 | grep -q 'state UP'"))
                usleep(10000);
        usleep(1500000);
        strcpy(record.interface, "br7");
        assert_int_equal(start(NEVER, 1), 0);
        neighbour_add(neighbour, &record);
        run(300);
        assert_int_equal(wire.nudges, 0);
        assert_true(bridge("fdb del 02:00:00:00:00:02 dev " LAN_INTERFACE " master"));
        /* Some ten seconds later the kernel tells of the port once more. */
        run(2000);
        assert_int_equal(wire.nudges, 1);
        run_until_asked(1);
        assert_int_equal(lost, 0);
        assert_true(lan_ip("link delete br7"));
}

/* --- Errors --- */

/* Go on until the watch has trouble. */
static int run_until_trouble(void)
{
        int err = 0;

        for (int64_t end = milliseconds() + PATIENCE * 1000; err == 0;) {
                assert_true(milliseconds() < end);
                usleep(10000);
                lan_play();
                err = neighbour_dispatch(neighbour);
        }
        return err;
}

static void test_GW_4_what_keeps_the_watch_blind_is_told_and_is_no_failed_round(void **state)
{
        (void)state;
        lan_answer(2, DEVICE);
        assert_int_equal(start(1, 1), 0);
        add();
        wire.fail_send = EPERM;
        assert_int_equal(run_until_trouble(), -EPERM);
        /* The kernel's table of neighbours is full. */
        wire.fail_send = ENOBUFS;
        assert_int_equal(run_until_trouble(), -ENOBUFS);
        wire.fail_send = EAGAIN;
        run_until(&wire.nudges, wire.nudges + 4);
        assert_int_equal(lost, 0);
        wire.fail_send = EHOSTUNREACH;
        run_until(&lost, 1);
}

static void nothing_is_watched_without_a_watch(void **state)
{
        struct device_record record = binding();

        (void)state;
        neighbour_add(NULL, &record);
        neighbour_remove(NULL, record.address);
        neighbour_free(NULL);
}

#define LAN_TEST(name) cmocka_unit_test_setup_teardown(name, make_lan, remove_lan)

int main(void)
{
        const struct CMUnitTest tests[] = {
                LAN_TEST(test_GW_7_GW_8_a_device_that_falls_silent_is_lost_and_returns_when_it_answers),
                LAN_TEST(test_GW_4_a_sleeper_that_answers_in_its_last_round_is_never_lost),
                LAN_TEST(test_GW_7_another_host_that_took_the_address_does_not_keep_the_device),
                LAN_TEST(test_GW_7_another_host_that_the_kernel_never_doubts_does_not_keep_the_device),
                LAN_TEST(test_GW_8_what_is_away_at_the_start_and_answers_already_is_back_at_once),
                LAN_TEST(test_GW_7_a_loss_while_netlink_overflows_is_noticed_after_it),
                LAN_TEST(test_GW_8_a_return_while_netlink_overflows_is_noticed_after_it),
                LAN_TEST(test_GW_7_a_dump_that_the_kernel_refuses_is_asked_for_again),
                LAN_TEST(test_GW_7_an_interrupted_dump_is_asked_for_again),
                LAN_TEST(a_storm_of_losses_makes_one_dump_a_second_at_most),
                LAN_TEST(test_GW_4_a_message_that_is_not_the_kernels_says_nothing),
                LAN_TEST(test_GW_4_an_address_in_no_prefix_of_the_interface_is_not_looked_for),
                LAN_TEST(test_GW_7_an_interface_that_vanishes_takes_its_devices_and_brings_them_back),
                LAN_TEST(test_GW_4_an_interface_that_is_renamed_keeps_its_devices),
                LAN_TEST(test_GW_7_what_a_bridge_forgets_is_nudged_at_once),
                LAN_TEST(test_GW_4_what_keeps_the_watch_blind_is_told_and_is_no_failed_round),
                cmocka_unit_test(nothing_is_watched_without_a_watch),
        };
        int err = lan_enter();

        if (err < 0) {
                fprintf(stderr, "no network namespace or no ip here: %s\n", strerror(-err));
                return 77; /* a test that is left out */
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
