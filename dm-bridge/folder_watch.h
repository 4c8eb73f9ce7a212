/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_watch.h - told when something changes in a folder, which need not exist yet. */
#ifndef BRIDGE_FOLDER_WATCH_H
#define BRIDGE_FOLDER_WATCH_H

#include <stdbool.h>

#include <uv.h>

#include "dm-bridge/configuration.h"

struct folder_watch {
        uv_fs_event_t event;
        char folder[CONFIGURATION_PATH_MAX + 1]; /* that we want to watch */
        char watched[CONFIGURATION_PATH_MAX +
                     1];  /* that we can: it, or its nearest parent that exists; "": none */
        const char *file; /* only of this name in the folder; NULL: of any */
        void (*on_change)(void *context);
        void *context;
};

/**
 * Watch `folder`; `file` is the one name in it that matters, or NULL. `on_change` is called for each change,
 * and when the folder appears or disappears; spurious calls happen. It is not called for what is there at the
 * start. `file` must outlive the watch. Returns 0; -ENAMETOOLONG. A folder that can't be watched is logged,
 * and tried again whenever a parent changes.
 */
int folder_watch_start(struct folder_watch *watch, uv_loop_t *loop, const char *folder, const char *file,
                       void (*on_change)(void *context), void *context);

/** Watch another folder, and file, from now on; as folder_watch_start(). */
int folder_watch_move(struct folder_watch *watch, const char *folder, const char *file);

/** The loop must run on until the handle is closed. */
void folder_watch_stop(struct folder_watch *watch);

#endif
