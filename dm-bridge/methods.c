/* SPDX-License-Identifier: BSD-2-Clause */
/* methods.c - the table of what can be asked over the socket. */
#include "config.h"

#include "dm-bridge/methods.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

#include "dm-bridge/log.h"

const struct rpc_method rpc_methods[] = {
        {"get", method_get, "values of parameters"},
        {"names", method_names, "names of parameters and objects"},
        {"set", method_set, "write parameters, all or none"},
        {"get_attributes", method_get_attributes, "notification attributes of parameters"},
        {"set_attributes", method_set_attributes, "set notification attributes, all or none"},
        {"subscribe", method_subscribe, "send events to this client as they come"},
        {"ack", method_ack, "forget events that the ACS knows"},
        {"devices", method_devices, "the devices behind this gateway, with their addresses"},
        {"gateway", method_gateway, "what each interface learnt of its gateway"},
        {"stun", method_stun, "where the ACS reaches this host, and how that is kept up"},
        {"status", method_status, "roles, sources and counters"},
        {NULL, NULL, NULL},
};

static bool is_allowed(const char *name, const char *const allowed[])
{
        for (; *allowed != NULL; allowed++)
                if (strcmp(*allowed, name) == 0)
                        return true;
        return false;
}

int methods_check_params(struct json_object *params, const char *const allowed[], struct rpc_error *error)
{
        char escaped[64];

        if (params == NULL)
                return 0;
        json_object_object_foreach(params, name, value)
        {
                (void)value;
                if (!is_allowed(name, allowed))
                        return rpc_fail(error, RPC_INVALID_PARAMS, "params: unknown member '%s'",
                                        log_escape(escaped, sizeof(escaped), name, strlen(name)));
        }
        return 0;
}
