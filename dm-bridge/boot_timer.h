/* SPDX-License-Identifier: BSD-2-Clause */
/* boot_timer.h - a timer that goes on in suspend, unlike libuv's. */
#ifndef BRIDGE_BOOT_TIMER_H
#define BRIDGE_BOOT_TIMER_H

#include <stdint.h>

#include <uv.h>

struct boot_timer {
        uv_poll_t poll;
        int fd;
        void (*on_deadline)(void *context);
        void *context;
};

/** Returns 0 or a negative errno. */
int boot_timer_init(struct boot_timer *timer, uv_loop_t *loop, void (*on_deadline)(void *context),
                    void *context);

/** Fire once at `deadline`, CLOCK_BOOTTIME in seconds, at once if it has passed; 0: never. */
void boot_timer_set(struct boot_timer *timer, int64_t deadline);

/** The same in milliseconds. */
void boot_timer_set_ms(struct boot_timer *timer, int64_t deadline);

/** The loop must run on until the handle is closed. */
void boot_timer_done(struct boot_timer *timer);

#endif
