/* SPDX-License-Identifier: BSD-2-Clause */
/* default_route.c - reads the kernel's list of IPv4 routes. */
#include "config.h"

#include "client-hook/default_route.h"

#include <errno.h>
#include <net/route.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Interface Destination Gateway Flags RefCnt Use Metric Mask ..., numbers in hexadecimal but for the counts
 * and the metric. The title is no such line. */
static bool read_route(const char *line, const char *interface, uint32_t *ret)
{
        unsigned destination, flags, mask;
        uint32_t metric;
        char name[17];

        if (sscanf(line, "%16s %8x %*8x %4x %*d %*d %u %8x", name, &destination, &flags, &metric, &mask) != 5)
                return false;
        if (strcmp(name, interface) != 0 || destination != 0 || mask != 0)
                return false;
        if ((flags & RTF_UP) == 0 || (flags & RTF_REJECT) != 0)
                return false;
        *ret = metric;
        return true;
}

int default_route_metric(const char *table, const char *interface, uint32_t *ret)
{
        FILE *stream = fopen(table, "re");
        char line[256];
        uint32_t metric;
        bool found = false;

        if (stream == NULL)
                return -errno == -ENOENT ? -EIO : -errno;
        while (fgets(line, sizeof(line), stream) != NULL) {
                if (!read_route(line, interface, &metric) || (found && metric >= *ret))
                        continue;
                *ret = metric;
                found = true;
        }
        fclose(stream);
        return found ? 0 : -ENOENT;
}
