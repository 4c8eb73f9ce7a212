/* SPDX-License-Identifier: BSD-2-Clause */
/* test_encode.c - identities written as the value of option 125 (EN-1 to EN-4, EN-8), and read back. */
#include "config.h"

#include "tests/unit/packet.h"

#include <errno.h>
#include <string.h>

static const enum assoc_role roles[] = {ASSOC_ROLE_DEVICE, ASSOC_ROLE_GATEWAY};

/* Encode at a guard page, in exactly `room` bytes. */
static int encode(const struct assoc_identity *identity, enum assoc_role role, size_t room,
                  struct packet *ret)
{
        *ret = packet_new(room);
        return assoc_option_encode(identity, role, ret->data, room, &ret->size);
}

static void assert_encodes(const struct assoc_identity *identity, enum assoc_role role, const char *text)
{
        struct packet expected = packet_of(text), packet;

        assert_int_equal(encode(identity, role, expected.size, &packet), 0);
        assert_int_equal(packet.size, expected.size);
        assert_memory_equal(packet.data, expected.data, expected.size);
}

static void test_EN_1_the_block_is_enterprise_length_and_suboptions(void **state)
{
        const struct assoc_identity identity = {"00D09E", "SN-1", "Box"};

        (void)state;
        assert_encodes(&identity, ASSOC_ROLE_DEVICE, "00000de9 13 0106\"00D09E\" 0204\"SN-1\" 0303\"Box\"");
}

static void test_EN_2_a_gateway_has_codes_4_to_6_and_no_trailing_nul(void **state)
{
        const struct assoc_identity identity = {"00D09E", "SN-1", "Box"};

        (void)state;
        assert_encodes(&identity, ASSOC_ROLE_GATEWAY, "00000de9 13 0406\"00D09E\" 0504\"SN-1\" 0603\"Box\"");
}

static void test_EN_8_an_empty_product_class_is_not_sent(void **state)
{
        const struct assoc_identity identity = {"00D09E", "SN-1", ""};

        (void)state;
        assert_encodes(&identity, ASSOC_ROLE_DEVICE, "00000de9 0e 0106\"00D09E\" 0204\"SN-1\"");
}

static void test_EN_4_the_oui_is_sent_in_upper_case(void **state)
{
        const struct assoc_identity identity = {"00d09e", "SN-1", ""};

        (void)state;
        assert_encodes(&identity, ASSOC_ROLE_DEVICE, "00000de9 0e 0106\"00D09E\" 0204\"SN-1\"");
}

static void test_EN_3_what_is_not_valid_is_not_sent(void **state)
{
        struct assoc_identity no_nul = {"00D09E", "", ""};
        const struct assoc_identity identities[] = {
                {"", "s", "c"},        {"00D09E", "", "c"},     {"00D09", "s", ""},      {"00D0-E", "s", ""},
                {"00D09E", "a\n", ""}, {"00D09E", "s", "\xFF"}, {"00D09E", "s", "\x1B"},
        };
        struct packet packet;

        (void)state;
        for (size_t i = 0; i < sizeof(identities) / sizeof(identities[0]); i++)
                for (size_t role = 0; role < 2; role++)
                        assert_int_equal(encode(&identities[i], roles[role], ASSOC_BLOCK_MAX, &packet),
                                         -EINVAL);
        /* Filled in by hand, without its NUL: the text does not run into the next member. */
        memset(no_nul.serial, 'a', sizeof(no_nul.serial));
        assert_int_equal(encode(&no_nul, ASSOC_ROLE_DEVICE, ASSOC_BLOCK_MAX, &packet), -EINVAL);
}

static void a_buffer_of_any_smaller_size_is_refused_and_not_overrun(void **state)
{
        struct assoc_identity identity = {"00D09E", "", ""};
        struct packet packet;

        (void)state;
        memset(identity.serial, 's', ASSOC_TEXT_MAX);
        memset(identity.product_class, 'c', ASSOC_TEXT_MAX);
        for (size_t room = 0; room < ASSOC_BLOCK_MAX; room++)
                assert_int_equal(encode(&identity, ASSOC_ROLE_DEVICE, room, &packet), -ENOBUFS);
        assert_int_equal(encode(&identity, ASSOC_ROLE_DEVICE, ASSOC_BLOCK_MAX, &packet), 0);
        assert_int_equal(packet.size, ASSOC_BLOCK_MAX);
}

static void what_was_encoded_is_decoded_to_the_same_in_both_roles(void **state)
{
        struct assoc_identity identity = {"00D09E", "", ""}, decoded;
        struct packet packet;

        (void)state;
        for (size_t serial = 1; serial <= ASSOC_TEXT_MAX; serial++) {
                identity.serial[serial - 1] = (char)('0' + serial % 10);
                memset(identity.product_class, 0, sizeof(identity.product_class));
                for (size_t length = 0; length <= ASSOC_TEXT_MAX; length += 16) {
                        memset(identity.product_class, 'c', length);
                        for (size_t role = 0; role < 2; role++) {
                                assert_int_equal(encode(&identity, roles[role], ASSOC_BLOCK_MAX, &packet), 0);
                                assert_int_equal(assoc_option_decode(packet.data, packet.size, roles[role],
                                                                     &decoded, NULL),
                                                 0);
                                assert_true(assoc_identity_equal(&identity, &decoded));
                        }
                }
                packet_teardown(NULL);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(test_EN_1_the_block_is_enterprise_length_and_suboptions),
                PACKET_TEST(test_EN_2_a_gateway_has_codes_4_to_6_and_no_trailing_nul),
                PACKET_TEST(test_EN_8_an_empty_product_class_is_not_sent),
                PACKET_TEST(test_EN_4_the_oui_is_sent_in_upper_case),
                PACKET_TEST(test_EN_3_what_is_not_valid_is_not_sent),
                PACKET_TEST(a_buffer_of_any_smaller_size_is_refused_and_not_overrun),
                PACKET_TEST(what_was_encoded_is_decoded_to_the_same_in_both_roles),
        };

        return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
