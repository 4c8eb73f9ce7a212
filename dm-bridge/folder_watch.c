/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_watch.c - told when something changes in a folder, which need not exist yet.
 * Where it does not, the nearest parent that exists is watched until it does; nothing is polled. */
#include "config.h"

#include "dm-bridge/folder_watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/log.h"

static void on_event(uv_fs_event_t *event, const char *name, int events, int status);

/* Cuts the last part off an absolute path. False: it is the root. */
static bool to_parent(char *path)
{
        char *slash = strrchr(path, '/');

        if (slash == NULL || strcmp(path, "/") == 0)
                return false;
        slash[slash == path ? 1 : 0] = '\0';
        return true;
}

/* Watches the folder or its nearest parent that lets itself be watched. */
static void watch_nearest(struct folder_watch *watch)
{
        char path[sizeof(watch->folder)];
        int err;

        strcpy(path, watch->folder);
        do {
                err = uv_fs_event_start(&watch->event, on_event, path, 0);
        } while (err < 0 && to_parent(path));
        strcpy(watch->watched, err < 0 ? "" : path);
        if (err < 0)
                log_limited("%s can't be watched: %s", watch->folder, uv_strerror(err));
}

/* A folder on the way may have come while we looked: look again until nothing is nearer. */
static void watch_again(struct folder_watch *watch)
{
        char before[sizeof(watch->watched)];

        do {
                strcpy(before, watch->watched);
                uv_fs_event_stop(&watch->event);
                watch_nearest(watch);
        } while (strcmp(before, watch->watched) != 0);
}

static bool is_of_folder(const struct folder_watch *watch)
{
        return strcmp(watch->watched, watch->folder) == 0;
}

/* libuv names the folder itself by its last part, for changes of its own: moved, removed, mode changed. */
static bool is_self(const struct folder_watch *watch, const char *name)
{
        const char *slash = strrchr(watch->watched, '/');

        return name == NULL || strcmp(name, slash + 1) == 0;
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
        struct folder_watch *watch = event->data;
        bool was_there = is_of_folder(watch);

        (void)events;
        if (status < 0 || !was_there || is_self(watch, name)) {
                watch_again(watch);
                if (was_there || is_of_folder(watch))
                        watch->on_change(watch->context);
        } else if (watch->file == NULL || strcmp(name, watch->file) == 0) {
                watch->on_change(watch->context);
        }
}

int folder_watch_start(struct folder_watch *watch, uv_loop_t *loop, const char *folder, const char *file,
                       void (*on_change)(void *context), void *context)
{
        *watch = (struct folder_watch){.file = file, .on_change = on_change, .context = context};
        if ((size_t)snprintf(watch->folder, sizeof(watch->folder), "%s", folder) >= sizeof(watch->folder))
                return -ENAMETOOLONG;
        uv_fs_event_init(loop, &watch->event);
        watch->event.data = watch;
        watch_again(watch);
        return 0;
}

int folder_watch_move(struct folder_watch *watch, const char *folder, const char *file)
{
        if (strlen(folder) >= sizeof(watch->folder))
                return -ENAMETOOLONG;
        strcpy(watch->folder, folder);
        watch->file = file;
        watch_again(watch);
        return 0;
}

void folder_watch_stop(struct folder_watch *watch)
{
        if (watch->event.data != NULL && !uv_is_closing((uv_handle_t *)&watch->event))
                uv_close((uv_handle_t *)&watch->event, NULL);
}
