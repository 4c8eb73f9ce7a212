/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_request.h - UDP Connection Requests (TR-111 2.2.1.4): is a datagram one, and is it from our ACS?
 *
 * A datagram in, a verdict out; no socket, no clock, no allocation. Nothing of an ill one is remembered. */
#ifndef BRIDGE_CONNECTION_REQUEST_H
#define BRIDGE_CONNECTION_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A longer datagram is refused. */
#define CONNECTION_REQUEST_MAX 2048

/** What becomes of a datagram; each has its own counter. */
enum request_verdict {
        REQUEST_ACCEPTED,
        REQUEST_COPY,          /* of the one that was accepted last (CR-10) */
        REQUEST_OLD,           /* authentic, but its timestamp is not above the last accepted one's (CR-3) */
        REQUEST_SAME_ID,       /* authentic, but its id is the last accepted one's (CR-3) */
        REQUEST_BAD_SIGNATURE, /* CR-4 */
        REQUEST_OTHER_USER,    /* CR-3 */
        REQUEST_NO_PASSWORD,   /* we have none: nothing can be authentic (CR-8) */
        REQUEST_TOO_LONG,
        REQUEST_NOT_HTTP, /* breaks HTTP/1.1's syntax where nothing below says how */
        REQUEST_CUT,      /* the empty line behind the header fields is missing */
        REQUEST_BARE_LF,
        REQUEST_NUL,
        REQUEST_METHOD,  /* not GET */
        REQUEST_VERSION, /* not HTTP/1.1 */
        REQUEST_URI,     /* no absolute http URI with an empty path or "/" */
        REQUEST_FRAGMENT,
        REQUEST_BAD_ESCAPE,
        REQUEST_HOST,        /* no Host, or several */
        REQUEST_MISSING_KEY, /* one of ts, id, un, cn, sig */
        REQUEST_REPEATED_KEY,
        REQUEST_BAD_VALUE, /* ts or id is no 64-bit number, or sig not 40 hexadecimal digits */
        REQUEST_VERDICTS,
};

/** What a CPE is known by. Texts are only read. */
struct request_settings {
        const char *username;    /* ConnectionRequestUsername */
        const char *password;    /* ConnectionRequestPassword; empty: nothing is accepted */
        bool allow_missing_host; /* FreeACS leaves it out (CR-9) */
};

/** The last request that was accepted (CR-7). All-zero: none yet. */
struct request_memory {
        bool any;
        uint64_t ts, id;
};

/** The verdict's name in `status`: "accepted", "bad_signature" ...; static. */
const char *request_verdict_name(enum request_verdict verdict);

/** Judge a datagram. Only if it is accepted *memory becomes its timestamp and id: keep it before acting on
 * it. */
enum request_verdict connection_request_judge(const struct request_settings *settings,
                                              struct request_memory *memory, const uint8_t *datagram,
                                              size_t size);

/**
 * The signature of a request: 40 upper-case hexadecimal digits and a NUL in `ret` (CR-4). Each text has its
 * length, as it comes from a datagram.
 */
struct request_text {
        const char *text;
        size_t length;
};
void connection_request_sign(const char *password, const struct request_text parts[4], char ret[41]);

#endif
