/* SPDX-License-Identifier: BSD-2-Clause */
/* test_inform.c - the DHCPINFORM exchange, in virtual time. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "client-hook/inform.h"

#define XID 0x12345678
/* Any time will do: the clock's zero is not ours. */
#define START INT64_C(987654321)

static const struct inform_settings settings = {
        .htype = 1,
        .hwaddr = {0x02, 0, 0, 0, 0, 0x07},
        .hwaddr_size = 6,
        .identity = {"00D09E", "SERIAL-1", "SetTopBox"},
        .tries = INFORM_TRIES_LEASE,
};

static struct inform_settings at_addresses(void)
{
        struct inform_settings copy = settings;

        inet_pton(AF_INET, "192.0.2.7", &copy.address);
        inet_pton(AF_INET, "192.0.2.1", &copy.server);
        return copy;
}

/* Sent once, now waiting. */
static struct inform waiting(void)
{
        struct inform_settings copy = at_addresses();
        struct inform inform;

        inform_init(&inform, &copy, XID, START);
        assert_int_equal(inform_tick(&inform, START, 0), INFORM_SEND);
        return inform;
}

/* --- When --- */

static void expect_schedule(uint32_t random, const int64_t *sent, int64_t end)
{
        struct inform_settings copy = at_addresses();
        struct inform inform;

        inform_init(&inform, &copy, XID, START);
        for (unsigned i = 0; i < INFORM_TRIES_LEASE; i++) {
                assert_int_equal(inform.deadline, START + sent[i]);
                if (i > 0)
                        assert_int_equal(inform_tick(&inform, inform.deadline - 1, random), INFORM_WAIT);
                assert_int_equal(inform_tick(&inform, inform.deadline, random), INFORM_SEND);
                assert_int_equal(inform_tick(&inform, inform.deadline - 1, random), INFORM_WAIT);
        }
        assert_int_equal(inform.deadline, START + end);
        assert_int_equal(inform_tick(&inform, START + end, random), INFORM_GIVE_UP);
        assert_int_equal(inform_tick(&inform, START + end + 1000000, random), INFORM_GIVE_UP);
}

static void test_DV_9_tries_double_from_four_seconds_and_end(void **state)
{
        static const int64_t even[] = {0, 4000, 12000, 28000};
        static const int64_t shortest[] = {0, 3000, 10000, 25000};
        static const int64_t longest[] = {0, 5000, 14000, 31000};

        (void)state;
        expect_schedule(1000, even, 60000);
        expect_schedule(0, shortest, 56000);
        expect_schedule(2000, longest, 64000);
}

static void test_DV_9_a_static_address_asks_for_longer_and_ends(void **state)
{
        static const int64_t sent[] = {0, 4000, 12000, 28000, 60000, 124000, 188000};
        struct inform_settings copy = at_addresses();
        struct inform inform;

        (void)state;
        copy.tries = INFORM_TRIES_STATIC;
        inform_init(&inform, &copy, XID, START);
        for (unsigned i = 0; i < INFORM_TRIES_STATIC; i++)
                assert_int_equal(inform_tick(&inform, START + sent[i], 1000), INFORM_SEND);
        assert_int_equal(inform_tick(&inform, START + 251999, 1000), INFORM_WAIT);
        assert_int_equal(inform_tick(&inform, START + 252000, 1000), INFORM_GIVE_UP);
}

static void a_short_lease_cuts_the_last_wait(void **state)
{
        struct inform_settings copy = at_addresses();
        struct inform inform;

        (void)state;
        copy.patience_ms = 7000;
        inform_init(&inform, &copy, XID, START);
        assert_int_equal(inform_tick(&inform, START, 1000), INFORM_SEND);
        assert_int_equal(inform_tick(&inform, START + 4000, 1000), INFORM_SEND);
        assert_int_equal(inform.deadline, START + 7000);
        assert_int_equal(inform_tick(&inform, START + 6999, 1000), INFORM_WAIT);
        assert_int_equal(inform_tick(&inform, START + 7000, 1000), INFORM_GIVE_UP);
}

static void a_clock_that_leaps_sends_once_and_not_for_each_missed_deadline(void **state)
{
        struct inform inform;

        (void)state;
        inform = waiting();
        assert_int_equal(inform_tick(&inform, START + 3600000, 1000), INFORM_SEND);
        assert_int_equal(inform_tick(&inform, START + 3600000, 1000), INFORM_WAIT);
        assert_int_equal(inform.deadline, START + 3600000 + 8000);
}

/* --- What is sent --- */

