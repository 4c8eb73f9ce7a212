/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_devices.c - the gateway's device table, asked from a running Kea.
 * Page by page, in the order of instance numbers. Kea sorts the members of an object by name; they get back
 * the order in which dm-bridge has them. */
#include "config.h"

#include "dm-bridge/kea_devices.h"

#include <errno.h>

#include "dm-bridge/kea_client.h"
#include "libassoc/json_build.h"

#define COMMAND "assoc-device-list"

static const char *const device_keys[] = {"instance", "oui", "serial", "class", "present", "since", NULL};
static const char *const binding_keys[] = {"address", "hwaddr",  "interface", "source",
                                           "away",    "expires", NULL};

/* A new object with these members of `object`. */
static struct json_object *pick(struct json_object *object, const char *const *keys)
{
        struct json_object *picked = json_object_new_object(), *value;
        bool ok = picked != NULL;

        for (; ok && *keys != NULL; keys++)
                if (json_object_object_get_ex(object, *keys, &value))
                        ok = json_add(picked, *keys, json_object_get(value));
        return json_complete(picked, ok);
}

static struct json_object *take_bindings(struct json_object *bindings)
{
        struct json_object *array = json_object_new_array();
        bool ok = array != NULL;

        for (size_t i = 0; ok && i < json_object_array_length(bindings); i++)
                ok = json_append(array, pick(json_object_array_get_idx(bindings, i), binding_keys));
        return json_complete(array, ok);
}

static struct json_object *take_device(struct json_object *device)
{
        struct json_object *taken = pick(device, device_keys), *bindings;
        bool ok = taken != NULL;

        if (ok && json_object_object_get_ex(device, "bindings", &bindings) &&
            json_object_is_type(bindings, json_type_array))
                ok = json_add(taken, "bindings", take_bindings(bindings));
        return json_complete(taken, ok);
}

/* Adds a page of devices to `all`; one that is not full is the last. *from is the last instance number: it
 * must rise, or pages would never end.
 */
static enum command_status take_page(const struct arguments *arguments, struct json_object *answer,
                                     struct json_object *all, int64_t *from, bool *ret_more)
{
        struct json_object *given, *devices;

        if (!json_object_object_get_ex(answer, "arguments", &given) ||
            !json_object_object_get_ex(given, "devices", &devices) ||
            !json_object_is_type(devices, json_type_array)) {
                command_error(arguments, "expected a list of devices in Kea's answer, got none");
                return COMMAND_FAILED;
        }
        for (size_t i = 0; i < json_object_array_length(devices); i++) {
                struct json_object *device = json_object_array_get_idx(devices, i);
                int64_t instance = command_number(device, "instance");

                if (instance <= *from) {
                        command_error(arguments,
                                      "expected instance numbers above %lld in Kea's answer, got %lld",
                                      (long long)*from, (long long)instance);
                        return COMMAND_FAILED;
                }
                *from = instance;
                if (!json_append(all, take_device(device)))
                        return command_no_memory(arguments);
        }
        *ret_more = json_object_array_length(devices) == KEA_DEVICES_PAGE;
        return COMMAND_DONE;
}

static enum command_status print_problem(const struct arguments *arguments,
                                         const struct conversation *conversation, int err)
{
        command_error(arguments, "%s", conversation->problem);
        return err == -ENOENT || err == -ECONNREFUSED || err == -ETIMEDOUT ? COMMAND_NO_DAEMON
                                                                           : COMMAND_FAILED;
}

static enum command_status print_refusal(const struct arguments *arguments, int result,
                                         struct json_object *answer)
{
        const char *text = command_member(answer, "text", "no reason given");

        if (result == KEA_RESULT_UNSUPPORTED)
                command_error(arguments, "expected a Kea that has loaded libdhcp_assoc.so, got: %s", text);
        else
                command_error(arguments, "Kea refused: %s (result %d)", text, result);
        return COMMAND_FAILED;
}

/* *ret_more: there may be another page. */
static enum command_status add_page(const struct arguments *arguments, struct conversation *conversation,
                                    struct json_object *all, int64_t *from, bool *ret_more)
{
        struct json_object *page = json_object_new_object(), *answer;
        enum command_status status = COMMAND_DONE;
        int result;

        if (page == NULL || !json_add_number(page, "from", *from) ||
            !json_add_number(page, "limit", KEA_DEVICES_PAGE)) {
                json_object_put(page);
                return command_no_memory(arguments);
        }
        result = kea_client_call(conversation, arguments->kea_socket, COMMAND, page, &answer);
        json_object_put(page);
        if (result < 0)
                return print_problem(arguments, conversation, result);
        *ret_more = false;
        if (result == KEA_RESULT_SUCCESS)
                status = take_page(arguments, answer, all, from, ret_more);
        else if (result != KEA_RESULT_EMPTY)
                status = print_refusal(arguments, result, answer);
        json_object_put(answer);
        return status;
}

enum command_status kea_devices(const struct arguments *arguments, struct json_object **ret)
{
        struct json_object *all = json_object_new_array();
        struct conversation conversation;
        enum command_status status = COMMAND_DONE;
        int64_t from = 0;
        bool more = true;

        if (all == NULL)
                return command_no_memory(arguments);
        conversation_init(&conversation, "Kea", arguments->timeout);
        while (status == COMMAND_DONE && more)
                status = add_page(arguments, &conversation, all, &from, &more);
        conversation_done(&conversation);
        if (status == COMMAND_DONE)
                *ret = all;
        else
                json_object_put(all);
        return status;
}
