/* SPDX-License-Identifier: BSD-2-Clause */
/* clock.h - the one clock of the daemon: it neither jumps nor stops in suspend. */
#ifndef BRIDGE_CLOCK_H
#define BRIDGE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/** Seconds of CLOCK_BOOTTIME, as in GatewayInfo records. */
static inline int64_t clock_boottime(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return now.tv_sec;
}

/** The same in milliseconds. */
static inline int64_t clock_boottime_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

#endif
