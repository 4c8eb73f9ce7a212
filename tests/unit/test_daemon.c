/* SPDX-License-Identifier: BSD-2-Clause */
/* test_daemon.c - the real dm-bridge under clients that cut, crowd, do not read, and under kill -9. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/scratch.h"

/* The machine may be busy: what is waited for comes long before, or never. */
#define WAIT_MS      30000
#define REPLY_MAX    65536
#define CLIENTS      200
#define KILLS        25
#define MS           "Device.ManagementServer."
#define SUBSCRIBE    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscribe\"}\n"
#define STATUS       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\n"
#define SET_ANSWERED "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n"

/* A sanitizer keeps what was released: memory says nothing then. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

struct fixture {
        char folder[PATH_MAX];
        char socket[108];
        char program[PATH_MAX];
        pid_t pid; /* 0: not running */
};

static void sleep_ms(long milliseconds)
{
        struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};

        nanosleep(&time, NULL);
}

/* --- One daemon --- */

static void path_of(const struct fixture *f, const char *name, char ret[PATH_MAX])
{
        assert_true(snprintf(ret, PATH_MAX, "%s/%s", f->folder, name) < PATH_MAX);
}

static void write_configuration(const struct fixture *f)
{
        char path[PATH_MAX];
        FILE *file;

        path_of(f, "conf", path);
        file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file,
                "{\"role\": \"both\", \"root\": \"Device.\", \"socket\": \"%s\", \"journal\": \"%s/journal\","
                " \"gateway-info\": \"%s/info\", \"state\": \"%s/state\", \"identity\": \"%s/identity\",\n"
                " \"udp-port\": 0}\n",
                f->socket, f->folder, f->folder, f->folder, f->folder);
        assert_int_equal(fclose(file), 0);
}

static _Noreturn void run(const struct fixture *f)
{
        char configuration[PATH_MAX], log[PATH_MAX];
        int fd;

        path_of(f, "conf", configuration);
        path_of(f, "log", log);
        fd = open(log, O_CREAT | O_WRONLY | O_APPEND, 0600);
        dup2(fd, STDERR_FILENO);
        execl(f->program, f->program, "-c", configuration, (char *)NULL);
        _exit(127);
}

static int try_connect(const struct fixture *f)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0);
        strcpy(address.sun_path, f->socket);
        if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        close(fd);
        return -1;
}

static int connect_to(const struct fixture *f)
{
        for (int i = 0; i < WAIT_MS / 5; i++) {
                int fd = try_connect(f);

                if (fd >= 0)
                        return fd;
                assert_int_equal(waitpid(f->pid, NULL, WNOHANG), 0);
                sleep_ms(5);
        }
        fail_msg("the daemon does not listen");
        return -1;
}

static void start(struct fixture *f)
{
        f->pid = fork();
        assert_true(f->pid >= 0);
        if (f->pid == 0)
                run(f);
        close(connect_to(f));
}

static void end_daemon(struct fixture *f, int signal_number)
{
        if (f->pid > 0) {
                kill(f->pid, signal_number);
                waitpid(f->pid, NULL, 0);
        }
        f->pid = 0;
}

static int make(void **state)
{
        struct fixture *f = calloc(1, sizeof(*f));
        const char *top_builddir = getenv("top_builddir");

        if (f == NULL)
                return -1;
        signal(SIGPIPE, SIG_IGN);
        /* Each `set` waits for the disk: in memory where there is such a place. */
        snprintf(f->folder, sizeof(f->folder), "%s/test-daemon.XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        if (mkdtemp(f->folder) == NULL)
                return -1;
        snprintf(f->socket, sizeof(f->socket), "%.90s/socket", f->folder);
        snprintf(f->program, sizeof(f->program), "%s/dm-bridge/dm-bridge",
                 top_builddir == NULL ? "." : top_builddir);
        write_configuration(f);
        *state = f;
        start(f);
        return 0;
}

static int unmake(void **state)
{
        struct fixture *f = *state;
        void *folder = strdup(f->folder);

        end_daemon(f, SIGTERM);
        free(f);
        return scratch_remove(&folder);
}

/* --- One client --- */

static void send_bytes(int fd, const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t sent = send(fd, bytes, size, 0);

                assert_true(sent > 0);
                bytes += sent;
                size -= (size_t)sent;
        }
}

