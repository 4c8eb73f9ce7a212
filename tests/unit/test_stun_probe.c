/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_probe.c - what leaves the STUN client's secondary port, and what the answers mean. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>

#include "tests/unit/stun_fixture.h"

#define MAPPED_PORT 40000
#define QUIET       25000 /* between the binding's last packet and the probe */

/* A probe has left. */
static void probe_as(const char *username, const char *password)
{
        begin_as(username, password);
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT);
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT);
        fake_keepalive.action = KEEPALIVE_PROBE;
        fake_keepalive.due = play.now + QUIET;
        assert_non_null(play_next_request(&play, QUIET));
        assert_int_equal(play_last(&play)->port, STUN_SECONDARY);
        fake_keepalive.disturbed = 0;
}

static int begin_probe(void **state)
{
        (void)state;
        probe_as(NULL, NULL);
        return 0;
}

static void assert_probed(enum probe_answer answer)
{
        assert_int_equal(fake_keepalive.probed, 1);
        assert_int_equal(fake_keepalive.answer, answer);
}

static void test_KA_2_a_probe_asks_for_an_answer_to_the_primary_port(void **state)
{
        /* RESPONSE-ADDRESS 198.51.100.1:40000, CHANGE-REQUEST 0. */
        static const uint8_t expected[] = {0,    2, 0, 8, 0, 1, 0x9c, 0x40, 0xc6, 0x33,
                                           0x64, 1, 0, 3, 0, 4, 0,    0,    0,    0};

        (void)state;
        probe_as("CPE57689", "password");
        assert_int_equal(play_last(&play)->size, 20 + sizeof(expected));
        assert_memory_equal(play_last(&play)->bytes + 20, expected, sizeof(expected));
        assert_true(stun_address_equals(&play_last(&play)->to, &play.server));
        assert_int_equal(play_report(&play).counters.probes, 1);
}

static void test_CB_1_CB_2_CB_3_a_probe_says_nothing_of_the_binding(void **state)
{
        (void)state;
        probe_as("CPE57689", "password");
        assert_false(play_has(&play, ATTRIBUTE_BINDING));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE));
        assert_false(play_has(&play, ATTRIBUTE_USERNAME));
        assert_false(play_has(&play, ATTRIBUTE_INTEGRITY));
}

static void test_KA_2_an_answer_at_the_primary_port_shows_that_the_binding_lives(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);

        (void)state;
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_probed(PROBE_ALIVE);
        assert_int_equal(fake_keepalive.disturbed, 0);
        assert_int_equal(play_report(&play).mapped.port, MAPPED_PORT); /* the secondary port's is no news */
}

static void test_KA_2_the_primary_address_at_the_secondary_port_shows_that_it_was_given_away(void **state)
{
        (void)state;
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT);
        assert_probed(PROBE_EXPIRED);
}

static void test_KA_5_another_address_at_the_secondary_port_shows_that_the_server_ignores_us(void **state)
{
        (void)state;
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT + 1);
        assert_probed(PROBE_IGNORED);
}

static void test_KA_5_an_error_is_a_refusal(void **state)
{
        static const unsigned errors[] = {400, 401, 420, 500, 600};

        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
                begin_probe(state);
                play_error(&play, errors[i]);
                assert_probed(PROBE_REFUSED);
                assert_int_equal(play_report(&play).state, STUN_STATE_BOUND);
        }
}

static void test_KA_2_silence_is_told_after_the_whole_schedule(void **state)
{
        size_t count = play.count;

        (void)state;
        play_run(&play, 9499);
        assert_int_equal(play.count, count + STUN_COPIES - 1);
        assert_int_equal(fake_keepalive.probed, 0);
        for (size_t i = count; i < play.count; i++) {
                assert_int_equal(play.sent[i].port, STUN_SECONDARY);
                assert_memory_equal(play.sent[i].bytes, play.sent[count - 1].bytes, play.sent[i].size);
        }
        play_run(&play, 1);
        assert_probed(PROBE_SILENT);
        /* A silent server is no dead binding: that is for the next refresh to tell. */
        assert_int_equal(play_report(&play).state, STUN_STATE_BOUND);
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
}

static void assert_repeated_without_change_request(uint16_t unknown, uint16_t other, bool repeated)
{
        struct stun_answer answer = stun_answer_error(play_last(&play)->bytes, 420);
        const uint16_t names[] = {htons(unknown), htons(other)};
        size_t count = play.count;

        stun_answer_add(&answer, 0x000A, names, sizeof(names));
        play_receive(&play, STUN_SECONDARY, &answer);
        assert_int_equal(play.count, repeated ? count + 1 : count);
}

static void a_server_that_knows_no_change_request_is_asked_without_it(void **state)
{
        size_t size = play_last(&play)->size;

        (void)state;
        assert_repeated_without_change_request(0x0003, 0x0003, true);
        assert_int_equal(play_last(&play)->size, size - 8);
        assert_true(play_has(&play, ATTRIBUTE_RESPONSE_ADDRESS));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE_REQUEST));
        assert_int_equal(fake_keepalive.probed, 0);
        assert_repeated_without_change_request(0x0003, 0x0003, false); /* once */
        assert_probed(PROBE_REFUSED);
        /* It is remembered. */
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT);
        fake_keepalive.action = KEEPALIVE_PROBE;
        fake_keepalive.due = play.now + QUIET;
        play_run(&play, QUIET);
        assert_int_equal(play_last(&play)->port, STUN_SECONDARY);
        assert_false(play_has(&play, ATTRIBUTE_CHANGE_REQUEST));
}

