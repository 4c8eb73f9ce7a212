/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_keepalive.c - what the discovery of a NAT's timeout finds, how long it takes and what it costs, in a
 * simulated network (virtual time): 1000 seeds for each timeout and loss. First the keep-alive alone, then
 * the whole STUN client with its bytes, whose server demands integrity for BINDING-CHANGE.
 *
 * The figures go to standard output; tables with a line for each timeout and loss, to standard error. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/unit/durations.h"
#include "tests/unit/simulated_keepalive.h"
#include "tests/unit/simulated_stun.h"

#define SEEDS    1000
#define PERIODS  20 /* of monitoring that are watched */
#define NEW_MOST 30000

static const int64_t truths[] = {20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800}; /* seconds */
static const double losses[] = {0, 0.01, 0.05, 0.1, 0.2};

#define TRUTHS (sizeof(truths) / sizeof(truths[0]))
#define LOSSES (sizeof(losses) / sizeof(losses[0]))

enum column { RATIO, MINUTES, DATAGRAMS, FAILURES, CHANGES, UNREACHABLE, LAPSED, COLUMNS };

/* Of one timeout and loss. */
struct cell {
        double values[COLUMNS][SEEDS];
        unsigned above_most; /* monitoring periods above the truth in a row */
        unsigned unfinished;
};

static struct cell cell;

/* What one run has shown, beside the keep-alive's own report. */
struct result {
        struct keepalive_report report;
        bool is_finished;
        int64_t converged, unreachable, lapsed, watched;
        unsigned sent;
};

/* --- Runs --- */

/* So that no timeout lies on the search's grid in all runs. */
static int64_t minimum_of(unsigned seed)
{
        return 8000 + 37 * (int64_t)(seed % 100);
}

static int64_t life_of_new(int64_t truth)
{
        return truth < NEW_MOST ? truth : NEW_MOST;
}

static struct result run_alone(int64_t truth, double loss, unsigned seed)
{
        static struct simulated_keepalive simulation;
        struct keepalive_settings settings = {minimum_of(seed), -1};
        struct result result;

        simulated_keepalive_init(&simulation, life_of_new(truth), truth, seed);
        simulation.network.loss = loss;
        simulated_keepalive_start(&simulation, &settings);
        result.is_finished = simulated_keepalive_converge(&simulation, DAY);
        result.sent = simulation.network.sent;
        keepalive_report(&simulation.keepalive, simulation.network.now, &result.report);
        result.watched = PERIODS * result.report.period_ms;
        simulated_keepalive_run(&simulation, simulation.network.now + result.watched);
        result.converged = simulation.tally.converged;
        result.unreachable = simulation.tally.unreachable;
        result.lapsed = simulation.tally.lapsed;
        if (simulation.above_most > cell.above_most)
                cell.above_most = simulation.above_most;
        return result;
}

static struct result run_whole(int64_t truth, double loss, unsigned seed)
{
        static struct simulated_stun simulation;
        struct result result;

        simulated_stun_init(&simulation, life_of_new(truth), truth, seed);
        simulation.network.loss = loss;
        simulation.demand = SIMULATED_CHANGES;
        simulation.settings.minimum_ms = minimum_of(seed);
        simulated_stun_start(&simulation);
        result.is_finished = simulated_stun_converge(&simulation);
        result.sent = simulation.network.sent;
        result.report = simulated_stun_report(&simulation).keepalive;
        result.watched = PERIODS * result.report.period_ms;
        simulated_stun_run(&simulation, result.watched);
        result.converged = simulation.tally.converged;
        result.unreachable = simulation.tally.unreachable;
        result.lapsed = simulation.tally.lapsed;
        return result;
}

static void note(const struct result *result, int64_t truth, unsigned seed)
{
        cell.values[RATIO][seed] = (double)result->report.period_ms / (double)truth;
        cell.values[MINUTES][seed] = (double)result->converged / (double)MINUTE;
        cell.values[DATAGRAMS][seed] = result->sent;
        cell.values[FAILURES][seed] = result->report.failures;
        cell.values[CHANGES][seed] = result->report.rebinds - 1.0;
        cell.values[UNREACHABLE][seed] = 100 * (double)result->unreachable / (double)result->converged;
        cell.values[LAPSED][seed] = 100 * (double)result->lapsed / (double)result->watched;
        cell.unfinished += !result->is_finished;
}

