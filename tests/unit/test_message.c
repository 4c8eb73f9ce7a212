/* SPDX-License-Identifier: BSD-2-Clause */
/* test_message.c - options of a DHCPv4 message as received (EN-5: RFC 2131, RFC 3396). */
#include "config.h"

#include "tests/unit/packet.h"

#include <errno.h>
#include <string.h>

#define IDENTITY "00000de9 0e 0106\"00D09E\" 0204\"SN-1\""
#define ROOM     64

static int option_of(const struct packet *message, uint8_t code, struct packet *ret,
                     struct assoc_diagnosis *why)
{
        *ret = packet_new(ROOM);
        return assoc_message_option(message->data, message->size, code, ret->data, ROOM, &ret->size, why);
}

static void assert_option(const struct packet *message, uint8_t code, const char *text)
{
        struct packet expected = packet_of(text), option;

        assert_int_equal(option_of(message, code, &option, NULL), 0);
        assert_int_equal(option.size, expected.size);
        assert_memory_equal(option.data, expected.data, expected.size);
}

static void assert_no_option(const struct packet *message, uint8_t code, int err, enum assoc_fault fault)
{
        struct assoc_diagnosis why = {0};
        struct packet option;

        assert_int_equal(option_of(message, code, &option, &why), err);
        assert_int_equal(why.fault, fault);
        assert_int_equal(why.code, 0);
        assert_int_equal(option_of(message, code, &option, NULL), err);
}

static void an_option_is_found_between_others_and_pads(void **state)
{
        struct packet message = packet_message("350101 0000 7d03aabbcc 00 0c01\"h\" ff", NULL, NULL);

        (void)state;
        assert_option(&message, 125, "aabbcc");
        assert_option(&message, 12, "\"h\"");
        assert_no_option(&message, 61, -ENODATA, ASSOC_FAULT_MISSING);
}

static void what_follows_the_end_option_is_not_looked_at(void **state)
{
        struct packet message = packet_message("350101 ff 7d03aabbcc 7dff", NULL, NULL);

        (void)state;
        assert_no_option(&message, 125, -ENODATA, ASSOC_FAULT_MISSING);
}

static void a_message_without_end_option_ends_where_its_bytes_end(void **state)
{
        struct packet message = packet_message("350101 7d03aabbcc", NULL, NULL);

        (void)state;
        assert_option(&message, 125, "aabbcc");
        message = packet_message("", NULL, NULL);
        assert_no_option(&message, 125, -ENODATA, ASSOC_FAULT_MISSING);
}

static void an_empty_option_is_found_with_no_bytes(void **state)
{
        struct packet message = packet_message("7d00 ff", NULL, NULL);

        (void)state;
        assert_option(&message, 125, "");
}

static void test_EN_5_instances_are_joined_in_order_of_appearance(void **state)
{
        struct packet message = packet_message("7d02aabb 350101 7d00 7d01cc ff", NULL, NULL);

        (void)state;
        assert_option(&message, 125, "aabbcc");
}

static void test_EN_5_overloaded_fields_follow_file_before_sname(void **state)
{
        const char *file = "7d01\"f\" ff 7d01\"x\"", *sname = "00 7d01\"s\" ff";
        struct packet none = packet_message("7d01\"o\" ff", file, sname);
        struct packet file_only = packet_message("340101 7d01\"o\" ff", file, sname);
        struct packet sname_only = packet_message("7d01\"o\" 340102 ff", file, sname);
        struct packet both = packet_message("7d01\"o\" 340103 7d01\"p\" ff", file, sname);

        (void)state;
        assert_option(&none, 125, "\"o\"");
        assert_option(&file_only, 125, "\"of\"");
        assert_option(&sname_only, 125, "\"os\"");
        assert_option(&both, 125, "\"opfs\"");
}

static void test_EN_5_an_overloaded_field_may_be_full_to_its_last_byte(void **state)
{
        struct packet message = packet_message("340103 ff", "0c7c 61*124 7d00", "7d3e 62*62");

        (void)state;
        assert_option(&message, 125, "62*62");
}

static void test_EN_6_an_option_past_its_field_is_refused(void **state)
{
        struct packet options = packet_message("350101 7d04aabbcc", NULL, NULL);
        struct packet no_length = packet_message("7d03aabbcc 35", NULL, NULL);
        /* The file field ends at byte 236: 127 bytes behind code and length would run into the cookie. */
        struct packet file = packet_message("340101 7d01aa ff", "7d7f 61*126", NULL);
        struct packet sname = packet_message("340102 7d01aa ff", NULL, "00*63 7d");

        (void)state;
        assert_no_option(&options, 125, -EBADMSG, ASSOC_FAULT_TRUNCATED);
        assert_no_option(&no_length, 125, -EBADMSG, ASSOC_FAULT_TRUNCATED);
        assert_no_option(&file, 125, -EBADMSG, ASSOC_FAULT_TRUNCATED);
        assert_no_option(&sname, 125, -EBADMSG, ASSOC_FAULT_TRUNCATED);
}

