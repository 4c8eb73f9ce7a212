/* SPDX-License-Identifier: BSD-2-Clause */
/* test_sd_notify.c - what a service manager is told, and that it is never waited for. */
#include "config.h"

#include "tests/unit/unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "dm-bridge/sd_notify.h"
#include "tests/unit/scratch.h"

/* A manager's socket: a path, or "@" and an abstract name. */
static int listen_at(const char *name)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        size_t length = strlen(name);
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        memcpy(address.sun_path, name, length);
        if (name[0] == '@')
                address.sun_path[0] = '\0';
        assert_true(fd >= 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address,
                              (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                         0);
        setenv("NOTIFY_SOCKET", name, 1);
        return fd;
}

static void expect_message(int fd, const char *text)
{
        char got[256];
        ssize_t size = recv(fd, got, sizeof(got) - 1, 0);

        assert_true(size > 0);
        got[size] = '\0';
        assert_string_equal(got, text);
}

static void without_a_manager_nothing_is_told(void **state)
{
        (void)state;
        unsetenv("NOTIFY_SOCKET");
        assert_int_equal(sd_notify_send("READY=1"), 0);
        setenv("NOTIFY_SOCKET", "", 1);
        assert_int_equal(sd_notify_send("READY=1"), 0);
}

static void a_message_reaches_a_path(void **state)
{
        const char *folder = *state;
        char name[108];
        int fd;

        snprintf(name, sizeof(name), "%s/notify", folder);
        fd = listen_at(name);
        assert_int_equal(sd_notify_send("READY=1"), 0);
        expect_message(fd, "READY=1");
        close(fd);
        assert_int_equal(sd_notify_send("READY=1"), -ECONNREFUSED);
        unlink(name);
        assert_int_equal(sd_notify_send("READY=1"), -ENOENT);
}

static void a_message_reaches_an_abstract_name(void **state)
{
        char name[64];
        int fd;

        (void)state;
        snprintf(name, sizeof(name), "@dm-bridge-test-%ld", (long)getpid());
        fd = listen_at(name);
        assert_int_equal(sd_notify_send("STOPPING=1"), 0);
        expect_message(fd, "STOPPING=1");
        close(fd);
}

static void a_reload_has_its_time(void **state)
{
        char name[64], got[256];
        unsigned long long time;
        int fd;

        (void)state;
        snprintf(name, sizeof(name), "@dm-bridge-test-%ld", (long)getpid());
        fd = listen_at(name);
        assert_int_equal(sd_notify_reloading(), 0);
        memset(got, 0, sizeof(got));
        assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
        assert_int_equal(sscanf(got, "RELOADING=1\nMONOTONIC_USEC=%llu", &time), 1);
        assert_true(time > 0);
        close(fd);
}

static void a_manager_that_does_not_read_is_not_waited_for(void **state)
{
        char name[64];
        int fd, err, sent;

        (void)state;
        snprintf(name, sizeof(name), "@dm-bridge-test-%ld", (long)getpid());
        fd = listen_at(name);
        for (sent = 0, err = 0; err == 0 && sent < 100000; sent++)
                err = sd_notify_send("READY=1");
        assert_int_equal(err, -EAGAIN);
        close(fd);
}

static void what_is_no_unix_socket_is_refused(void **state)
{
        static const char *const names[] = {"vsock:2:1234", "relative", "@", "/"};
        char name[200];

        (void)state;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                setenv("NOTIFY_SOCKET", names[i], 1);
                assert_int_equal(sd_notify_send("READY=1"), -EINVAL);
        }
        memset(name, 'x', sizeof(name) - 1);
        name[0] = '/';
        name[sizeof(name) - 1] = '\0';
        setenv("NOTIFY_SOCKET", name, 1);
        assert_int_equal(sd_notify_send("READY=1"), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_a_manager_nothing_is_told),
                cmocka_unit_test_setup_teardown(a_message_reaches_a_path, scratch_make, scratch_remove),
                cmocka_unit_test(a_message_reaches_an_abstract_name),
                cmocka_unit_test(a_reload_has_its_time),
                cmocka_unit_test(a_manager_that_does_not_read_is_not_waited_for),
                cmocka_unit_test(what_is_no_unix_socket_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
