/* SPDX-License-Identifier: BSD-2-Clause */
/* durations.h - in milliseconds, for tests whose time is their own. */
#ifndef TESTS_DURATIONS_H
#define TESTS_DURATIONS_H

#include <stdint.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#endif
