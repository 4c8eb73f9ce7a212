/* SPDX-License-Identifier: BSD-2-Clause */
/* url_host.h - which host a URL names (RFC 3986 section 3.2). */
#ifndef BRIDGE_URL_HOST_H
#define BRIDGE_URL_HOST_H

#include <stdbool.h>
#include <stddef.h>

/** Longest name of a host. */
#define URL_HOST_MAX 255

/** Whether it is a name of the DNS, or an IPv4 address: letters, digits, hyphens, underscores, dots. */
bool url_host_is_valid(const char *host, size_t length);

/**
 * The host of an http or https URL, NUL-terminated, in `ret` (URL_HOST_MAX + 1 bytes).
 * False: it is no such URL, or its host is none that has an IPv4 address; *ret is "" then.
 */
bool url_host(const char *url, char *ret);

#endif
