/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_table.c - the gateway's table with 1,000 and with 100,000 devices: time for each operation, memory
 * for each device.
 *
 * The DHCP server does other things between two of our operations, so that neither table is in the
 * processor's caches when it is asked. Warm, a table of 1,000 devices would lie in the cache and one of
 * 100,000 in memory, and their ratio would tell of the cache alone. So the caches are filled with something
 * else before each batch of operations, and each operation of a batch is on another device, far from the one
 * before. The warm ratio is shown beside it, without a goal. */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway-hook/device_table.h"
#include "tests/bench/bench.h"

#define SMALL  1000
#define LARGE  100000
#define BATCH  16
#define ROUNDS 400
#define PAIRS  5
/* More than any cache that this is likely to run on. */
#define FLUSH_SIZE (64u << 20)

enum operation { ADD, FIND, REMOVE, OPERATIONS };

static const char *const names[] = {[ADD] = "add", [FIND] = "find", [REMOVE] = "remove"};

struct subject {
        struct device_table *table;
        uint32_t devices;
        uint32_t cursor;
};

static uint8_t *flush;

static struct device_record record_of(uint32_t number)
{
        struct device_record record = {
                .type = DEVICE_RECORD_BIND, .since = 1, .expires = 3600, .hwaddr_size = 6};

        strcpy(record.identity.oui, "00D09E");
        snprintf(record.identity.serial, sizeof(record.identity.serial), "SERIAL-%08u", number);
        strcpy(record.identity.product_class, "SetTopBox");
        strcpy(record.interface, "br0");
        record.address.s_addr = htonl(0x0A000000u + number);
        record.hwaddr[0] = 2;
        memcpy(record.hwaddr + 2, &number, sizeof(number));
        return record;
}

static struct subject make_subject(uint32_t devices)
{
        struct subject subject = {device_table_new(devices + BATCH, 4, 12345), devices, 0};

        for (uint32_t i = 0; i < devices; i++) {
                struct device_record record = record_of(i);

                if (subject.table == NULL || device_table_bind(subject.table, &record) < 0)
                        abort();
        }
        return subject;
}

static void flush_caches(void)
{
        for (size_t i = 0; i < FLUSH_SIZE; i += 64)
                flush[i]++;
        bench_use(flush);
}

/* A prime step visits every device before one comes again. */
static uint32_t next_device(struct subject *subject)
{
        subject->cursor = (uint32_t)((subject->cursor + UINT64_C(61803398549)) % subject->devices);
        return subject->cursor;
}

static void act(struct subject *subject, enum operation operation, struct device_record *record)
{
        struct device_record found;
        int err = 0;

        if (operation == ADD)
                err = device_table_bind(subject->table, record);
        else if (operation == FIND)
                err = device_table_find(subject->table, record->address, &found) ? 0 : -1;
        else
                err = device_table_unbind(subject->table, record->address, &found);
        if (err < 0)
                abort();
}

/* Adds are of new devices, which leave again; removed ones come back. */
static double time_batch(struct subject *subject, enum operation operation, bool cold)
{
        struct device_record records[BATCH];
        uint64_t start, end;

        for (uint32_t i = 0; i < BATCH; i++)
                records[i] = record_of(next_device(subject) + (operation == ADD ? subject->devices : 0));
        if (cold)
                flush_caches();
        start = bench_now();
        for (uint32_t i = 0; i < BATCH; i++)
                act(subject, operation, &records[i]);
        end = bench_now();
        for (uint32_t i = 0; i < BATCH && operation != FIND; i++) {
                records[i].instance = 0;
                act(subject, operation == ADD ? REMOVE : ADD, &records[i]);
        }
        return (double)(end - start) / BATCH;
}

static double time_operation(struct subject *subject, enum operation operation, bool cold)
{
        double values[ROUNDS];
        unsigned rounds = cold ? ROUNDS / 10 : ROUNDS;

        for (unsigned i = 0; i < rounds; i++)
                values[i] = time_batch(subject, operation, cold);
        return bench_median(values, rounds);
}

static void compare(struct subject *small, struct subject *large, enum operation operation, bool cold)
{
        double smalls[PAIRS], larges[PAIRS], ratios[PAIRS], ratio;
        char name[80];

        for (unsigned i = 0; i < PAIRS; i++) {
                smalls[i] = time_operation(small, operation, cold);
                larges[i] = time_operation(large, operation, cold);
                ratios[i] = larges[i] / smalls[i];
        }
        ratio = bench_median(ratios, PAIRS);
        snprintf(name, sizeof(name), "table: %s, 100,000 devices over 1,000%s", names[operation],
                 cold ? "" : ", all in cache");
        if (cold)
                bench_figure(name, ratio, "times", "at most 2", ratio <= 2);
        else
                bench_note(name, ratio, "times");
        snprintf(name, sizeof(name), "table: %s among 100,000%s", names[operation],
                 cold ? "" : ", all in cache");
        bench_note(name, bench_median(larges, PAIRS), "ns");
}

static long resident(void)
{
        FILE *file = fopen("/proc/self/statm", "r");
        long size, pages;

        if (file == NULL || fscanf(file, "%ld %ld", &size, &pages) != 2)
                abort();
        fclose(file);
        return pages * sysconf(_SC_PAGESIZE);
}

int main(void)
{
        long before = resident();
        struct subject large = make_subject(LARGE);
        double each = (double)(resident() - before) / LARGE;
        struct subject small = make_subject(SMALL);

        bench_figure("table: memory for each of 100,000 devices", each, "bytes", "at most 400", each <= 400);
        flush = calloc(1, FLUSH_SIZE);
        if (flush == NULL)
                abort();
        for (int operation = 0; operation < OPERATIONS; operation++) {
                compare(&small, &large, (enum operation)operation, true);
                compare(&small, &large, (enum operation)operation, false);
        }
        device_table_free(small.table);
        device_table_free(large.table);
        free(flush);
        return 0;
}
