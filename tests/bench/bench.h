/* SPDX-License-Identifier: BSD-2-Clause */
/* bench.h - what the bench programs share. A program prints one JSON object a line,
 * {"name","value","unit","goal","met"}; tests/bench/run makes the table and bench.json of them. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** CLOCK_MONOTONIC in nanoseconds. */
uint64_t bench_now(void);

/** What this thread has had of the processor, in nanoseconds. */
uint64_t bench_processor_time(void);

/**
 * Keep a process (0: this one) and the children that it makes from now on, on the processor that this one
 * began on; or let them run anywhere again. Two that answer each other from processors of their own measure
 * how long an idle processor takes to wake, and which of a pair does so is chance.
 */
void bench_share_processor(pid_t pid, bool share);

/** Print a figure with a goal; `goal` says in words what is aimed at, `met` whether it was. */
void bench_figure(const char *name, double value, const char *unit, const char *goal, bool met);

/** Print a figure that has no goal of its own: goal and met are null. */
void bench_note(const char *name, double value, const char *unit);

/** End the program as failed, and say what could not be done, and errno's reason. */
_Noreturn void bench_give_up(const char *what);

/** The middle one of `count` values, which are sorted by it. */
double bench_median(double *values, unsigned count);

/** What one pair of measurements cost, and how the two compare. */
struct bench_pair {
        double plain, measured; /* median, nanoseconds a call */
        double ratio;           /* median of the pairs' measured / plain */
};

/**
 * Time `measured` against `plain` in alternating rounds, so that both meet the same clock frequency and the
 * same neighbours; each round calls a function `calls` times.
 */
struct bench_pair bench_compare(void (*plain)(void), void (*measured)(void), unsigned calls);

/** Keep the compiler from leaving out the computation of `value`. */
#define bench_use(value) __asm__ volatile("" : : "r"(value) : "memory")

#endif