static void send_text(int fd, const char *text)
{
        send_bytes(fd, text, strlen(text));
}

/* What comes next, at most `size` bytes; 0: the end. */
static size_t receive(int fd, char *buffer, size_t size)
{
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        ssize_t got;

        if (poll(&poll_fd, 1, WAIT_MS) != 1)
                fail_msg("nothing came");
        got = recv(fd, buffer, size, 0);
        return got < 0 ? 0 : (size_t)got;
}

/* All that comes until `lines` line ends, NUL-terminated. */
static void receive_lines(int fd, char *buffer, size_t lines)
{
        size_t have = 0;

        while (lines > 0) {
                size_t got = receive(fd, buffer + have, REPLY_MAX - 1 - have);

                assert_true(got > 0);
                for (size_t i = 0; i < got; i++)
                        lines -= buffer[have + i] == '\n';
                have += got;
        }
        buffer[have] = '\0';
}

static void assert_answer(int fd, const char *request, const char *expected)
{
        static char reply[REPLY_MAX];

        send_text(fd, request);
        receive_lines(fd, reply, 1);
        assert_string_equal(reply, expected);
}

/* Until the daemon has taken all that was sent, so that what follows comes in another read(). */
static void wait_until_taken(int fd)
{
        int unread = 1;

        for (int i = 0; i < WAIT_MS * 10 && unread > 0; i++) {
                assert_int_equal(ioctl(fd, SIOCOUTQ, &unread), 0);
                if (unread > 0)
                        sleep_ms(0);
        }
        assert_int_equal(unread, 0);
}

static void set_url(int fd, const char *value)
{
        char request[1024];

        snprintf(request, sizeof(request),
                 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"set\",\"params\":{\"by\":\"local\",\"values\":["
                 "{\"name\":\"" MS "URL\",\"value\":\"%s\"}]}}\n",
                 value);
        assert_answer(fd, request, SET_ANSWERED);
}

static void notify_of_url(int fd)
{
        assert_answer(fd,
                      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"set_attributes\",\"params\":{"
                      "\"attributes\":[{\"name\":\"" MS "URL\",\"notification\":2}]}}\n",
                      SET_ANSWERED);
}

/* --- The tests --- */

/* All that a client may get wrong, in between of what is right. */
static const char pipeline[] =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"" MS
        "STUNServerPort\"]}}\n"
        "\n"
        "{\"jsonrpc\":\"2.0\",\"id\":\"\xC3\x28\",\"method\":\"gateway\"}\n"
        "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n"
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"id\":4,\"method\":\"gateway\"}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":1e999,\"method\":\"gateway\"}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":\"\xC3\xA9\\u0000\",\"method\":\"set\",\"params\":{\"values\":["
        "{\"name\":\"" MS "STUNServerPort\",\"value\":\"99999999999999999999\"}]}}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"devices\"}\r\n"
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"names\",\"params\":{\"path\":\"\",\"next_level\":true}}"
        "\n";

static size_t pipeline_lines(void)
{
        size_t lines = 0;

        for (const char *byte = pipeline; *byte != '\0'; byte++)
                lines += *byte == '\n';
        return lines;
}

static void a_pipeline_cut_at_any_byte_gets_the_same_replies(void **state)
{
        static char expected[REPLY_MAX], got[REPLY_MAX];
        struct fixture *f = *state;
        int fd = connect_to(f);

        send_text(fd, pipeline);
        receive_lines(fd, expected, pipeline_lines());
        assert_non_null(strstr(expected, "\"value\":\"3478\""));
        assert_non_null(strstr(expected, "\"id\":9,\"result\":[{\"name\":\"Device.\""));
        for (size_t cut = 1; cut < sizeof(pipeline) - 1; cut++) {
                send_bytes(fd, pipeline, cut);
                wait_until_taken(fd);
                send_text(fd, pipeline + cut);
                receive_lines(fd, got, pipeline_lines());
                assert_string_equal(got, expected);
        }
        close(fd);
}

