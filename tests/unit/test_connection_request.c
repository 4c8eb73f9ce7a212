/* SPDX-License-Identifier: BSD-2-Clause */
/* test_connection_request.c - is a datagram a UDP Connection Request, and is it from our ACS? */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/connection_request.h"

#define END "\r\nHost: 198.51.100.1:40000\r\n\r\n"
/* Captured from real managers; the password is "password". */
#define GENIEACS                                                                                             \
        "GET http://127.0.0.1:18080?ts=1795205944&id=3940233081&un=CPE57689&cn=ddf3f8addb4f7b59&"            \
        "sig=72c8bde78ba5fa86e1b596a313e9a906a064359d HTTP/1.1\r\nHost: 127.0.0.1:18080\r\n\r\n"
#define FREEACS                                                                                              \
        "GET http://198.51.100.1:40000/?ts=1795205950503&id=12904&un=CPE57689&cn=-1305073037605232502&"      \
        "sig=A7E8FD001EAD37F8371E511F29233F85FAB1C40F HTTP/1.1\r\n\r\n"

static struct request_settings settings;
static struct request_memory memory;

static int make(void **state)
{
        (void)state;
        settings = (struct request_settings){.username = "CPE57689", .password = "password"};
        memory = (struct request_memory){0};
        return 0;
}

/* In memory of exactly that size, for the sanitizers to see what is read behind it. */
static enum request_verdict judge_bytes(const char *datagram, size_t size)
{
        uint8_t *copy = malloc(size > 0 ? size : 1);
        enum request_verdict verdict;

        assert_non_null(copy);
        memcpy(copy, datagram, size);
        verdict = connection_request_judge(&settings, &memory, copy, size);
        free(copy);
        return verdict;
}

static void assert_judged(const char *datagram, enum request_verdict expected)
{
        struct request_memory before = memory;
        enum request_verdict verdict = judge_bytes(datagram, strlen(datagram));

        if (verdict != expected)
                fail_msg("expected %s, got %s: %s", request_verdict_name(expected),
                         request_verdict_name(verdict), datagram);
        if (verdict != REQUEST_ACCEPTED)
                assert_memory_equal(&memory, &before, sizeof(memory));
}

static struct request_text text_of(const char *text)
{
        return (struct request_text){text, strlen(text)};
}

/* A request that is signed over `ts`, `id`, `un`, `cn`, and says `written_un`. */
static const char *signed_request(const char *uri, const char *ts, const char *id, const char *un,
                                  const char *written_un, const char *cn)
{
        static char datagram[2 * CONNECTION_REQUEST_MAX];
        const struct request_text parts[4] = {text_of(ts), text_of(id), text_of(un), text_of(cn)};
        char signature[41];

        connection_request_sign(settings.password, parts, signature);
        snprintf(datagram, sizeof(datagram), "GET %s?ts=%s&id=%s&un=%s&cn=%s&sig=%s HTTP/1.1" END, uri, ts,
                 id, written_un, cn, signature);
        return datagram;
}

static const char *plain(const char *ts, const char *id)
{
        return signed_request("http://198.51.100.1:40000", ts, id, "CPE57689", "CPE57689", "x");
}

static void test_CR_9_what_genieacs_sends_is_accepted(void **state)
{
        (void)state;
        assert_judged(GENIEACS, REQUEST_ACCEPTED);
        assert_true(memory.any);
        assert_int_equal(memory.ts, 1795205944);
        assert_int_equal(memory.id, 3940233081);
}

static void test_CR_9_what_freeacs_sends_is_accepted_only_if_a_missing_host_is_allowed(void **state)
{
        (void)state;
        assert_judged(FREEACS, REQUEST_HOST);
        settings.allow_missing_host = true;
        assert_judged(FREEACS, REQUEST_ACCEPTED);
        assert_int_equal(memory.ts, 1795205950503);
}

static void test_CR_4_the_signature_is_over_four_texts_in_their_order(void **state)
{
        const struct request_text parts[4] = {text_of("1120673700"), text_of("1234"), text_of("CPE57689"),
                                              text_of("XTGRWIPC6D3IPXS3")};
        char signature[41];

        (void)state;
        connection_request_sign("password", parts, signature);
        assert_string_equal(signature, "F749EE6D9E3BC469FB709EAD2A75EE7535F58552");
}

static void test_CR_10_copies_are_told_from_what_is_old(void **state)
{
        (void)state;
        assert_judged(GENIEACS, REQUEST_ACCEPTED);
        assert_judged(GENIEACS, REQUEST_COPY);
        assert_judged(GENIEACS, REQUEST_COPY);
}

