/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h - what a fuzz target is: one function, told the input; it aborts where a property does not hold.
 * Linked with libFuzzer (--enable-fuzzers) or, with any compiler, with replay.c. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Like assert(), but never compiled out. */
#define FUZZ_CHECK(property)                                                                                 \
        do {                                                                                                 \
                if (!(property)) {                                                                           \
                        fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property);        \
                        abort();                                                                             \
                }                                                                                            \
        } while (0)

#endif
