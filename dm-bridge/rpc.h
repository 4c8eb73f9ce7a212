/* SPDX-License-Identifier: BSD-2-Clause */
/* rpc.h - JSON-RPC 2.0: a line in, a line out. */
#ifndef BRIDGE_RPC_H
#define BRIDGE_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bridge;
struct json_object;

/** Longest request, in bytes, line end not counted. */
#define RPC_LINE_MAX (64 * 1024)
/** Levels of arrays and objects in a request. */
#define RPC_DEPTH_MAX 16

/** JSON-RPC's codes for faults of the protocol (JSON-RPC 2.0 section 5.1), and ours of the range it leaves.
 */
enum rpc_code {
        RPC_PARSE_ERROR = -32700,
        RPC_INVALID_REQUEST = -32600,
        RPC_METHOD_NOT_FOUND = -32601,
        RPC_INVALID_PARAMS = -32602,
        RPC_INTERNAL_ERROR = -32603,
        RPC_NOT_SERVED = -32000, /* this client is refused, whatever it asks */
};

/** CWMP's codes for faults of parameters (TR-069 annex A.5). */
enum cwmp_code {
        CWMP_INTERNAL_ERROR = 9002,
        CWMP_INVALID_ARGUMENTS = 9003,
        CWMP_RESOURCES_EXCEEDED = 9004,
        CWMP_INVALID_PARAMETER_NAME = 9005,
        CWMP_INVALID_PARAMETER_TYPE = 9006,
        CWMP_INVALID_PARAMETER_VALUE = 9007,
        CWMP_NOT_WRITABLE = 9008,
        CWMP_NOTIFICATION_REJECTED = 9009,
};

/** One client's side of the conversation. All-zero but for `bridge` is a new one. */
struct session {
        struct bridge *bridge;
        bool subscribed;
        uint64_t delivered; /* number of the last event that was sent to this client */
};

#define RPC_MESSAGE_MAX 160

/** What a method answers if it does not succeed. */
struct rpc_error {
        int code;
        char message[RPC_MESSAGE_MAX];
        struct json_object *data; /* NULL: none */
};

/** One row of the method table. */
struct rpc_method {
        const char *name;
        /**
         * `params` is an object or NULL. Returns 0 and the result in *ret, owned by the caller; or -1 and
         * *error filled in, all-zero standing for "out of memory".
         */
        int (*run)(struct session *session, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error);
        const char *summary;
};

/**
 * Answer one line, `length` bytes without line end. *ret is the reply, `*ret_length` bytes with line end, to
 * be freed; NULL: a notification, which gets none. Returns 0 or -ENOMEM. Never fails otherwise: what is wrong
 * with the request stands in the reply.
 */
int rpc_handle(struct session *session, const char *line, size_t length, char **ret, size_t *ret_length);

/**
 * The next event for a subscriber, as a line to be freed in *ret; NULL: there is none now. Returns 0 or
 * -ENOMEM. It is not forgotten before `ack`.
 */
int rpc_next_event(struct session *session, char **ret, size_t *ret_length);

/** A reply to nobody's request: why the server turns a client away. Returns as rpc_handle(). */
int rpc_refuse(struct bridge *bridge, enum rpc_code code, const char *message, char **ret,
               size_t *ret_length);

/** Fill in *error and return -1, for methods. */
int rpc_fail(struct rpc_error *error, int code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
