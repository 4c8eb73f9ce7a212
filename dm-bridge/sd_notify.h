/* SPDX-License-Identifier: BSD-2-Clause */
/* sd_notify.h - tells a service manager how we are, without waiting for it. */
#ifndef BRIDGE_SD_NOTIFY_H
#define BRIDGE_SD_NOTIFY_H

/** "READY=1", "STOPPING=1" and what else sd_notify(3) lists, a line each. Returns 0, also if nobody wants to
 * know; -EINVAL: NOTIFY_SOCKET names no Unix socket; -EAGAIN: the manager has more to read than it takes, and
 * this is not told; another negative errno of sending. Never blocks. */
int sd_notify_send(const char *state);

/** Tell that the configuration is being read; sd_notify_send("READY=1") ends it. Returns as that does. */
int sd_notify_reloading(void);

#endif
