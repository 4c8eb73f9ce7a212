/* SPDX-License-Identifier: BSD-2-Clause */
/* folder.h - makes the folders below /run that a boot starts without. */
#ifndef CLIENT_FOLDER_H
#define CLIENT_FOLDER_H

/**
 * Make the folder `path` and the one above it, mode 0755, where they are missing.
 * Returns 0 or a negative errno.
 */
int folder_make(const char *path);

#endif