static void test_DV_1_the_inform_carries_our_identity_and_asks_for_option_125(void **state)
{
        struct inform inform;
        struct assoc_identity back;
        uint8_t message[INFORM_MESSAGE_MAX], value[8];
        size_t size, value_size;

        (void)state;
        inform = waiting();
        assert_int_equal(inform_message(&inform, START + 12999, message, &size), 0);
        assert_int_equal(size, 300);
        assert_memory_equal(message, "\x01\x01\x06\x00\x12\x34\x56\x78\x00\x0C\x00\x00\xC0\x00\x02\x07", 16);
        assert_memory_equal(message + 28, "\x02\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                            16);
        assert_int_equal(assoc_message_option(message, size, 53, value, sizeof(value), &value_size, NULL), 0);
        assert_int_equal(value_size, 1);
        assert_int_equal(value[0], 8);
        assert_int_equal(assoc_message_option(message, size, 55, value, sizeof(value), &value_size, NULL), 0);
        assert_int_equal(value_size, 1);
        assert_int_equal(value[0], 125);
        assert_int_equal(assoc_message_decode(message, size, ASSOC_ROLE_DEVICE, &back, NULL), 0);
        assert_true(assoc_identity_equal(&back, &settings.identity));
}

static void the_longest_identity_fits(void **state)
{
        struct inform inform;
        struct assoc_identity back;
        uint8_t message[INFORM_MESSAGE_MAX];
        size_t size;

        (void)state;
        inform = waiting();
        memset(inform.settings.identity.serial, 's', ASSOC_TEXT_MAX);
        memset(inform.settings.identity.product_class, 'c', ASSOC_TEXT_MAX);
        assert_int_equal(inform_message(&inform, START, message, &size), 0);
        assert_in_range(size, 300, INFORM_MESSAGE_MAX);
        assert_int_equal(message[size - 1], 255);
        assert_int_equal(assoc_message_decode(message, size, ASSOC_ROLE_DEVICE, &back, NULL), 0);
        assert_true(assoc_identity_equal(&back, &inform.settings.identity));
}

static void seconds_stop_at_what_the_field_holds(void **state)
{
        struct inform inform;
        uint8_t message[INFORM_MESSAGE_MAX];
        size_t size;

        (void)state;
        inform = waiting();
        assert_int_equal(inform_message(&inform, START + INT64_C(70000000), message, &size), 0);
        assert_memory_equal(message + 8, "\xFF\xFF", 2);
        assert_int_equal(inform_message(&inform, START - 5000, message, &size), 0);
        assert_memory_equal(message + 8, "\0\0", 2);
}

static void an_invalid_identity_is_not_sent(void **state)
{
        struct inform inform;
        uint8_t message[INFORM_MESSAGE_MAX];
        size_t size;

        (void)state;
        inform = waiting();
        inform.settings.identity.serial[0] = '\0';
        assert_int_equal(inform_message(&inform, START, message, &size), -EINVAL);
}

/* --- What is believed --- */

struct ack {
        uint8_t bytes[600];
        size_t size;
};

static void add_option(struct ack *ack, uint8_t code, const void *value, size_t size)
{
        ack->bytes[ack->size] = code;
        ack->bytes[ack->size + 1] = (uint8_t)size;
        memcpy(ack->bytes + ack->size + 2, value, size);
        ack->size += 2 + size;
}

/* The ACK of 192.0.2.1 to waiting(), with this option 125 (NULL: none). */
static struct ack make_ack(uint8_t type, const void *option, size_t option_size)
{
        struct ack ack = {.bytes = {2, 1, 6, 0, 0x12, 0x34, 0x56, 0x78}, .size = 240};

        memcpy(ack.bytes + 12, "\xC0\x00\x02\x07", 4);
        memcpy(ack.bytes + 28, settings.hwaddr, 6);
        memcpy(ack.bytes + 236, "\x63\x82\x53\x63", 4);
        add_option(&ack, 53, &type, 1);
        add_option(&ack, 54, "\xC0\x00\x02\x01", 4);
        if (option != NULL)
                add_option(&ack, 125, option, option_size);
        ack.bytes[ack.size++] = 255;
        return ack;
}

static struct ack gateway_ack(void)
{
        const struct assoc_identity gateway = {"0011AA", "GATEWAY-1", "Home"};
        uint8_t option[ASSOC_BLOCK_MAX];
        size_t size;

        assert_int_equal(assoc_option_encode(&gateway, ASSOC_ROLE_GATEWAY, option, sizeof(option), &size), 0);
        return make_ack(5, option, size);
}

static enum inform_verdict judge(const struct inform *inform, const struct ack *ack)
{
        struct assoc_identity identity;
        struct assoc_diagnosis why;

        return inform_receive(inform, ack->bytes, ack->size, &identity, &why);
}

static void test_DV_9_the_ack_names_the_gateway(void **state)
{
        struct assoc_identity identity;
        struct assoc_diagnosis why;
        struct inform inform;
        struct ack ack;

        (void)state;
        inform = waiting();
        ack = gateway_ack();
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_ANSWERED);
        assert_string_equal(identity.oui, "0011AA");
        assert_string_equal(identity.serial, "GATEWAY-1");
        assert_string_equal(identity.product_class, "Home");
}

static void test_DV_3_what_the_ack_does_not_say_is_empty(void **state)
{
        struct assoc_identity identity = {"0011AA", "OLD", "Old"};
        struct assoc_diagnosis why;
        struct inform inform;
        struct ack ack;

        (void)state;
        inform = waiting();
        ack = make_ack(5,
                       "\x00\x00\x0D\xE9\x08\x04\x06"
                       "0011BB",
                       13);
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_ANSWERED);
        assert_string_equal(identity.oui, "0011BB");
        assert_string_equal(identity.serial, "");
        assert_string_equal(identity.product_class, "");
        ack = make_ack(5, NULL, 0);
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_ANSWERED);
        assert_true(assoc_identity_empty(&identity));
        ack = make_ack(5, "\x00\x00\x11\x8B\x02\x04\x00", 7);
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_ANSWERED);
        assert_true(assoc_identity_empty(&identity));
}

