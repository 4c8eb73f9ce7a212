/* SPDX-License-Identifier: BSD-2-Clause */
/* address_watch.h - a word when addresses or routes of this host change. */
#ifndef BRIDGE_ADDRESS_WATCH_H
#define BRIDGE_ADDRESS_WATCH_H

#include <uv.h>

/** Changes come in bunches: one word for all within so much time, and no more often. */
#define ADDRESS_WATCH_MS 200

struct address_watch {
        uv_poll_t poll;
        uv_timer_t timer;
        int fd; /* -1: not watching */
        void (*on_change)(void *context);
        void *context;
};

/** Returns 0 or a negative errno. *watch must outlive the loop's handles. */
int address_watch_start(struct address_watch *watch, uv_loop_t *loop, void (*on_change)(void *context),
                        void *context);

/** The loop must run on until the handles are closed. */
void address_watch_stop(struct address_watch *watch);

#endif
