/* SPDX-License-Identifier: BSD-2-Clause */
/* socket_path.h - making sure that a socket's path is ours. */
#ifndef BRIDGE_SOCKET_PATH_H
#define BRIDGE_SOCKET_PATH_H

/**
 * Claim `path` for this process: make its folder (not the folder's parents), take the lock PATH.lock, and
 * remove a socket that a dead instance left behind. Returns a descriptor that holds the lock; -EADDRINUSE: a
 * live process has the socket or the lock; -EEXIST: what is there is no socket; another negative errno.
 */
int socket_path_claim(const char *path);

/** Give the path up: remove PATH.lock and close the descriptor. The socket itself is the server's to remove.
 */
void socket_path_release(const char *path, int fd);

#endif