static void test_EN_6_an_invalid_gateway_identity_is_told_apart(void **state)
{
        struct assoc_identity identity = {.oui = "UNSEEN"};
        struct assoc_diagnosis why = {.fault = ASSOC_FAULT_NONE};
        struct inform inform;
        struct ack ack;

        (void)state;
        inform = waiting();
        ack = make_ack(5,
                       "\x00\x00\x0D\xE9\x08\x04\x06"
                       "0011BX",
                       13);
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_MALFORMED);
        assert_int_equal(why.fault, ASSOC_FAULT_OUI_DIGIT);
        assert_string_equal(identity.oui, "UNSEEN");
        ack = make_ack(5,
                       "\x00\x00\x0D\xE9\x09\x04\x06"
                       "0011BB",
                       13);
        assert_int_equal(inform_receive(&inform, ack.bytes, ack.size, &identity, &why), INFORM_MALFORMED);
}

static void expect_ignored(size_t at, uint8_t value)
{
        struct inform inform = waiting();
        struct ack ack = gateway_ack();

        ack.bytes[at] = value;
        if (judge(&inform, &ack) != INFORM_IGNORED)
                fail_msg("byte %zu = %u was believed", at, value);
}

static void only_the_answer_to_our_question_is_believed(void **state)
{
        (void)state;
        expect_ignored(0, 1);    /* a request */
        expect_ignored(4, 0x13); /* another transaction */
        expect_ignored(7, 0x79);
        expect_ignored(2, 16);     /* another length of link-layer address */
        expect_ignored(33, 0x08);  /* another link-layer address */
        expect_ignored(239, 0x64); /* BOOTP */
        expect_ignored(242, 2);    /* OFFER */
        expect_ignored(242, 6);    /* NAK */
        expect_ignored(248, 2);    /* another server */
        expect_ignored(240, 0);    /* no message type */
}

static void nothing_is_an_answer_before_the_question(void **state)
{
        struct inform_settings copy = at_addresses();
        struct inform inform;
        struct ack ack;

        (void)state;
        ack = gateway_ack();
        inform_init(&inform, &copy, XID, START);
        assert_int_equal(judge(&inform, &ack), INFORM_IGNORED);
        assert_int_equal(inform_tick(&inform, START, 0), INFORM_SEND);
        assert_int_equal(judge(&inform, &ack), INFORM_ANSWERED);
}

static void any_server_may_answer_a_question_to_all(void **state)
{
        struct inform inform;
        struct ack ack;

        (void)state;
        inform = waiting();
        inform.settings.server.s_addr = INADDR_ANY;
        ack = gateway_ack();
        ack.bytes[248] = 99;
        assert_int_equal(judge(&inform, &ack), INFORM_ANSWERED);
}

static void every_prefix_of_an_ack_without_its_end_is_survived(void **state)
{
        struct assoc_identity identity;
        struct assoc_diagnosis why;
        struct inform inform;
        struct ack ack;

        (void)state;
        inform = waiting();
        ack = gateway_ack();
        for (size_t size = 0; size < ack.size; size++) {
                uint8_t *copy = test_malloc(size + (size == 0));

                memcpy(copy, ack.bytes, size);
                /* With the server identifier in whole it is an ACK; before, nothing. */
                if (size < 249)
                        assert_int_equal(inform_receive(&inform, copy, size, &identity, &why),
                                         INFORM_IGNORED);
                else
                        (void)inform_receive(&inform, copy, size, &identity, &why);
                test_free(copy);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_DV_9_tries_double_from_four_seconds_and_end),
                cmocka_unit_test(test_DV_9_a_static_address_asks_for_longer_and_ends),
                cmocka_unit_test(a_short_lease_cuts_the_last_wait),
                cmocka_unit_test(a_clock_that_leaps_sends_once_and_not_for_each_missed_deadline),
                cmocka_unit_test(test_DV_1_the_inform_carries_our_identity_and_asks_for_option_125),
                cmocka_unit_test(the_longest_identity_fits),
                cmocka_unit_test(seconds_stop_at_what_the_field_holds),
                cmocka_unit_test(an_invalid_identity_is_not_sent),
                cmocka_unit_test(test_DV_9_the_ack_names_the_gateway),
                cmocka_unit_test(test_DV_3_what_the_ack_does_not_say_is_empty),
                cmocka_unit_test(test_EN_6_an_invalid_gateway_identity_is_told_apart),
                cmocka_unit_test(only_the_answer_to_our_question_is_believed),
                cmocka_unit_test(nothing_is_an_answer_before_the_question),
                cmocka_unit_test(any_server_may_answer_a_question_to_all),
                cmocka_unit_test(every_prefix_of_an_ack_without_its_end_is_survived),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
