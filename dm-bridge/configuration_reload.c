/* SPDX-License-Identifier: BSD-2-Clause */
/* configuration_reload.c - a new configuration for a daemon that runs.
 * What clients hold on to stays: the names of parameters, the socket, and what was written. */
#include "config.h"

#include "dm-bridge/configuration_reload.h"

#include <stdio.h>
#include <string.h>

#include "dm-bridge/log.h"

static void append_key(char *list, size_t size, bool differs, const char *key)
{
        size_t used = strlen(list);

        if (differs)
                snprintf(list + used, size - used, "%s%s", used == 0 ? "" : ", ", key);
}

static void list_kept(const struct configuration *now, const struct configuration *next, char *list,
                      size_t size)
{
        list[0] = '\0';
        append_key(list, size, next->roles != now->roles, "role");
        append_key(list, size, next->root != now->root, "root");
        append_key(list, size, next->model != now->model, "data-model");
        append_key(list, size, strcmp(next->socket, now->socket) != 0, "socket");
        append_key(list, size, strcmp(next->state, now->state) != 0, "state");
}

int configuration_reload(const char *path, const struct configuration *now, struct configuration *ret)
{
        char error[CONFIGURATION_ERROR_MAX], kept[64];
        int err = configuration_load(path, ret, error, sizeof(error));

        if (err < 0) {
                log_line("%s; going on with the configuration as it was", error);
                return err;
        }
        list_kept(now, ret, kept, sizeof(kept));
        if (kept[0] != '\0')
                log_line("%s: differs, but stays as it was until the next start: %s", path, kept);
        ret->roles = now->roles;
        ret->root = now->root;
        ret->model = now->model;
        strcpy(ret->socket, now->socket);
        strcpy(ret->state, now->state);
        return 0;
}
