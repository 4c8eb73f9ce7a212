/* SPDX-License-Identifier: BSD-2-Clause */
/* http_request.h - the HTTP/1.1 around a UDP Connection Request: one datagram, strictly (CR-3). */
#ifndef BRIDGE_HTTP_REQUEST_H
#define BRIDGE_HTTP_REQUEST_H

#include "dm-bridge/connection_request.h"

/**
 * The query of a GET of an absolute http URI with an empty path or "/", in a datagram that breaks no rule of
 * HTTP/1.1 (RFC 2616); its characters and escapes are those of a URI. A body is not looked at (CR-6). Returns
 * REQUEST_ACCEPTED and the query, which lies in `datagram`, in *ret; or why it is none.
 */
enum request_verdict http_request_query(const char *datagram, size_t size, bool allow_missing_host,
                                        struct request_text *ret);

#endif
