/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_set.c - set: SetParameterValues of TR-069 over the socket. All values are applied and on disk, or
 * none (D2-3). */
#include "config.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/changes.h"
#include "dm-bridge/log.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

/* One value of the request, checked. */
struct assignment {
        struct model_node node;
        char value[MODEL_VALUE_MAX];
};

struct request {
        const struct bridge *bridge;
        struct assignment assignments[VALUE_COUNT]; /* no writable parameter twice */
        size_t count;
        struct json_object *faults;
};

static int note_node(void *context, const struct model_node *node)
{
        struct assignment *assignment = context;

        /* The name is only valid during the walk, and not needed behind it. */
        assignment->node = *node;
        assignment->node.name = NULL;
        return 0;
}

static bool find_parameter(const struct request *request, struct json_object *name, struct assignment *ret)
{
        const char *text = json_object_get_string(name);

        return strlen(text) == (size_t)json_object_get_string_len(name) && !model_is_partial(text) &&
               model_walk(request->bridge, text, false, note_node, ret) == 0 && ret->node.parameter != NULL;
}

static bool is_assigned(const struct request *request, const struct parameter *parameter)
{
        for (size_t i = 0; i < request->count; i++)
                if (request->assignments[i].node.parameter == parameter)
                        return true;
        return false;
}

/* A password in a message would end in the agent's log. */
static bool add_value_fault(struct request *request, struct json_object *name,
                            const struct parameter *parameter, struct json_object *value, int err,
                            const char *expected)
{
        char message[256], got[64];

        if (parameter->secret)
                snprintf(message, sizeof(message), "expected %s", expected);
        else
                snprintf(message, sizeof(message), "expected %s, got '%s'", expected,
                         log_escape(got, sizeof(got), json_object_get_string(value),
                                    (size_t)json_object_get_string_len(value)));
        return methods_add_fault(request->faults, name,
                                 err == -EINVAL ? CWMP_INVALID_PARAMETER_TYPE : CWMP_INVALID_PARAMETER_VALUE,
                                 message);
}

/* False: out of memory. */
static bool take_assignment(struct request *request, struct json_object *name, struct json_object *value)
{
        struct assignment assignment;
        const struct parameter *parameter;
        const char *expected;
        int err;

        if (!find_parameter(request, name, &assignment))
                return methods_add_fault(request->faults, name, CWMP_INVALID_PARAMETER_NAME,
                                         "no such parameter");
        parameter = assignment.node.parameter;
        if (parameter->value == VALUE_NONE)
                return methods_add_fault(request->faults, name, CWMP_NOT_WRITABLE,
                                         "the parameter is read-only");
        if (is_assigned(request, parameter))
                return methods_add_fault(request->faults, name, CWMP_INVALID_ARGUMENTS,
                                         "the parameter stands twice");
        err = value_check(parameter, json_object_get_string(value), (size_t)json_object_get_string_len(value),
                          assignment.value, &expected);
        if (err < 0)
                return add_value_fault(request, name, parameter, value, err, expected);
        request->assignments[request->count++] = assignment;
        return true;
}

static int check_values(struct json_object *values, struct rpc_error *error)
{
        if (!json_object_is_type(values, json_type_array))
                return rpc_fail(error, RPC_INVALID_PARAMS,
                                "values: expected an array of {name, value}, got %s",
                                values == NULL ? "none" : json_type_to_name(json_object_get_type(values)));
        for (size_t i = 0; i < json_object_array_length(values); i++) {
                struct json_object *row = json_object_array_get_idx(values, i);

                if (!json_object_is_type(row, json_type_object) || json_object_object_length(row) != 2 ||
                    !json_object_is_type(json_object_object_get(row, "name"), json_type_string) ||
                    !json_object_is_type(json_object_object_get(row, "value"), json_type_string))
                        return rpc_fail(error, RPC_INVALID_PARAMS,
                                        "values[%zu]: expected an object of two strings, name and value", i);
        }
        return 0;
}

static int read_writer(struct json_object *by, enum writer *ret, struct rpc_error *error)
{
        const char *text = json_object_is_type(by, json_type_string) ? json_object_get_string(by) : "";

        *ret = WRITER_ACS;
        if (by == NULL || strcmp(text, "acs") == 0)
                return 0;
        *ret = WRITER_LOCAL;
        if (strcmp(text, "local") == 0)
                return 0;
        return rpc_fail(error, RPC_INVALID_PARAMS, "by: expected \"acs\" or \"local\"");
}

static int read_values(struct request *request, struct json_object *values)
{
        for (size_t i = 0; i < json_object_array_length(values); i++) {
                struct json_object *row = json_object_array_get_idx(values, i);

                if (!take_assignment(request, json_object_object_get(row, "name"),
                                     json_object_object_get(row, "value")))
                        return -ENOMEM;
        }
        return 0;
}

static int apply(struct bridge *bridge, const struct request *request, enum writer writer)
{
        struct values values = bridge->values;
        struct notify notify = bridge->notify;
        int err;

        for (size_t i = 0; i < request->count; i++)
                changes_write(bridge, &request->assignments[i].node, request->assignments[i].value, writer);
        changes_observe(bridge);
        err = bridge_commit(bridge);
        if (err < 0) {
                bridge->values = values;
                bridge->notify = notify;
        }
        return err;
}

static int fail(struct request *request, struct rpc_error *error)
{
        struct json_object *faults = request->faults;

        request->faults = NULL;
        return methods_fail(error, CWMP_INVALID_ARGUMENTS, "Invalid arguments", faults);
}

int method_set(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error)
{
        static const char *const allowed[] = {"values", "by", NULL};
        struct json_object *values = params == NULL ? NULL : json_object_object_get(params, "values");
        struct json_object *by = params == NULL ? NULL : json_object_object_get(params, "by");
        struct request request = {.bridge = session->bridge};
        enum writer writer;
        int err;

        if (methods_check_params(params, allowed, error) < 0 || check_values(values, error) < 0 ||
            read_writer(by, &writer, error) < 0)
                return -1;
        request.faults = json_object_new_array();
        if (request.faults == NULL || read_values(&request, values) < 0) {
                json_object_put(request.faults);
                return -1;
        }
        if (json_object_array_length(request.faults) > 0)
                return fail(&request, error);
        json_object_put(request.faults);
        err = apply(session->bridge, &request, writer);
        if (err < 0)
                return rpc_fail(error, CWMP_INTERNAL_ERROR, "the state can't be written: %s", strerror(-err));
        *ret = json_object_new_object();
        return *ret == NULL ? -1 : 0;
}
