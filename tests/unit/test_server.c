/* SPDX-License-Identifier: BSD-2-Clause */
/* test_server.c - the socket: pieces, pipelines, many clients, and those who do not read. Server and clients
 * share one thread: clients never block, and the loop turns until what is waited for has come. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "dm-bridge/server.h"
#include "tests/unit/scratch.h"

#define LINE_MAX_BYTES 1000
#define STALL_MS       1000
/* Turns of at most 10 ms before a test gives up. */
#define TURNS 1000

struct fixture {
        char *scratch;
        char path[PATH_MAX];
        uv_loop_t loop;
        uv_timer_t tick; /* so that a turn of the loop ends */
        struct server server;
        struct bridge_counters counters;
        size_t reply_size; /* of "big" */
        unsigned calls;    /* of the handler */
        unsigned pushes;   /* lines that are there to be sent unasked */
};

/* Echoes; "big" is answered with reply_size bytes, "quiet" with nothing. */
static int echo(void *context, const char *line, size_t length, char **ret, size_t *ret_length)
{
        struct fixture *f = context;
        bool big = length == 3 && memcmp(line, "big", 3) == 0;

        f->calls++;
        *ret = NULL;
        if (length == 5 && memcmp(line, "quiet", 5) == 0)
                return 0;
        *ret_length = (big ? f->reply_size : length) + 1;
        *ret = malloc(*ret_length);
        if (*ret == NULL)
                return -ENOMEM;
        if (big)
                memset(*ret, 'b', f->reply_size);
        else
                memcpy(*ret, line, length);
        (*ret)[*ret_length - 1] = '\n';
        return 0;
}

static int refuse(void *context, enum server_refusal why, char **ret, size_t *ret_length)
{
        static const char *const texts[] = {"too long\n", "too many\n", "not permitted\n"};

        (void)context;
        *ret = strdup(texts[why]);
        *ret_length = strlen(texts[why]);
        return *ret == NULL ? -ENOMEM : 0;
}

/* One conversation is like the other; what is pushed is for all of them. */
static void *open_session(void *context)
{
        return context;
}

static void close_session(void *session)
{
        (void)session;
}

static int next_text(void *session, char **ret, size_t *ret_length)
{
        struct fixture *f = session;

        *ret = NULL;
        if (f->pushes == 0)
                return 0;
        f->pushes--;
        *ret = strdup("news\n");
        *ret_length = strlen("news\n");
        return *ret == NULL ? -ENOMEM : 0;
}

static void on_tick(uv_timer_t *timer)
{
        (void)timer;
}

static int start_at(struct fixture *f, const char *path, struct server *server)
{
        struct server_options options = {.path = path, .line_max = LINE_MAX_BYTES, .stall_ms = STALL_MS};
        struct server_handler handler = {.context = f,
                                         .open = open_session,
                                         .line = echo,
                                         .next = next_text,
                                         .close = close_session,
                                         .refuse = refuse};

        return server_start(server, &f->loop, &options, &handler, &f->counters);
}

static int make(void **state)
{
        struct fixture *f = calloc(1, sizeof(*f));
        void *scratch = NULL;

        if (f == NULL || scratch_make(&scratch) < 0)
                return -1;
        signal(SIGPIPE, SIG_IGN);
        f->scratch = scratch;
        snprintf(f->path, sizeof(f->path), "%s/run/socket", f->scratch);
        uv_loop_init(&f->loop);
        uv_timer_init(&f->loop, &f->tick);
        uv_timer_start(&f->tick, on_tick, 10, 10);
        *state = f;
        return start_at(f, f->path, &f->server);
}

static int unmake(void **state)
{
        struct fixture *f = *state;
        void *scratch = f->scratch;
        int err;

        server_stop(&f->server);
        uv_close((uv_handle_t *)&f->tick, NULL);
        uv_run(&f->loop, UV_RUN_DEFAULT);
        err = uv_loop_close(&f->loop);
        assert_int_equal(f->counters.clients, 0);
        assert_int_equal(access(f->path, F_OK), -1);
        scratch_remove(&scratch);
        free(f);
        return err;
}

static int connect_to(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        assert_true(fd >= 0);
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        close(fd);
        return -1;
}

