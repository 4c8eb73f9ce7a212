/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc_client.h - one blocking conversation with the daemon: JSON-RPC 2.0, one object a line. */
#ifndef DM_BRIDGE_RPC_CLIENT_H
#define DM_BRIDGE_RPC_CLIENT_H

#include <json.h>
#include <stddef.h>

#include "dm-bridge/conversation.h"

/** Longest request: the daemon takes no longer line. Its newline is counted. */
#define RPC_CLIENT_REQUEST_MAX ((size_t)64 * 1024)

struct rpc_client {
        struct conversation conversation; /* its `problem` says why the last call failed */
        int id;                           /* of the request under way */
        size_t taken;                     /* bytes of the conversation's buffer that have been dealt with */
        /** What is done with an event that comes before a reply; NULL: it is no reply, and the call fails.
         * The object is released afterwards. */
        void (*on_event)(void *context, struct json_object *event);
        void *context; /* for on_event */
};

/**
 * Connect to the daemon's socket at `path`. The conversation as a whole may take `timeout` seconds.
 * Returns 0; -ENOENT, -ECONNREFUSED: nobody is there; -ETIMEDOUT; another negative errno.
 * client->conversation.problem says which; rpc_client_done() is due in any case.
 */
int rpc_client_init(struct rpc_client *client, const char *path, unsigned timeout);

/** Close and release; `client` itself is the caller's. */
void rpc_client_done(struct rpc_client *client);

/**
 * Send a request and wait for its reply. `params` may be NULL; it stays the caller's.
 * Returns 0 and the result in *ret_result (NULL for JSON's null);
 * -EREMOTEIO: refused, and the JSON-RPC error object in *ret_error; release either with json_object_put().
 * Else client->conversation.problem says what happened: -ETIMEDOUT; -EBADMSG: what came is no reply to the
 * request; -EFBIG: reply over CONVERSATION_RECEIVE_MAX; -EMSGSIZE: request over RPC_CLIENT_REQUEST_MAX;
 * -ECONNRESET: closed before the reply; another negative errno.
 */
int rpc_client_call(struct rpc_client *client, const char *method, struct json_object *params,
                    struct json_object **ret_result, struct json_object **ret_error);

/**
 * Wait, without limit, for a line that the daemon sends unasked: a notification of JSON-RPC. Returns 0 and
 * the object in *ret, to be released with json_object_put(); else as rpc_client_call().
 */
int rpc_client_wait(struct rpc_client *client, struct json_object **ret);

#endif
