/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_request.c - from a UDP Connection Request to the event that the agent can read: idle, and under a
 * flood of forged ones.
 *
 * dm-bridge's daemon runs in a child with a configuration of its own in a scratch folder in memory; so does
 * the floor, which does what can't be left out (receive, HMAC, write) and nothing else. Both are asked in
 * turns. */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <nettle/hmac.h>

#include "dm-bridge/configuration.h"
#include "dm-bridge/connection_request.h"
#include "dm-bridge/daemon.h"
#include "tests/allocations.h"
#include "tests/bench/bench.h"
#include "tests/bench/bridge.h"

#define ROUNDS     2001 /* odd: the median is one that was measured */
#define TRIES      1000
#define COPIES     3
#define FLOOD_RATE 50000
#define PATIENCE   1000 /* milliseconds until a request counts as lost */
#define PASSWORD   "password"
#define ROOT       "Device.ManagementServer."

static const char subscribe[] = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"subscribe\"}\n";
static const char credentials[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"set\",\"params\":{\"values\":[{\"name\":\"" ROOT
        "ConnectionRequestUsername\",\"value\":\"CPE57689\"},{\"name\":\"" ROOT
        "ConnectionRequestPassword\",\"value\":\"" PASSWORD "\"}]}}\n";

static pid_t children[3];
static unsigned child_count;
static unsigned long *allocations;
static volatile uint64_t *flooded; /* forged requests that were sent */

/* One who answers requests: where they go, and where the event comes out. */
struct subject {
        struct sockaddr_in to;
        int udp, events;
        pid_t pid;
};

static void clean_up(void)
{
        while (child_count > 0) {
                kill(children[--child_count], SIGKILL);
                waitpid(children[child_count], NULL, 0);
        }
        bridge_remove_folder();
}

/* A child that ends with us, whose standard error nobody reads. */
static pid_t begin_child(void)
{
        pid_t pid = fork();

        if (pid < 0)
                bench_give_up("fork");
        if (pid > 0) {
                children[child_count++] = pid;
                return pid;
        }
        child_count = 0;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return 0;
}

/* --- Requests --- */

/* A datagram; forged ones have a signature that is as long as any. */
static size_t make_request(char *ret, uint64_t ts, uint64_t id, bool is_forged)
{
        char ts_text[24], id_text[24], signature[41];
        const struct request_text parts[4] = {
                {ts_text, (size_t)snprintf(ts_text, sizeof(ts_text), "%" PRIu64, ts)},
                {id_text, (size_t)snprintf(id_text, sizeof(id_text), "%" PRIu64, id)},
                {"CPE57689", 8},
                {"0123456789abcdef", 16},
        };

        connection_request_sign(is_forged ? "guess" : PASSWORD, parts, signature);
        return (size_t)snprintf(
                ret, CONNECTION_REQUEST_MAX,
                "GET http://127.0.0.1:7547?ts=%s&id=%s&un=CPE57689&cn=0123456789abcdef&sig=%s HTTP/1.1\r\n"
                "Host: 127.0.0.1:7547\r\n\r\n",
                ts_text, id_text, signature);
}

static int connect_udp(const struct sockaddr_in *to)
{
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
                bench_give_up("udp");
        return fd;
}

/* --- dm-bridge --- */

/* Reads what there is of one line or several. */
static void take_line(int fd)
{
        char text[65536];
        ssize_t got;

        do {
                got = read(fd, text, sizeof(text));
                if (got <= 0)
                        bench_give_up("read");
        } while (text[got - 1] != '\n');
}

static void ask(int fd, const char *line)
{
        bridge_send(fd, line);
        take_line(fd);
}

/* A port that was free a moment ago. */
static struct sockaddr_in free_port(void)
{
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t length = sizeof(at);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
            getsockname(fd, (struct sockaddr *)&at, &length) < 0)
                bench_give_up("port");
        close(fd);
        return at;
}

static void write_configuration(unsigned port)
{
        FILE *file = fopen(bridge_path("conf"), "w");

        if (file == NULL)
                bench_give_up(bridge_path("conf"));
        fprintf(file,
                "{\"role\":\"device\",\"socket\":\"%s\",\"state\":\"%s\",\"identity\":\"%s\",\"gateway-"
                "info\":\"%s\","
                "\"udp-address\":\"127.0.0.1\",\"udp-port\":%u,\"request-interval\":0}\n",
                bridge_path("socket"), bridge_path("state"), bridge_path("identity"), bridge_path("info"),
                port);
        fclose(file);
}

