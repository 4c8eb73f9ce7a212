/* SPDX-License-Identifier: BSD-2-Clause */
/* test_neighbour_message.c - what a netlink message says, also one that the kernel would never send. */
#include "config.h"

#include "tests/unit/unit.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

#include "gateway-hook/neighbour_message.h"
#include "tests/unit/packet.h"

#define STATES 8

static const uint8_t HWADDR[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t ADDRESS[4] = {192, 0, 2, 2};

static struct nl_msg *start_neighbour(int type, uint8_t family, uint16_t state)
{
        struct ndmsg header = {.ndm_family = family, .ndm_ifindex = 7, .ndm_state = state};
        struct nl_msg *message = nlmsg_alloc_simple(type, 0);

        assert_non_null(message);
        assert_int_equal(nlmsg_append(message, &header, sizeof(header), NLMSG_ALIGNTO), 0);
        return message;
}

static struct nl_msg *neighbour_message(int type, uint8_t family, uint16_t state)
{
        struct nl_msg *message = start_neighbour(type, family, state);

        assert_int_equal(nla_put(message, NDA_DST, sizeof(ADDRESS), ADDRESS), 0);
        assert_int_equal(nla_put(message, NDA_LLADDR, sizeof(HWADDR), HWADDR), 0);
        return message;
}

static struct nl_msg *start_link(int type)
{
        struct ifinfomsg header = {.ifi_index = 7};
        struct nl_msg *message = nlmsg_alloc_simple(type, 0);

        assert_non_null(message);
        assert_int_equal(nlmsg_append(message, &header, sizeof(header), NLMSG_ALIGNTO), 0);
        return message;
}

/* Read a copy that ends at a guard, and free the message. */
static struct neighbour_message read_message(struct nl_msg *message)
{
        struct nlmsghdr *header = nlmsg_hdr(message);
        struct packet copy = packet_new(header->nlmsg_len);
        struct neighbour_message ret;

        memcpy(copy.data, header, copy.size);
        nlmsg_free(message);
        neighbour_message_read((struct nlmsghdr *)(void *)copy.data, &ret);
        return ret;
}

static void test_GW_7_only_failed_and_reachable_are_evidence(void **state)
{
        static const struct {
                uint16_t state;
                enum neighbour_message_type type;
        } cases[STATES] = {
                {NUD_FAILED, NEIGHBOUR_MESSAGE_FAILED},  {NUD_REACHABLE, NEIGHBOUR_MESSAGE_REACHABLE},
                {NUD_STALE, NEIGHBOUR_MESSAGE_STIRRED},  {NUD_DELAY, NEIGHBOUR_MESSAGE_NONE},
                {NUD_PROBE, NEIGHBOUR_MESSAGE_NONE},     {NUD_INCOMPLETE, NEIGHBOUR_MESSAGE_NONE},
                {NUD_PERMANENT, NEIGHBOUR_MESSAGE_NONE}, {NUD_NOARP, NEIGHBOUR_MESSAGE_NONE},
        };

        (void)state;
        for (int i = 0; i < STATES; i++) {
                struct neighbour_message got =
                        read_message(neighbour_message(RTM_NEWNEIGH, AF_INET, cases[i].state));

                assert_int_equal(got.type, cases[i].type);
                assert_int_equal(got.ifindex, 7);
                assert_memory_equal(&got.address, ADDRESS, sizeof(ADDRESS));
                assert_int_equal(got.hwaddr_size, sizeof(HWADDR));
                assert_memory_equal(got.hwaddr, HWADDR, sizeof(HWADDR));
                got = read_message(neighbour_message(RTM_DELNEIGH, AF_INET, cases[i].state));
                assert_int_equal(got.type, NEIGHBOUR_MESSAGE_NONE);
        }
}

static void test_GW_7_a_failed_neighbour_has_no_link_layer_address(void **state)
{
        struct nl_msg *message = start_neighbour(RTM_NEWNEIGH, AF_INET, NUD_FAILED);
        struct neighbour_message got;

        (void)state;
        assert_int_equal(nla_put(message, NDA_DST, sizeof(ADDRESS), ADDRESS), 0);
        got = read_message(message);
        assert_int_equal(got.type, NEIGHBOUR_MESSAGE_FAILED);
        assert_int_equal(got.hwaddr_size, 0);
}

static void test_GW_7_a_bridge_tells_whom_it_learns_and_whom_it_forgets(void **state)
{
        (void)state;
        for (int type = RTM_NEWNEIGH; type <= RTM_DELNEIGH; type++) {
                struct nl_msg *message = start_neighbour(type, AF_BRIDGE, NUD_REACHABLE);
                struct neighbour_message got;

                assert_int_equal(nla_put(message, NDA_LLADDR, sizeof(HWADDR), HWADDR), 0);
                got = read_message(message);
                assert_int_equal(got.type, NEIGHBOUR_MESSAGE_MOVED);
                assert_int_equal(got.hwaddr_size, sizeof(HWADDR));
                assert_memory_equal(got.hwaddr, HWADDR, sizeof(HWADDR));
                got = read_message(start_neighbour(type, AF_BRIDGE, NUD_REACHABLE));
                assert_int_equal(got.type, NEIGHBOUR_MESSAGE_NONE);
        }
}

static void a_neighbour_of_another_family_or_one_that_we_answer_for_is_none(void **state)
{
        struct nl_msg *message = neighbour_message(RTM_NEWNEIGH, AF_INET, NUD_REACHABLE);

        (void)state;
        ((struct ndmsg *)nlmsg_data(nlmsg_hdr(message)))->ndm_flags = NTF_PROXY;
        assert_int_equal(read_message(message).type, NEIGHBOUR_MESSAGE_NONE);
        assert_int_equal(read_message(neighbour_message(RTM_NEWNEIGH, AF_INET6, NUD_REACHABLE)).type,
                         NEIGHBOUR_MESSAGE_NONE);
        assert_int_equal(read_message(start_neighbour(RTM_NEWNEIGH, AF_INET, NUD_REACHABLE)).type,
                         NEIGHBOUR_MESSAGE_NONE);
        assert_int_equal(read_message(neighbour_message(RTM_GETNEIGH, AF_INET, NUD_REACHABLE)).type,
                         NEIGHBOUR_MESSAGE_NONE);
}

static void an_address_of_the_wrong_length_is_not_taken(void **state)
{
        uint8_t bytes[64] = {0};
        const int sizes[] = {0, 3, 5, 16, 64};

        (void)state;
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
                struct nl_msg *message = start_neighbour(RTM_NEWNEIGH, AF_INET, NUD_FAILED);

                assert_int_equal(nla_put(message, NDA_DST, sizes[i], bytes), 0);
                assert_int_equal(read_message(message).type, NEIGHBOUR_MESSAGE_NONE);
        }
}

