/* SPDX-License-Identifier: BSD-2-Clause */
/* address_watch.c - a word when addresses or routes of this host change.
 * What has changed is not read: whoever wants to know asks the kernel anew, so that nothing lost is missed.
 */
#include "config.h"

#include "dm-bridge/address_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* As many messages are thrown away in one turn of the loop. */
#define BATCH 64

static void on_quiet(uv_timer_t *timer)
{
        struct address_watch *watch = timer->data;

        watch->on_change(watch->context);
}

/* A message too many (ENOBUFS) is a change as well. */
static void on_readable(uv_poll_t *poll, int status, int events)
{
        struct address_watch *watch = poll->data;
        char discarded[1];

        (void)status;
        (void)events;
        for (int i = 0; i < BATCH; i++)
                if (recv(watch->fd, discarded, sizeof(discarded), 0) < 0 && errno != ENOBUFS)
                        break;
        if (!uv_is_active((uv_handle_t *)&watch->timer))
                uv_timer_start(&watch->timer, on_quiet, ADDRESS_WATCH_MS, 0);
}

static int open_socket(void)
{
        const struct sockaddr_nl address = {.nl_family = AF_NETLINK,
                                            .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
                                                         RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE};
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE), err;

        if (fd < 0)
                return -errno;
        if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        err = -errno;
        close(fd);
        return err;
}

int address_watch_start(struct address_watch *watch, uv_loop_t *loop, void (*on_change)(void *context),
                        void *context)
{
        int err;

        *watch = (struct address_watch){.on_change = on_change, .context = context};
        watch->fd = open_socket();
        if (watch->fd < 0)
                return watch->fd;
        err = uv_poll_init(loop, &watch->poll, watch->fd);
        if (err < 0) {
                close(watch->fd);
                watch->fd = -1;
                return err;
        }
        uv_timer_init(loop, &watch->timer);
        watch->poll.data = watch->timer.data = watch;
        return uv_poll_start(&watch->poll, UV_READABLE, on_readable);
}

void address_watch_stop(struct address_watch *watch)
{
        if (watch->fd < 0)
                return;
        uv_close((uv_handle_t *)&watch->poll, NULL);
        uv_close((uv_handle_t *)&watch->timer, NULL);
        close(watch->fd);
        watch->fd = -1;
}