static void an_overload_that_is_out_of_range_or_not_in_the_options_field_says_nothing(void **state)
{
        const char *file = "340102 7d01\"f\" ff", *sname = "7d01\"s\" ff";
        struct packet zero = packet_message("340100 7d01\"o\" ff", file, sname);
        struct packet four = packet_message("340104 7d01\"o\" ff", file, sname);
        struct packet empty = packet_message("3400 7d01\"o\" ff", file, sname);
        struct packet two_bytes = packet_message("34020303 7d01\"o\" ff", file, sname);
        struct packet nested = packet_message("340101 7d01\"o\" ff", file, sname);

        (void)state;
        assert_option(&zero, 125, "\"o\"");
        assert_option(&four, 125, "\"o\"");
        assert_option(&empty, 125, "\"o\"");
        assert_option(&two_bytes, 125, "\"o\"");
        assert_option(&nested, 125, "\"of\"");
}

static void what_is_not_a_dhcp_message_is_refused(void **state)
{
        struct packet message = packet_message("ff", NULL, NULL);

        (void)state;
        for (size_t size = 0; size < 240; size++) {
                struct packet prefix = packet_prefix(&message, size);

                assert_no_option(&prefix, 125, -EBADMSG, ASSOC_FAULT_NOT_DHCP);
        }
        message.data[239] ^= 1;
        assert_no_option(&message, 125, -EBADMSG, ASSOC_FAULT_NOT_DHCP);
}

static void test_EN_6_every_prefix_of_a_good_message_is_refused_or_ends_between_options(void **state)
{
        const char *options = "350101 7d13" IDENTITY "0c01\"h\" ff";
        struct packet message = packet_message(options, NULL, NULL);

        (void)state;
        for (size_t size = 240; size < message.size; size++) {
                struct packet prefix = packet_prefix(&message, size);
                struct assoc_identity identity;
                struct assoc_diagnosis why;
                int err = assoc_message_decode(prefix.data, prefix.size, ASSOC_ROLE_DEVICE, &identity, &why);

                if (size == 240 || size == 243)
                        assert_int_equal(err, -ENODATA);
                else if (size == 243 + 21 || size == message.size - 1)
                        assert_int_equal(err, 0);
                else
                        assert_int_equal(err, -EBADMSG);
                if (err != 0)
                        assert_int_equal(why.fault,
                                         err == -ENODATA ? ASSOC_FAULT_MISSING : ASSOC_FAULT_TRUNCATED);
        }
}

static void a_buffer_that_is_too_small_is_refused_with_the_size_needed(void **state)
{
        struct packet message = packet_message("7d03aabbcc 7d02ddee ff", NULL, NULL);
        struct assoc_diagnosis why;
        size_t size = 99;

        (void)state;
        for (size_t room = 0; room < 5; room++) {
                struct packet option = packet_new(room);

                assert_int_equal(
                        assoc_message_option(message.data, message.size, 125, option.data, room, &size, &why),
                        -ENOBUFS);
                assert_int_equal(why.fault, ASSOC_FAULT_TOO_BIG);
                assert_int_equal(why.got, 5);
                assert_int_equal(size, 99);
        }
}

static void pad_end_and_overload_cannot_be_asked_for(void **state)
{
        struct packet message = packet_message("340100 ff", NULL, NULL);

        (void)state;
        assert_no_option(&message, 0, -EINVAL, ASSOC_FAULT_NONE);
        assert_no_option(&message, 52, -EINVAL, ASSOC_FAULT_NONE);
        assert_no_option(&message, 255, -EINVAL, ASSOC_FAULT_NONE);
}

static void assert_message_decodes(const struct packet *message)
{
        struct assoc_identity identity;

        assert_int_equal(
                assoc_message_decode(message->data, message->size, ASSOC_ROLE_DEVICE, &identity, NULL), 0);
        assert_string_equal(identity.oui, "00D09E");
        assert_string_equal(identity.serial, "SN-1");
        assert_string_equal(identity.product_class, "");
}

