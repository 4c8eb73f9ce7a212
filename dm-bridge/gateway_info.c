/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_info.c - what the device's interfaces learnt of their gateways: DIR/INTERFACE.json, written by the
 * client hook. Told the time, knows no clock; main.c watches the folder and keeps the timer. */
#include "config.h"

#include "dm-bridge/gateway_info.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/configuration.h"
#include "dm-bridge/log.h"
#include "libassoc/file.h"

static const char suffix[] = ".json";

void gateway_records_init(struct gateway_records *gateway, const char *folder)
{
        *gateway = (struct gateway_records){.folder = folder, .state = SOURCE_MISSING};
}

static bool has_expired(const struct gateway_info *info, int64_t now)
{
        return info->expires != 0 && info->expires <= now;
}

void gateway_records_expire(struct gateway_records *gateway, int64_t now)
{
        unsigned kept = 0;

        for (unsigned i = 0; i < gateway->count; i++)
                if (!has_expired(&gateway->records[i], now))
                        gateway->records[kept++] = gateway->records[i];
        gateway->count = kept;
}

int64_t gateway_records_deadline(const struct gateway_records *gateway)
{
        int64_t deadline = 0;

        for (unsigned i = 0; i < gateway->count; i++) {
                int64_t expires = gateway->records[i].expires;

                if (expires != 0 && (deadline == 0 || expires < deadline))
                        deadline = expires;
        }
        return deadline;
}

const struct gateway_info *gateway_records_active(const struct gateway_records *gateway)
{
        return gateway->count > 0 ? &gateway->records[0] : NULL;
}

/* "eth0.json" is of interface eth0; what the hook is about to rename is not. */
static bool is_record_name(const char *name)
{
        size_t length = strlen(name);

        return name[0] != '.' && length > sizeof(suffix) - 1 &&
               strcmp(name + length - (sizeof(suffix) - 1), suffix) == 0;
}

static bool is_of_interface(const struct gateway_info *info, const char *name)
{
        size_t length = strlen(name) - (sizeof(suffix) - 1);

        return strlen(info->interface) == length && memcmp(info->interface, name, length) == 0;
}

static const char *read_record(const char *folder, const char *name, struct gateway_info *ret)
{
        char path[CONFIGURATION_PATH_MAX + 1 + NAME_MAX + 1];
        char line[RECORD_LINE_MAX];
        size_t size;
        int err;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        err = file_read(path, line, sizeof(line), &size);
        if (err < 0)
                return strerror(-err);
        if (gateway_info_parse(line, size, ret) < 0)
                return "expected a GatewayInfo record, got something else";
        if (!is_of_interface(ret, name))
                return "expected a record of the interface that the file is named after, got another's";
        return NULL;
}

static void add_record(struct gateway_records *gateway, const char *name, int64_t now)
{
        struct gateway_info info;
        char escaped[128];
        const char *fault = read_record(gateway->folder, name, &info);

        if (fault == NULL && gateway->count == GATEWAY_RECORDS_MAX)
                fault = "too many records";
        if (fault != NULL) {
                gateway->skipped++;
                log_limited("gateway-info: %s skipped: %s",
                            log_escape(escaped, sizeof(escaped), name, strlen(name)), fault);
        } else if (!has_expired(&info, now)) {
                gateway->records[gateway->count++] = info;
        }
}

static int compare_records(const void *left, const void *right)
{
        const struct gateway_info *a = left, *b = right;

        if (a->metric != b->metric)
                return a->metric < b->metric ? -1 : 1;
        return strcmp(a->interface, b->interface);
}

static void set_state(struct gateway_records *gateway, int err)
{
        enum source_state state = err == 0                            ? SOURCE_OK
                                  : err == -ENOENT || err == -ENOTDIR ? SOURCE_MISSING
                                                                      : SOURCE_UNREADABLE;

        if (gateway->state != state)
                log_limited("gateway-info %s: %s", gateway->folder, source_state_name(state));
        gateway->state = state;
}

void gateway_records_refresh(struct gateway_records *gateway, int64_t now)
{
        DIR *folder = opendir(gateway->folder);
        const struct dirent *file;

        gateway->count = 0;
        gateway->skipped = 0;
        set_state(gateway, folder == NULL ? -errno : 0);
        if (folder == NULL)
                return;
        while ((file = readdir(folder)) != NULL)
                if (is_record_name(file->d_name))
                        add_record(gateway, file->d_name, now);
        closedir(folder);
        qsort(gateway->records, gateway->count, sizeof(gateway->records[0]), compare_records);
}
