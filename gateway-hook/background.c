/* SPDX-License-Identifier: BSD-2-Clause */
/* background.c - a thread for one call that may take long.
 * Used by journal.c, so that no packet waits for a disk. */
#include "config.h"

#include "gateway-hook/background.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static void *work(void *context)
{
        struct background *background = context;

        if (background->close)
                close(background->fd);
        else if (fsync(background->fd) < 0)
                background->err = -errno;
        atomic_store(&background->done, true);
        return NULL;
}

static void start(struct background *background, int fd, bool close_it)
{
        sigset_t all, saved;

        background->fd = fd;
        background->close = close_it;
        background->err = 0;
        atomic_store(&background->done, false);
        /* The server's signals are for its own threads. */
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &saved);
        background->running = pthread_create(&background->thread, NULL, work, background) == 0;
        pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

void background_sync(struct background *background, int fd)
{
        start(background, fd, false);
}

void background_close(struct background *background, int fd)
{
        start(background, fd, true);
        if (!background->running)
                close(fd);
}

bool background_idle(struct background *background)
{
        if (background->running && !atomic_load(&background->done))
                return false;
        background_wait(background);
        return true;
}

void background_wait(struct background *background)
{
        if (background->running)
                pthread_join(background->thread, NULL);
        background->running = false;
}

int background_error(const struct background *background)
{
        return background->err;
}
