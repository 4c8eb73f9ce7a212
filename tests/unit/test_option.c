/* SPDX-License-Identifier: BSD-2-Clause */
/* test_option.c - identities in the value of option 125, decoded (EN-1 to EN-6, EN-8 to EN-10). */
#include "config.h"

#include "tests/unit/packet.h"

#include <errno.h>
#include <string.h>

/* Enterprise numbers and sub-options as they stand on the wire. */
#define TR111  " 00000de9"
#define OTHER  " 0000118b 06 0104\"abcd\""
#define OUI    "0106\"00D09E\""
#define SERIAL "0204\"SN-1\""
#define CLASS  "0303\"Box\""

static const enum assoc_role device = ASSOC_ROLE_DEVICE, gateway = ASSOC_ROLE_GATEWAY;

static void test_EN_1_a_device_is_found_in_the_block_of_enterprise_3561(void **state)
{
        struct packet packet = packet_of(TR111 "13" OUI SERIAL CLASS);

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "Box");
        /* The same sub-options of another enterprise say nothing. */
        packet.data[3] = 0xEA;
        assert_refused(&packet, device, -ENODATA, ASSOC_FAULT_MISSING, 0);
}

static void test_EN_2_a_gateway_is_found_in_codes_4_to_6(void **state)
{
        struct packet packet = packet_of(TR111 "13 0406\"00D09E\" 0504\"SN-1\" 0603\"Box\"");

        (void)state;
        assert_decodes(&packet, gateway, "00D09E", "SN-1", "Box");
}

static void test_EN_3_a_device_without_oui_or_serial_is_no_device(void **state)
{
        struct packet no_oui = packet_of(TR111 "0b" SERIAL CLASS);
        struct packet no_serial = packet_of(TR111 "0d" OUI CLASS);
        struct packet only_class = packet_of(TR111 "05" CLASS);

        (void)state;
        assert_refused(&no_oui, device, -ENODATA, ASSOC_FAULT_MISSING, 1);
        assert_refused(&no_serial, device, -ENODATA, ASSOC_FAULT_MISSING, 2);
        assert_refused(&only_class, device, -ENODATA, ASSOC_FAULT_MISSING, 1);
}

static void test_EN_3_an_empty_oui_or_serial_counts_as_missing(void **state)
{
        struct packet oui = packet_of(TR111 "08 0100" SERIAL);
        struct packet serial = packet_of(TR111 "0a" OUI "0200");
        struct packet only_nul = packet_of(TR111 "0b" OUI "020100");

        (void)state;
        assert_refused(&oui, device, -ENODATA, ASSOC_FAULT_MISSING, 1);
        assert_refused(&serial, device, -ENODATA, ASSOC_FAULT_MISSING, 2);
        assert_refused(&only_nul, device, -ENODATA, ASSOC_FAULT_MISSING, 2);
}

static void test_EN_3_a_device_without_product_class_is_a_device(void **state)
{
        struct packet packet = packet_of(TR111 "0e" OUI SERIAL);

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "");
}

static void test_EN_8_an_empty_product_class_equals_none(void **state)
{
        struct packet packet = packet_of(TR111 "10" OUI SERIAL "0300");

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "");
}

static void test_DV_3_elements_that_a_gateway_leaves_out_are_empty(void **state)
{
        struct packet oui = packet_of(TR111 "08 0406\"00D09E\"");
        struct packet serial = packet_of(TR111 "06 0504\"SN-1\"");
        struct packet product_class = packet_of(TR111 "05 0603\"Box\"");
        struct packet nothing = packet_of(TR111 "06 0400 0500 0600");

        (void)state;
        assert_decodes(&oui, gateway, "00D09E", "", "");
        assert_decodes(&serial, gateway, "", "SN-1", "");
        assert_decodes(&product_class, gateway, "", "", "Box");
        assert_refused(&nothing, gateway, -ENODATA, ASSOC_FAULT_MISSING, 0);
}

