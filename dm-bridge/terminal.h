/* SPDX-License-Identifier: BSD-2-Clause */
/* terminal.h - text from elsewhere, shown so that it can neither steer nor deceive a terminal. */
#ifndef DM_BRIDGE_TERMINAL_H
#define DM_BRIDGE_TERMINAL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Print `size` bytes of `text`. What is not UTF-8, and control characters, become \xNN; characters that are
 * invisible or turn the direction of writing \u{N}; a backslash becomes two.
 */
void terminal_print(FILE *file, const char *text, size_t size);

/** How many columns terminal_print() takes for it. */
size_t terminal_width(const char *text, size_t size);

/** Write a time span as text, "1 d 2 h 3 min 4 s", to `buffer`; returns it. 48 bytes are always enough. */
const char *terminal_duration(int64_t seconds, char *buffer, size_t size);

/** Write the time `seconds` after 1970 as local date and time to `buffer`; returns it. 48 bytes are enough.
 */
const char *terminal_time(int64_t seconds, char *buffer, size_t size);

#endif
