/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_journal.c - how fast the journal loads, and what a packet waits while it is written anew.
 *
 * Loading is held against a plain program that reads the same file line by line and has json-c parse each.
 * Its rate is by processor time: the file is in memory, and what else runs on this machine does not count. A
 * change that comes while the journal is written anew is held against one that is only appended. At most 2:
 * the rewrite costs a packet no more than one append. That it never waits for the disk, and that no change
 * does more than a chunk of it, is what tests/unit/test_journal.c counts. */
#include "config.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway-hook/journal.h"
#include "tests/bench/bench.h"

#define LINES    100000
#define PAIRS    5
#define BINDINGS 20000
/* Less than it takes to copy that many bindings, and than what is left until the next copy. */
#define CHANGES 4000

static char path[] = "bench-journal.XXXXXX/devices";
static const size_t folder_length = sizeof("bench-journal.XXXXXX") - 1;
static struct journal *journal;
static struct device_table *table;
static int64_t now = 1000;

static void check(int err)
{
        if (err < 0) {
                fprintf(stderr, "bench_journal: %s\n", strerror(-err));
                exit(1);
        }
}

static struct device_record record_of(uint32_t number)
{
        struct device_record record = {
                .type = DEVICE_RECORD_BIND, .since = 1, .expires = 5000, .hwaddr_size = 6};

        record.instance = number + 1;
        strcpy(record.identity.oui, "00D09E");
        snprintf(record.identity.serial, sizeof(record.identity.serial), "SERIAL-%08u", number);
        strcpy(record.identity.product_class, "SetTopBox");
        strcpy(record.interface, "br0");
        record.address.s_addr = htonl(0x0A000000u + number);
        record.hwaddr[0] = 2;
        memcpy(record.hwaddr + 2, &number, sizeof(number));
        return record;
}

static void write_journal(void)
{
        FILE *file = fopen(path, "w");
        struct device_record header = {.type = DEVICE_RECORD_HEADER, .version = 1, .next = 1};
        char line[RECORD_LINE_MAX + 1];

        if (file == NULL)
                exit(1);
        check(device_record_format(&header, line, sizeof(line)));
        fputs(line, file);
        for (uint32_t i = 0; i < LINES; i++) {
                struct device_record record = record_of(i);

                check(device_record_format(&record, line, sizeof(line)));
                fputs(line, file);
        }
        fclose(file);
}

static void open_journal(uint32_t devices)
{
        struct journal_report report;

        table = device_table_new(devices, 4, 1);
        if (table == NULL)
                exit(1);
        check(journal_open(path, &journal));
        check(journal_load(journal, table, now, &report));
        check(report.error);
}

static void close_journal(void)
{
        journal_close(journal);
        device_table_free(table);
}

static double load(void)
{
        uint64_t start = bench_processor_time();
        double seconds;

        open_journal(LINES);
        seconds = (double)(bench_processor_time() - start) / 1e9;
        if (device_table_bindings(table) != LINES)
                exit(1);
        close_journal();
        return (LINES + 1) / seconds;
}

static double parse_plainly(void)
{
        uint64_t start = bench_processor_time();
        FILE *file = fopen(path, "r");
        char line[RECORD_LINE_MAX + 1];

        if (file == NULL)
                exit(1);
        while (fgets(line, sizeof(line), file) != NULL)
                json_object_put(json_tokener_parse(line));
        fclose(file);
        return (LINES + 1) / ((double)(bench_processor_time() - start) / 1e9);
}

static void bench_load(void)
{
        double rates[PAIRS], ratios[PAIRS], rate, ratio;

        write_journal();
        for (unsigned i = 0; i < PAIRS; i++) {
                double plain = parse_plainly();

                rates[i] = load();
                ratios[i] = rates[i] / plain;
        }
        rate = bench_median(rates, PAIRS);
        ratio = bench_median(ratios, PAIRS);
        bench_figure("journal: lines loaded in a second of processor time", rate, "lines/s",
                     "at least 200000", rate >= 200000);
        bench_note("journal: load over fgets and json-c's parser", ratio, "times");
}

static bool is_being_copied(void)
{
        char copy[sizeof(path) + 4];

        snprintf(copy, sizeof(copy), "%s.new", path);
        return access(copy, F_OK) == 0;
}

/* A renewal; returns its time in nanoseconds. */
static double put(void)
{
        static uint32_t number;
        struct device_record record = record_of(number++ % BINDINGS);
        uint64_t start;

        record.expires = now + 3600 + number;
        check(device_table_bind(table, &record));
        start = bench_now();
        check(journal_put(journal, table, &record, now));
        return (double)(bench_now() - start);
}

struct figures {
        double median, high;
};

/* The time that one in a hundred exceeds: the few slowest are those that another process interrupted. */
static struct figures measure(void)
{
        static double values[CHANGES];
        struct figures figures;

        for (unsigned i = 0; i < CHANGES; i++)
                values[i] = put();
        figures.median = bench_median(values, CHANGES);
        figures.high = values[CHANGES / 100 * 99];
        return figures;
}

static void bench_rewrite(void)
{
        double medians[PAIRS], highs[PAIRS], plains[PAIRS], median, high;

        unlink(path);
        open_journal(BINDINGS);
        for (uint32_t i = 0; i < BINDINGS; i++) {
                struct device_record record = record_of(i);

                record.instance = 0;
                check(device_table_bind(table, &record));
                check(journal_put(journal, table, &record, now));
        }
        for (unsigned i = 0; i < PAIRS; i++) {
                struct figures plain, busy;

                plain = measure();
                if (is_being_copied())
                        exit(1);
                while (!is_being_copied())
                        put();
                busy = measure();
                if (!is_being_copied())
                        exit(1);
                while (is_being_copied())
                        put();
                plains[i] = plain.median;
                medians[i] = busy.median / plain.median;
                highs[i] = busy.high / plain.high;
        }
        close_journal();
        median = bench_median(medians, PAIRS);
        high = bench_median(highs, PAIRS);
        bench_note("journal: append a change", bench_median(plains, PAIRS), "ns");
        bench_figure("journal: change while it is written anew over append", median, "times", "at most 2",
                     median <= 2);
        bench_note("journal: the same, 99th percentile over 99th percentile", high, "times");
}

int main(void)
{
        path[folder_length] = '\0';
        if (mkdtemp(path) == NULL)
                return 1;
        path[folder_length] = '/';
        bench_load();
        bench_rewrite();
        unlink(path);
        path[folder_length] = '\0';
        rmdir(path);
        return 0;
}