static void a_link_layer_address_that_is_too_long_is_none(void **state)
{
        uint8_t bytes[RECORD_HWADDR_MAX + 1];

        (void)state;
        memset(bytes, 0xff, sizeof(bytes));
        for (int size = RECORD_HWADDR_MAX; size <= RECORD_HWADDR_MAX + 1; size++) {
                struct nl_msg *message = start_neighbour(RTM_NEWNEIGH, AF_INET, NUD_REACHABLE);

                assert_int_equal(nla_put(message, NDA_DST, sizeof(ADDRESS), ADDRESS), 0);
                assert_int_equal(nla_put(message, NDA_LLADDR, size, bytes), 0);
                assert_int_equal(read_message(message).hwaddr_size,
                                 size == RECORD_HWADDR_MAX ? RECORD_HWADDR_MAX : 0);
        }
}

static void a_link_has_a_name_and_perhaps_a_master(void **state)
{
        struct neighbour_message got;
        struct nl_msg *message = start_link(RTM_NEWLINK);

        (void)state;
        assert_int_equal(nla_put_string(message, IFLA_IFNAME, "lan0"), 0);
        assert_int_equal(nla_put_u32(message, IFLA_MASTER, 9), 0);
        got = read_message(message);
        assert_int_equal(got.type, NEIGHBOUR_MESSAGE_LINK);
        assert_int_equal(got.ifindex, 7);
        assert_string_equal(got.name, "lan0");
        assert_int_equal(got.master, 9);
        got = read_message(start_link(RTM_DELLINK));
        assert_int_equal(got.type, NEIGHBOUR_MESSAGE_LINK);
        assert_string_equal(got.name, "");
        assert_int_equal(got.master, 0);
}

static void the_scan_of_a_radio_moves_no_link(void **state)
{
        struct nl_msg *message = start_link(RTM_NEWLINK);

        (void)state;
        assert_int_equal(nla_put(message, IFLA_WIRELESS, sizeof(HWADDR), HWADDR), 0);
        assert_int_equal(read_message(message).type, NEIGHBOUR_MESSAGE_NONE);
}

