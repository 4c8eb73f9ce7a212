/* SPDX-License-Identifier: BSD-2-Clause */
/* interfaces.c - forgets what is kept of interfaces that are gone.
 * Here and not in dm-bridge, which may live in another network namespace than the DHCP client. */
#include "config.h"

#include "client-hook/interfaces.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/types.h>

#include "client-hook/gateway_record.h"
#include "client-hook/slot.h"

bool interface_is_gone(const char *interface)
{
        return if_nametoindex(interface) == 0 && (errno == ENODEV || errno == ENXIO);
}

/* It may have come back while we waited for its slot. */
static void forget(const char *records, const char *slots, const char *interface)
{
        struct slot slot;
        int err = slot_open_existing(&slot, slots, interface);

        if (err < 0 && err != -ENOENT)
                return;
        if (interface_is_gone(interface)) {
                if (err == 0 && slot_advance(&slot) == 0)
                        slot_remove(slots, interface);
                (void)gateway_record_discard(records, interface);
        }
        if (err == 0)
                slot_close(&slot);
}

/* The interface's name, if the file's ends so. */
static bool read_name(const char *file, const char *suffix, char ret[RECORD_INTERFACE_MAX + 1])
{
        const char *dot = strrchr(file, '.');
        size_t length = dot == NULL ? 0 : (size_t)(dot - file);

        if (length == 0 || length > RECORD_INTERFACE_MAX || strcmp(dot, suffix) != 0)
                return false;
        memcpy(ret, file, length);
        ret[length] = '\0';
        return true;
}

struct sweep {
        const char *records;
        const char *slots;
        const char *except;
};

static void sweep_folder(const struct sweep *sweep, const char *path, const char *suffix)
{
        char interface[RECORD_INTERFACE_MAX + 1];
        DIR *folder = opendir(path);
        const struct dirent *file;

        if (folder == NULL)
                return;
        while ((file = readdir(folder)) != NULL)
                if (read_name(file->d_name, suffix, interface) && strcmp(interface, sweep->except) != 0 &&
                    interface_is_gone(interface))
                        forget(sweep->records, sweep->slots, interface);
        closedir(folder);
}

void interfaces_sweep(const char *records, const char *slots, const char *except)
{
        const struct sweep sweep = {records, slots, except};

        /* A record has a slot as a rule, a slot no record after a lease's end. */
        sweep_folder(&sweep, slots, ".slot");
        sweep_folder(&sweep, records, ".json");
}
