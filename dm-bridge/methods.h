/* SPDX-License-Identifier: BSD-2-Clause */
/* methods.h - the table of what can be asked over the socket. */
#ifndef BRIDGE_METHODS_H
#define BRIDGE_METHODS_H

#include <stdbool.h>

#include "dm-bridge/rpc.h"

/** Values or names in one reply; a request for more is refused with 9004. 10,000 devices have 30,001 values.
 */
#define METHODS_VALUES_MAX 131072

/** Ends with a row whose name is NULL. */
extern const struct rpc_method rpc_methods[];

/* In methods_parameters.c. */
int method_get(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error);
int method_names(struct session *session, struct json_object *params, struct json_object **ret,
                 struct rpc_error *error);

/* In methods_state.c. */
int method_devices(struct session *session, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error);
int method_gateway(struct session *session, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error);
int method_status(struct session *session, struct json_object *params, struct json_object **ret,
                  struct rpc_error *error);

/* In methods_connection.c. */
int method_stun(struct session *session, struct json_object *params, struct json_object **ret,
                struct rpc_error *error);

/* In methods_set.c. */
int method_set(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error);

/* In methods_attributes.c. */
int method_get_attributes(struct session *session, struct json_object *params, struct json_object **ret,
                          struct rpc_error *error);
int method_set_attributes(struct session *session, struct json_object *params, struct json_object **ret,
                          struct rpc_error *error);

/* In methods_events.c. */
int method_subscribe(struct session *session, struct json_object *params, struct json_object **ret,
                     struct rpc_error *error);
int method_ack(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error);

/** How connection requests reach us, for `status`; NULL: out of memory. In methods_connection.c. */
struct json_object *methods_connection_object(const struct bridge *bridge);

/** Add {name, code, message} to an array of faults. False: out of memory. */
bool methods_add_fault(struct json_object *faults, struct json_object *name, int code, const char *message);

/** Answer with CWMP faults: all of them are listed, also when there is only one. Takes over `faults`. Returns
 * -1. */
int methods_fail(struct rpc_error *error, int code, const char *message, struct json_object *faults);

/** Refuse members of `params` that are not in `allowed`, a list that ends with NULL. 0 or -1 and *error. */
int methods_check_params(struct json_object *params, const char *const allowed[], struct rpc_error *error);

#endif
