/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_transaction.c - one STUN request, its copies, and which answers are believed. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "dm-bridge/stun_transaction.h"
#include "tests/unit/stun_server.h"

#define START 1000000

static const struct stun_address server = {.address.s_addr = 0x05000acb, .port = 3478};

static struct stun_transaction started(const char *password)
{
        struct stun_request request = {.connection_request_binding = true, .password = password};
        struct stun_transaction made;

        for (uint8_t i = 0; i < STUN_TRANSACTION_SIZE; i++)
                request.transaction[i] = (uint8_t)(0x30 + i);
        if (password != NULL)
                request.username = "user";
        assert_int_equal(stun_transaction_start(&made, &request, &server, START), 0);
        return made;
}

/* Tick each millisecond to `until`. Returns how many copies left. */
static unsigned run_to(struct stun_transaction *transaction, int64_t from, int64_t until)
{
        unsigned copies = 0;

        for (int64_t now = from; now <= until; now++)
                copies += stun_transaction_tick(transaction, now) == STUN_COPY_DUE;
        return copies;
}

static enum stun_verdict receive(struct stun_transaction *transaction, struct stun_answer *answer,
                                 int64_t now)
{
        memcpy(answer->bytes + 4, transaction->bytes + 4, STUN_TRANSACTION_SIZE);
        return stun_transaction_received(transaction, &server, answer->bytes, answer->size, now);
}

static enum stun_verdict receive_mapped(struct stun_transaction *transaction, uint16_t port, int64_t now)
{
        struct stun_answer answer = stun_answer_mapped(transaction->bytes, "198.51.100.1", port);

        return receive(transaction, &answer, now);
}

static void test_BD_8_copies_leave_by_the_schedule_of_rfc_3489_and_are_identical(void **state)
{
        static const int64_t schedule[] = {0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900};
        struct stun_transaction transaction = started(NULL);
        uint8_t first[STUN_REQUEST_MAX];
        unsigned copies = 0;

        (void)state;
        memcpy(first, transaction.bytes, transaction.size);
        for (int64_t now = START; now < START + 9500; now++) {
                enum stun_due due = stun_transaction_tick(&transaction, now);

                assert_int_not_equal(due, STUN_FAILED);
                if (due != STUN_COPY_DUE)
                        continue;
                assert_int_equal(now - START, schedule[copies++]);
                assert_memory_equal(first, transaction.bytes, transaction.size);
        }
        assert_int_equal(copies, 9);
        assert_int_equal(stun_transaction_deadline(&transaction), START + 9500);
        assert_int_equal(stun_transaction_tick(&transaction, START + 9500), STUN_FAILED);
        assert_int_equal(stun_transaction_tick(&transaction, START + 9500), STUN_NOTHING_DUE);
        assert_int_equal(stun_transaction_deadline(&transaction), INT64_MAX);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 9501), STUN_NOT_MINE);
}

static void deadlines_lead_to_the_same_schedule(void **state)
{
        struct stun_transaction transaction = started(NULL);
        int64_t now = START;
        unsigned ticks = 0;

        (void)state;
        while (stun_transaction_tick(&transaction, now) != STUN_FAILED) {
                now = stun_transaction_deadline(&transaction);
                ticks++;
        }
        assert_int_equal(ticks, STUN_COPIES);
        assert_int_equal(now, START + 9500);
}

static void a_late_clock_sends_no_two_copies_at_once(void **state)
{
        struct stun_transaction transaction = started(NULL);

        (void)state;
        assert_int_equal(stun_transaction_tick(&transaction, START), STUN_COPY_DUE);
        assert_int_equal(stun_transaction_tick(&transaction, START + 60000), STUN_COPY_DUE);
        assert_int_equal(stun_transaction_tick(&transaction, START + 60000), STUN_NOTHING_DUE);
        assert_int_equal(stun_transaction_deadline(&transaction), START + 60200);
}

static void test_BD_8_the_first_response_stops_the_copies(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_address mapped;

        (void)state;
        assert_int_equal(run_to(&transaction, START, START + 400), 3);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 400), STUN_ANSWER);
        assert_true(stun_response_mapped(&transaction.answer, &mapped));
        assert_int_equal(mapped.port, 40000);
        assert_int_equal(stun_transaction_deadline(&transaction), INT64_MAX);
        assert_int_equal(run_to(&transaction, START + 400, START + 12000), 0);
}

static void test_BD_8_answers_are_listened_for_for_ten_more_seconds(void **state)
{
        struct stun_transaction transaction = started(NULL);

        (void)state;
        run_to(&transaction, START, START + 400);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 400), STUN_ANSWER);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 500), STUN_REPEATED);
        assert_int_equal(receive_mapped(&transaction, 40001, START + 10399), STUN_CONTRADICTION);
        assert_int_equal(receive_mapped(&transaction, 40001, START + 10399), STUN_REPEATED);
        assert_int_equal(receive_mapped(&transaction, 40001, START + 10400), STUN_NOT_MINE);
}