static void test_CR_3_a_timestamp_must_rise_and_an_id_change(void **state)
{
        (void)state;
        assert_judged(plain("0", "0"), REQUEST_ACCEPTED);
        assert_judged(plain("100", "1"), REQUEST_ACCEPTED);
        assert_judged(plain("100", "2"), REQUEST_OLD);
        assert_judged(plain("99", "2"), REQUEST_OLD);
        assert_judged(plain("101", "1"), REQUEST_SAME_ID);
        assert_judged(plain("101", "2"), REQUEST_ACCEPTED);
        assert_judged(plain("18446744073709551615", "18446744073709551615"), REQUEST_ACCEPTED);
}

static void test_CR_5_CR_8_a_forged_request_does_not_lock_the_genuine_one_out(void **state)
{
        (void)state;
        assert_judged("GET http://a?ts=18446744073709551615&id=1&un=CPE57689&cn=x&"
                      "sig=0000000000000000000000000000000000000000 HTTP/1.1" END,
                      REQUEST_BAD_SIGNATURE);
        assert_judged(plain("1", "1"), REQUEST_ACCEPTED);
}

static void test_CR_8_without_a_password_nothing_is_accepted(void **state)
{
        (void)state;
        settings.username = "";
        settings.password = "";
        assert_judged(signed_request("http://a", "1", "1", "", "", ""), REQUEST_NO_PASSWORD);
}

static void test_CR_3_the_user_must_be_ours(void **state)
{
        (void)state;
        assert_judged(signed_request("http://a", "1", "1", "CPE5768", "CPE5768", "x"), REQUEST_OTHER_USER);
        assert_judged(signed_request("http://a", "1", "1", "CPE576890", "CPE576890", "x"),
                      REQUEST_OTHER_USER);
        settings.username = "";
        assert_judged(signed_request("http://a", "1", "1", "", "", ""), REQUEST_ACCEPTED);
}

static void test_CR_4_any_other_key_or_text_makes_another_signature(void **state)
{
        char spoilt[512];

        (void)state;
        strcpy(spoilt, plain("5", "6"));
        *strstr(spoilt, "ts=5") = 't';
        strstr(spoilt, "ts=5")[3] = '6';
        assert_judged(spoilt, REQUEST_BAD_SIGNATURE);
        strcpy(spoilt, plain("5", "6"));
        strstr(spoilt, "cn=x")[3] = 'y';
        assert_judged(spoilt, REQUEST_BAD_SIGNATURE);
        strcpy(spoilt, plain("5", "6"));
        settings.password = "passwore";
        assert_judged(spoilt, REQUEST_BAD_SIGNATURE);
}

static void test_CR_9_a_name_that_needs_escapes_is_accepted_signed_either_way(void **state)
{
        (void)state;
        settings.username = "a b&%41";
        assert_judged(signed_request("http://a", "1", "1", "a b&%41", "a+b%26%2541", "x"), REQUEST_ACCEPTED);
        assert_judged(signed_request("http://a", "2", "2", "a b&%41", "a%20b%26%2541", "x"),
                      REQUEST_ACCEPTED);
        settings.username = "a+b%41";
        assert_judged(signed_request("http://a", "3", "3", "a+b%41", "a+b%41", "x"), REQUEST_ACCEPTED);
        settings.username = "a b";
        assert_judged(signed_request("http://a", "4", "4", "a b", "a b", "x"), REQUEST_NOT_HTTP);
}

static void test_CR_9_any_authority_either_path_any_order_and_unknown_keys(void **state)
{
        static const char *const uris[] = {"http://a",  "HTTP://a",
                                           "http://a/", "http://[2001:db8::1]:80",
                                           "http://a:", "http://10.1.1.1:8080"};
        char ts[4] = "1";

        (void)state;
        for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
                ts[0] = (char)('1' + i);
                assert_judged(signed_request(uris[i], ts, ts, "CPE57689", "CPE57689", "x"), REQUEST_ACCEPTED);
        }
        memory = (struct request_memory){0};
        assert_judged(
                "GET http://a?sig=72C8BDE78BA5FA86E1B596A313E9A906A064359D&x&y=1&y=2&cn=ddf3f8addb4f7b59&"
                "un=CPE57689&id=3940233081&ts=1795205944&&z HTTP/1.1" END,
                REQUEST_ACCEPTED);
}

