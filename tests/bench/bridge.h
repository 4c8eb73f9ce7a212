/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge.h - the dm-bridge that a bench program measures: its files in a scratch folder, and connections. */
#ifndef TESTS_BENCH_BRIDGE_H
#define TESTS_BENCH_BRIDGE_H

/** A new scratch folder after mkdtemp's `pattern`, of 31 characters at most. */
void bridge_make_folder(const char *pattern);

/** A file of that name in it. Valid until the fourth call from now. */
const char *bridge_path(const char *name);

/** Remove it, if there is one, with the files conf, journal, socket and state, and what dm-bridge makes
 * beside them. */
void bridge_remove_folder(void);

/** Connect to dm-bridge at the file "socket", which it may be about to make; or give up. */
int bridge_connect(void);

/** Send a line. */
void bridge_send(int fd, const char *line);

#endif