static void test_EN_4_sixty_four_bytes_are_taken_and_sixty_five_are_not(void **state)
{
        struct packet longest = packet_of(TR111 "8c" OUI "0240 61*64 0340 62*64");
        struct packet too_long = packet_of(TR111 "4b" OUI "0241 61*65");

        (void)state;
        assert_int_equal(longest.size, ASSOC_BLOCK_MAX);
        assert_decodes(&longest, device, "00D09E",
                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
        assert_refused(&too_long, device, -EBADMSG, ASSOC_FAULT_TOO_LONG, 2);
}

static void test_EN_5_blocks_of_other_enterprises_are_skipped(void **state)
{
        struct packet packet = packet_of(OTHER TR111 "0e" OUI SERIAL OTHER);
        /* What another enterprise puts in its block need not look like sub-options. */
        struct packet opaque = packet_of("00000009 03 01ff00" TR111 "0e" OUI SERIAL "00000009 00");

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "");
        assert_decodes(&opaque, device, "00D09E", "SN-1", "");
}

static void test_EN_5_several_blocks_of_ours_are_one_identity(void **state)
{
        struct packet packet = packet_of(TR111 "05" CLASS OTHER TR111 "00" TR111 "06" SERIAL TR111 "08" OUI);

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "Box");
}

static void test_EN_5_unknown_suboptions_are_skipped(void **state)
{
        struct packet packet = packet_of(TR111 "1d 0000" OUI "0b04\"http\"" SERIAL "ff0100 0700 0a00");

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "");
}

static void test_EN_6_case_is_folded_and_one_trailing_nul_dropped(void **state)
{
        struct packet packet = packet_of(TR111 "16 0107\"00d09e\"00 0205\"SN-1\"00 0304\"Box\"00");
        struct packet longest = packet_of(TR111 "4b" OUI "0241 61*64 00");

        (void)state;
        assert_decodes(&packet, device, "00D09E", "SN-1", "Box");
        assert_decodes(&longest, device, "00D09E",
                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "");
}

static void test_EN_6_a_bad_value_makes_the_identity_invalid(void **state)
{
        static const struct {
                const char *text;
                enum assoc_fault fault;
                uint8_t code;
        } rows[] = {
                {TR111 "0d 0105\"00D09\"" SERIAL, ASSOC_FAULT_OUI_LENGTH, 1},
                {TR111 "0b 0103 00d09e" SERIAL, ASSOC_FAULT_OUI_LENGTH, 1},
                {TR111 "10 0108\"00D09E\"0000" SERIAL, ASSOC_FAULT_OUI_LENGTH, 1},
                {TR111 "0e 0106\"00D09X\"" SERIAL, ASSOC_FAULT_OUI_DIGIT, 1},
                {TR111 "0e 0106\"00D0\"0045" SERIAL, ASSOC_FAULT_OUI_DIGIT, 1},
                {TR111 "0e" OUI "0204\"SN\"0a31", ASSOC_FAULT_CONTROL, 2},
                {TR111 "0e" OUI "0204\"SN\"0031", ASSOC_FAULT_CONTROL, 2},
                {TR111 "0e" OUI "0204\"SN\"0000", ASSOC_FAULT_CONTROL, 2},
                {TR111 "0e" OUI "0204\"SN\"c328", ASSOC_FAULT_ENCODING, 2},
                {TR111 "11" OUI SERIAL "0301 7f", ASSOC_FAULT_CONTROL, 3},
                {TR111 "51" OUI SERIAL "0341 61*65", ASSOC_FAULT_TOO_LONG, 3},
                /* The first of several is told. */
                {TR111 "0b 0105\"00D09\" 0202 0a0a", ASSOC_FAULT_OUI_LENGTH, 1},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct packet packet = packet_of(rows[i].text);

                assert_refused(&packet, device, -EBADMSG, rows[i].fault, rows[i].code);
        }
}

