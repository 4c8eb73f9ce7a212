/* SPDX-License-Identifier: BSD-2-Clause */
/* test_request_gate.c - how many connection requests are accepted, what is counted, and what is worth a line.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/request_gate.h"
#include "tests/allocations.h"

#define INTERVAL 6000

static const struct request_settings settings = {.username = "user", .password = "secret"};
static struct request_gate gate;
static struct request_note note;
static int64_t now;

static int make(void **state)
{
        (void)state;
        gate = (struct request_gate){0};
        request_gate_limit(&gate, 3, INTERVAL);
        now = 1000;
        return 0;
}

static bool take(const char *datagram)
{
        return request_gate_take(&gate, &settings, (const uint8_t *)datagram, strlen(datagram), now, &note);
}

/* A good request with that timestamp, or one signed with another password. */
static const char *request(uint64_t ts, const char *password)
{
        static char datagram[512];
        char text[24], id[24], signature[41];
        size_t length = (size_t)snprintf(text, sizeof(text), "%" PRIu64, ts);
        size_t id_length = (size_t)snprintf(id, sizeof(id), "%" PRIu64, ts);
        const struct request_text parts[4] = {{text, length}, {id, id_length}, {"user", 4}, {"c", 1}};

        connection_request_sign(password, parts, signature);
        snprintf(datagram, sizeof(datagram),
                 "GET http://h?ts=%s&id=%s&un=user&cn=c&sig=%s HTTP/1.1\r\nHost: h\r\n\r\n", text, id,
                 signature);
        return datagram;
}

static void test_CR_5_a_good_request_is_taken_and_remembered(void **state)
{
        (void)state;
        assert_true(take(request(5, "secret")));
        assert_int_equal(gate.memory.ts, 5);
        assert_int_equal(gate.counts[REQUEST_ACCEPTED], 1);
        assert_null(note.reason);
}

static void test_CR_10_copies_are_counted_and_no_line_is_due_for_them(void **state)
{
        (void)state;
        assert_true(take(request(5, "secret")));
        for (int i = 0; i < 9; i++) {
                assert_false(take(request(5, "secret")));
                assert_null(note.reason);
        }
        assert_int_equal(gate.counts[REQUEST_ACCEPTED], 1);
        assert_int_equal(gate.counts[REQUEST_COPY], 9);
}

static void test_CR_5_of_a_refused_request_nothing_is_remembered(void **state)
{
        (void)state;
        assert_false(take(request(UINT64_MAX, "guessed")));
        assert_int_equal(gate.counts[REQUEST_BAD_SIGNATURE], 1);
        assert_false(gate.memory.any);
        assert_true(take(request(5, "secret")));
}

static void more_than_the_burst_are_refused_until_time_has_passed(void **state)
{
        (void)state;
        for (uint64_t ts = 1; ts <= 3; ts++)
                assert_true(take(request(ts, "secret")));
        assert_false(take(request(4, "secret")));
        assert_int_equal(gate.limited, 1);
        assert_int_equal(gate.memory.ts, 3);
        now += INTERVAL - 1;
        assert_false(take(request(5, "secret")));
        now += 1;
        assert_true(take(request(4, "secret")));
        assert_false(take(request(5, "secret")));
        now += 100 * INTERVAL;
        for (uint64_t ts = 6; ts <= 8; ts++)
                assert_true(take(request(ts, "secret")));
        assert_false(take(request(9, "secret")));
        assert_int_equal(gate.counts[REQUEST_ACCEPTED], 7);
        assert_int_equal(gate.limited, 4);
}

static void test_CR_8_forged_requests_use_up_nothing_of_the_limit(void **state)
{
        (void)state;
        for (uint64_t ts = 1; ts <= 100; ts++)
                assert_false(take(request(ts, "guessed")));
        for (uint64_t ts = 1; ts <= 3; ts++)
                assert_true(take(request(ts, "secret")));
}

static void without_an_interval_there_is_no_limit(void **state)
{
        (void)state;
        request_gate_limit(&gate, 1, 0);
        for (uint64_t ts = 1; ts <= 100; ts++)
                assert_true(take(request(ts, "secret")));
        assert_int_equal(gate.limited, 0);
}

static void test_CR_8_a_reason_is_worth_one_line_a_minute(void **state)
{
        int lines = 0;

        (void)state;
        for (int i = 0; i < 1000; i++) {
                take(request(5, "guessed"));
                lines += note.reason != NULL;
        }
        assert_int_equal(lines, 1);
        now += REQUEST_GATE_LOG_MS;
        take("POST / HTTP/1.1\r\n\r\n");
        assert_string_equal(note.reason, "method");
        assert_int_equal(note.count, 1);
        take(request(5, "guessed"));
        assert_string_equal(note.reason, "bad_signature");
        assert_int_equal(note.count, 1000);
        take(request(5, "guessed"));
        assert_null(note.reason);
}

static void what_is_over_the_limit_is_worth_a_line(void **state)
{
        (void)state;
        request_gate_limit(&gate, 1, INTERVAL);
        assert_true(take(request(5, "secret")));
        assert_false(take(request(6, "secret")));
        assert_string_equal(note.reason, "limited");
}

static void test_CR_8_nothing_is_allocated_for_a_datagram(void **state)
{
        const char *forged = request(5, "guessed");
        unsigned long before;

        (void)state;
        if (!allocations_counted())
                skip();
        before = allocations_count();
        for (int i = 0; i < 10; i++)
                assert_false(take(forged));
        assert_int_equal(allocations_count(), before);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(test_CR_5_a_good_request_is_taken_and_remembered, make),
                cmocka_unit_test_setup(test_CR_10_copies_are_counted_and_no_line_is_due_for_them, make),
                cmocka_unit_test_setup(test_CR_5_of_a_refused_request_nothing_is_remembered, make),
                cmocka_unit_test_setup(more_than_the_burst_are_refused_until_time_has_passed, make),
                cmocka_unit_test_setup(test_CR_8_forged_requests_use_up_nothing_of_the_limit, make),
                cmocka_unit_test_setup(without_an_interval_there_is_no_limit, make),
                cmocka_unit_test_setup(test_CR_8_a_reason_is_worth_one_line_a_minute, make),
                cmocka_unit_test_setup(what_is_over_the_limit_is_worth_a_line, make),
                cmocka_unit_test_setup(test_CR_8_nothing_is_allocated_for_a_datagram, make),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
