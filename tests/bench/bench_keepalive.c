/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_keepalive.c - what the discovery of a NAT's timeout finds, how long it takes and what it costs, in a
 * simulated network (virtual time): 1000 seeds for each timeout and loss.
 *
 * The figures go to standard output; a table with a line for each timeout and loss, to standard error. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/unit/simulated_keepalive.h"

#define SEEDS    1000
#define MINUTE   INT64_C(60000)
#define DAY      (24 * 60 * MINUTE)
#define PERIODS  20 /* of monitoring that are watched */
#define NEW_MOST 30000

static const int64_t truths[] = {20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800}; /* seconds */
static const double losses[] = {0, 0.01, 0.05, 0.1, 0.2};

enum column { RATIO, MINUTES, DATAGRAMS, FAILURES, REBINDS, UNREACHABLE, COLUMNS };

/* Of one timeout and loss. */
struct cell {
        double values[COLUMNS][SEEDS];
        unsigned above_most;
        unsigned deaths, periods;
        unsigned unfinished;
};

static struct simulated_keepalive simulation;
static struct cell cell;

static int compare(const void *a, const void *b)
{
        double first = *(const double *)a, second = *(const double *)b;

        return (first > second) - (first < second);
}

static double percentile(enum column column, unsigned percent)
{
        qsort(cell.values[column], SEEDS, sizeof(double), compare);
        return cell.values[column][SEEDS * percent / 100];
}

static double mean(enum column column)
{
        double sum = 0;

        for (unsigned i = 0; i < SEEDS; i++)
                sum += cell.values[column][i];
        return sum / SEEDS;
}

/* Odd and prime, so that no timeout lies on the search's grid by chance more than by another minimum. */
static int64_t minimum_of(unsigned seed)
{
        return 8000 + 37 * (int64_t)(seed % 100);
}

static void run_seed(int64_t truth, double loss, unsigned seed)
{
        struct keepalive_settings settings = {minimum_of(seed), -1};
        struct keepalive_report report;
        int64_t period;

        simulated_keepalive_init(&simulation, truth < NEW_MOST ? truth : NEW_MOST, truth, seed);
        simulation.network.loss = loss;
        simulated_keepalive_start(&simulation, &settings);
        cell.unfinished += !simulated_keepalive_converge(&simulation, DAY);
        keepalive_report(&simulation.keepalive, simulation.network.now, &report);
        period = report.period_ms;
        cell.values[RATIO][seed] = (double)period / (double)truth;
        cell.values[MINUTES][seed] = (double)simulation.converged / (double)MINUTE;
        cell.values[DATAGRAMS][seed] = simulation.sent_to_converge;
        cell.values[FAILURES][seed] = report.failures;
        cell.values[REBINDS][seed] = simulation.rebinds_to_converge;
        cell.values[UNREACHABLE][seed] = 100 * (double)simulation.unreachable / (double)simulation.converged;
        simulated_keepalive_run(&simulation, simulation.network.now + PERIODS * period);
        if (simulation.above_most > cell.above_most)
                cell.above_most = simulation.above_most;
        cell.deaths += simulation.deaths;
        cell.periods += PERIODS;
}

static void report_cell(int64_t truth, double loss)
{
        char name[80];
        double low = percentile(RATIO, 5), middle = percentile(RATIO, 50), high = percentile(RATIO, 100 - 1);

        snprintf(name, sizeof(name), "keep-alive: %d s, loss %.0f %%: period over truth, p5", (int)truth,
                 100 * loss);
        bench_figure(name, low, "", "at least 0.8, and never above 1",
                     low >= 0.8 && cell.values[RATIO][SEEDS - 1] <= 1 && cell.unfinished == 0);
        fprintf(stderr, "%6d %5.0f %6.2f %6.2f %6.2f %8.1f %8.1f %8.0f %8.0f %7.2f %7.2f %7.1f %6u %7.3f\n",
                (int)truth, 100 * loss, low, middle, high, percentile(MINUTES, 50), percentile(MINUTES, 95),
                percentile(DATAGRAMS, 50), percentile(DATAGRAMS, 95), mean(FAILURES), mean(REBINDS),
                mean(UNREACHABLE), cell.above_most, 100.0 * cell.deaths / cell.periods);
}

int main(void)
{
        unsigned above_most = 0;

        fprintf(stderr, "%6s %5s %20s %17s %17s %7s %7s %7s %6s %7s\n", "truth", "loss", "period over truth",
                "minutes", "datagrams", "failed", "address", "unreach", "above", "deaths");
        fprintf(stderr, "%6s %5s %6s %6s %6s %8s %8s %8s %8s %7s %7s %7s %6s %7s\n", "s", "%", "p5", "p50",
                "p99", "p50", "p95", "p50", "p95", "trials", "changes", "able %", "most", "%");
        for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
                for (size_t j = 0; j < sizeof(losses) / sizeof(losses[0]); j++) {
                        cell = (struct cell){0};
                        for (unsigned seed = 0; seed < SEEDS; seed++)
                                run_seed(truths[i] * 1000, losses[j], seed);
                        report_cell(truths[i], losses[j]);
                        if (cell.above_most > above_most)
                                above_most = cell.above_most;
                }
        }
        bench_figure("keep-alive: monitoring periods above the truth in a row", above_most, "periods",
                     "at most 1", above_most <= 1);
        return 0;
}
