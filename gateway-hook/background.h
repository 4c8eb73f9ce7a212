/* SPDX-License-Identifier: BSD-2-Clause */
/* background.h - the two calls on a file that take as long as the disk likes, fsync() and the close() that
 * frees a deleted file, made by a thread that ends with the call. It touches nothing but the descriptor. */
#ifndef GATEWAY_BACKGROUND_H
#define GATEWAY_BACKGROUND_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/** Zeroes are one that has nothing to do. One call at a time. */
struct background {
        pthread_t thread;
        atomic_bool done;
        bool running; /* there is a thread to join */
        bool close;
        int fd;
        int err;
};

/** Begin fsync(fd). If there can be no thread it is not synced, and that counts as done. */
void background_sync(struct background *background, int fd);

/** Begin close(fd). */
void background_close(struct background *background, int fd);

/** Whether nothing is under way; does not wait. */
bool background_idle(struct background *background);

/** Wait until nothing is under way. */
void background_wait(struct background *background);

/** Of the last fsync(), once idle: 0 or a negative errno. */
int background_error(const struct background *background);

#endif
