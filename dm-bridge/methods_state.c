/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_state.c - devices, gateway and status: what the parameters alone do not show. */
#include "config.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

static const char *const no_params[] = {NULL};

static bool add_identity(struct json_object *object, const struct assoc_identity *identity)
{
        return json_add_text(object, "oui", identity->oui) &&
               json_add_text(object, "serial", identity->serial) &&
               json_add_text(object, "class", identity->product_class);
}

static const char *hwaddr_text(const struct device_binding *binding, char *ret)
{
        ret[0] = '\0';
        for (size_t i = 0; i < binding->hwaddr_size; i++)
                snprintf(ret + 3 * i - (i > 0), 4, "%s%02x", i > 0 ? ":" : "", binding->hwaddr[i]);
        return ret;
}

static struct json_object *binding_object(const struct device_binding *binding)
{
        struct json_object *object = json_object_new_object();
        char address[INET_ADDRSTRLEN] = "";
        char hwaddr[3 * RECORD_HWADDR_MAX + 1];

        inet_ntop(AF_INET, &binding->address, address, sizeof(address));
        return json_complete(
                object, object != NULL && json_add_text(object, "address", address) &&
                                json_add_text(object, "hwaddr", hwaddr_text(binding, hwaddr)) &&
                                json_add_text(object, "interface", binding->interface) &&
                                json_add_text(object, "source",
                                              binding->source == DEVICE_SOURCE_INFORM ? "inform" : "lease") &&
                                json_add_boolean(object, "away", binding->away) &&
                                json_add_number(object, "expires", binding->expires));
}

static struct json_object *bindings_array(const struct device_entry *entry)
{
        struct json_object *array = json_object_new_array();
        bool ok = array != NULL;

        for (const struct device_binding *binding = entry->bindings; ok && binding != NULL;
             binding = binding->next)
                ok = json_append(array, binding_object(binding));
        return json_complete(array, ok);
}

static struct json_object *entry_object(const struct device_entry *entry)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object, object != NULL && json_add_number(object, "instance", entry->instance) &&
                                             add_identity(object, &entry->identity) &&
                                             json_add_boolean(object, "present", entry->present > 0) &&
                                             json_add_number(object, "since", entry->since) &&
                                             json_add(object, "bindings", bindings_array(entry)));
}

int method_devices(struct session *session, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error)
{
        const struct bridge *bridge = session->bridge;
        const struct device_set *set = &bridge->devices.set;
        struct json_object *array;
        bool ok;

        if (methods_check_params(params, no_params, error) < 0)
                return -1;
        array = json_object_new_array();
        ok = array != NULL;
        for (size_t i = 0; ok && i < set->entry_count; i++)
                ok = json_append(array, entry_object(set->entries[i]));
        *ret = json_complete(array, ok);
        return ok ? 0 : -1;
}

/* null stands for a lease without end; json-c's null is NULL. */
static bool add_expires_in(struct json_object *object, int64_t expires, int64_t now)
{
        if (expires == 0)
                return json_object_object_add(object, "expires_in", NULL) == 0;
        return json_add_number(object, "expires_in", expires > now ? expires - now : 0);
}

static struct json_object *record_object(const struct gateway_info *info, bool active, int64_t now)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object, object != NULL && json_add_text(object, "interface", info->interface) &&
                                             json_add_number(object, "metric", info->metric) &&
                                             add_identity(object, &info->identity) &&
                                             json_add_boolean(object, "active", active) &&
                                             add_expires_in(object, info->expires, now) &&
                                             json_add_text(object, "reason", info->reason));
}

int method_gateway(struct session *session, struct json_object *params, struct json_object **ret,
                   struct rpc_error *error)
{
        const struct bridge *bridge = session->bridge;
        const struct gateway_records *gateway = &bridge->gateway;
        int64_t now = bridge->now();
        struct json_object *array;
        bool ok;

        if (methods_check_params(params, no_params, error) < 0)
                return -1;
        array = json_object_new_array();
        ok = array != NULL;
        for (unsigned i = 0; ok && i < gateway->count; i++) {
                const struct gateway_info *info = &gateway->records[i];

                ok = json_append(array, record_object(info, info == gateway_records_active(gateway), now));
        }
        *ret = json_complete(array, ok);
        return ok ? 0 : -1;
}

static struct json_object *roles_array(unsigned roles)
{
        struct json_object *array = json_object_new_array();
        bool ok = array != NULL;

        for (unsigned role = BRIDGE_ROLE_GATEWAY; ok && role <= BRIDGE_ROLE_DEVICE; role <<= 1)
                if (roles & role)
                        ok = json_append(array, json_object_new_string(configuration_role_name(role)));
        return json_complete(array, ok);
}

static struct json_object *journal_object(const struct devices *devices)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object,
                             object != NULL && json_add_text(object, "path", devices->path) &&
                                     json_add_text(object, "state", source_state_name(devices->state)) &&
                                     json_add_number(object, "entries", devices->set.entry_count) &&
                                     json_add_number(object, "bindings", devices->set.binding_count) &&
                                     json_add_number(object, "skipped", devices->skipped));
}

static struct json_object *gateway_info_source(const struct gateway_records *gateway)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object,
                             object != NULL && json_add_text(object, "path", gateway->folder) &&
                                     json_add_text(object, "state", source_state_name(gateway->state)) &&
                                     json_add_number(object, "records", gateway->count) &&
                                     json_add_number(object, "skipped", gateway->skipped));
}

static struct json_object *sources_object(const struct bridge *bridge)
{
        struct json_object *object = json_object_new_object();
        unsigned roles = bridge->config->roles;
        bool ok = object != NULL;

        if (ok && roles & BRIDGE_ROLE_GATEWAY)
                ok = json_add(object, "journal", journal_object(&bridge->devices));
        if (ok && roles & BRIDGE_ROLE_DEVICE)
                ok = json_add(object, "gateway_info", gateway_info_source(&bridge->gateway));
        return json_complete(object, ok);
}

static struct json_object *counters_object(const struct bridge_counters *counters)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object,
                             object != NULL && json_add_number(object, "requests", counters->requests) &&
                                     json_add_number(object, "faults", counters->faults) &&
                                     json_add_number(object, "protocol_errors", counters->protocol_errors) &&
                                     json_add_number(object, "dropped_clients", counters->dropped_clients));
}

int method_status(struct session *session, struct json_object *params, struct json_object **ret,
                  struct rpc_error *error)
{
        const struct bridge *bridge = session->bridge;
        struct json_object *object;

        if (methods_check_params(params, no_params, error) < 0)
                return -1;
        object = json_object_new_object();
        *ret = json_complete(object,
                             object != NULL && json_add_text(object, "version", PACKAGE_VERSION) &&
                                     json_add_number(object, "uptime", bridge->now() - bridge->started) &&
                                     json_add(object, "roles", roles_array(bridge->config->roles)) &&
                                     json_add_text(object, "root", bridge->config->root) &&
                                     json_add(object, "sources", sources_object(bridge)) &&
                                     json_add(object, "connection", methods_connection_object(bridge)) &&
                                     json_add_number(object, "clients", bridge->counters.clients) &&
                                     json_add(object, "counters", counters_object(&bridge->counters)));
        return *ret == NULL ? -1 : 0;
}
