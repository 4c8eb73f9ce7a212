/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_fixture.h - what the hook's tests share: records, a folder, allocations that fail. */
#ifndef TESTS_GATEWAY_FIXTURE_H
#define TESTS_GATEWAY_FIXTURE_H

#include <netinet/in.h>

#include "libassoc/record.h"

/** A lease of device 00D09E `serial` without product class, on br0, from time 1000, without end. */
struct device_record fixture_record(const char *serial, const char *address, const char *hwaddr);

/** An IPv4 address from text. */
struct in_addr fixture_address(const char *text);

/** A link-layer address "02:00:00:00:00:01" as 6 bytes. */
void fixture_hwaddr(const char *text, uint8_t *ret);

/** Make a folder; the path of `name` in it is in `path` (room for 96). */
void fixture_make_folder(const char *name, char *path);

/** The undo of fixture_make_folder(), with all that is in the folder. */
void fixture_remove_folder(const char *path);

/** Content of a small file, NUL-terminated; valid until the next call. */
const char *fixture_read(const char *path);

/** Replace a file's content by text. */
void fixture_write(const char *path, const char *text);

/** Let the Nth calloc() or realloc() from now fail; 0: none. Needs the linker's --wrap. */
void fixture_fail_allocation(int n);

#endif
