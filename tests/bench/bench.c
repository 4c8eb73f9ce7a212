/* SPDX-License-Identifier: BSD-2-Clause */
/* bench.c - clocks, medians, output and the end of the bench programs. */
#include "config.h"

#include "tests/bench/bench.h"

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Odd, so that the median is one that was measured. */
#define ROUNDS 301

uint64_t bench_now(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_processor_time(void)
{
        struct timespec now;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void bench_share_processor(pid_t pid, bool share)
{
        static cpu_set_t all, one;

        if (CPU_COUNT(&all) == 0) {
                sched_getaffinity(0, sizeof(all), &all);
                CPU_SET(sched_getcpu(), &one);
        }
        /* If it can't be the figures are only less steady. */
        (void)sched_setaffinity(pid, sizeof(all), share ? &one : &all);
}

void bench_figure(const char *name, double value, const char *unit, const char *goal, bool met)
{
        printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"goal\":\"%s\",\"met\":%s}\n", name, value,
               unit, goal, met ? "true" : "false");
}

void bench_note(const char *name, double value, const char *unit)
{
        printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"goal\":null,\"met\":null}\n", name, value,
               unit);
}

_Noreturn void bench_give_up(const char *what)
{
        err(EXIT_FAILURE, "%s", what);
}

static double time_calls(void (*function)(void), unsigned calls)
{
        uint64_t start = bench_now();

        for (unsigned i = 0; i < calls; i++)
                function();
        return (double)(bench_now() - start) / calls;
}

static int compare_doubles(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

double bench_median(double *values, unsigned count)
{
        qsort(values, count, sizeof(values[0]), compare_doubles);
        return values[count / 2];
}

struct bench_pair bench_compare(void (*plain)(void), void (*measured)(void), unsigned calls)
{
        static double plains[ROUNDS], measureds[ROUNDS], ratios[ROUNDS];

        /* Once for the caches and the branch predictor. */
        time_calls(plain, calls);
        time_calls(measured, calls);
        for (unsigned i = 0; i < ROUNDS; i++) {
                plains[i] = time_calls(plain, calls);
                measureds[i] = time_calls(measured, calls);
                ratios[i] = measureds[i] / plains[i];
        }
        return (struct bench_pair){.plain = bench_median(plains, ROUNDS),
                                   .measured = bench_median(measureds, ROUNDS),
                                   .ratio = bench_median(ratios, ROUNDS)};
}
