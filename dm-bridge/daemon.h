/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon.h - the daemon: sources, state, socket and signals on one event loop. */
#ifndef BRIDGE_DAEMON_H
#define BRIDGE_DAEMON_H

#include "dm-bridge/configuration.h"

/** Run until a signal says to stop. `file` is where *config is from, and where SIGHUP reads it again. What
 * goes wrong is logged. Returns the status to exit with. */
int daemon_run(const char *file, const struct configuration *config);

#endif
