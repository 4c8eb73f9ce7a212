/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_timer.c - a timer that goes on in suspend, unlike libuv's: a lease does not wait for a sleeping
 * device. */
#include "config.h"

#include "dm-bridge/boot_timer.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void on_readable(uv_poll_t *poll, int status, int events)
{
        struct boot_timer *timer = poll->data;
        uint64_t expirations;

        (void)events;
        if (status < 0 || read(timer->fd, &expirations, sizeof(expirations)) < 0)
                return;
        timer->on_deadline(timer->context);
}

int boot_timer_init(struct boot_timer *timer, uv_loop_t *loop, void (*on_deadline)(void *context),
                    void *context)
{
        int err;

        *timer = (struct boot_timer){.on_deadline = on_deadline, .context = context};
        timer->fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        if (timer->fd < 0)
                return -errno;
        err = uv_poll_init(loop, &timer->poll, timer->fd);
        if (err < 0) {
                close(timer->fd);
                return err;
        }
        timer->poll.data = timer;
        return uv_poll_start(&timer->poll, UV_READABLE, on_readable);
}

static void set_timer(struct boot_timer *timer, int64_t seconds, int64_t milliseconds)
{
        struct itimerspec when = {.it_value = {.tv_sec = seconds, .tv_nsec = milliseconds * 1000000}};

        timerfd_settime(timer->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void boot_timer_set(struct boot_timer *timer, int64_t deadline)
{
        set_timer(timer, deadline, 0);
}

void boot_timer_set_ms(struct boot_timer *timer, int64_t deadline)
{
        set_timer(timer, deadline / 1000, deadline % 1000);
}

void boot_timer_done(struct boot_timer *timer)
{
        uv_close((uv_handle_t *)&timer->poll, NULL);
        close(timer->fd);
}
