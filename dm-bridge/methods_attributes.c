/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_attributes.c - set_attributes: SetParameterAttributes of TR-069 over the socket. All or none. */
#include "config.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/changes.h"
#include "dm-bridge/methods.h"

/* A walk over what one name of the request stands for; it is made twice, to check and to apply. */
struct change {
        struct bridge *bridge;
        enum notification notification;
};

/* A partial path takes in members that refuse active notification; then all of it is refused, as TR-069 has
 * it. */
static int check_node(void *context, const struct model_node *node)
{
        const struct change *change = context;
        bool denied = node->parameter != NULL && node->parameter->active_denied;

        return denied && change->notification == NOTIFICATION_ACTIVE ? -EPERM : 0;
}

static int apply_node(void *context, const struct model_node *node)
{
        const struct change *change = context;

        if (node->parameter == NULL)
                return 0;
        return changes_set_attribute(change->bridge, node, change->notification);
}

static int walk(struct change *change, struct json_object *row, model_visit *visit)
{
        struct json_object *name = json_object_object_get(row, "name");
        const char *text = json_object_get_string(name);

        change->notification =
                (enum notification)json_object_get_int(json_object_object_get(row, "notification"));
        if (strlen(text) != (size_t)json_object_get_string_len(name))
                return -ENOENT;
        return model_walk(change->bridge, text, false, visit, change);
}

static int check_row(struct json_object *row, size_t index, struct rpc_error *error)
{
        struct json_object *notification = json_object_object_get(row, "notification");

        if (!json_object_is_type(row, json_type_object) || json_object_object_length(row) != 2 ||
            !json_object_is_type(json_object_object_get(row, "name"), json_type_string) ||
            !json_object_is_type(notification, json_type_int) ||
            json_object_get_int64(notification) < NOTIFICATION_OFF ||
            json_object_get_int64(notification) > NOTIFICATION_ACTIVE)
                return rpc_fail(
                        error, RPC_INVALID_PARAMS,
                        "attributes[%zu]: expected an object of name, a string, and notification, 0 to 2",
                        index);
        return 0;
}

static int check_rows(struct json_object *rows, struct rpc_error *error)
{
        if (!json_object_is_type(rows, json_type_array))
                return rpc_fail(error, RPC_INVALID_PARAMS,
                                "attributes: expected an array of {name, notification}, got %s",
                                rows == NULL ? "none" : json_type_to_name(json_object_get_type(rows)));
        for (size_t i = 0; i < json_object_array_length(rows); i++)
                if (check_row(json_object_array_get_idx(rows, i), i, error) < 0)
                        return -1;
        return 0;
}

/* False: out of memory. */
static bool find_faults(struct change *change, struct json_object *rows, struct json_object *faults)
{
        bool ok = true;

        for (size_t i = 0; ok && i < json_object_array_length(rows); i++) {
                struct json_object *row = json_object_array_get_idx(rows, i);
                struct json_object *name = json_object_object_get(row, "name");
                int err = walk(change, row, check_node);

                if (err == -ENOENT)
                        ok = methods_add_fault(faults, name, CWMP_INVALID_PARAMETER_NAME,
                                               "no such parameter or object");
                else if (err < 0)
                        ok = methods_add_fault(faults, name, CWMP_NOTIFICATION_REJECTED,
                                               "active notification is not supported here");
        }
        return ok;
}

static int apply_all(struct change *change, struct json_object *rows)
{
        int err = 0;

        for (size_t i = 0; err == 0 && i < json_object_array_length(rows); i++)
                err = walk(change, json_object_array_get_idx(rows, i), apply_node);
        return err < 0 ? err : bridge_commit(change->bridge);
}

static int apply(struct change *change, struct json_object *rows)
{
        struct bridge *bridge = change->bridge;
        struct notify notify = bridge->notify;
        struct member_attributes members = {0};
        int err = member_attributes_copy(&bridge->members, &members);

        if (err < 0)
                return err;
        err = apply_all(change, rows);
        if (err < 0) {
                struct member_attributes failed = bridge->members;

                bridge->notify = notify;
                bridge->members = members;
                members = failed;
        }
        member_attributes_done(&members);
        return err;
}

int method_set_attributes(struct session *session, struct json_object *params, struct json_object **ret,
                          struct rpc_error *error)
{
        static const char *const allowed[] = {"attributes", NULL};
        struct json_object *rows = params == NULL ? NULL : json_object_object_get(params, "attributes");
        struct change change = {.bridge = session->bridge};
        struct json_object *faults;
        int err;

        if (methods_check_params(params, allowed, error) < 0 || check_rows(rows, error) < 0)
                return -1;
        faults = json_object_new_array();
        if (faults == NULL || !find_faults(&change, rows, faults)) {
                json_object_put(faults);
                return -1;
        }
        if (json_object_array_length(faults) > 0)
                return methods_fail(error, CWMP_INVALID_ARGUMENTS, "Invalid arguments", faults);
        json_object_put(faults);
        err = apply(&change, rows);
        if (err < 0)
                return rpc_fail(error, CWMP_INTERNAL_ERROR, "the state can't be written: %s", strerror(-err));
        *ret = json_object_new_object();
        return *ret == NULL ? -1 : 0;
}
