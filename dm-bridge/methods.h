/* SPDX-License-Identifier: BSD-2-Clause */
/* methods.h - the table of what can be asked over the socket. */
#ifndef BRIDGE_METHODS_H
#define BRIDGE_METHODS_H

#include "dm-bridge/rpc.h"

/** Values or names in one reply; a request for more is refused with 9004. 10,000 devices have 30,001 values.
 */
#define METHODS_VALUES_MAX 131072

/** Ends with a row whose name is NULL. */
extern const struct rpc_method rpc_methods[];

/* In methods_parameters.c. */
int method_get(struct bridge *bridge, struct json_object *params, struct json_object **ret,
               struct rpc_error *error);
int method_names(struct bridge *bridge, struct json_object *params, struct json_object **ret,
                 struct rpc_error *error);

/* In methods_state.c. */
int method_devices(struct bridge *bridge, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error);
int method_gateway(struct bridge *bridge, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error);
int method_status(struct bridge *bridge, struct json_object *params, struct json_object **ret,
                  struct rpc_error *error);

/** Refuse members of `params` that are not in `allowed`, a list that ends with NULL. 0 or -1 and *error. */
int methods_check_params(struct json_object *params, const char *const allowed[], struct rpc_error *error);

#endif