static void turn(struct fixture *f)
{
        uv_run(&f->loop, UV_RUN_ONCE);
}

static void send_bytes(int fd, const char *bytes, size_t size)
{
        assert_int_equal(write(fd, bytes, size), size);
}

static void send_text(int fd, const char *text)
{
        send_bytes(fd, text, strlen(text));
}

/* Reads `size` bytes while the loop turns. Returns what came until then or until the end. */
static size_t receive(struct fixture *f, int fd, char *buffer, size_t size)
{
        size_t have = 0;

        for (int i = 0; i < TURNS && have < size; i++) {
                ssize_t got = read(fd, buffer + have, size - have);

                if (got == 0)
                        break;
                if (got > 0)
                        have += (size_t)got;
                else if (errno != EAGAIN)
                        break;
                else
                        turn(f);
        }
        return have;
}

static void assert_received(struct fixture *f, int fd, const char *expected)
{
        char buffer[4096];
        size_t size = strlen(expected);

        assert_int_equal(receive(f, fd, buffer, size), size);
        assert_memory_equal(buffer, expected, size);
}

static void assert_closed(struct fixture *f, int fd)
{
        char byte;

        for (int i = 0; i < TURNS; i++) {
                ssize_t got = read(fd, &byte, 1);

                if (got == 0 || (got < 0 && errno == ECONNRESET))
                        return;
                assert_true(got < 0 && errno == EAGAIN);
                turn(f);
        }
        fail_msg("the connection is still open");
}

static void wait_for_clients(struct fixture *f, unsigned count)
{
        for (int i = 0; i < TURNS && f->counters.clients != count; i++)
                turn(f);
        assert_int_equal(f->counters.clients, count);
}

static void the_socket_is_for_owner_and_group_only_and_its_folder_is_made(void **state)
{
        struct fixture *f = *state;
        struct stat status;

        assert_int_equal(stat(f->path, &status), 0);
        assert_true(S_ISSOCK(status.st_mode));
        assert_int_equal(status.st_mode & 07777, 0660);
}

static void requests_in_pieces_of_any_size_are_answered(void **state)
{
        static const char text[] = "one\ntwo\n\nthree\n";
        struct fixture *f = *state;
        int fd = connect_to(f->path);

        for (size_t step = 1; step < sizeof(text); step++) {
                for (size_t i = 0; i < sizeof(text) - 1; i += step) {
                        size_t rest = sizeof(text) - 1 - i;

                        send_bytes(fd, text + i, rest < step ? rest : step);
                        turn(f);
                }
                assert_received(f, fd, text);
        }
        close(fd);
}

static void a_pipeline_is_answered_in_order(void **state)
{
        struct fixture *f = *state;
        int fd = connect_to(f->path);
        char text[4096] = "", expected[4096] = "";

        for (unsigned i = 0; i < 300; i++) {
                snprintf(text + strlen(text), 16, "r%u\n%s", i, i % 7 == 0 ? "quiet\n" : "");
                snprintf(expected + strlen(expected), 16, "r%u\n", i);
        }
        send_text(fd, text);
        assert_received(f, fd, expected);
        close(fd);
}

static void a_last_line_without_line_end_is_answered_before_the_end(void **state)
{
        struct fixture *f = *state;
        int fd = connect_to(f->path);

        send_text(fd, "one\ntwo");
        shutdown(fd, SHUT_WR);
        assert_received(f, fd, "one\ntwo\n");
        assert_closed(f, fd);
        close(fd);
        wait_for_clients(f, 0);
}

static void a_reply_larger_than_the_queue_arrives_whole(void **state)
{
        struct fixture *f = *state;
        size_t size = 20 * SERVER_QUEUE_MAX;
        char *buffer = malloc(size + 1);
        int fd = connect_to(f->path);

        assert_non_null(buffer);
        f->reply_size = size;
        send_text(fd, "big\n");
        assert_int_equal(receive(f, fd, buffer, size + 1), size + 1);
        assert_int_equal(buffer[size], '\n');
        free(buffer);
        close(fd);
}

