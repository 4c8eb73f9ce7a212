/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_parameters.c - get, names, get_attributes: GetParameterValues, -Names and -Attributes of TR-069
 * over the socket.
 */
#include "config.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/changes.h"
#include "dm-bridge/methods.h"
#include "dm-bridge/model.h"
#include "libassoc/json_build.h"

/* What a walk collects. */
struct collection {
        const struct bridge *bridge;
        struct json_object *array;
};

/* Takes over nothing: adds one element, made by the caller, to what is collected. */
static int collect(struct collection *collection, struct json_object *element, bool complete)
{
        if (!complete) {
                json_object_put(element);
                return -ENOMEM;
        }
        if (json_object_array_length(collection->array) >= METHODS_VALUES_MAX) {
                json_object_put(element);
                return -E2BIG;
        }
        return json_append(collection->array, element) ? 0 : -ENOMEM;
}

/* A member of a fresh object by a literal name: neither looked for nor copied. There are tens of thousands.
 */
static bool add_new(struct json_object *object, const char *name, struct json_object *value)
{
        if (value != NULL &&
            json_object_object_add_ex(object, name, value,
                                      JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_KEY_IS_CONSTANT) == 0)
                return true;
        json_object_put(value);
        return false;
}

static int collect_value(void *context, const struct model_node *node)
{
        struct collection *collection = context;
        char value[MODEL_VALUE_MAX];
        struct json_object *element;

        if (node->parameter == NULL)
                return 0;
        node->parameter->get(collection->bridge, node->parameter, node->instance, value);
        element = json_object_new_object();
        return collect(collection, element,
                       element != NULL && add_new(element, "name", json_object_new_string(node->name)) &&
                               add_new(element, "value", json_object_new_string(value)) &&
                               add_new(element, "type",
                                       json_object_new_string(parameter_type_name(node->parameter->type))));
}

static int collect_attribute(void *context, const struct model_node *node)
{
        struct collection *collection = context;
        struct json_object *element;

        if (node->parameter == NULL)
                return 0;
        element = json_object_new_object();
        return collect(collection, element,
                       element != NULL && json_add_text(element, "name", node->name) &&
                               json_add_number(element, "notification",
                                               changes_attribute(collection->bridge, node)));
}

static int collect_name(void *context, const struct model_node *node)
{
        struct json_object *element = json_object_new_object();
        bool writable = node->parameter != NULL && node->parameter->value != 0;

        return collect(context, element,
                       element != NULL && json_add(element, "name", json_object_new_string(node->name)) &&
                               json_add(element, "writable", json_object_new_boolean(writable)));
}

/* A name with a NUL inside is none of ours; as a C string it might look like one. */
static int walk_name(struct collection *collection, struct json_object *name, bool next_level,
                     model_visit *visit)
{
        const char *text = json_object_get_string(name);

        if (strlen(text) != (size_t)json_object_get_string_len(name))
                return -ENOENT;
        return model_walk(collection->bridge, text, next_level, visit, collection);
}

/* Turns what a walk returned for `name` into a fault where it is one. */
static int note_fault(int err, struct json_object *faults, struct json_object *name)
{
        bool added = true;

        if (err == -ENOENT)
                added = methods_add_fault(faults, name, CWMP_INVALID_PARAMETER_NAME,
                                          "no such parameter or object");
        else if (err == -E2BIG)
                added = methods_add_fault(faults, name, CWMP_RESOURCES_EXCEEDED,
                                          "expected at most 131072 values, got more");
        if (!added)
                return -ENOMEM;
        return err == -ENOENT ? 0 : err;
}

static int walk_names(struct collection *collection, struct json_object *names, model_visit *visit,
                      struct json_object *faults)
{
        for (size_t i = 0; i < json_object_array_length(names); i++) {
                struct json_object *name = json_object_array_get_idx(names, i);
                int err = note_fault(walk_name(collection, name, false, visit), faults, name);

                if (err < 0)
                        return err;
        }
        return 0;
}

static int check_names(struct json_object *names, struct rpc_error *error)
{
        if (!json_object_is_type(names, json_type_array))
                return rpc_fail(error, RPC_INVALID_PARAMS, "names: expected an array of strings, got %s",
                                names == NULL ? "none" : json_type_to_name(json_object_get_type(names)));
        for (size_t i = 0; i < json_object_array_length(names); i++) {
                struct json_object *name = json_object_array_get_idx(names, i);

                if (!json_object_is_type(name, json_type_string))
                        return rpc_fail(error, RPC_INVALID_PARAMS, "names[%zu]: expected a string, got %s", i,
                                        json_type_to_name(json_object_get_type(name)));
        }
        return 0;
}