static _Noreturn void run_daemon(void)
{
        static struct configuration config;
        char error[CONFIGURATION_ERROR_MAX];
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

        dup2(null, STDERR_FILENO);
        allocations_count_in(allocations);
        if (configuration_load(bridge_path("conf"), &config, error, sizeof(error)) < 0)
                _exit(1);
        _exit(daemon_run(bridge_path("conf"), &config));
}

static struct subject start_bridge(void)
{
        struct subject subject = {.to = free_port()};

        write_configuration(ntohs(subject.to.sin_port));
        subject.pid = begin_child();
        if (subject.pid == 0)
                run_daemon();
        subject.events = bridge_connect();
        ask(subject.events, credentials);
        ask(subject.events, subscribe);
        subject.udp = connect_udp(&subject.to);
        return subject;
}

/* --- The floor --- */

static _Noreturn void run_floor(int udp, int events)
{
        static const char event[] = "{\"jsonrpc\":\"2.0\",\"method\":\"connection_request\",\"params\":{"
                                    "\"seq\":1,\"count\":1}}\n";
        uint8_t datagram[CONNECTION_REQUEST_MAX], digest[SHA1_DIGEST_SIZE];
        struct hmac_sha1_ctx hmac;

        for (;;) {
                if (recv(udp, datagram, sizeof(datagram), 0) < 64)
                        continue;
                hmac_sha1_set_key(&hmac, sizeof(PASSWORD) - 1, (const uint8_t *)PASSWORD);
                hmac_sha1_update(&hmac, 64, datagram);
                hmac_sha1_digest(&hmac, sizeof(digest), digest);
                bench_use(digest[0]);
                if (write(events, event, sizeof(event) - 1) < 0)
                        _exit(0);
        }
}

static struct subject start_floor(void)
{
        struct subject subject = {.to = free_port()};
        int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), pair[2];

        if (udp < 0 || bind(udp, (struct sockaddr *)&subject.to, sizeof(subject.to)) < 0 ||
            socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                bench_give_up("floor");
        subject.pid = begin_child();
        if (subject.pid == 0)
                run_floor(udp, pair[1]);
        close(udp);
        close(pair[1]);
        subject.events = pair[0];
        subject.udp = connect_udp(&subject.to);
        return subject;
}

/* --- The flood --- */

static uint64_t random_number(void)
{
        static uint64_t state = 1;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
}

/* Timestamps beyond any, so that each must be verified to be refused. */
static _Noreturn void run_flood(const struct sockaddr_in *to)
{
        enum { KINDS = 64 };
        static char datagrams[KINDS][CONNECTION_REQUEST_MAX];
        struct mmsghdr messages[KINDS] = {0};
        struct iovec parts[KINDS];
        uint64_t start = bench_now();
        int fd = connect_udp(to);

        for (unsigned i = 0; i < KINDS; i++) {
                parts[i] = (struct iovec){datagrams[i],
                                          make_request(datagrams[i], UINT64_MAX - i, random_number(), true)};
                messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
        }
        for (;;) {
                uint64_t due = (bench_now() - start) * FLOOD_RATE / UINT64_C(1000000000);
                unsigned count = due - *flooded > KINDS ? KINDS : (unsigned)(due - *flooded);
                int sent = sendmmsg(fd, messages, count, 0);

                if (sent > 0)
                        *flooded += (unsigned)sent;
                if (count < KINDS)
                        usleep(500);
        }
}

static void start_flood(const struct subject *subject)
{
        if (begin_child() == 0)
                run_flood(&subject->to);
        while (*flooded == 0)
                usleep(1000);
}

static void stop_flood(void)
{
        kill(children[--child_count], SIGKILL);
        waitpid(children[child_count], NULL, 0);
}

/* --- Measurements --- */

/* Microseconds from the first copy to the event, or a negative number: it did not come. */
static double time_request(const struct subject *subject, unsigned copies)
{
        static uint64_t number;
        char datagram[CONNECTION_REQUEST_MAX];
        struct pollfd events = {.fd = subject->events, .events = POLLIN};
        uint64_t start;
        size_t size;
        double time;

        number++;
        size = make_request(datagram, number, number, false);
        start = bench_now();
        for (unsigned i = 0; i < copies; i++)
                if (send(subject->udp, datagram, size, 0) < 0)
                        bench_give_up("send");
        if (poll(&events, 1, PATIENCE) != 1)
                return -1;
        time = (double)(bench_now() - start) / 1e3;
        take_line(subject->events);
        return time;
}

static double percentile(double *sorted, unsigned count, unsigned percent)
{
        return sorted[(count - 1) * percent / 100];
}

