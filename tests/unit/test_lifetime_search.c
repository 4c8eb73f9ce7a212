/* SPDX-License-Identifier: BSD-2-Clause */
/* test_lifetime_search.c - which silences are tried, and what period comes of them. */
#include "config.h"

#include "tests/unit/unit.h"

#include "dm-bridge/lifetime_search.h"

#define HOUR 3600000

struct tally {
        unsigned trials, failures;
};

static struct lifetime_search search_of(int64_t least)
{
        return (struct lifetime_search){.least = least, .most = HOUR};
}

/* Trials without loss or delay, until the search is over. */
static struct tally finish(struct lifetime_search *search, int64_t truth)
{
        struct tally tally = {0, 0};
        int64_t silence;

        while ((silence = lifetime_search_next(search)) > 0) {
                assert_in_range(silence, search->least, search->most);
                assert_true(++tally.trials < 40);
                if (silence < truth) {
                        lifetime_search_alive(search, silence);
                } else {
                        lifetime_search_dead(search, silence);
                        tally.failures++;
                }
        }
        return tally;
}

static void test_KA_2_silences_are_doubled_then_halved(void **state)
{
        struct lifetime_search search = search_of(20000);
        static const int64_t expected[] = {20000, 40000, 80000, 160000, 113137, 134543, 123376};

        (void)state;
        for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
                assert_int_equal(lifetime_search_next(&search), expected[i]);
                if (expected[i] < 120000)
                        lifetime_search_alive(&search, expected[i]);
                else
                        lifetime_search_dead(&search, expected[i]);
        }
        assert_int_equal(lifetime_search_next(&search), 0);
        assert_int_equal(search.alive, 113137);
        assert_int_equal(search.dead, 123376);
}

static void assert_finds(int64_t truth, int64_t least)
{
        struct lifetime_search search = search_of(least);
        struct tally tally = finish(&search, truth);
        int64_t period = lifetime_search_period(&search);

        assert_true(tally.failures <= 4);
        assert_true(period < truth);
        assert_true(5 * period >= 4 * truth || period == least);
}

static void test_KA_2_KA_4_the_period_is_four_fifths_of_the_truth_at_least_and_below_it(void **state)
{
        (void)state;
        for (int64_t least = 2000; least <= 30000; least += 937) {
                for (int64_t truth = 15000; truth < 1800000; truth += 1 + truth / 91) {
                        if (truth > least)
                                assert_finds(truth, least);
                }
        }
}

static void test_KA_2_a_short_truth_keeps_three_quarters(void **state)
{
        (void)state;
        for (int64_t least = 2000; least <= 3000; least += 10) {
                struct lifetime_search search = search_of(least);

                finish(&search, 12000);
                assert_in_range(lifetime_search_period(&search), 9000, 11000);
        }
}

static void test_a_search_ends_at_the_most_that_is_allowed(void **state)
{
        struct lifetime_search search = {.least = 20000, .most = 50000};

        (void)state;
        assert_int_equal(finish(&search, HOUR).failures, 0);
        assert_int_equal(search.alive, 50000);
        assert_int_equal(lifetime_search_period(&search), 45000);
        search.most = 30000;
        assert_int_equal(lifetime_search_next(&search), 0);
        assert_int_equal(lifetime_search_period(&search), 30000);
        lifetime_search_doubt(&search);
        assert_int_equal(finish(&search, HOUR).trials, 2);
}

static void test_a_binding_that_dies_before_the_least_silence_is_hopeless(void **state)
{
        struct lifetime_search search = search_of(20000);

        (void)state;
        assert_false(lifetime_search_hopeless(&search));
        assert_int_equal(finish(&search, 15000).trials, 1);
        assert_true(lifetime_search_hopeless(&search));
        assert_int_equal(lifetime_search_period(&search), 20000);
        lifetime_search_hope(&search);
        assert_int_equal(lifetime_search_next(&search), 20000);
}

static void test_a_doubted_finding_is_approached_without_failures_and_confirmed(void **state)
{
        struct lifetime_search search = search_of(20000);

        (void)state;
        finish(&search, 120000);
        lifetime_search_doubt(&search);
        assert_int_equal(lifetime_search_period(&search), 20000);
        assert_int_equal(finish(&search, 120000).failures, 0);
        assert_int_equal(search.alive, 113137);
}

static void test_a_doubted_finding_gives_way_to_a_shorter_or_longer_life(void **state)
{
        struct lifetime_search search = search_of(20000);

        (void)state;
        finish(&search, 300000);
        lifetime_search_doubt(&search);
        finish(&search, 50000);
        assert_in_range(lifetime_search_period(&search), 40000, 50000);
        lifetime_search_hope(&search);
        finish(&search, 300000);
        assert_in_range(lifetime_search_period(&search), 240000, 300000);
}

static void test_hope_costs_one_failure_where_nothing_has_changed(void **state)
{
        struct lifetime_search search = search_of(20000);
        struct tally tally;

        (void)state;
        finish(&search, 120000);
        lifetime_search_hope(&search);
        tally = finish(&search, 120000);
        assert_int_equal(tally.trials, 1);
        assert_int_equal(tally.failures, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_2_silences_are_doubled_then_halved),
                cmocka_unit_test(test_KA_2_KA_4_the_period_is_four_fifths_of_the_truth_at_least_and_below_it),
                cmocka_unit_test(test_KA_2_a_short_truth_keeps_three_quarters),
                cmocka_unit_test(test_a_search_ends_at_the_most_that_is_allowed),
                cmocka_unit_test(test_a_binding_that_dies_before_the_least_silence_is_hopeless),
                cmocka_unit_test(test_a_doubted_finding_is_approached_without_failures_and_confirmed),
                cmocka_unit_test(test_a_doubted_finding_gives_way_to_a_shorter_or_longer_life),
                cmocka_unit_test(test_hope_costs_one_failure_where_nothing_has_changed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
