/* SPDX-License-Identifier: BSD-2-Clause */
/* conversation.c - a blocking exchange over a Unix stream socket, with a deadline for the whole of it. */
#include "config.h"

#include "dm-bridge/conversation.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 * 1024)
/* How much of a garbled reply an error shows. */
#define EXCERPT_MAX 60

static int64_t now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int conversation_fail(struct conversation *conversation, int err, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        vsnprintf(conversation->problem, sizeof(conversation->problem), format, list);
        va_end(list);
        return err;
}

int conversation_fail_garbled(struct conversation *conversation, size_t length, const char *expected)
{
        bool cut = length > EXCERPT_MAX;

        return conversation_fail(conversation, -EBADMSG, "expected %s, got '%.*s%s'", expected,
                                 (int)(cut ? EXCERPT_MAX : length), conversation->buffer, cut ? "..." : "");
}

static int fail_timeout(struct conversation *conversation)
{
        return conversation_fail(conversation, -ETIMEDOUT, "expected an answer from %s within %u s, got none",
                                 conversation->peer, conversation->timeout);
}

void conversation_init(struct conversation *conversation, const char *peer, unsigned timeout)
{
        *conversation = (struct conversation){
                .peer = peer,
                .fd = -1,
                .timeout = timeout,
                .deadline = now_ms() + (int64_t)timeout * 1000,
        };
}

void conversation_wait_forever(struct conversation *conversation)
{
        conversation->deadline = INT64_MAX;
}

void conversation_drop(struct conversation *conversation, size_t size)
{
        conversation->have -= size;
        memmove(conversation->buffer, conversation->buffer + size, conversation->have);
}

void conversation_done(struct conversation *conversation)
{
        if (conversation->fd >= 0)
                close(conversation->fd);
        free(conversation->buffer);
        conversation->fd = -1;
        conversation->buffer = NULL;
        conversation->have = conversation->room = 0;
}

/* Connecting blocks while the peer's backlog is full; SO_SNDTIMEO bounds that (EAGAIN). */
int conversation_connect(struct conversation *conversation, const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int64_t left = conversation->deadline - now_ms();
        struct timeval limit = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
        size_t length = strlen(path);

        if (length == 0 || length >= sizeof(address.sun_path))
                return conversation_fail(conversation, -ENAMETOOLONG,
                                         "expected a socket path of 1 to %zu bytes, got %zu",
                                         sizeof(address.sun_path) - 1, length);
        if (left <= 0)
                return fail_timeout(conversation);
        memcpy(address.sun_path, path, length + 1);
        conversation_done(conversation);
        conversation->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (conversation->fd < 0)
                return conversation_fail(conversation, -errno, "socket: %s", strerror(errno));
        setsockopt(conversation->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
        if (connect(conversation->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return 0;
        if (errno == EAGAIN)
                return fail_timeout(conversation);
        return conversation_fail(conversation, -errno, "expected %s at %s, got: %s", conversation->peer, path,
                                 strerror(errno));
}

/* Wait until the socket is ready for `events`, or the deadline has passed. */
static int wait_for(struct conversation *conversation, short events)
{
        struct pollfd poll_fd = {.fd = conversation->fd, .events = events};

        for (;;) {
                int64_t left = conversation->deadline - now_ms();
                /* A longer wait than poll() can express is made of several. */
                int ready = left <= 0 ? 0 : poll(&poll_fd, 1, left > INT_MAX ? INT_MAX : (int)left);

                if (ready > 0)
                        return 0;
                if (ready == 0)
                        return fail_timeout(conversation);
                if (errno != EINTR)
                        return conversation_fail(conversation, -errno, "poll: %s", strerror(errno));
        }
}

int conversation_send(struct conversation *conversation, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t sent;
                int err = wait_for(conversation, POLLOUT);

                if (err < 0)
                        return err;
                sent = send(conversation->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
                if (sent < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                /* The peer may have said why before it hung up: read that. */
                if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
                        return 0;
                if (sent < 0)
                        return conversation_fail(conversation, -errno, "send: %s", strerror(errno));
                data += sent;
                size -= (size_t)sent;
        }
        return 0;
}

static int grow(struct conversation *conversation)
{
        size_t room = conversation->room == 0 ? READ_SIZE : conversation->room * 2;
        char *buffer;

        if (conversation->have < conversation->room)
                return 0;
        if (conversation->have >= CONVERSATION_RECEIVE_MAX)
                return conversation_fail(conversation, -EFBIG,
                                         "expected a reply of at most %zu bytes, got more",
                                         CONVERSATION_RECEIVE_MAX);
        buffer = realloc(conversation->buffer, room + 1);
        if (buffer == NULL)
                return conversation_fail(conversation, -ENOMEM, "%s", strerror(ENOMEM));
        conversation->buffer = buffer;
        conversation->room = room;
        return 0;
}

int conversation_receive(struct conversation *conversation)
{
        for (;;) {
                ssize_t got;
                int err = grow(conversation);

                if (err == 0)
                        err = wait_for(conversation, POLLIN);
                if (err < 0)
                        return err;
                got = recv(conversation->fd, conversation->buffer + conversation->have,
                           conversation->room - conversation->have, MSG_DONTWAIT);
                if (got < 0 && (errno == EINTR || errno == EAGAIN))
                        continue;
                if (got < 0 && errno != ECONNRESET)
                        return conversation_fail(conversation, -errno, "receive: %s", strerror(errno));
                if (got <= 0)
                        return conversation_fail(
                                conversation, -ECONNRESET,
                                "expected a reply, got %zu bytes and the end of the connection",
                                conversation->have);
                conversation->have += (size_t)got;
                return 0;
        }
}