static void test_BD_8_another_type_of_message_contradicts(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_answer error = stun_answer_error(transaction.bytes, 401);

        (void)state;
        run_to(&transaction, START, START);
        assert_int_equal(receive_mapped(&transaction, 40000, START), STUN_ANSWER);
        assert_int_equal(receive(&transaction, &error, START), STUN_CONTRADICTION);
        transaction = started(NULL);
        run_to(&transaction, START, START);
        assert_int_equal(receive(&transaction, &error, START), STUN_ANSWER);
        assert_int_equal(transaction.answer.error, 401);
        assert_int_equal(receive_mapped(&transaction, 40000, START), STUN_CONTRADICTION);
}

static void test_BD_8_more_than_twice_as_many_responses_as_requests_contradict(void **state)
{
        struct stun_transaction transaction = started(NULL);

        (void)state;
        assert_int_equal(run_to(&transaction, START, START + 100), 2);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 150), STUN_ANSWER);
        for (int i = 2; i <= 4; i++)
                assert_int_equal(receive_mapped(&transaction, 40000, START + 150), STUN_REPEATED);
        assert_int_equal(receive_mapped(&transaction, 40000, START + 150), STUN_CONTRADICTION);
}

/* The timer runs on, whatever was ignored, and the genuine answer is taken. */
static void assert_goes_on(struct stun_transaction *transaction)
{
        assert_int_equal(stun_transaction_deadline(transaction), START + 100);
        assert_int_equal(receive_mapped(transaction, 40000, START + 50), STUN_ANSWER);
}

static void test_BD_8_only_the_server_is_believed(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 666);
        struct stun_address from = server;

        (void)state;
        run_to(&transaction, START, START);
        from.port++;
        assert_int_equal(stun_transaction_received(&transaction, &from, answer.bytes, answer.size, START),
                         STUN_FOREIGN);
        from = server;
        from.address.s_addr ^= htonl(1);
        assert_int_equal(stun_transaction_received(&transaction, &from, answer.bytes, answer.size, START),
                         STUN_FOREIGN);
        assert_goes_on(&transaction);
}

static void test_BD_8_only_the_transaction_in_flight_is_believed(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 666);

        (void)state;
        run_to(&transaction, START, START);
        for (size_t i = 4; i < 20; i++) {
                answer.bytes[i] ^= 1;
                assert_int_equal(
                        stun_transaction_received(&transaction, &server, answer.bytes, answer.size, START),
                        STUN_NOT_MINE);
                answer.bytes[i] ^= 1;
        }
        assert_int_equal(stun_transaction_received(&transaction, &server, answer.bytes, 19, START),
                         STUN_NOT_MINE);
        assert_int_equal(
                stun_transaction_received(&transaction, &server, answer.bytes, answer.size - 1, START),
                STUN_MALFORMED);
        answer.bytes[0] = 0; /* our own request, sent back */
        assert_int_equal(stun_transaction_received(&transaction, &server, answer.bytes, answer.size, START),
                         STUN_MALFORMED);
        assert_goes_on(&transaction);
}

static void an_address_that_nobody_has_is_ignored(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_answer nowhere = stun_answer_mapped(transaction.bytes, "0.0.0.0", 40000);

        (void)state;
        run_to(&transaction, START, START);
        assert_int_equal(receive(&transaction, &nowhere, START), STUN_MALFORMED);
        assert_int_equal(receive_mapped(&transaction, 0, START), STUN_MALFORMED);
        assert_goes_on(&transaction);
}

static void test_BD_5_an_unauthentic_response_is_discarded_and_waited_on(void **state)
{
        struct stun_transaction transaction = started("password");
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 40000);

        (void)state;
        run_to(&transaction, START, START);
        assert_int_equal(receive(&transaction, &answer, START), STUN_UNAUTHENTIC);
        stun_answer_sign(&answer, "Password", STUN_RFC3489);
        assert_int_equal(receive(&transaction, &answer, START), STUN_UNAUTHENTIC);
        answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 40000);
        stun_answer_sign(&answer, "password", STUN_RFC5389);
        assert_int_equal(receive(&transaction, &answer, START), STUN_UNAUTHENTIC);
        assert_int_equal(stun_transaction_deadline(&transaction), START + 100);
        answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 40000);
        stun_answer_sign(&answer, "password", STUN_RFC3489);
        assert_int_equal(receive(&transaction, &answer, START + 50), STUN_ANSWER);
}