static void share_processor(const struct subject *bridge, const struct subject *floor, bool share)
{
        bench_share_processor(0, share);
        bench_share_processor(bridge->pid, share);
        bench_share_processor(floor->pid, share);
}

static void measure_idle(const struct subject *bridge, const struct subject *floor)
{
        static double times[ROUNDS], floors[ROUNDS];
        double median, least;

        share_processor(bridge, floor, true);
        for (unsigned i = 0; i < ROUNDS; i++) {
                floors[i] = time_request(floor, 1);
                times[i] = time_request(bridge, 1);
                if (times[i] < 0 || floors[i] < 0)
                        bench_give_up("a request was lost");
        }
        share_processor(bridge, floor, false);
        least = bench_median(floors, ROUNDS);
        median = bench_median(times, ROUNDS);
        bench_note("request: floor (receive, HMAC, write), median", least, "us");
        bench_note("request: floor, p99", percentile(floors, ROUNDS, 99), "us");
        bench_note("request: datagram to event, idle, median", median, "us");
        bench_note("request: datagram to event, idle, p99", percentile(times, ROUNDS, 99), "us");
        bench_figure("request: datagram to event, idle / floor", median / least, "x", "at most 4",
                     median <= 4 * least);
        bench_note("request: published (Savic 2014), STUN, authentication", 18000, "us");
        bench_note("request: published, XMPP, transfer, at most", 7000, "us");
        bench_note("request: published, TCP, authentication", 50000, "us");
}

static uint64_t processor_time(pid_t pid)
{
        struct timespec time;
        clockid_t clock;

        if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) < 0)
                bench_give_up("clock");
        return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Values of status.connection.datagrams are what was really taken: what the kernel dropped is not in them. */
static uint64_t count_refused(void)
{
        static const char status[] = "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"status\"}\n";
        char text[65536] = "", *at;
        int fd = bridge_connect();
        ssize_t got = 0, more;

        bridge_send(fd, status);
        while ((more = read(fd, text + got, sizeof(text) - 1 - (size_t)got)) > 0) {
                got += more;
                text[got] = '\0';
                if (text[got - 1] == '\n')
                        break;
        }
        close(fd);
        at = strstr(text, "\"bad_signature\":");
        return at == NULL ? 0 : strtoull(at + 16, NULL, 10);
}

static void measure_refusals(const struct subject *bridge)
{
        uint64_t sent = *flooded, refused = count_refused(), time = processor_time(bridge->pid),
                 start = bench_now();
        unsigned long allocated;
        double seconds, rate;

        usleep(100000);
        allocated = *allocations;
        sleep(2);
        allocated = *allocations - allocated;
        seconds = (double)(bench_now() - start) / 1e9;
        time = processor_time(bridge->pid) - time;
        refused = count_refused() - refused;
        sent = *flooded - sent;
        rate = (double)refused * 1e9 / (double)time;
        bench_note("request: flood of forged ones", (double)sent / seconds, "requests/s");
        bench_note("request: forged ones refused, of those sent", 100.0 * (double)refused / (double)sent,
                   "%");
        bench_figure("request: forged ones refused, a second and core", rate, "requests/s", "at least 50000",
                     rate >= FLOOD_RATE);
        if (allocations_counted())
                bench_figure("request: allocations for 100000 forged ones", (double)allocated, "", "none",
                             allocated == 0);
}

static void measure_flood(const struct subject *bridge)
{
        static double times[TRIES];
        unsigned accepted = 0;

        for (unsigned i = 0; i < TRIES; i++) {
                double time = time_request(bridge, COPIES);

                if (time >= 0)
                        times[accepted++] = time;
        }
        if (accepted == 0)
                bench_give_up("no request was accepted");
        bench_figure("request: accepted under the flood, of 1000 in 3 copies", accepted, "", "at least 999",
                     accepted >= 999);
        bench_note("request: datagram to event, flood, median", bench_median(times, accepted), "us");
        bench_note("request: datagram to event, flood, p99", percentile(times, accepted, 99), "us");
}

static void *share(size_t size)
{
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        if (memory == MAP_FAILED)
                bench_give_up("mmap");
        return memory;
}

int main(void)
{
        struct subject floor, bridge;

        bridge_make_folder("/dev/shm/request-bench.XXXXXX");
        atexit(clean_up);
        allocations = share(sizeof(*allocations));
        flooded = share(sizeof(*flooded));
        floor = start_floor();
        bridge = start_bridge();
        measure_idle(&bridge, &floor);
        start_flood(&bridge);
        measure_refusals(&bridge);
        measure_flood(&bridge);
        stop_flood();
        return EXIT_SUCCESS;
}
