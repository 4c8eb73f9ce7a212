/* SPDX-License-Identifier: BSD-2-Clause */
/* file.h - whole files, read with a limit and replaced atomically. Private. */
#ifndef ASSOC_FILE_H
#define ASSOC_FILE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * Replace the file `path` by `size` bytes of `data`, so that a reader sees the old or the new content and
 * never a mixture, also after a power cut: write PATH.new, fsync, rename, fsync of the folder. `mode` is the
 * new file's, whatever the umask. Returns 0 or a negative errno (-ENAMETOOLONG included); on error PATH is as
 * it was and PATH.new is gone.
 */
int file_replace(const char *path, const void *data, size_t size, mode_t mode);

/**
 * Read at most `size` bytes of a regular file into `buffer`.
 * Returns 0 and the bytes read in *ret_size; -EFBIG: the file is longer; -EINVAL: not a regular file (a FIFO
 * is not waited for); another negative errno.
 */
int file_read(const char *path, void *buffer, size_t size, size_t *ret_size);

#endif
