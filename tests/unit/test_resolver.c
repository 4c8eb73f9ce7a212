/* SPDX-License-Identifier: BSD-2-Clause */
/* test_resolver.c - names are looked up without waiting; the answer is for the name that was asked for last.
 * The name without an address is none that a resolver would ask a server for. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <string.h>

#include "dm-bridge/resolver.h"

static uv_loop_t loop;
static struct resolver resolver;
static unsigned answers;
static bool found;
static struct in_addr got;
static const struct in_addr nobody = {INADDR_ANY};

static void on_answer(void *context, const struct in_addr *address)
{
        (void)context;
        answers++;
        found = address != NULL;
        if (found)
                got = *address;
}

static int make(void **state)
{
        (void)state;
        answers = 0;
        found = false;
        uv_loop_init(&loop);
        resolver_init(&resolver, &loop, on_answer, NULL);
        return 0;
}

static int unmake(void **state)
{
        (void)state;
        uv_run(&loop, UV_RUN_DEFAULT);
        return uv_loop_close(&loop);
}

static void an_address_in_figures_is_answered_at_once(void **state)
{
        (void)state;
        resolver_ask(&resolver, "192.0.2.7", nobody);
        assert_int_equal(answers, 1);
        assert_true(found);
        assert_int_equal(ntohl(got.s_addr), 0xc0000207);
        assert_false(resolver_is_busy(&resolver));
}

static void test_BD_8_a_name_is_looked_up_without_waiting(void **state)
{
        (void)state;
        resolver_ask(&resolver, "localhost", nobody);
        assert_true(resolver_is_busy(&resolver));
        assert_int_equal(answers, 0);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 1);
        assert_true(found);
        assert_int_equal(ntohl(got.s_addr), INADDR_LOOPBACK);
}

static void a_name_without_an_address_is_answered_too(void **state)
{
        (void)state;
        resolver_ask(&resolver, "-.invalid", nobody);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 1);
        assert_false(found);
}

static void who_asks_for_another_name_meanwhile_gets_that_ones_answer_only(void **state)
{
        (void)state;
        resolver_ask(&resolver, "-.invalid", nobody);
        resolver_ask(&resolver, "localhost", nobody);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 1);
        assert_true(found);
        resolver_ask(&resolver, "localhost", nobody);
        resolver_ask(&resolver, "192.0.2.7", nobody);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 2);
        assert_int_equal(ntohl(got.s_addr), 0xc0000207);
}

static void who_asks_twice_for_one_name_gets_one_answer(void **state)
{
        (void)state;
        resolver_ask(&resolver, "localhost", nobody);
        resolver_ask(&resolver, "localhost", nobody);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 1);
}

static void after_a_cancel_no_answer_comes(void **state)
{
        (void)state;
        resolver_ask(&resolver, "localhost", nobody);
        resolver_cancel(&resolver);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 0);
        assert_false(resolver_is_busy(&resolver));
        resolver_ask(&resolver, "localhost", nobody);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(answers, 1);
}

#define RESOLVER_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                RESOLVER_TEST(an_address_in_figures_is_answered_at_once),
                RESOLVER_TEST(test_BD_8_a_name_is_looked_up_without_waiting),
                RESOLVER_TEST(a_name_without_an_address_is_answered_too),
                RESOLVER_TEST(who_asks_for_another_name_meanwhile_gets_that_ones_answer_only),
                RESOLVER_TEST(who_asks_twice_for_one_name_gets_one_answer),
                RESOLVER_TEST(after_a_cancel_no_answer_comes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
