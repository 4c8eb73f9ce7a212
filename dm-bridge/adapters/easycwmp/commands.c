/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.c - what easycwmp asks, put to dm-bridge: a row per command, a request of dm-bridge-rpc(7) for
 * each. Values are set and applied in two steps there, and in one here, so that all of them are taken or
 * none. */
#include "config.h"

#include "dm-bridge/adapters/easycwmp/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/adapters/easycwmp/output.h"
#include "libassoc/json_build.h"

#define FAULT_METHOD_NOT_SUPPORTED 9000
#define FAULT_INTERNAL_ERROR       9002
#define FAULT_INVALID_ARGUMENTS    9003
#define FAULT_INVALID_NAME         9005
/* For one request to dm-bridge. easycwmp itself waits without end. */
#define TIMEOUT_SECONDS 10

static const char *text_or(const char *text, const char *otherwise)
{
        return text == NULL ? otherwise : text;
}

/* --- Asking dm-bridge --- */

static void hang_up(struct easycwmp *easycwmp)
{
        if (easycwmp->connected)
                rpc_client_done(&easycwmp->client);
        easycwmp->connected = false;
}

static int connect_anew(struct easycwmp *easycwmp)
{
        int err;

        hang_up(easycwmp);
        err = rpc_client_init(&easycwmp->client, easycwmp->socket, TIMEOUT_SECONDS);
        easycwmp->connected = true;
        if (err < 0)
                hang_up(easycwmp);
        return err;
}

/*
 * A connection for each request: one request is a deadline, and a daemon that was restarted in between is no
 * fault. Takes over `params`. Returns 0 and *ret_result, or a fault code and *ret_faults, which may be NULL.
 */
static int ask(struct easycwmp *easycwmp, const char *method, struct json_object *params,
               struct json_object **ret_result, struct json_object **ret_faults)
{
        struct json_object *error = NULL, *data;
        int code = FAULT_INTERNAL_ERROR, err;

        *ret_result = *ret_faults = NULL;
        err = params == NULL ? -ENOMEM : connect_anew(easycwmp);
        if (err == 0)
                err = rpc_client_call(&easycwmp->client, method, params, ret_result, &error);
        json_object_put(params);
        if (err == -EREMOTEIO && json_object_get_int(json_object_object_get(error, "code")) >= 9000) {
                code = json_object_get_int(json_object_object_get(error, "code"));
                if (json_object_object_get_ex(error, "data", &data))
                        *ret_faults = json_object_get(json_object_object_get(data, "faults"));
        }
        json_object_put(error);
        return err == 0 ? 0 : code;
}

/* {"names": [NAME]} */
static struct json_object *names_params(const char *name)
{
        struct json_object *params = json_object_new_object(), *names = json_object_new_array();

        names = json_complete(names, names != NULL && json_append(names, json_object_new_string(name)));
        if (params != NULL)
                return json_complete(params, json_add(params, "names", names));
        json_object_put(names);
        return NULL;
}

/* --- Reading --- */

static void get(struct easycwmp *easycwmp, const char *method, struct json_object *params, const char *name,
                void (*print)(struct json_object *row))
{
        struct json_object *rows, *faults;
        int code = ask(easycwmp, method, params, &rows, &faults);

        if (code != 0)
                output_fault(name, code);
        for (size_t i = 0; code == 0 && i < json_object_array_length(rows); i++)
                print(json_object_array_get_idx(rows, i));
        json_object_put(rows);
        json_object_put(faults);
}

static void get_value(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        const char *name = text_or(request->parameter, "");

        get(easycwmp, "get", names_params(name), name, output_value);
}

static void get_notification(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        const char *name = text_or(request->parameter, "");

        get(easycwmp, "get_attributes", names_params(name), name, output_notification);
}