static void test_EN_5_an_identity_split_over_instances_and_fields_is_joined_first(void **state)
{
        /* Cut inside the enterprise number, inside the OUI and inside the serial number. */
        struct packet instances = packet_message(
                "7d020000 7d06 0de9 0e 0106\"0\" 3501 01 7d0b\"0D09E\" 0204\"SN-1\" ff", NULL, NULL);
        struct packet fields = packet_message("340103 7d08 00000de9 0e 010630 ff", "7d05\"0D09E\" ff",
                                              "7d06 0204\"SN-1\" ff");

        (void)state;
        assert_message_decodes(&instances);
        assert_message_decodes(&fields);
}

static void the_identity_of_a_message_is_found(void **state)
{
        struct packet message = packet_message("350101 7d13" IDENTITY "ff", NULL, NULL);

        (void)state;
        assert_message_decodes(&message);
}

static void a_message_is_refused_for_what_its_option_is_refused_for(void **state)
{
        struct packet none = packet_message("350101 ff", NULL, NULL);
        struct packet router =
                packet_message("7d15 00000de9 10 0106\"00D09E\" 0204\"SN-1\" 0400 ff", NULL, NULL);
        struct packet bad = packet_message("7d08 00000de9 03 010100 ff", NULL, NULL);
        struct assoc_identity identity;
        struct assoc_diagnosis why;

        (void)state;
        assert_int_equal(assoc_message_decode(none.data, none.size, ASSOC_ROLE_DEVICE, &identity, &why),
                         -ENODATA);
        assert_int_equal(why.fault, ASSOC_FAULT_MISSING);
        assert_int_equal(assoc_message_decode(router.data, router.size, ASSOC_ROLE_DEVICE, &identity, &why),
                         -ENODATA);
        assert_int_equal(why.fault, ASSOC_FAULT_OTHER_ROLE);
        assert_int_equal(assoc_message_decode(bad.data, bad.size, ASSOC_ROLE_DEVICE, &identity, &why),
                         -ENODATA);
        assert_int_equal(assoc_message_decode(bad.data, 100, ASSOC_ROLE_DEVICE, &identity, &why), -EBADMSG);
        assert_int_equal(why.fault, ASSOC_FAULT_NOT_DHCP);
}

static void an_option_over_the_maximum_is_refused(void **state)
{
        /* 16 instances of 255 bytes and one of 16 are ASSOC_OPTION_MAX; one byte more is too many. */
        static char text[16 * 16 + 64];
        struct assoc_identity identity;
        struct assoc_diagnosis why;
        struct packet message;

        (void)state;
        for (size_t i = 0; i < 16; i++)
                strcat(text, "7dff 00*255 ");
        strcat(text, "7d10 00*16 ");
        message = packet_message(text, NULL, NULL);
        assert_int_equal(assoc_message_decode(message.data, message.size, ASSOC_ROLE_DEVICE, &identity, &why),
                         -EBADMSG);
        assert_int_equal(why.fault, ASSOC_FAULT_TRUNCATED);
        strcat(text, "7d01 00 ");
        message = packet_message(text, NULL, NULL);
        assert_int_equal(assoc_message_decode(message.data, message.size, ASSOC_ROLE_DEVICE, &identity, &why),
                         -EBADMSG);
        assert_int_equal(why.fault, ASSOC_FAULT_TOO_BIG);
        assert_int_equal(why.got, ASSOC_OPTION_MAX + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                PACKET_TEST(an_option_is_found_between_others_and_pads),
                PACKET_TEST(what_follows_the_end_option_is_not_looked_at),
                PACKET_TEST(a_message_without_end_option_ends_where_its_bytes_end),
                PACKET_TEST(an_empty_option_is_found_with_no_bytes),
                PACKET_TEST(test_EN_5_instances_are_joined_in_order_of_appearance),
                PACKET_TEST(test_EN_5_overloaded_fields_follow_file_before_sname),
                PACKET_TEST(test_EN_5_an_overloaded_field_may_be_full_to_its_last_byte),
                PACKET_TEST(test_EN_6_an_option_past_its_field_is_refused),
                PACKET_TEST(an_overload_that_is_out_of_range_or_not_in_the_options_field_says_nothing),
                PACKET_TEST(what_is_not_a_dhcp_message_is_refused),
                PACKET_TEST(test_EN_6_every_prefix_of_a_good_message_is_refused_or_ends_between_options),
                PACKET_TEST(a_buffer_that_is_too_small_is_refused_with_the_size_needed),
                PACKET_TEST(pad_end_and_overload_cannot_be_asked_for),
                PACKET_TEST(test_EN_5_an_identity_split_over_instances_and_fields_is_joined_first),
                PACKET_TEST(the_identity_of_a_message_is_found),
                PACKET_TEST(a_message_is_refused_for_what_its_option_is_refused_for),
                PACKET_TEST(an_option_over_the_maximum_is_refused),
        };

        return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