static void test_EN_6_a_length_past_its_container_makes_the_identity_invalid(void **state)
{
        static const struct {
                const char *text;
                uint8_t code;
        } rows[] = {
                {TR111 "0f" OUI SERIAL, 0},               /* block past the option */
                {TR111 "0d" OUI SERIAL, 2},               /* sub-option past its block */
                {TR111 "0f" OUI SERIAL "03", 3},          /* code without length */
                {TR111 "10" OUI SERIAL "03ff", 3},        /* length without data */
                {TR111 "0e" OUI SERIAL "00", 0},          /* bytes that are no block */
                {TR111 "0e" OUI SERIAL TR111, 0},         /* enterprise without length */
                {TR111 "0e" OUI SERIAL "00000009 01", 0}, /* another enterprise's block past the option */
                {TR111 "12" OUI SERIAL "0b03\"xx\" " OTHER, 11}, /* unknown sub-option past its block */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct packet packet = packet_of(rows[i].text);

                assert_refused(&packet, device, -EBADMSG, ASSOC_FAULT_TRUNCATED, rows[i].code);
                assert_refused(&packet, gateway, -EBADMSG, ASSOC_FAULT_TRUNCATED, rows[i].code);
        }
}

static void test_EN_6_every_prefix_of_a_good_option_is_refused(void **state)
{
        struct packet packet = packet_of(TR111 "13" OUI SERIAL CLASS);

        (void)state;
        for (size_t size = 1; size < packet.size; size++) {
                struct packet prefix = packet_prefix(&packet, size);

                assert_refused(&prefix, device, -EBADMSG, ASSOC_FAULT_TRUNCATED, 0);
        }
}

static void test_EN_6_every_prefix_with_a_fitting_block_length_is_refused_or_whole(void **state)
{
        struct packet packet = packet_of(TR111 "13" OUI SERIAL CLASS);

        (void)state;
        for (size_t size = 5; size < packet.size; size++) {
                struct packet prefix = packet_prefix(&packet, size);
                struct assoc_identity identity;
                int err;

                prefix.data[4] = (uint8_t)(size - 5);
                err = assoc_option_decode(prefix.data, prefix.size, device, &identity, NULL);
                if (size == 5 || size == 5 + 8)
                        assert_int_equal(err, -ENODATA);
                else
                        assert_int_equal(err, size == 5 + 14 ? 0 : -EBADMSG);
        }
}

static void an_empty_option_holds_no_identity(void **state)
{
        struct packet packet = packet_new(0);

        (void)state;
        assert_refused(&packet, device, -ENODATA, ASSOC_FAULT_MISSING, 0);
        assert_int_equal(assoc_option_decode(NULL, 0, device, NULL, NULL), -ENODATA);
}

static void test_EN_9_a_request_with_any_of_4_5_6_is_a_tr_124_router(void **state)
{
        struct packet router = packet_of(TR111 "19" OUI "0203\"HGW\" 0304\"M-10\" 0404\"SN-1\"");
        struct packet five = packet_of(TR111 "0e" OUI SERIAL TR111 "02 0500");
        struct packet six = packet_of(TR111 "11 0601\"x\"" OUI SERIAL);

        (void)state;
        assert_refused(&router, device, -ENODATA, ASSOC_FAULT_OTHER_ROLE, 4);
        assert_refused(&five, device, -ENODATA, ASSOC_FAULT_OTHER_ROLE, 5);
        assert_refused(&six, device, -ENODATA, ASSOC_FAULT_OTHER_ROLE, 6);
}

static void test_EN_9_a_router_is_told_even_if_a_value_would_be_bad(void **state)
{
        struct packet router = packet_of(TR111 "51" OUI "0341 61*65 0404\"SN-1\"");

        (void)state;
        assert_refused(&router, device, -ENODATA, ASSOC_FAULT_OTHER_ROLE, 4);
}

static void a_gateway_may_repeat_the_devices_codes(void **state)
{
        struct packet packet = packet_of(TR111 "16" OUI SERIAL "0406\"0004ED\"");

        (void)state;
        assert_decodes(&packet, gateway, "0004ED", "", "");
}

