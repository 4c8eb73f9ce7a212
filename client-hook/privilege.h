/* SPDX-License-Identifier: BSD-2-Clause */
/* privilege.h - gives up what a process does not need. */
#ifndef CLIENT_PRIVILEGE_H
#define CLIENT_PRIVILEGE_H

/**
 * Keep CAP_NET_RAW and CAP_NET_BIND_SERVICE, as far as they are there, and give up every other capability
 * for good. The user stays the same: who owns /run/assoc can still write there.
 */
void privilege_keep_network(void);

#endif