static void without_response_address_a_probe_has_no_sense_left(void **state)
{
        (void)state;
        assert_repeated_without_change_request(0x0003, 0x0002, false);
        assert_probed(PROBE_REFUSED);
}

static void test_BD_5_a_probe_answers_a_401_once(void **state)
{
        struct stun_answer answer;

        (void)state;
        probe_as("CPE57689", "password");
        play_error(&play, 401);
        assert_int_equal(play_last(&play)->port, STUN_SECONDARY);
        assert_true(
                stun_is_signed(play_last(&play)->bytes, play_last(&play)->size, "password", STUN_RFC3489));
        assert_true(play_has(&play, ATTRIBUTE_USERNAME));
        assert_false(play_has(&play, ATTRIBUTE_BINDING));
        assert_int_equal(fake_keepalive.probed, 0);
        answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);
        play_receive(&play, STUN_PRIMARY, &answer); /* not signed: no answer */
        assert_int_equal(fake_keepalive.probed, 0);
        assert_int_equal(fake_keepalive.disturbed, 1);
        stun_answer_sign(&answer, "password", STUN_RFC3489);
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_probed(PROBE_ALIVE);
        probe_as("CPE57689", "password");
        play_error(&play, 401);
        play_error(&play, 401);
        assert_probed(PROBE_REFUSED);
}

static void test_BD_8_a_probe_is_answered_by_the_server_only(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);
        struct stun_address other = play_address("203.0.113.6", 3478);

        (void)state;
        stun_client_received(&play.client, STUN_PRIMARY, &other, answer.bytes, answer.size, play.now);
        play_drain(&play);
        assert_int_equal(fake_keepalive.probed, 0);
        assert_int_equal(fake_keepalive.disturbed, 1);
        answer.bytes[10] ^= 1;
        play_receive(&play, STUN_PRIMARY, &answer);
        play_receive(&play, STUN_SECONDARY, &answer);
        assert_int_equal(fake_keepalive.probed, 0);
        assert_int_equal(fake_keepalive.disturbed, 2);
}

static void test_KA_4_a_repeated_answer_disturbs(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);

        (void)state;
        play_receive(&play, STUN_PRIMARY, &answer);
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_probed(PROBE_ALIVE);
        assert_int_equal(fake_keepalive.disturbed, 1);
}

static void a_probe_ends_with_the_binding_that_it_is_about(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);
        struct stun_address local = play_address("10.0.0.3", 7547);

        (void)state;
        stun_client_local(&play.client, &local, play.now);
        play_drain(&play);
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
        play_receive(&play, STUN_PRIMARY, &answer);
        assert_int_equal(fake_keepalive.probed, 0);
}

static void test_BD_8_a_contradiction_ends_a_probe_of_what_was_taken_back(void **state)
{
        struct stun_answer forged;
        size_t count;

        (void)state;
        assert_non_null(play_next_request(&play, PLAY_MINIMUM)); /* after its silence */
        forged = stun_answer_mapped(play_last(&play)->bytes, "192.0.2.66", MAPPED_PORT);
        play_mapped(&play, PLAY_PUBLIC, MAPPED_PORT);
        fake_keepalive.action = KEEPALIVE_PROBE;
        fake_keepalive.due = play.now + 5000;
        assert_non_null(play_next_request(&play, 5000));
        assert_int_equal(play_last(&play)->port, STUN_SECONDARY);
        count = play.count;
        play_receive(&play, STUN_PRIMARY, &forged);
        assert_int_equal(play_report(&play).state, STUN_STATE_CONTRADICTED);
        play_run(&play, 10000);
        assert_int_equal(play.count, count);
        assert_non_null(play_next_request(&play, PLAY_MINIMUM));
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
}

static void a_refresh_ends_a_probe(void **state)
{
        struct stun_answer answer = stun_answer_mapped(play_last(&play)->bytes, PLAY_PUBLIC, 50000);

        (void)state;
        fake_keepalive.action = KEEPALIVE_REFRESH;
        fake_keepalive.due = play.now + 1000;
        play_run(&play, 1000); /* it has to wait for the minimum period */
        assert_int_equal(play_last(&play)->port, STUN_SECONDARY);
        play_receive(&play, STUN_SECONDARY, &answer);
        assert_int_equal(fake_keepalive.probed, 0);
        play_run(&play, 9000);
        assert_int_equal(play_last(&play)->port, STUN_PRIMARY);
        assert_int_equal(fake_keepalive.probed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_probe, end)
        const struct CMUnitTest tests[] = {
                TEST(test_KA_2_a_probe_asks_for_an_answer_to_the_primary_port),
                TEST(test_CB_1_CB_2_CB_3_a_probe_says_nothing_of_the_binding),
                TEST(test_KA_2_an_answer_at_the_primary_port_shows_that_the_binding_lives),
                TEST(test_KA_2_the_primary_address_at_the_secondary_port_shows_that_it_was_given_away),
                TEST(test_KA_5_another_address_at_the_secondary_port_shows_that_the_server_ignores_us),
                TEST(test_KA_5_an_error_is_a_refusal),
                TEST(test_KA_2_silence_is_told_after_the_whole_schedule),
                TEST(a_server_that_knows_no_change_request_is_asked_without_it),
                TEST(without_response_address_a_probe_has_no_sense_left),
                TEST(test_BD_5_a_probe_answers_a_401_once),
                TEST(test_BD_8_a_probe_is_answered_by_the_server_only),
                TEST(test_KA_4_a_repeated_answer_disturbs),
                TEST(a_probe_ends_with_the_binding_that_it_is_about),
                TEST(test_BD_8_a_contradiction_ends_a_probe_of_what_was_taken_back),
                TEST(a_refresh_ends_a_probe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