/* "0", "1", "false", "true", in any case; -1: none of them. */
static int parse_boolean(const char *text)
{
        if (strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0)
                return 1;
        return strcmp(text, "0") == 0 || strcasecmp(text, "false") == 0 ? 0 : -1;
}

static void get_name(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        const char *name = text_or(request->parameter, "");
        int next_level = parse_boolean(text_or(request->argument, ""));
        struct json_object *params;

        if (next_level < 0) {
                output_fault(name, FAULT_INVALID_ARGUMENTS);
                return;
        }
        params = json_object_new_object();
        params = json_complete(params, params != NULL && json_add_text(params, "path", name) &&
                                               json_add_boolean(params, "next_level", next_level == 1));
        get(easycwmp, "names", params, name, output_name);
}

/* --- Writing --- */

/* Keep {name, KEY: value} until it is applied; takes over `value`. */
static void keep(struct easycwmp *easycwmp, struct json_object **list, const char *name, const char *key,
                 struct json_object *value)
{
        struct json_object *row = json_object_new_object();

        if (*list == NULL)
                *list = json_object_new_array();
        if (row == NULL)
                json_object_put(value);
        else
                row = json_complete(row, json_add_text(row, "name", name) && json_add(row, key, value));
        if (*list == NULL || !json_append(*list, row))
                easycwmp->fault = FAULT_INTERNAL_ERROR;
}

static void set_value(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        keep(easycwmp, &easycwmp->values, text_or(request->parameter, ""), "value",
             json_object_new_string(text_or(request->argument, "")));
}

static void set_notification(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        const char *text = text_or(request->argument, "");
        bool is_valid = strlen(text) == 1 && text[0] >= '0' && text[0] <= '2';

        if (!is_valid) {
                easycwmp->fault = FAULT_INVALID_ARGUMENTS;
                return;
        }
        keep(easycwmp, &easycwmp->attributes, text_or(request->parameter, ""), "notification",
             json_object_new_int(text[0] - '0'));
}

static void print_faults(int code, struct json_object *faults)
{
        if (faults == NULL)
                output_fault(NULL, code);
        for (size_t i = 0; faults != NULL && i < json_object_array_length(faults); i++) {
                struct json_object *fault = json_object_array_get_idx(faults, i);

                output_fault(json_object_get_string(json_object_object_get(fault, "name")),
                             json_object_get_int(json_object_object_get(fault, "code")));
        }
}

/* Nothing that was set is left afterwards, whatever becomes of it. */
static void apply(struct easycwmp *easycwmp, struct json_object **list, const char *method, const char *key,
                  const char *status)
{
        struct json_object *params = json_object_new_object(), *result = NULL, *faults = NULL;
        struct json_object *rows = *list == NULL ? json_object_new_array() : *list;
        int code = easycwmp->fault;

        *list = NULL;
        easycwmp->fault = 0;
        if (params == NULL)
                json_object_put(rows);
        else
                params = json_complete(params, json_add(params, key, rows));
        if (code == 0)
                code = ask(easycwmp, method, params, &result, &faults);
        else
                json_object_put(params);
        if (code == 0)
                output_status(status);
        else
                print_faults(code, faults);
        json_object_put(result);
        json_object_put(faults);
}

/* Status 0 of SetParameterValues: all is in force already (TR-069 A.3.2.1). The ParameterKey is easycwmp's
 * own business. */
static void apply_value(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        (void)request;
        apply(easycwmp, &easycwmp->values, "set", "values", "0");
}

static void apply_notification(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        (void)request;
        apply(easycwmp, &easycwmp->attributes, "set_attributes", "attributes", "0");
}

/* No object of ours can be added or deleted by the ACS. */
static void refuse_object(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        (void)easycwmp;
        (void)request;
        output_fault(NULL, FAULT_INVALID_NAME);
}

static void do_nothing(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        (void)easycwmp;
        (void)request;
}

/* --- Inform --- */

