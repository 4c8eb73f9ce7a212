/* SPDX-License-Identifier: BSD-2-Clause */
/* scratch.h - a folder for one test, gone after it. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Use as cmocka's setup: *state becomes the folder's name. */
static inline int scratch_make(void **state)
{
        char name[] = "/tmp/assoc-unit.XXXXXX";

        if (mkdtemp(name) == NULL)
                return -1;
        *state = strdup(name);
        return *state == NULL ? -1 : 0;
}

/* Its undo. */
static inline int scratch_remove(void **state)
{
        char command[64];
        int status;

        snprintf(command, sizeof(command), "rm -rf '%s'", (const char *)*state);
        status = system(command);
        free(*state);
        return status;
}

static inline const char *scratch_path(void **state, const char *name, char path[PATH_MAX])
{
        snprintf(path, PATH_MAX, "%s/%s", (const char *)*state, name);
        return path;
}

#endif