static void a_name_without_end_is_cut(void **state)
{
        struct nl_msg *message = start_link(RTM_NEWLINK);
        char name[64];

        (void)state;
        memset(name, 'x', sizeof(name));
        assert_int_equal(nla_put(message, IFLA_IFNAME, sizeof(name), name), 0);
        assert_int_equal(nla_put(message, IFLA_MASTER, 3, name), 0);
        name[IFNAMSIZ - 1] = '\0';
        assert_string_equal(read_message(message).name, name);
}

/* Every length that a message of that kind can be cut to. */
static void read_prefixes(struct nl_msg *message)
{
        struct nlmsghdr *header = nlmsg_hdr(message);
        struct neighbour_message got;

        for (uint32_t size = sizeof(*header); size < header->nlmsg_len; size++) {
                struct packet copy = packet_new(NLMSG_ALIGN(size));

                memcpy(copy.data, header, size);
                ((struct nlmsghdr *)(void *)copy.data)->nlmsg_len = size;
                neighbour_message_read((struct nlmsghdr *)(void *)copy.data, &got);
                if (size < NLMSG_HDRLEN + sizeof(struct ndmsg))
                        assert_int_equal(got.type, NEIGHBOUR_MESSAGE_NONE);
        }
        nlmsg_free(message);
}

static void no_prefix_of_a_message_is_read_beyond_its_end(void **state)
{
        struct nl_msg *link = start_link(RTM_NEWLINK);

        (void)state;
        assert_int_equal(nla_put_string(link, IFLA_IFNAME, "lan0"), 0);
        assert_int_equal(nla_put_u32(link, IFLA_MASTER, 9), 0);
        read_prefixes(link);
        read_prefixes(neighbour_message(RTM_NEWNEIGH, AF_INET, NUD_REACHABLE));
        read_prefixes(neighbour_message(RTM_DELNEIGH, AF_BRIDGE, NUD_REACHABLE));
}

/* Any byte behind the length may be anything. */
static void no_damage_makes_it_read_beyond_the_end(void **state)
{
        struct nl_msg *messages[] = {neighbour_message(RTM_NEWNEIGH, AF_INET, NUD_REACHABLE),
                                     start_link(RTM_NEWLINK)};
        uint32_t seed = 1;

        (void)state;
        assert_int_equal(nla_put_string(messages[1], IFLA_IFNAME, "lan0"), 0);
        for (int i = 0; i < 2; i++) {
                struct nlmsghdr *header = nlmsg_hdr(messages[i]);
                struct packet copy = packet_new(header->nlmsg_len);
                struct neighbour_message got;

                for (int round = 0; round < 200000; round++) {
                        memcpy(copy.data, header, copy.size);
                        for (int changes = 0; changes < 3; changes++) {
                                seed = seed * 1664525 + 1013904223;
                                copy.data[NLMSG_HDRLEN + (seed >> 8) % (copy.size - NLMSG_HDRLEN)] =
                                        (uint8_t)(seed >> 24);
                        }
                        neighbour_message_read((struct nlmsghdr *)(void *)copy.data, &got);
                        assert_true(got.hwaddr_size <= RECORD_HWADDR_MAX);
                        assert_true(memchr(got.name, '\0', sizeof(got.name)) != NULL);
                }
                nlmsg_free(messages[i]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(test_GW_7_only_failed_and_reachable_are_evidence),
                PACKET_TEST(test_GW_7_a_failed_neighbour_has_no_link_layer_address),
                PACKET_TEST(test_GW_7_a_bridge_tells_whom_it_learns_and_whom_it_forgets),
                PACKET_TEST(a_neighbour_of_another_family_or_one_that_we_answer_for_is_none),
                PACKET_TEST(an_address_of_the_wrong_length_is_not_taken),
                PACKET_TEST(a_link_layer_address_that_is_too_long_is_none),
                PACKET_TEST(a_link_has_a_name_and_perhaps_a_master),
                PACKET_TEST(the_scan_of_a_radio_moves_no_link),
                PACKET_TEST(a_name_without_end_is_cut),
                PACKET_TEST(no_prefix_of_a_message_is_read_beyond_its_end),
                PACKET_TEST(no_damage_makes_it_read_beyond_the_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