/* --- Figures --- */

static int compare(const void *a, const void *b)
{
        double first = *(const double *)a, second = *(const double *)b;

        return (first > second) - (first < second);
}

static double percentile(enum column column, unsigned percent)
{
        qsort(cell.values[column], SEEDS, sizeof(double), compare);
        return cell.values[column][percent < 100 ? SEEDS * percent / 100 : SEEDS - 1];
}

static double mean(enum column column)
{
        double sum = 0;

        for (unsigned i = 0; i < SEEDS; i++)
                sum += cell.values[column][i];
        return sum / SEEDS;
}

static void print_head(const char *subject)
{
        fprintf(stderr, "\n%s\n%6s %5s | %20s | %15s | %15s | %7s | %7s | %8s | %9s\n", subject, "truth",
                "loss", "period over truth", "minutes", "datagrams", "failed", "address", "search:", "then:");
        fprintf(stderr, "%6s %5s | %6s %6s %6s | %7s %7s | %7s %7s | %7s | %7s | %8s | %9s\n", "s", "%", "p5",
                "median", "most", "median", "p95", "median", "p95", "trials", "changes", "unreach%",
                "unreach%");
}

static void print_cell(int64_t truth, double loss)
{
        fprintf(stderr,
                "%6d %5.0f | %6.3f %6.3f %6.3f | %7.1f %7.1f | %7.0f %7.0f | %7.2f | %7.2f | %8.1f | %9.4f\n",
                (int)truth, 100 * loss, percentile(RATIO, 5), percentile(RATIO, 50), percentile(RATIO, 100),
                percentile(MINUTES, 50), percentile(MINUTES, 95), percentile(DATAGRAMS, 50),
                percentile(DATAGRAMS, 95), mean(FAILURES), mean(CHANGES), mean(UNREACHABLE), mean(LAPSED));
}

/* What a table shows. */
struct verdict {
        double lowest[LOSSES]; /* of all timeouts' 5th percentiles of period over truth */
        double highest;        /* period over truth of all runs */
        unsigned above_most, unfinished;
};

static void judge_cell(struct verdict *verdict, size_t loss)
{
        double low = percentile(RATIO, 5), high = percentile(RATIO, 100);

        if (low < verdict->lowest[loss])
                verdict->lowest[loss] = low;
        if (high > verdict->highest)
                verdict->highest = high;
        if (cell.above_most > verdict->above_most)
                verdict->above_most = cell.above_most;
        verdict->unfinished += cell.unfinished;
}

static struct verdict run_table(const char *subject, struct result (*run)(int64_t, double, unsigned))
{
        struct verdict verdict = {.lowest = {1, 1, 1, 1, 1}};
        struct result result;

        print_head(subject);
        for (size_t i = 0; i < TRUTHS; i++) {
                for (size_t j = 0; j < LOSSES; j++) {
                        cell = (struct cell){.above_most = 0};
                        for (unsigned seed = 0; seed < SEEDS; seed++) {
                                result = run(1000 * truths[i], losses[j], seed);
                                note(&result, 1000 * truths[i], seed);
                        }
                        print_cell(truths[i], losses[j]);
                        judge_cell(&verdict, j);
                }
        }
        return verdict;
}

static void report(const char *subject, const struct verdict *verdict)
{
        char name[80];

        for (size_t j = 0; j < LOSSES; j++) {
                snprintf(name, sizeof(name), "%s: period over NAT's timeout, p5, loss %.0f %%", subject,
                         100 * losses[j]);
                bench_figure(name, verdict->lowest[j], "", "at least 0.8", verdict->lowest[j] >= 0.8);
        }
        snprintf(name, sizeof(name), "%s: period over NAT's timeout, most", subject);
        bench_figure(name, verdict->highest, "", "at most 1, and all runs end",
                     verdict->highest <= 1 && verdict->unfinished == 0);
}

int main(void)
{
        struct verdict verdict = run_table("keep-alive", run_alone);

        report("keep-alive", &verdict);
        bench_figure("keep-alive: periods above the timeout in a row", verdict.above_most, "periods",
                     "at most 1", verdict.above_most <= 1);
        verdict = run_table("STUN client", run_whole);
        report("STUN client", &verdict);
        return 0;
}