static void test_BD_5_what_is_unauthentic_contradicts_nothing(void **state)
{
        struct stun_transaction transaction = started("password");
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 40000);
        struct stun_answer other = stun_answer_mapped(transaction.bytes, "192.0.2.66", 666);
        struct stun_answer error = stun_answer_error(transaction.bytes, 431);

        (void)state;
        run_to(&transaction, START, START);
        stun_answer_sign(&answer, "password", STUN_RFC3489);
        assert_int_equal(receive(&transaction, &answer, START), STUN_ANSWER);
        for (int i = 0; i < 8; i++) {
                assert_int_equal(receive(&transaction, &other, START), STUN_UNAUTHENTIC);
                assert_int_equal(receive(&transaction, &error, START), STUN_UNAUTHENTIC);
        }
        assert_int_equal(receive(&transaction, &answer, START), STUN_REPEATED);
}

static void an_error_needs_no_integrity_but_a_wrong_one_is_discarded(void **state)
{
        struct stun_transaction transaction = started("password");
        struct stun_answer error = stun_answer_error(transaction.bytes, 431);

        (void)state;
        run_to(&transaction, START, START);
        stun_answer_sign(&error, "Password", STUN_RFC3489);
        assert_int_equal(receive(&transaction, &error, START), STUN_UNAUTHENTIC);
        error = stun_answer_error(transaction.bytes, 431);
        assert_int_equal(receive(&transaction, &error, START), STUN_ANSWER);
        assert_int_equal(transaction.answer.error, 431);
}

static void a_response_that_is_not_understood_stops_the_copies_and_is_ignored(void **state)
{
        struct stun_transaction transaction = started(NULL);
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 666);

        (void)state;
        run_to(&transaction, START, START + 100);
        stun_answer_add(&answer, 0x7f01, "\0\0\0\0", 4);
        assert_int_equal(receive(&transaction, &answer, START + 150), STUN_MISUNDERSTOOD);
        assert_int_equal(run_to(&transaction, START + 150, START + 9499), 0);
        assert_int_equal(stun_transaction_deadline(&transaction), START + 9500);
        assert_int_equal(stun_transaction_tick(&transaction, START + 9500), STUN_FAILED);
}

static void what_is_not_understood_stops_no_request_with_integrity(void **state)
{
        struct stun_transaction transaction = started("password");
        struct stun_answer answer = stun_answer_mapped(transaction.bytes, "198.51.100.1", 666);

        (void)state;
        run_to(&transaction, START, START);
        stun_answer_add(&answer, 0x7f01, "\0\0\0\0", 4);
        assert_int_equal(receive(&transaction, &answer, START), STUN_UNAUTHENTIC);
        assert_int_equal(stun_transaction_deadline(&transaction), START + 100);
}

static void a_request_that_cannot_be_written_is_not_begun(void **state)
{
        struct stun_transaction transaction = {.phase = STUN_IDLE};
        struct stun_request request = {.username = ""};

        (void)state;
        assert_int_equal(stun_transaction_start(&transaction, &request, &server, START), -EINVAL);
        assert_int_equal(transaction.phase, STUN_IDLE);
        assert_int_equal(stun_transaction_deadline(&transaction), INT64_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_BD_8_copies_leave_by_the_schedule_of_rfc_3489_and_are_identical),
                cmocka_unit_test(deadlines_lead_to_the_same_schedule),
                cmocka_unit_test(a_late_clock_sends_no_two_copies_at_once),
                cmocka_unit_test(test_BD_8_the_first_response_stops_the_copies),
                cmocka_unit_test(test_BD_8_answers_are_listened_for_for_ten_more_seconds),
                cmocka_unit_test(test_BD_8_another_type_of_message_contradicts),
                cmocka_unit_test(test_BD_8_more_than_twice_as_many_responses_as_requests_contradict),
                cmocka_unit_test(test_BD_8_only_the_server_is_believed),
                cmocka_unit_test(test_BD_8_only_the_transaction_in_flight_is_believed),
                cmocka_unit_test(an_address_that_nobody_has_is_ignored),
                cmocka_unit_test(test_BD_5_an_unauthentic_response_is_discarded_and_waited_on),
                cmocka_unit_test(test_BD_5_what_is_unauthentic_contradicts_nothing),
                cmocka_unit_test(an_error_needs_no_integrity_but_a_wrong_one_is_discarded),
                cmocka_unit_test(a_response_that_is_not_understood_stops_the_copies_and_is_ignored),
                cmocka_unit_test(what_is_not_understood_stops_no_request_with_integrity),
                cmocka_unit_test(a_request_that_cannot_be_written_is_not_begun),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