/* More replies than the queue holds: requests wait, none is lost and nobody is dropped. */
static void a_pipeline_of_large_replies_is_slowed_down_not_dropped(void **state)
{
        struct fixture *f = *state;
        size_t size = 20 * (SERVER_QUEUE_MAX + 1);
        char *buffer = malloc(size);
        int fd = connect_to(f->path);

        assert_non_null(buffer);
        f->reply_size = SERVER_QUEUE_MAX;
        for (int i = 0; i < 20; i++)
                send_text(fd, "big\n");
        shutdown(fd, SHUT_WR);
        assert_int_equal(receive(f, fd, buffer, size), size);
        assert_closed(f, fd);
        assert_int_equal(f->counters.dropped_clients, 0);
        free(buffer);
        close(fd);
}

static void a_client_that_does_not_read_is_dropped_and_others_go_on(void **state)
{
        struct fixture *f = *state;
        int idle = connect_to(f->path), other = connect_to(f->path);

        f->reply_size = 2 * SERVER_QUEUE_MAX;
        send_text(idle, "big\nbig\nbig\n");
        turn(f);
        turn(f);
        /* The first reply fills the queue: the other requests wait. */
        assert_int_equal(f->calls, 1);
        send_text(other, "x\n");
        assert_received(f, other, "x\n");
        wait_for_clients(f, 1);
        assert_int_equal(f->counters.dropped_clients, 1);
        send_text(other, "y\n");
        assert_received(f, other, "y\n");
        close(idle);
        close(other);
}

static void a_client_that_reads_slowly_is_kept(void **state)
{
        struct fixture *f = *state;
        size_t size = SERVER_QUEUE_MAX, have = 0;
        char *buffer = malloc(size + 1);
        int fd = connect_to(f->path);
        uint64_t last;

        assert_non_null(buffer);
        f->reply_size = size;
        send_text(fd, "big\n");
        /* A piece every half stall time; the socket itself holds some 200 KiB. */
        last = uv_now(&f->loop);
        while (have < size + 1) {
                size_t piece = size + 1 - have < 65536 ? size + 1 - have : 65536;

                while (uv_now(&f->loop) < last + STALL_MS / 2)
                        turn(f);
                last = uv_now(&f->loop);
                assert_int_equal(receive(f, fd, buffer + have, piece), piece);
                have += piece;
        }
        assert_int_equal(f->counters.dropped_clients, 0);
        free(buffer);
        close(fd);
}

static void a_line_over_the_limit_gets_one_error_and_the_end(void **state)
{
        struct fixture *f = *state;
        char line[LINE_MAX_BYTES + 2];
        int fd = connect_to(f->path);

        memset(line, 'a', sizeof(line));
        line[LINE_MAX_BYTES] = '\n';
        send_bytes(fd, line, LINE_MAX_BYTES + 1);
        line[LINE_MAX_BYTES + 1] = '\0';
        assert_received(f, fd, line);
        send_text(fd, "before\n");
        for (int i = 0; i < 100; i++)
                send_bytes(fd, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64);
        assert_received(f, fd, "before\ntoo long\n");
        /* Who is in the midst of sending may go on: that is thrown away, not an error to stumble over. */
        turn(f);
        send_text(fd, "more\n");
        turn(f);
        send_text(fd, "more\n");
        assert_closed(f, fd);
        wait_for_clients(f, 0);
        assert_int_equal(f->counters.dropped_clients, 1);
        close(fd);
}

static void as_many_clients_as_the_limit_are_served_and_one_more_is_told(void **state)
{
        struct fixture *f = *state;
        int fds[SERVER_CLIENTS_MAX], extra;

        for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
                fds[i] = connect_to(f->path);
                assert_true(fds[i] >= 0);
                wait_for_clients(f, (unsigned)i + 1);
        }
        extra = connect_to(f->path);
        assert_received(f, extra, "too many\n");
        assert_closed(f, extra);
        close(extra);
        for (int i = 0; i < SERVER_CLIENTS_MAX; i++) {
                send_text(fds[i], "x\n");
                assert_received(f, fds[i], "x\n");
                close(fds[i]);
        }
        wait_for_clients(f, 0);
}

