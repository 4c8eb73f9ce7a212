/* SPDX-License-Identifier: BSD-2-Clause */
/* test_stun_history.c - what holds of the STUN client whatever happens in whatever order. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/stun_history.h"

#define SEEDS  300
#define EVENTS 400

struct random {
        uint64_t state;
        unsigned events;
};

static unsigned below(void *context, unsigned limit)
{
        struct random *random = context;

        random->state = random->state * 6364136223846793005u + 1442695040888963407u;
        return (unsigned)(random->state >> 33) % limit;
}

static bool goes_on(void *context)
{
        struct random *random = context;

        return random->events++ < EVENTS;
}

static void test_KA_1_KA_3_CB_1_CB_2_CB_3_BD_6_hold_in_every_history(void **state)
{
        struct history_tally tally = {0};

        (void)state;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                struct random random = {.state = seed};
                const struct history_choice choice = {&random, below, goes_on};

                stun_history(&choice, &tally);
        }
        /* All kinds of requests came up, many times. */
        assert_true(tally.exempt > SEEDS);
        assert_true(tally.counted > SEEDS);
        assert_true(tally.changes > SEEDS);
        assert_true(tally.probes > SEEDS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_KA_1_KA_3_CB_1_CB_2_CB_3_BD_6_hold_in_every_history),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
