/* SPDX-License-Identifier: BSD-2-Clause */
/* folder.c - makes the folders below /run that a boot starts without. */
#include "config.h"

#include "client-hook/folder.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static int make_one(const char *path)
{
        if (mkdir(path, 0755) == 0)
                /* Whatever the umask: dm-bridge need not be root to read. */
                return chmod(path, 0755) < 0 ? -errno : 0;
        return errno == EEXIST ? 0 : -errno;
}

int folder_make(const char *path)
{
        char copy[PATH_MAX];
        int err;

        if (strlen(path) >= sizeof(copy))
                return -ENAMETOOLONG;
        memcpy(copy, path, strlen(path) + 1);
        err = make_one(dirname(copy));
        return err < 0 ? err : make_one(path);
}
