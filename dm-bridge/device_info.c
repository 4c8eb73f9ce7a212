/* SPDX-License-Identifier: BSD-2-Clause */
/* device_info.c - DeviceInfo.: who we are ourselves, from the identity file. */
#include "config.h"

#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"

static void get_oui(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                    char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, bridge->identity.oui);
}

static void get_serial(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                       char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, bridge->identity.serial);
}

static void get_class(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                      char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, bridge->identity.product_class);
}

static const struct parameter parameters[] = {
        {.name = "ManufacturerOUI", .get = get_oui, .clause = "DV-1"},
        {.name = "SerialNumber", .get = get_serial, .clause = "DV-1"},
        {.name = "ProductClass", .get = get_class, .clause = "DV-1"},
};

const struct object device_info_object = {
        .path = "DeviceInfo.",
        .roles = BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE,
        .parameters = parameters,
        .parameter_count = sizeof(parameters) / sizeof(parameters[0]),
};