static void test_EN_10_copies_that_agree_are_one(void **state)
{
        struct packet same = packet_of(TR111 "14" OUI SERIAL SERIAL);
        struct packet folded = packet_of(TR111 "1d" OUI SERIAL "0106\"00d09e\" 0205\"SN-1\"00");
        struct packet blocks = packet_of(TR111 "0e" OUI SERIAL TR111 "0e" OUI SERIAL);

        (void)state;
        assert_decodes(&same, device, "00D09E", "SN-1", "");
        assert_decodes(&folded, device, "00D09E", "SN-1", "");
        assert_decodes(&blocks, device, "00D09E", "SN-1", "");
}

static void test_EN_10_copies_that_differ_make_the_identity_invalid(void **state)
{
        struct packet serial = packet_of(TR111 "14" OUI SERIAL "0204\"sn-1\"");
        struct packet blocks = packet_of(TR111 "0e" OUI SERIAL TR111 "08 0106\"00D09F\"");
        struct packet longer = packet_of(TR111 "15" OUI SERIAL "0205\"SN-1x\"");
        struct packet empty = packet_of(TR111 "10" OUI SERIAL "0200");
        struct packet empty_first = packet_of(TR111 "15" OUI SERIAL "0300" CLASS);

        (void)state;
        assert_refused(&serial, device, -EBADMSG, ASSOC_FAULT_CONFLICT, 2);
        assert_refused(&blocks, device, -EBADMSG, ASSOC_FAULT_CONFLICT, 1);
        assert_refused(&longer, device, -EBADMSG, ASSOC_FAULT_CONFLICT, 2);
        assert_refused(&empty, device, -EBADMSG, ASSOC_FAULT_CONFLICT, 2);
        assert_refused(&empty_first, device, -EBADMSG, ASSOC_FAULT_CONFLICT, 3);
}

static void test_EN_10_a_bad_copy_makes_the_identity_invalid(void **state)
{
        struct packet packet = packet_of(TR111 "16" OUI SERIAL "0106\"00D09X\"");

        (void)state;
        assert_refused(&packet, device, -EBADMSG, ASSOC_FAULT_OUI_DIGIT, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(test_EN_1_a_device_is_found_in_the_block_of_enterprise_3561),
                PACKET_TEST(test_EN_2_a_gateway_is_found_in_codes_4_to_6),
                PACKET_TEST(test_EN_3_a_device_without_oui_or_serial_is_no_device),
                PACKET_TEST(test_EN_3_an_empty_oui_or_serial_counts_as_missing),
                PACKET_TEST(test_EN_3_a_device_without_product_class_is_a_device),
                PACKET_TEST(test_EN_8_an_empty_product_class_equals_none),
                PACKET_TEST(test_DV_3_elements_that_a_gateway_leaves_out_are_empty),
                PACKET_TEST(test_EN_4_sixty_four_bytes_are_taken_and_sixty_five_are_not),
                PACKET_TEST(test_EN_5_blocks_of_other_enterprises_are_skipped),
                PACKET_TEST(test_EN_5_several_blocks_of_ours_are_one_identity),
                PACKET_TEST(test_EN_5_unknown_suboptions_are_skipped),
                PACKET_TEST(test_EN_6_case_is_folded_and_one_trailing_nul_dropped),
                PACKET_TEST(test_EN_6_a_bad_value_makes_the_identity_invalid),
                PACKET_TEST(test_EN_6_a_length_past_its_container_makes_the_identity_invalid),
                PACKET_TEST(test_EN_6_every_prefix_of_a_good_option_is_refused),
                PACKET_TEST(test_EN_6_every_prefix_with_a_fitting_block_length_is_refused_or_whole),
                PACKET_TEST(an_empty_option_holds_no_identity),
                PACKET_TEST(test_EN_9_a_request_with_any_of_4_5_6_is_a_tr_124_router),
                PACKET_TEST(test_EN_9_a_router_is_told_even_if_a_value_would_be_bad),
                PACKET_TEST(a_gateway_may_repeat_the_devices_codes),
                PACKET_TEST(test_EN_10_copies_that_agree_are_one),
                PACKET_TEST(test_EN_10_copies_that_differ_make_the_identity_invalid),
                PACKET_TEST(test_EN_10_a_bad_copy_makes_the_identity_invalid),
        };

        return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
