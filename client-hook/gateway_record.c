/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_record.c - keeps what an interface learnt of its gateway, in a file that dm-bridge watches.
 * The format is libassoc/record.h's; when to store or discard is event.c's and companion.c's decision. */
#include "config.h"

#include "client-hook/gateway_record.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client-hook/folder.h"
#include "libassoc/file.h"

static int record_path(const char *folder, const char *interface, char path[PATH_MAX])
{
        int length = snprintf(path, PATH_MAX, "%s/%s.json", folder, interface);

        return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* The reason is left out: it alone is not worth a write. */
static bool same(const struct gateway_info *a, const struct gateway_info *b)
{
        return strcmp(a->interface, b->interface) == 0 && a->metric == b->metric &&
               a->expires == b->expires && assoc_identity_equal(&a->identity, &b->identity);
}

static bool says_already(const char *path, const struct gateway_info *info)
{
        char line[RECORD_LINE_MAX + 1];
        struct gateway_info there;
        size_t size;

        return file_read(path, line, sizeof(line), &size) == 0 &&
               gateway_info_parse(line, size, &there) == 0 && same(&there, info);
}

int gateway_record_store(const char *folder, const struct gateway_info *info)
{
        char path[PATH_MAX], line[RECORD_LINE_MAX + 1];
        int length = gateway_info_format(info, line, sizeof(line));
        int err;

        if (length < 0)
                return length;
        err = record_path(folder, info->interface, path);
        if (err < 0)
                return err;
        if (says_already(path, info))
                return 0;
        err = folder_make(folder);
        if (err == 0)
                err = file_replace(path, line, (size_t)length, 0644);
        return err < 0 ? err : 1;
}

int gateway_record_discard(const char *folder, const char *interface)
{
        char path[PATH_MAX];
        int err = record_path(folder, interface, path);

        if (err < 0)
                return err;
        if (unlink(path) == 0)
                return 1;
        return errno == ENOENT ? 0 : -errno;
}
