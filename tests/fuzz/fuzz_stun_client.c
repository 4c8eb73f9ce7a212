/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_stun_client.c - the STUN client under histories of the fuzzer's making; see tests/unit/stun_history.h.
 */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include "tests/unit/stun_history.h"

struct input {
        const uint8_t *data;
        size_t left;
};

static unsigned next_byte(struct input *input)
{
        if (input->left == 0)
                return 0;
        input->left--;
        return *input->data++;
}

static unsigned below(void *context, unsigned limit)
{
        unsigned value = next_byte(context);

        if (limit > 256)
                value = value << 8 | next_byte(context);
        return value % limit;
}

static bool goes_on(void *context)
{
        const struct input *input = context;

        return input->left > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct input input = {data, size};
        const struct history_choice choice = {&input, below, goes_on};
        struct history_tally tally = {0};

        stun_history(&choice, &tally);
        return 0;
}