/* Takes over both arrays. */
static int finish(int err, struct json_object *array, struct json_object *faults, struct json_object **ret,
                  struct rpc_error *error)
{
        size_t fault_count = faults == NULL ? 0 : json_object_array_length(faults);

        if (err == 0 && fault_count == 0) {
                json_object_put(faults);
                *ret = array;
                return 0;
        }
        json_object_put(array);
        if (err == 0)
                return methods_fail(error, CWMP_INVALID_PARAMETER_NAME, "Invalid parameter name", faults);
        if (err == -E2BIG)
                return methods_fail(error, CWMP_RESOURCES_EXCEEDED, "Resources exceeded", faults);
        json_object_put(faults);
        return -1;
}

/* GetParameterValues and GetParameterAttributes differ in what they tell of each parameter. */
static int read_parameters(struct session *session, struct json_object *params, model_visit *visit,
                           struct json_object **ret, struct rpc_error *error)
{
        static const char *const allowed[] = {"names", NULL};
        struct json_object *names = params == NULL ? NULL : json_object_object_get(params, "names");
        struct collection collection = {.bridge = session->bridge};
        struct json_object *faults;
        int err = -ENOMEM;

        if (methods_check_params(params, allowed, error) < 0 || check_names(names, error) < 0)
                return -1;
        collection.array = json_object_new_array();
        faults = json_object_new_array();
        if (collection.array != NULL && faults != NULL)
                err = walk_names(&collection, names, visit, faults);
        return finish(err, collection.array, faults, ret, error);
}

int method_get(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error)
{
        return read_parameters(session, params, collect_value, ret, error);
}

int method_get_attributes(struct session *session, struct json_object *params, struct json_object **ret,
                          struct rpc_error *error)
{
        return read_parameters(session, params, collect_attribute, ret, error);
}

static int check_path(struct json_object *path, struct json_object *next_level, struct rpc_error *error)
{
        if (!json_object_is_type(path, json_type_string))
                return rpc_fail(error, RPC_INVALID_PARAMS, "path: expected a string, got %s",
                                path == NULL ? "none" : json_type_to_name(json_object_get_type(path)));
        if (next_level != NULL && !json_object_is_type(next_level, json_type_boolean))
                return rpc_fail(error, RPC_INVALID_PARAMS, "next_level: expected a boolean, got %s",
                                json_type_to_name(json_object_get_type(next_level)));
        return 0;
}

/* TR-069 A.3.2.3: next level of what has none. */
static int fail_not_partial(struct json_object *path, struct rpc_error *error)
{
        struct json_object *faults = json_object_new_array();

        if (faults != NULL && methods_add_fault(faults, path, CWMP_INVALID_ARGUMENTS,
                                                "next_level: expected a path that is empty or ends in '.'"))
                return methods_fail(error, CWMP_INVALID_ARGUMENTS, "Invalid arguments", faults);
        json_object_put(faults);
        return -1;
}

static int visit_nothing(void *context, const struct model_node *node)
{
        (void)context;
        (void)node;
        return 0;
}

static bool is_parameter(struct collection *collection, struct json_object *path)
{
        return !model_is_partial(json_object_get_string(path)) &&
               walk_name(collection, path, false, visit_nothing) == 0;
}

int method_names(struct session *session, struct json_object *params, struct json_object **ret,
                 struct rpc_error *error)
{
        static const char *const allowed[] = {"path", "next_level", NULL};
        struct json_object *path = params == NULL ? NULL : json_object_object_get(params, "path");
        struct json_object *next_level = params == NULL ? NULL : json_object_object_get(params, "next_level");
        struct collection collection = {.bridge = session->bridge};
        struct json_object *faults;
        int err = -ENOMEM;

        if (methods_check_params(params, allowed, error) < 0 || check_path(path, next_level, error) < 0)
                return -1;
        if (json_object_get_boolean(next_level) && is_parameter(&collection, path))
                return fail_not_partial(path, error);
        collection.array = json_object_new_array();
        faults = json_object_new_array();
        if (collection.array != NULL && faults != NULL)
                err = note_fault(
                        walk_name(&collection, path, json_object_get_boolean(next_level), collect_name),
                        faults, path);
        return finish(err, collection.array, faults, ret, error);
}