static void inform_device_id(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        struct json_object *status, *faults, *rows = NULL;
        const char *root;
        char name[64];

        (void)request;
        if (ask(easycwmp, "status", json_object_new_object(), &status, &faults) == 0 &&
            (root = json_object_get_string(json_object_object_get(status, "root"))) != NULL) {
                json_object_put(faults);
                snprintf(name, sizeof(name), "%sDeviceInfo.", root);
                ask(easycwmp, "get", names_params(name), &rows, &faults);
        }
        output_device_id(rows);
        json_object_put(rows);
        json_object_put(faults);
        json_object_put(status);
}

/* --- Events --- */

static void tell(void *context, struct json_object *event)
{
        struct json_object *params = json_object_object_get(event, "params");
        struct easycwmp *easycwmp = context;

        if (strcmp(text_or(json_object_get_string(json_object_object_get(event, "method")), ""),
                   "value_change") != 0)
                return;
        output_change(params);
        easycwmp->told = json_object_get_int64(json_object_object_get(params, "seq"));
}

/* One request more on the same connection. Returns 0 or a negative errno. */
static int say(struct rpc_client *client, const char *method, struct json_object *params)
{
        struct json_object *result = NULL, *error = NULL;
        int err = params == NULL ? -ENOMEM : rpc_client_call(client, method, params, &result, &error);

        json_object_put(params);
        json_object_put(result);
        json_object_put(error);
        return err;
}

/* What nobody has acknowledged comes behind the reply to `subscribe` and before that to the next request.
 * Here it changes hands: easycwmp repeats it to the ACS until an Inform gets through. */
static void check_value_change(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        struct json_object *params;
        int err = connect_anew(easycwmp);

        (void)request;
        easycwmp->told = 0;
        easycwmp->client.on_event = tell;
        easycwmp->client.context = easycwmp;
        if (err == 0)
                err = say(&easycwmp->client, "subscribe", json_object_new_object());
        if (err == 0)
                err = say(&easycwmp->client, "status", json_object_new_object());
        if (err < 0 || easycwmp->told == 0 || fflush(stdout) != 0)
                return;
        params = json_object_new_object();
        say(&easycwmp->client, "ack",
            json_complete(params, params != NULL && json_add_number(params, "seq", easycwmp->told)));
}

/* --- The table --- */

static const struct command_row {
        const char *command;
        const char *class; /* NULL: there is none */
        void (*run)(struct easycwmp *easycwmp, const struct easycwmp_request *request);
} rows[] = {
        {"get", "value", get_value},
        {"get", "name", get_name},
        {"get", "notification", get_notification},
        {"set", "value", set_value},
        {"set", "notification", set_notification},
        {"apply", "value", apply_value},
        {"apply", "notification", apply_notification},
        {"apply", "object", do_nothing},
        {"apply", "service", do_nothing},
        {"add", "object", refuse_object},
        {"delete", "object", refuse_object},
        {"inform", "parameter", do_nothing},
        {"inform", "device_id", inform_device_id},
        {"check_value_change", NULL, check_value_change},
        /* dm-bridge knows by itself what the ACS was told. */
        {"update_value_change", NULL, do_nothing},
};

static bool is_meant(const struct command_row *row, const struct easycwmp_request *request)
{
        if (strcmp(row->command, request->command) != 0)
                return false;
        return row->class == NULL || request->class == NULL || strcmp(row->class, request->class) == 0;
}

/* Without a class the first of a command is meant: values. */
void easycwmp_handle(struct easycwmp *easycwmp, const struct easycwmp_request *request)
{
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                if (!is_meant(&rows[i], request))
                        continue;
                rows[i].run(easycwmp, request);
                return;
        }
        output_fault(NULL, FAULT_METHOD_NOT_SUPPORTED);
}

void easycwmp_done(struct easycwmp *easycwmp)
{
        hang_up(easycwmp);
        json_object_put(easycwmp->values);
        json_object_put(easycwmp->attributes);
}
