/* SPDX-License-Identifier: BSD-2-Clause */
/* test_url_host.c - which host the ACS's URL names, and which texts name none. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "dm-bridge/url_host.h"

static void test_BD_1_the_host_of_an_acs_url_is_found(void **state)
{
        static const struct {
                const char *url, *host;
        } cases[] = {
                {"http://acs.example/", "acs.example"},
                {"https://acs.example:7548/cwmp?a=b#c", "acs.example"},
                {"HTTP://ACS.example.", "ACS.example."},
                {"http://192.0.2.1:80", "192.0.2.1"},
                {"http://acs?x=http://other/", "acs"},
                {"http://acs#@other/", "acs"},
                {"http://user:pass@acs.example:80/", "acs.example"},
                {"http://user:p@ss@acs.example/", "acs.example"},
                {"http://@acs/", "acs"},
                {"http://acs:/", "acs"},
                {"http://a_b-c.example/", "a_b-c.example"},
        };
        char host[URL_HOST_MAX + 1];

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                assert_true(url_host(cases[i].url, host));
                assert_string_equal(host, cases[i].host);
        }
}

static void what_names_no_host_of_ipv4_is_refused(void **state)
{
        static const char *const urls[] = {
                "",
                "acs.example",
                "ftp://acs.example/",
                "http:/acs.example/",
                "http://",
                "http:///path",
                "http://:80/",
                "http://user@/",
                "http://[2001:db8::1]/",
                "http://[2001:db8::1]:7547/",
                "http://2001:db8::1/",
                "http://acs.example:port/",
                "http://acs.example:800000/",
                "http://acs.example:80:80/",
                "http://acs example/",
                "http://acs\texample/",
                "http://acs%2eexample/",
                "http://acs..example/",
                "http://.acs/",
                "http://-acs/",
                "http://\xc3\xa4.example/",
                "http://acs\\.other/",
                "http://$(reboot)/",
        };
        char host[URL_HOST_MAX + 1];

        (void)state;
        for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
                if (url_host(urls[i], host))
                        fail_msg("expected no host in '%s', got '%s'", urls[i], host);
                assert_string_equal(host, "");
        }
}

static void a_name_of_255_bytes_is_the_longest(void **state)
{
        char url[512] = "http://", host[URL_HOST_MAX + 1];

        (void)state;
        memset(url + 7, 'a', URL_HOST_MAX);
        assert_true(url_host(url, host));
        assert_int_equal(strlen(host), URL_HOST_MAX);
        url[7 + URL_HOST_MAX] = 'a';
        assert_false(url_host(url, host));
}

static void a_server_is_named_without_a_port(void **state)
{
        (void)state;
        assert_true(url_host_is_valid("stun.example", 12));
        assert_true(url_host_is_valid("192.0.2.1", 9));
        assert_false(url_host_is_valid("stun.example:3478", 17));
        assert_false(url_host_is_valid("", 0));
        assert_false(url_host_is_valid("-v", 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_BD_1_the_host_of_an_acs_url_is_found),
                cmocka_unit_test(what_names_no_host_of_ipv4_is_refused),
                cmocka_unit_test(a_name_of_255_bytes_is_the_longest),
                cmocka_unit_test(a_server_is_named_without_a_port),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
