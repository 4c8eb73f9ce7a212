/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_faults.c - CWMP's faults as the methods answer them: a code for the whole, and one row for each
 * parameter. */
#include "config.h"

#include <json-c/json.h>

#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

bool methods_add_fault(struct json_object *faults, struct json_object *name, int code, const char *message)
{
        struct json_object *fault = json_object_new_object();

        if (fault != NULL && json_add(fault, "name", json_object_get(name)) &&
            json_add(fault, "code", json_object_new_int(code)) &&
            json_add(fault, "message", json_object_new_string(message)))
                return json_append(faults, fault);
        json_object_put(fault);
        return false;
}

int methods_fail(struct rpc_error *error, int code, const char *message, struct json_object *faults)
{
        struct json_object *data = json_object_new_object();

        if (data != NULL && json_add(data, "faults", faults)) {
                error->data = data;
                return rpc_fail(error, code, "%s", message);
        }
        if (data == NULL)
                json_object_put(faults);
        json_object_put(data);
        return -1;
}
