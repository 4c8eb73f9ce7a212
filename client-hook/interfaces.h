/* SPDX-License-Identifier: BSD-2-Clause */
/* interfaces.h - forgets what is kept of interfaces that are gone. */
#ifndef CLIENT_INTERFACES_H
#define CLIENT_INTERFACES_H

#include <stdbool.h>

/** Whether there is certainly no interface of this name. */
bool interface_is_gone(const char *interface);

/**
 * Remove the records in the folder `records`, and the slots in `slots`, of interfaces that are gone: where
 * nobody was left to tell of an interface's end, another's next event does (DV-7). `except` is spared.
 * Hold no slot: those of the dead are waited for.
 */
void interfaces_sweep(const char *records, const char *slots, const char *except);

#endif