static void test_CR_6_a_body_and_fields_of_no_meaning_are_ignored(void **state)
{
        static const char head[] =
                "GET http://127.0.0.1:18080?ts=1795205944&id=3940233081&un=CPE57689&cn=ddf3f8addb4f7b59&"
                "sig=72c8bde78ba5fa86e1b596a313e9a906a064359d HTTP/1.1\r\n";
        static const char *const rests[] = {
                "Host: a\r\n\r\nbody",
                "Host: a\r\nContent-Length: 0\r\n\r\n",
                "host:a:80 \r\nX:\r\n\r\n",
                "Host: \r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n\n\r\n",
                "Host: a\r\nX: 1\r\n 2\r\n\t3\r\n\r\n",
                "Host: a\r\n \r\n\r\n",
        };
        char datagram[512];

        (void)state;
        for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
                memory = (struct request_memory){0};
                snprintf(datagram, sizeof(datagram), "%s%s", head, rests[i]);
                assert_judged(datagram, REQUEST_ACCEPTED);
        }
        memory = (struct request_memory){0};
        snprintf(datagram, sizeof(datagram), "\r\n\r\n%sHost: a\r\n\r\n", head);
        assert_judged(datagram, REQUEST_ACCEPTED);
}

#define GOOD "http://a?ts=1&id=1&un=u&cn=c&sig=0000000000000000000000000000000000000000"

