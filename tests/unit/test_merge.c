/* SPDX-License-Identifier: BSD-2-Clause */
/* test_merge.c - our identity put into an option 125 that was configured already (EN-7). */
#include "config.h"

#include "tests/unit/packet.h"

#include <errno.h>
#include <string.h>

#define TR111 " 00000de9"
#define OTHER " 0000118b 06 0104\"abcd\""
#define OURS  " 0406\"00D09E\" 0504\"SN-1\" 0603\"Box\""
#define ACS   "0b04\"http\""

static const struct assoc_identity identity = {"00D09E", "SN-1", "Box"};

/* Merge at guard pages, in exactly `room` bytes. */
static int merge(const struct packet *option, const struct assoc_identity *sent, size_t room,
                 struct packet *ret)
{
        *ret = packet_new(room);
        return assoc_option_merge(option->data, option->size, sent, ASSOC_ROLE_GATEWAY, ret->data, room,
                                  &ret->size);
}

/* The result is as expected, merging again changes nothing, and no smaller buffer is overrun. */
static void assert_merges(const char *before, const char *after)
{
        struct packet option = packet_of(before), expected = packet_of(after), merged, again;

        assert_int_equal(merge(&option, &identity, expected.size, &merged), 0);
        assert_int_equal(merged.size, expected.size);
        assert_memory_equal(merged.data, expected.data, expected.size);
        assert_decodes(&merged, ASSOC_ROLE_GATEWAY, identity.oui, identity.serial, identity.product_class);
        assert_int_equal(merge(&merged, &identity, expected.size, &again), 0);
        assert_int_equal(again.size, expected.size);
        assert_memory_equal(again.data, expected.data, expected.size);
        for (size_t room = 0; room < expected.size; room++)
                assert_int_equal(merge(&option, &identity, room, &merged), -ENOBUFS);
}

static void test_EN_7_nothing_configured_gives_our_block_alone(void **state)
{
        (void)state;
        assert_merges("", TR111 "13" OURS);
}

static void test_EN_7_other_enterprises_keep_their_blocks(void **state)
{
        (void)state;
        assert_merges(OTHER, OTHER TR111 "13" OURS);
        assert_merges(OTHER "00000009 03 01ff00", OTHER "00000009 03 01ff00" TR111 "13" OURS);
}

static void test_EN_7_ours_join_the_block_that_the_administrator_configured(void **state)
{
        (void)state;
        assert_merges(TR111 "06" ACS, TR111 "19" ACS OURS);
        assert_merges(OTHER TR111 "06" ACS OTHER, OTHER TR111 "19" ACS OURS OTHER);
        assert_merges(TR111 "00" OTHER, TR111 "13" OURS OTHER);
}

static void test_EN_7_no_code_is_sent_twice(void **state)
{
        (void)state;
        assert_merges(TR111 "0d 0401\"x\"" ACS "0500 0600", TR111 "19" ACS OURS);
        assert_merges(TR111 "09 0501\"x\"" ACS TR111 "0b 0403\"abc\"" ACS,
                      TR111 "19" ACS OURS TR111 "06" ACS);
        /* A block that held nothing else is gone. */
        assert_merges(TR111 "06" ACS TR111 "05 0603\"old\"", TR111 "19" ACS OURS);
}

static void test_EN_7_the_other_roles_suboptions_stay(void **state)
{
        (void)state;
        assert_merges(TR111 "03 0101\"x\"", TR111 "16 0101\"x\"" OURS);
}

static void test_EN_7_a_full_block_is_left_and_another_is_used(void **state)
{
        (void)state;
        /* 236 + 19 = 255 bytes fit; 237 + 19 do not. */
        assert_merges(TR111 "ec 0bea 61*234", TR111 "ff 0bea 61*234" OURS);
        assert_merges(TR111 "ed 0beb 61*235", TR111 "ed 0beb 61*235" TR111 "13" OURS);
        assert_merges(TR111 "ed 0beb 61*235" OTHER TR111 "06" ACS,
                      TR111 "ed 0beb 61*235" OTHER TR111 "19" ACS OURS);
        /* There is room once what we replace is out. */
        assert_merges(TR111 "ff 0504\"SN-0\" 0bea 61*234 0603\"old\" 0606\"old te\"",
                      TR111 "ff 0bea 61*234" OURS);
}

static void test_EN_7_an_old_product_class_does_not_outlive_a_new_identity_without(void **state)
{
        const struct assoc_identity no_class = {"00D09E", "SN-1", ""};
        struct packet option = packet_of(TR111 "05 0603\"old\""), merged;

        (void)state;
        assert_int_equal(merge(&option, &no_class, 255, &merged), 0);
        assert_decodes(&merged, ASSOC_ROLE_GATEWAY, "00D09E", "SN-1", "");
}

static void a_device_merges_its_own_codes(void **state)
{
        struct packet option = packet_of(TR111 "09 0101\"x\"" ACS), expected, merged = packet_new(30);

        (void)state;
        expected = packet_of(TR111 "19" ACS "0106\"00D09E\" 0204\"SN-1\" 0303\"Box\"");
        assert_int_equal(assoc_option_merge(option.data, option.size, &identity, ASSOC_ROLE_DEVICE,
                                            merged.data, merged.size, &merged.size),
                         0);
        assert_int_equal(merged.size, expected.size);
        assert_memory_equal(merged.data, expected.data, expected.size);
}

static void a_malformed_option_is_refused_at_every_prefix(void **state)
{
        struct packet option = packet_of(OTHER TR111 "06" ACS), merged;

        (void)state;
        for (size_t size = 0; size < option.size; size++) {
                struct packet prefix = packet_prefix(&option, size);

                assert_int_equal(merge(&prefix, &identity, 64, &merged),
                                 size == 0 || size == 11 ? 0 : -EBADMSG);
        }
        /* A sub-option that runs past its block, though the block is whole, and in a later block too. */
        option = packet_of(TR111 "06 0b05\"http\"");
        assert_int_equal(merge(&option, &identity, 64, &merged), -EBADMSG);
        option = packet_of(TR111 "00" TR111 "01 0b");
        assert_int_equal(merge(&option, &identity, 64, &merged), -EBADMSG);
}

static void test_EN_3_what_is_not_valid_is_not_merged(void **state)
{
        const struct assoc_identity identities[] = {
                {"", "s", ""}, {"00D09E", "", ""}, {"00D09E", "a\tb", ""}};
        struct packet option = packet_new(0), merged;

        (void)state;
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(merge(&option, &identities[i], 64, &merged), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(test_EN_7_nothing_configured_gives_our_block_alone),
                PACKET_TEST(test_EN_7_other_enterprises_keep_their_blocks),
                PACKET_TEST(test_EN_7_ours_join_the_block_that_the_administrator_configured),
                PACKET_TEST(test_EN_7_no_code_is_sent_twice),
                PACKET_TEST(test_EN_7_the_other_roles_suboptions_stay),
                PACKET_TEST(test_EN_7_a_full_block_is_left_and_another_is_used),
                PACKET_TEST(test_EN_7_an_old_product_class_does_not_outlive_a_new_identity_without),
                PACKET_TEST(a_device_merges_its_own_codes),
                PACKET_TEST(a_malformed_option_is_refused_at_every_prefix),
                PACKET_TEST(test_EN_3_what_is_not_valid_is_not_merged),
        };

        return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
