/* SPDX-License-Identifier: BSD-2-Clause */
/* manageable_device.c - ManagementServer.ManageableDevice.{i}. and its number of entries (TR-111 table 2). */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"

static void get_number_of_entries(const struct bridge *bridge, uint32_t instance, char *value)
{
        (void)instance;
        snprintf(value, MODEL_VALUE_MAX, "%zu", bridge->devices.set.present_count);
}

static const struct assoc_identity *identity_of(const struct bridge *bridge, uint32_t instance)
{
        static const struct assoc_identity none;
        const struct device_entry *entry = device_set_find(&bridge->devices.set, instance);

        return entry == NULL ? &none : &entry->identity;
}

static void get_oui(const struct bridge *bridge, uint32_t instance, char *value)
{
        strcpy(value, identity_of(bridge, instance)->oui);
}

static void get_serial(const struct bridge *bridge, uint32_t instance, char *value)
{
        strcpy(value, identity_of(bridge, instance)->serial);
}

static void get_class(const struct bridge *bridge, uint32_t instance, char *value)
{
        strcpy(value, identity_of(bridge, instance)->product_class);
}

static uint32_t next_instance(const struct bridge *bridge, uint32_t after)
{
        const struct device_entry *entry = device_set_next_present(&bridge->devices.set, after);

        return entry == NULL ? 0 : entry->instance;
}

static const struct parameter management_server_parameters[] = {
        {"ManageableDeviceNumberOfEntries", PARAMETER_UNSIGNED_INT, false, get_number_of_entries, "D1-1"},
};

const struct object management_server_object = {
        .path = "ManagementServer.",
        .roles = BRIDGE_ROLE_GATEWAY,
        .parameters = management_server_parameters,
        .parameter_count = sizeof(management_server_parameters) / sizeof(management_server_parameters[0]),
};

static const struct parameter manageable_device_parameters[] = {
        {"ManufacturerOUI", PARAMETER_STRING, false, get_oui, "D1-3"},
        {"SerialNumber", PARAMETER_STRING, false, get_serial, "D1-3"},
        {"ProductClass", PARAMETER_STRING, false, get_class, "D1-3"},
};

const struct object manageable_device_object = {
        .path = "ManagementServer.ManageableDevice.{i}.",
        .roles = BRIDGE_ROLE_GATEWAY,
        .next_instance = next_instance,
        .parameters = manageable_device_parameters,
        .parameter_count = sizeof(manageable_device_parameters) / sizeof(manageable_device_parameters[0]),
};
