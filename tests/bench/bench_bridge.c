/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_bridge.c - what a CWMP agent waits for: a value, the whole table, an event; and what dm-bridge holds.
 *
 * The built dm-bridge runs with a configuration, a journal and a state of its own in a scratch folder. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/bridge.h"

#define MANY    10000
#define FEW     1000
#define CLIENTS 200
#define ROUNDS  101
#define TABLE   "InternetGatewayDevice.ManagementServer.ManageableDevice"
#define NUMBER  TABLE "NumberOfEntries"

static pid_t bridge_pid, echo_pid;
static int echo_fd, get_fd;

static const char get_number[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"" NUMBER "\"]}}\n";
static const char get_table[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"" TABLE ".\"]}}\n";
static const char watch_number[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"set_attributes\",\"params\":{"
                                   "\"attributes\":[{\"name\":\"" NUMBER "\",\"notification\":2}]}}\n";
static const char subscribe[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\"}\n";

static void write_bind(FILE *journal, unsigned i)
{
        fprintf(journal,
                "{\"type\":\"bind\",\"instance\":%u,\"oui\":\"00D09E\",\"serial\":\"SERIAL-%06u\",\"class\":"
                "\"SetTopBox\",\"address\":\"10.%u.%u.%u\",\"hwaddr\":\"02:00:00:00:00:01\",\"interface\":"
                "\"br0\",\"source\":\"lease\",\"away\":false,\"since\":100,\"expires\":4102444800}\n",
                i, i, i >> 16, i >> 8 & 255, i & 255);
}

static void write_files(unsigned devices)
{
        FILE *config = fopen(bridge_path("conf"), "w"), *journal = fopen(bridge_path("journal"), "w");

        if (config == NULL || journal == NULL)
                bench_give_up(bridge_path("journal"));
        fprintf(config,
                "{\"role\":\"gateway\",\"socket\":\"%s\",\"journal\":\"%s\",\"state\":\"%s\",\"identity\":\"%"
                "s\",\"udp-port\":0}\n",
                bridge_path("socket"), bridge_path("journal"), bridge_path("state"), bridge_path("identity"));
        fprintf(journal, "{\"journal\":\"tr111-devices\",\"version\":1,\"next\":%u}\n", devices + 1);
        for (unsigned i = 1; i <= devices; i++)
                write_bind(journal, i);
        if (fclose(config) != 0 || fclose(journal) != 0)
                bench_give_up(bridge_path("journal"));
}

static void start_bridge(unsigned devices)
{
        write_files(devices);
        bridge_pid = fork();
        if (bridge_pid == 0) {
                int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

                dup2(null, STDERR_FILENO);
                execl("dm-bridge/dm-bridge", "dm-bridge", "-c", bridge_path("conf"), NULL);
                _exit(127);
        }
}

static void stop_bridge(void)
{
        if (bridge_pid > 0) {
                kill(bridge_pid, SIGTERM);
                waitpid(bridge_pid, NULL, 0);
        }
        bridge_pid = 0;
        unlink(bridge_path("state"));
}

static void clean_up(void)
{
        stop_bridge();
        if (echo_pid > 0)
                kill(echo_pid, SIGKILL);
        echo_pid = 0;
        bridge_remove_folder();
}

/* Reads one line and throws it away. Returns how many values were in it. */
static size_t take_line(int fd)
{
        static char text[1 << 20];
        size_t values = 0;

        for (;;) {
                ssize_t got = read(fd, text, sizeof(text));

                if (got <= 0)
                        bench_give_up("read");
                for (char *at = text; (at = memchr(at, '{', (size_t)(text + got - at))) != NULL; at++)
                        values++;
                if (text[got - 1] == '\n')
                        return values - 1;
        }
}

static void echo_call(void)
{
        bridge_send(echo_fd, get_number);
        take_line(echo_fd);
}

static void get_call(void)
{
        bridge_send(get_fd, get_number);
        take_line(get_fd);
}

static void start_echo(void)
{
        int pair[2];
        char text[4096];
        ssize_t got;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                bench_give_up("socketpair");
        echo_pid = fork();
        if (echo_pid == 0) {
                close(pair[0]);
                while ((got = read(pair[1], text, sizeof(text))) > 0)
                        if (write(pair[1], text, (size_t)got) != got)
                                break;
                _exit(0);
        }
        close(pair[1]);
        echo_fd = pair[0];
}

static void measure_get(void)
{
        struct bench_pair pair;

        bench_share_processor(0, true);
        bench_share_processor(bridge_pid, true);
        start_echo();
        get_fd = bridge_connect();
        pair = bench_compare(echo_call, get_call, 20);
        bench_note("bridge: echo round trip", pair.plain / 1e3, "us");
        bench_note("bridge: get of one parameter", pair.measured / 1e3, "us");
        bench_figure("bridge: get of one parameter / echo", pair.ratio, "x", "at most 3", pair.ratio <= 3);
        close(get_fd);
        bench_share_processor(0, false);
        bench_share_processor(bridge_pid, false);
}

static void measure_table(void)
{
        double rates[11], rate;
        int fd = bridge_connect();

        for (size_t i = 0; i < 11; i++) {
                uint64_t start = bench_now();
                size_t values;

                bridge_send(fd, get_table);
                values = take_line(fd);
                if (values != 3 * MANY)
                        bench_give_up("number of values");
                rates[i] = (double)values * 1e9 / (double)(bench_now() - start);
        }
        rate = bench_median(rates, 11);
        bench_figure("bridge: values of a table of 10000 devices", rate, "values/s", "at least 200000",
                     rate >= 200000);
        close(fd);
}

/* Median of the time from a line in the journal to the event at a subscriber, in milliseconds. */
static double event_time(void)
{
        FILE *journal = fopen(bridge_path("journal"), "a");
        double times[ROUNDS];
        int fd = bridge_connect();

        if (journal == NULL)
                bench_give_up("journal");
        bridge_send(fd, watch_number);
        take_line(fd);
        bridge_send(fd, subscribe);
        take_line(fd);
        for (unsigned i = 0; i < ROUNDS; i++) {
                uint64_t start;

                write_bind(journal, MANY + 1 + i);
                start = bench_now();
                fflush(journal);
                take_line(fd);
                times[i] = (double)(bench_now() - start) / 1e6;
        }
        fclose(journal);
        close(fd);
        return bench_median(times, ROUNDS);
}

static void measure_clients(void)
{
        int fds[CLIENTS];
        uint64_t start = bench_now();

        for (int i = 0; i < CLIENTS; i++)
                fds[i] = bridge_connect();
        for (int i = 0; i < CLIENTS; i++)
                bridge_send(fds[i], get_number);
        for (int i = 0; i < CLIENTS; i++)
                take_line(fds[i]);
        /* Whoever is turned away has ended this program. */
        bench_figure("bridge: 200 clients at once, each answered", (double)(bench_now() - start) / 1e6, "ms",
                     "all 200", true);
        for (int i = 0; i < CLIENTS; i++)
                close(fds[i]);
}

static double resident(void)
{
        char path[64], line[256];
        unsigned long kilobytes = 0;
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%ld/status", (long)bridge_pid);
        file = fopen(path, "r");
        if (file == NULL)
                bench_give_up(path);
        while (fgets(line, sizeof(line), file) != NULL && sscanf(line, "VmRSS: %lu", &kilobytes) != 1)
                continue;
        fclose(file);
        return (double)kilobytes / 1024;
}

static void measure_memory(void)
{
        int fd = bridge_connect();
        double before, after;

        get_fd = fd;
        get_call();
        before = resident();
        for (int i = 0; i < 5; i++) {
                bridge_send(fd, get_table);
                take_line(fd);
        }
        get_call();
        after = resident();
        bench_note("bridge: RSS with 1000 devices, before a whole reply", before, "MB");
        bench_figure("bridge: RSS with 1000 devices, after whole replies", after, "MB", "at most 6",
                     after <= 6);
        close(fd);
}

int main(void)
{
        double time;

        atexit(clean_up);
        bridge_make_folder("/tmp/bridge-bench.XXXXXX");
        start_bridge(MANY);
        measure_get();
        measure_table();
        measure_clients();
        bench_note("bridge: from the journal to an event, /tmp's fsync included", event_time(), "ms");
        stop_bridge();
        start_bridge(FEW);
        measure_memory();
        clean_up();
        /* An event is on disk before it is sent. How long a disk takes is not our figure. */
        bridge_make_folder("/dev/shm/bridge-bench.XXXXXX");
        start_bridge(MANY);
        time = event_time();
        bench_figure("bridge: from the journal to an event, files in memory", time, "ms", "at most 2",
                     time <= 2);
        return EXIT_SUCCESS;
}