static void a_byte_at_a_time_is_answered_too(void **state)
{
        static char reply[REPLY_MAX];
        struct fixture *f = *state;
        int fd = connect_to(f);

        for (size_t i = 0; i < sizeof(pipeline) - 1; i++) {
                send_bytes(fd, pipeline + i, 1);
                wait_until_taken(fd);
        }
        receive_lines(fd, reply, pipeline_lines());
        assert_non_null(strstr(reply, "\"id\":9,\"result\":[{\"name\":\"Device.\""));
        close(fd);
}

static void an_event_goes_to_each_of_two_hundred_subscribers(void **state)
{
        static char got[REPLY_MAX];
        struct fixture *f = *state;
        int fds[CLIENTS], writer = connect_to(f);

        notify_of_url(writer);
        for (int i = 0; i < CLIENTS; i++) {
                fds[i] = connect_to(f);
                assert_answer(fds[i], SUBSCRIBE,
                              "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"sequence\":0}}\n");
        }
        set_url(writer, "http://acs.example/");
        for (int i = 0; i < CLIENTS; i++) {
                receive_lines(fds[i], got, 1);
                assert_string_equal(got, "{\"jsonrpc\":\"2.0\",\"method\":\"value_change\",\"params\":{"
                                         "\"name\":\"" MS "URL\",\"value\":\"http://acs.example/\","
                                         "\"type\":\"string\",\"notification\":2,\"seq\":1}}\n");
        }
        /* Each is a client like any other. */
        for (int i = 0; i < CLIENTS; i++) {
                send_text(fds[i], STATUS);
                receive_lines(fds[i], got, 1);
                assert_non_null(strstr(got, "\"dropped_clients\":0"));
                close(fds[i]);
        }
        close(writer);
}

/* Peak of memory in use, in KiB. */
static long peak_memory(pid_t pid)
{
        char path[64], line[256];
        long kib = -1;
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
        file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file) != NULL)
                if (sscanf(line, "VmHWM: %ld", &kib) == 1)
                        break;
        fclose(file);
        assert_true(kib > 0);
        return kib;
}

static unsigned dropped_clients(int fd)
{
        static char got[REPLY_MAX];
        const char *member;

        send_text(fd, STATUS);
        receive_lines(fd, got, 1);
        member = strstr(got, "\"dropped_clients\":");
        assert_non_null(member);
        return (unsigned)strtoul(member + strlen("\"dropped_clients\":"), NULL, 10);
}

static bool log_has(const struct fixture *f, const char *text)
{
        static char log[REPLY_MAX];
        char path[PATH_MAX];
        FILE *file;

        path_of(f, "log", path);
        file = fopen(path, "r");
        assert_non_null(file);
        log[fread(log, 1, sizeof(log) - 1, file)] = '\0';
        fclose(file);
        return strstr(log, text) != NULL;
}

/* Some 400 bytes each: far more than the socket and the queue (256 KiB) hold. */
#define CHANGES 3000

static void a_subscriber_that_never_reads_is_dropped_and_costs_no_more_than_its_queue(void **state)
{
        struct fixture *f = *state;
        int writer = connect_to(f), deaf = connect_to(f);
        char value[257];
        long before;

        notify_of_url(writer);
        before = peak_memory(f->pid);
        send_text(deaf, SUBSCRIBE);
        memset(value, 'u', sizeof(value) - 1);
        value[sizeof(value) - 1] = '\0';
        for (int i = 0; i < CHANGES; i++) {
                value[0] = i % 2 == 0 ? 'a' : 'b';
                set_url(writer, value);
        }
        for (int i = 0; i < WAIT_MS / 50 && dropped_clients(writer) == 0; i++)
                sleep_ms(50);
        assert_int_equal(dropped_clients(writer), 1);
        assert_true(log_has(f, "dropped: does not read its replies"));
        if (!SANITIZED)
                assert_in_range(peak_memory(f->pid) - before, 0, 2048);
        close(deaf);
        close(writer);
}