static void a_client_that_leaves_in_mid_reply_harms_nobody(void **state)
{
        struct fixture *f = *state;
        int fd = connect_to(f->path);

        f->reply_size = 4 * SERVER_QUEUE_MAX;
        send_text(fd, "big\nbig\nbi");
        wait_for_clients(f, 1);
        close(fd);
        wait_for_clients(f, 0);
        fd = connect_to(f->path);
        send_text(fd, "x\n");
        assert_received(f, fd, "x\n");
        close(fd);
}

static void a_second_instance_is_refused_and_the_first_goes_on(void **state)
{
        struct fixture *f = *state;
        struct server second;
        int fd;

        assert_int_equal(start_at(f, f->path, &second), -EADDRINUSE);
        turn(f);
        fd = connect_to(f->path);
        assert_true(fd >= 0);
        send_text(fd, "x\n");
        assert_received(f, fd, "x\n");
        close(fd);
}

static void the_socket_of_a_dead_instance_is_replaced(void **state)
{
        struct fixture *f = *state;
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct server server;
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s/stale", f->scratch);
        assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
        close(fd);
        assert_int_equal(start_at(f, address.sun_path, &server), 0);
        fd = connect_to(address.sun_path);
        assert_true(fd >= 0);
        wait_for_clients(f, 1);
        close(fd);
        server_stop(&server);
        turn(f);
        turn(f);
}

static void the_socket_of_another_living_program_is_left_alone(void **state)
{
        struct fixture *f = *state;
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct server server;
        int fd = socket(AF_UNIX, SOCK_STREAM, 0), other;

        snprintf(address.sun_path, sizeof(address.sun_path), "%s/foreign", f->scratch);
        assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(fd, 1), 0);
        assert_int_equal(start_at(f, address.sun_path, &server), -EADDRINUSE);
        turn(f);
        other = connect_to(address.sun_path);
        assert_true(other >= 0);
        close(other);
        close(fd);
}

static void what_is_no_socket_is_left_alone(void **state)
{
        struct fixture *f = *state;
        char path[PATH_MAX];
        struct server server;
        int fd;

        snprintf(path, sizeof(path), "%s/file", f->scratch);
        fd = open(path, O_CREAT | O_WRONLY, 0600);
        close(fd);
        assert_int_equal(start_at(f, path, &server), -EEXIST);
        turn(f);
        assert_int_equal(access(path, F_OK), 0);
}

static void nothing_is_left_behind_after_a_stop(void **state)
{
        struct fixture *f = *state;
        char path[PATH_MAX], folder[PATH_MAX];
        struct server server;

        snprintf(folder, sizeof(folder), "%s/other", f->scratch);
        snprintf(path, sizeof(path), "%s/other/socket", f->scratch);
        assert_int_equal(start_at(f, path, &server), 0);
        server_stop(&server);
        turn(f);
        turn(f);
        assert_int_equal(rmdir(folder), 0);
}

#define SERVER_TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
        const struct CMUnitTest tests[] = {
                SERVER_TEST(the_socket_is_for_owner_and_group_only_and_its_folder_is_made),
                SERVER_TEST(requests_in_pieces_of_any_size_are_answered),
                SERVER_TEST(a_pipeline_is_answered_in_order),
                SERVER_TEST(a_last_line_without_line_end_is_answered_before_the_end),
                SERVER_TEST(a_reply_larger_than_the_queue_arrives_whole),
                SERVER_TEST(a_pipeline_of_large_replies_is_slowed_down_not_dropped),
                SERVER_TEST(a_client_that_does_not_read_is_dropped_and_others_go_on),
                SERVER_TEST(a_client_that_reads_slowly_is_kept),
                SERVER_TEST(a_line_over_the_limit_gets_one_error_and_the_end),
                SERVER_TEST(as_many_clients_as_the_limit_are_served_and_one_more_is_told),
                SERVER_TEST(a_client_that_leaves_in_mid_reply_harms_nobody),
                SERVER_TEST(a_second_instance_is_refused_and_the_first_goes_on),
                SERVER_TEST(the_socket_of_a_dead_instance_is_replaced),
                SERVER_TEST(the_socket_of_another_living_program_is_left_alone),
                SERVER_TEST(what_is_no_socket_is_left_alone),
                SERVER_TEST(nothing_is_left_behind_after_a_stop),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
