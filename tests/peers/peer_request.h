/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_request.h - a UDP Connection Request as TR-111 2.2.2.3 has a manager make it, without any of our code.
 */
#ifndef TESTS_PEER_REQUEST_H
#define TESTS_PEER_REQUEST_H

#include <stddef.h>

#define PEER_REQUEST_MAX 2048

/** What is in one. Texts are written, and signed, as they are. */
struct peer_request {
        const char *authority; /* "198.51.100.1:40000" */
        const char *ts, *id, *un, *cn;
        const char *key; /* ConnectionRequestPassword */
};

/** Returns the length of what is in `ret` then, or 0: it does not fit. */
size_t peer_request_make(const struct peer_request *request, char ret[PEER_REQUEST_MAX]);

#endif