/* Three values in one request: n is what a set wrote, and no mixture. */
static void send_set(int fd, unsigned n)
{
        char request[1024];

        snprintf(request, sizeof(request),
                 "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"set\",\"params\":{\"values\":["
                 "{\"name\":\"" MS "STUNServerPort\",\"value\":\"%u\"},"
                 "{\"name\":\"" MS "STUNUsername\",\"value\":\"%u\"},"
                 "{\"name\":\"" MS "STUNMinimumKeepAlivePeriod\",\"value\":\"%u\"}]}}\n",
                 n, n, n, n);
        send(fd, request, strlen(request), 0);
}

/* Sets rising numbers, several under way, until the daemon is gone. Returns the last that was answered. */
static unsigned set_until_killed(const struct fixture *f, unsigned first, unsigned *ret_sent, long life_us)
{
        int fd = connect_to(f);
        unsigned answered = first - 1, sent = first - 1;
        FILE *replies = fdopen(fd, "r");
        struct timespec life = {0, life_us * 1000};
        char line[256];
        pid_t killer;

        assert_non_null(replies);
        while (sent < first + 3)
                send_set(fd, ++sent);
        killer = fork();
        if (killer == 0) {
                nanosleep(&life, NULL);
                kill(f->pid, SIGKILL);
                _exit(0);
        }
        while (fgets(line, sizeof(line), replies) != NULL && strchr(line, '\n') != NULL) {
                unsigned id;

                assert_int_equal(sscanf(line, "{\"jsonrpc\":\"2.0\",\"id\":%u,\"result\":{}}", &id), 1);
                assert_int_equal(id, answered + 1);
                answered = id;
                send_set(fd, ++sent);
        }
        waitpid(killer, NULL, 0);
        fclose(replies);
        *ret_sent = sent;
        return answered;
}

static unsigned read_back(const struct fixture *f)
{
        static char got[REPLY_MAX];
        unsigned port, username, period;
        int fd = connect_to(f);

        send_text(fd, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"get\",\"params\":{\"names\":[\"" MS
                      "STUNServerPort\",\"" MS "STUNUsername\",\"" MS "STUNMinimumKeepAlivePeriod\"]}}\n");
        receive_lines(fd, got, 1);
        close(fd);
        assert_int_equal(sscanf(got,
                                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{\"name\":\"" MS
                                "STUNServerPort\",\"value\":\"%u\",\"type\":\"unsignedInt\"},{\"name\":\"" MS
                                "STUNUsername\",\"value\":\"%u\",\"type\":\"string\"},{\"name\":\"" MS
                                "STUNMinimumKeepAlivePeriod\",\"value\":\"%u\"",
                                &port, &username, &period),
                         3);
        assert_int_equal(port, username);
        assert_int_equal(port, period);
        return port;
}

static void test_D2_3_what_set_has_answered_is_there_after_kill_9(void **state)
{
        struct fixture *f = *state;
        unsigned written = 0, sent;

        srand(1);
        for (int i = 0; i < KILLS; i++) {
                unsigned answered = set_until_killed(f, written + 1, &sent, rand() % 30000);

                end_daemon(f, SIGKILL);
                start(f);
                /* The first may have come to nothing: then there is nothing to read yet. */
                if (answered == 0 && written == 0)
                        continue;
                written = read_back(f);
                assert_in_range(written, answered, sent);
        }
        assert_true(written > KILLS);
        assert_false(log_has(f, "damaged"));
}

#define DAEMON_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                DAEMON_TEST(a_pipeline_cut_at_any_byte_gets_the_same_replies),
                DAEMON_TEST(a_byte_at_a_time_is_answered_too),
                DAEMON_TEST(an_event_goes_to_each_of_two_hundred_subscribers),
                DAEMON_TEST(a_subscriber_that_never_reads_is_dropped_and_costs_no_more_than_its_queue),
                DAEMON_TEST(test_D2_3_what_set_has_answered_is_there_after_kill_9),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
