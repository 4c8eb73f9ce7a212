/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.c - between the model and notify.c: what is watched, what changed, what was written. */
#include "config.h"

#include "dm-bridge/changes.h"

#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"

/* What the limits of TR-111 apply to, by clause. */
static enum value_id limit_of(const struct parameter *parameter)
{
        if (strcmp(parameter->name, "ManageableDeviceNumberOfEntries") == 0)
                return VALUE_DEVICE_LIMIT; /* GW-11 */
        if (strcmp(parameter->name, "UDPConnectionRequestAddress") == 0)
                return VALUE_ADDRESS_LIMIT; /* CB-6 */
        return VALUE_NONE;
}

static void get(const struct bridge *bridge, const struct parameter *parameter, char *value)
{
        parameter->get(bridge, parameter, 0, value);
}

void changes_init(struct bridge *bridge)
{
        char value[MODEL_VALUE_MAX];

        notify_init(&bridge->notify, model_watches());
        for (size_t i = 0; i < model_watches(); i++) {
                const struct parameter *parameter = model_watch(i, "", NULL, NULL);

                if (parameter->value != VALUE_NONE)
                        strcpy(bridge->values.text[parameter->value], parameter->initial);
                get(bridge, parameter, value);
                notify_set(&bridge->notify, i, parameter->notification, value, bridge->now());
        }
        bridge->notify.changed = false;
}

static bool is_of_connection(const struct parameter *parameter)
{
        return strcmp(parameter->name, "UDPConnectionRequestAddress") == 0 ||
               strcmp(parameter->name, "NATDetected") == 0;
}

/* A source that can't be read says nothing: not that all devices are gone, and not that the gateway is. Nor
 * is an address news before STUN has said whether it is translated. */
static bool is_known(const struct bridge *bridge, const struct object *object,
                     const struct parameter *parameter)
{
        if (bridge->connection.unsettled && is_of_connection(parameter))
                return false;
        if (!model_has(bridge, object))
                return false;
        if (object->roles == BRIDGE_ROLE_GATEWAY)
                return bridge->devices.state == SOURCE_OK;
        if (object->roles == BRIDGE_ROLE_DEVICE)
                return bridge->gateway.state == SOURCE_OK;
        return true;
}

static uint32_t seconds_of(const struct bridge *bridge, enum value_id limit)
{
        uint32_t seconds = (uint32_t)values_number(&bridge->values, limit);

        if (limit == VALUE_ADDRESS_LIMIT && bridge->connection.discovering &&
            seconds < CHANGES_DISCOVERY_LIMIT)
                return CHANGES_DISCOVERY_LIMIT;
        return seconds;
}

void changes_observe(struct bridge *bridge)
{
        int64_t now = bridge->now();
        char value[MODEL_VALUE_MAX];
        const struct object *object;

        for (size_t i = 0; i < bridge->notify.count; i++) {
                const struct parameter *parameter = model_watch(i, "", NULL, &object);
                enum value_id limit = limit_of(parameter);

                if (limit != VALUE_NONE)
                        notify_set_limit(&bridge->notify, i, seconds_of(bridge, limit), now);
                if (!is_known(bridge, object, parameter))
                        continue;
                get(bridge, parameter, value);
                notify_observe(&bridge->notify, i, value, now);
        }
        notify_tick(&bridge->notify, now);
}

/* DV-4: whenever the ACS URL is set or changed. */
static void reset_attributes(struct bridge *bridge)
{
        char value[MODEL_VALUE_MAX];

        for (size_t i = 0; i < bridge->notify.count; i++) {
                const struct parameter *parameter = model_watch(i, "", NULL, NULL);

                if (parameter->notification == NOTIFICATION_OFF)
                        continue;
                get(bridge, parameter, value);
                notify_set(&bridge->notify, i, parameter->notification, value, bridge->now());
        }
}

void changes_write(struct bridge *bridge, const struct model_node *node, const char *value,
                   enum writer writer)
{
        char shown[MODEL_VALUE_MAX];

        strcpy(bridge->values.text[node->parameter->value], value);
        bridge->notify.changed = true;
        get(bridge, node->parameter, shown);
        if (writer == WRITER_ACS)
                notify_acs_set(&bridge->notify, (size_t)node->watch, shown);
        if (node->parameter->value == VALUE_URL)
                reset_attributes(bridge);
}

/* Which member of ManageableDevice.{i}. it is. */
static unsigned member_of(const struct model_node *node)
{
        return (unsigned)(node->parameter - manageable_device_object.parameters);
}

int changes_set_attribute(struct bridge *bridge, const struct model_node *node,
                          enum notification notification)
{
        char value[MODEL_VALUE_MAX];

        if (node->watch < 0) {
                bridge->notify.changed = true;
                return member_attributes_set(&bridge->members, node->instance, member_of(node),
                                             notification == NOTIFICATION_PASSIVE);
        }
        get(bridge, node->parameter, value);
        notify_set(&bridge->notify, (size_t)node->watch, notification, value, bridge->now());
        return 0;
}

enum notification changes_attribute(const struct bridge *bridge, const struct model_node *node)
{
        if (node->watch >= 0)
                return bridge->notify.watches[node->watch].notification;
        return member_attributes_get(&bridge->members, node->instance, member_of(node)) ? NOTIFICATION_PASSIVE
                                                                                        : NOTIFICATION_OFF;
}
