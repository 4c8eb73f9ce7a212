/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_info_object.c - GatewayInfo. (TR-111 table 4): the gateway of the interface with the default route.
 */
#include "config.h"

#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"

/* No record: no gateway that takes part, all three are empty (DV-3, DV-5). */
static const struct assoc_identity *active_identity(const struct bridge *bridge)
{
        static const struct assoc_identity none;
        const struct gateway_info *active = gateway_records_active(&bridge->gateway);

        return active == NULL ? &none : &active->identity;
}

static void get_oui(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                    char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, active_identity(bridge)->oui);
}

static void get_serial(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                       char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, active_identity(bridge)->serial);
}

static void get_class(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                      char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, active_identity(bridge)->product_class);
}

/* A gateway that told its identity by DHCP is managed by CWMP. */
static void get_protocol(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                         char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, gateway_records_active(&bridge->gateway) == NULL ? "" : "CWMP");
}

/* DV-4: active notification is the default of all three. */
static const struct parameter parameters[] = {
        {.name = "ManufacturerOUI", .get = get_oui, .notification = NOTIFICATION_ACTIVE, .clause = "D1-5"},
        {.name = "SerialNumber", .get = get_serial, .notification = NOTIFICATION_ACTIVE, .clause = "D1-5"},
        {.name = "ProductClass", .get = get_class, .notification = NOTIFICATION_ACTIVE, .clause = "D1-5"},
};

const struct object gateway_info_object = {
        .path = "GatewayInfo.",
        .roles = BRIDGE_ROLE_DEVICE,
        .parameters = parameters,
        .parameter_count = sizeof(parameters) / sizeof(parameters[0]),
};

static const struct parameter parameters_2[] = {
        {.name = "ManagementProtocol",
         .get = get_protocol,
         .notification = NOTIFICATION_ACTIVE,
         .clause = "D1-5"},
};

/* What TR-181 added. */
const struct object gateway_info_2_object = {
        .path = "GatewayInfo.",
        .roles = BRIDGE_ROLE_DEVICE,
        .models = DATA_MODEL_TR181,
        .parameters = parameters_2,
        .parameter_count = sizeof(parameters_2) / sizeof(parameters_2[0]),
};