static void test_CR_3_CR_9_what_breaks_a_rule_is_told_by_that_rule(void **state)
{
        static const struct {
                const char *datagram;
                enum request_verdict verdict;
        } cases[] = {
                {"", REQUEST_CUT},
                {"\r\n", REQUEST_CUT},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\n", REQUEST_CUT},
                {"GET " GOOD " HTTP/1.1\r\nHost: a", REQUEST_CUT},
                {"GET " GOOD " HTTP/1.1\nHost: a\n\n", REQUEST_BARE_LF},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\n\r\n", REQUEST_BARE_LF},
                {"GET " GOOD "\r HTTP/1.1" END, REQUEST_NOT_HTTP},
                {"get " GOOD " HTTP/1.1" END, REQUEST_METHOD},
                {"HEAD " GOOD " HTTP/1.1" END, REQUEST_METHOD},
                {"GETX " GOOD " HTTP/1.1" END, REQUEST_METHOD},
                {"GET  " GOOD " HTTP/1.1" END, REQUEST_NOT_HTTP},
                {"GET " GOOD "  HTTP/1.1" END, REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1 " END, REQUEST_VERSION},
                {"GET " GOOD " HTTP/1.0" END, REQUEST_VERSION},
                {"GET " GOOD " HTTP/2" END, REQUEST_VERSION},
                {"GET " GOOD " HTTP/1.11" END, REQUEST_VERSION},
                {"GET " GOOD " http/1.1" END, REQUEST_NOT_HTTP},
                {"GET " GOOD END, REQUEST_NOT_HTTP},
                {"GET " GOOD "\t HTTP/1.1" END, REQUEST_URI},
                {"GET " GOOD "\x01 HTTP/1.1" END, REQUEST_NOT_HTTP},
                {"GET " GOOD "\xc3\xa9 HTTP/1.1" END, REQUEST_URI},
                {"GET ?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET /?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET https://a?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://a/b?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://u@a?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://a:123456?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://[::1?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://[1:2:3:4]?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://a%?ts=1 HTTP/1.1" END, REQUEST_URI},
                {"GET http://a HTTP/1.1" END, REQUEST_URI},
                {"GET http://a#f HTTP/1.1" END, REQUEST_FRAGMENT},
                {"GET " GOOD "#f HTTP/1.1" END, REQUEST_FRAGMENT},
                {"GET " GOOD "&a=%4 HTTP/1.1" END, REQUEST_BAD_ESCAPE},
                {"GET " GOOD "&a=%zz HTTP/1.1" END, REQUEST_BAD_ESCAPE},
                {"GET " GOOD "&a=% HTTP/1.1" END, REQUEST_BAD_ESCAPE},
                {"GET " GOOD " HTTP/1.1\r\n\r\n", REQUEST_HOST},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", REQUEST_HOST},
                {"GET " GOOD " HTTP/1.1\r\nHost: a b\r\n\r\n", REQUEST_HOST},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\n Host: a\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\nHost : a\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\n: a\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\nHost\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", REQUEST_NOT_HTTP},
                {"GET " GOOD " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                 REQUEST_NOT_HTTP},
                {"GET http://a?id=1&un=u&cn=c&sig=0 HTTP/1.1" END, REQUEST_MISSING_KEY},
                {"GET http://a?ts=1&id=1&un=u&cn=c&sig HTTP/1.1" END, REQUEST_MISSING_KEY},
                {"GET http://a? HTTP/1.1" END, REQUEST_MISSING_KEY},
                {"GET " GOOD "&ts=1 HTTP/1.1" END, REQUEST_REPEATED_KEY},
                {"GET http://a?ts=&id=1&un=u&cn=c&sig=0000000000000000000000000000000000000000 HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET http://a?ts=-1&id=1&un=u&cn=c&sig=0000000000000000000000000000000000000000 "
                 "HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET "
                 "http://"
                 "a?ts=18446744073709551616&id=1&un=u&cn=c&sig=0000000000000000000000000000000000000000 "
                 "HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET http://a?ts=1&id=+1&un=u&cn=c&sig=0000000000000000000000000000000000000000 "
                 "HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET http://a?ts=1&id=1&un=u&cn=c&sig=000000000000000000000000000000000000000 HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET http://a?ts=1&id=1&un=u&cn=c&sig=000000000000000000000000000000000000000g HTTP/1.1" END,
                 REQUEST_BAD_VALUE},
                {"GET http://a?ts=1&id=1&un=%00&cn=c&sig=0000000000000000000000000000000000000000 "
                 "HTTP/1.1" END,
                 REQUEST_NUL},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_judged(cases[i].datagram, cases[i].verdict);
}

static void a_nul_before_the_body_is_refused_and_one_in_it_is_not(void **state)
{
        char datagram[sizeof(GENIEACS) + 2];

        (void)state;
        memcpy(datagram, GENIEACS, sizeof(GENIEACS));
        assert_int_equal(judge_bytes(datagram, sizeof(GENIEACS)), REQUEST_ACCEPTED);
        memory = (struct request_memory){0};
        datagram[60] = '\0';
        assert_int_equal(judge_bytes(datagram, sizeof(GENIEACS) - 1), REQUEST_NUL);
}

static void a_datagram_of_2048_bytes_is_judged_and_a_longer_one_refused(void **state)
{
        char datagram[CONNECTION_REQUEST_MAX + 2] = GENIEACS;

        (void)state;
        memset(datagram + sizeof(GENIEACS) - 1, 'b', sizeof(datagram) - sizeof(GENIEACS));
        assert_int_equal(judge_bytes(datagram, CONNECTION_REQUEST_MAX), REQUEST_ACCEPTED);
        memory = (struct request_memory){0};
        assert_int_equal(judge_bytes(datagram, CONNECTION_REQUEST_MAX + 1), REQUEST_TOO_LONG);
}

static void a_request_cut_anywhere_is_not_accepted(void **state)
{
        (void)state;
        for (size_t size = 0; size < sizeof(GENIEACS) - 1; size++)
                assert_int_not_equal(judge_bytes(GENIEACS, size), REQUEST_ACCEPTED);
}

static void every_verdict_has_a_name_of_its_own(void **state)
{
        (void)state;
        for (int i = 0; i < REQUEST_VERDICTS; i++) {
                assert_non_null(request_verdict_name((enum request_verdict)i));
                for (int j = 0; j < i; j++)
                        assert_string_not_equal(request_verdict_name((enum request_verdict)i),
                                                request_verdict_name((enum request_verdict)j));
        }
}

#define REQUEST_TEST(function) cmocka_unit_test_setup(function, make)

int main(void)
{
        const struct CMUnitTest tests[] = {
                REQUEST_TEST(test_CR_9_what_genieacs_sends_is_accepted),
                REQUEST_TEST(test_CR_9_what_freeacs_sends_is_accepted_only_if_a_missing_host_is_allowed),
                REQUEST_TEST(test_CR_4_the_signature_is_over_four_texts_in_their_order),
                REQUEST_TEST(test_CR_10_copies_are_told_from_what_is_old),
                REQUEST_TEST(test_CR_3_a_timestamp_must_rise_and_an_id_change),
                REQUEST_TEST(test_CR_5_CR_8_a_forged_request_does_not_lock_the_genuine_one_out),
                REQUEST_TEST(test_CR_8_without_a_password_nothing_is_accepted),
                REQUEST_TEST(test_CR_3_the_user_must_be_ours),
                REQUEST_TEST(test_CR_4_any_other_key_or_text_makes_another_signature),
                REQUEST_TEST(test_CR_9_a_name_that_needs_escapes_is_accepted_signed_either_way),
                REQUEST_TEST(test_CR_9_any_authority_either_path_any_order_and_unknown_keys),
                REQUEST_TEST(test_CR_6_a_body_and_fields_of_no_meaning_are_ignored),
                REQUEST_TEST(test_CR_3_CR_9_what_breaks_a_rule_is_told_by_that_rule),
                REQUEST_TEST(a_nul_before_the_body_is_refused_and_one_in_it_is_not),
                REQUEST_TEST(a_datagram_of_2048_bytes_is_judged_and_a_longer_one_refused),
                REQUEST_TEST(a_request_cut_anywhere_is_not_accepted),
                REQUEST_TEST(every_verdict_has_a_name_of_its_own),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
