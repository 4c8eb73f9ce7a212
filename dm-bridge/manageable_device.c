/* SPDX-License-Identifier: BSD-2-Clause */
/* manageable_device.c - ManagementServer.ManageableDevice.{i}. and its number of entries (TR-111 table 2). */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"
#include "dm-bridge/values.h"

static void get_number_of_entries(const struct bridge *bridge, const struct parameter *parameter,
                                  uint32_t instance, char *value)
{
        (void)parameter;
        (void)instance;
        snprintf(value, MODEL_VALUE_MAX, "%zu", bridge->devices.set.present_count);
}

static const struct assoc_identity *identity_of(const struct bridge *bridge, uint32_t instance)
{
        static const struct assoc_identity none;
        const struct device_entry *entry = device_set_find(&bridge->devices.set, instance);

        return entry == NULL ? &none : &entry->identity;
}

static void get_oui(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                    char *value)
{
        (void)parameter;
        strcpy(value, identity_of(bridge, instance)->oui);
}

static void get_serial(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                       char *value)
{
        (void)parameter;
        strcpy(value, identity_of(bridge, instance)->serial);
}

static void get_class(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                      char *value)
{
        (void)parameter;
        strcpy(value, identity_of(bridge, instance)->product_class);
}

/* TR-181: paths of rows of Hosts.Host. That table is another program's: we can't name its rows. */
static void get_host(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                     char *value)
{
        (void)bridge;
        (void)parameter;
        (void)instance;
        strcpy(value, "");
}

static uint32_t next_instance(const struct bridge *bridge, uint32_t after)
{
        const struct device_entry *entry = device_set_next_present(&bridge->devices.set, after);

        return entry == NULL ? 0 : entry->instance;
}

static const struct parameter device_association_parameters[] = {
        {.name = "ManageableDeviceNumberOfEntries",
         .type = PARAMETER_UNSIGNED_INT,
         .get = get_number_of_entries,
         .clause = "D1-1"},
        {.name = "ManageableDeviceNotificationLimit",
         .type = PARAMETER_UNSIGNED_INT,
         .value = VALUE_DEVICE_LIMIT,
         .max = UINT32_MAX,
         .expected = "seconds, 0 to 4294967295",
         .initial = "0",
         .get = parameter_get_value,
         .clause = "D1-2"},
};

const struct object device_association_object = {
        .path = "ManagementServer.",
        .roles = BRIDGE_ROLE_GATEWAY,
        .parameters = device_association_parameters,
        .parameter_count = sizeof(device_association_parameters) / sizeof(device_association_parameters[0]),
};

/* Active notification of these three may be refused (TR-111 table 3): they never change while the entry
 * lives. */
static const struct parameter manageable_device_parameters[] = {
        {.name = "ManufacturerOUI", .get = get_oui, .active_denied = true, .clause = "D1-3"},
        {.name = "SerialNumber", .get = get_serial, .active_denied = true, .clause = "D1-3"},
        {.name = "ProductClass", .get = get_class, .active_denied = true, .clause = "D1-3"},
        {.name = "Host", .get = get_host, .active_denied = true, .clause = "D1-3"}, /* TR-181 only */
};

#define ALL_PARAMETERS (sizeof(manageable_device_parameters) / sizeof(manageable_device_parameters[0]))

const struct object manageable_device_object = {
        .path = "ManagementServer.ManageableDevice.{i}.",
        .roles = BRIDGE_ROLE_GATEWAY,
        .models = DATA_MODEL_TR098 | DATA_MODEL_TR106,
        .next_instance = next_instance,
        .parameters = manageable_device_parameters,
        .parameter_count = ALL_PARAMETERS - 1,
};

const struct object manageable_device_2_object = {
        .path = "ManagementServer.ManageableDevice.{i}.",
        .roles = BRIDGE_ROLE_GATEWAY,
        .models = DATA_MODEL_TR181,
        .next_instance = next_instance,
        .parameters = manageable_device_parameters,
        .parameter_count = ALL_PARAMETERS,
};
