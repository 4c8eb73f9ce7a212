/* SPDX-License-Identifier: BSD-2-Clause */
/* conversation.h - a blocking exchange over a Unix stream socket, with a deadline for the whole of it.
 * Used by rpc_client.c and kea_client.c; knows nothing of what is said. */
#ifndef DM_BRIDGE_CONVERSATION_H
#define DM_BRIDGE_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

/** Most bytes that are received; a table of 1024 devices is about 1 MiB. */
#define CONVERSATION_RECEIVE_MAX ((size_t)64 * 1024 * 1024)

struct conversation {
        const char *peer; /* for messages: "dm-bridge", "Kea" */
        int fd;
        unsigned timeout; /* seconds, for the message that it has passed */
        int64_t deadline; /* CLOCK_MONOTONIC, milliseconds */
        char *buffer;     /* what has been received; there is room for a NUL behind it */
        size_t have;      /* bytes in it */
        size_t room;
        char problem[320]; /* why the last call failed, without line end; not escaped */
};

/** Begin: from now on all may take `timeout` seconds. conversation_done() releases what follows. */
void conversation_init(struct conversation *conversation, const char *peer, unsigned timeout);
void conversation_done(struct conversation *conversation);

/**
 * Connect to the socket at `path`. A connection that was there before is closed, and what it received is
 * forgotten. Returns 0; -ENOENT, -ECONNREFUSED: nobody is there; -ETIMEDOUT; another negative errno.
 */
int conversation_connect(struct conversation *conversation, const char *path);

/** From now on there is no deadline: whoever waits for news waits as long as it takes. */
void conversation_wait_forever(struct conversation *conversation);

/** Forget the first `size` bytes of what was received. */
void conversation_drop(struct conversation *conversation, size_t size);

/** Send all of `data`. That the peer has hung up is no error: it may have said why. Returns 0 or a negative
 * errno. */
int conversation_send(struct conversation *conversation, const char *data, size_t size);

/**
 * Wait for more, and append it to the buffer, which may move. Returns 0: there is at least one byte more;
 * -ETIMEDOUT; -ECONNRESET: the peer has hung up; -EFBIG: over CONVERSATION_RECEIVE_MAX; another negative
 * errno.
 */
int conversation_receive(struct conversation *conversation);

/** Note why a call fails, and pass its code on. */
int conversation_fail(struct conversation *conversation, int err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/** Fail with -EBADMSG: "expected EXPECTED, got 'the start of what was received'", `length` bytes of it. */
int conversation_fail_garbled(struct conversation *conversation, size_t length, const char *expected);

#endif
