/* SPDX-License-Identifier: BSD-2-Clause */
/* management_server.c - ManagementServer.: what the agent and the ACS tell us, and what UDP connection
 * requests need (TR-111 table 6). */
#include "config.h"

#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"
#include "dm-bridge/values.h"

#define STRING_MAX 256

void parameter_get_value(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                         char *value)
{
        (void)instance;
        strcpy(value, parameter->secret ? "" : bridge->values.text[parameter->value]);
}

static void get_address(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                        char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, bridge->connection.address);
}

static void get_nat_detected(const struct bridge *bridge, const struct parameter *parameter,
                             uint32_t instance, char *value)
{
        (void)parameter;
        (void)instance;
        strcpy(value, bridge->connection.nat_detected ? "true" : "false");
}

#define TEXT(id, row_clause)                                                                                 \
        .type = PARAMETER_STRING, .value = (id), .max = STRING_MAX, .expected = "at most 256 bytes",         \
        .initial = "", .get = parameter_get_value, .clause = (row_clause)
#define SECONDS(id, least, row_expected, row_initial)                                                        \
        .value = (id), .min = (least), .max = (least) < 0 ? INT32_MAX : UINT32_MAX,                          \
        .expected = (row_expected), .initial = (row_initial), .get = parameter_get_value, .clause = "D2-1"

static const struct parameter parameters[] = {
        {.name = "URL", TEXT(VALUE_URL, "DV-4")},
        {.name = "ConnectionRequestUsername", TEXT(VALUE_CONNECTION_REQUEST_USERNAME, "CR-3")},
        {.name = "ConnectionRequestPassword",
         TEXT(VALUE_CONNECTION_REQUEST_PASSWORD, "CR-4"),
         .secret = true},
        {.name = "UDPConnectionRequestAddress", .get = get_address, .clause = "D2-1"},
        {.name = "UDPConnectionRequestAddressNotificationLimit",
         .type = PARAMETER_UNSIGNED_INT,
         SECONDS(VALUE_ADDRESS_LIMIT, 0, "seconds, 0 to 4294967295", "0")},
        {.name = "STUNEnable",
         .type = PARAMETER_BOOLEAN,
         .value = VALUE_STUN_ENABLE,
         .expected = "0, 1, false or true",
         .initial = "false",
         .get = parameter_get_value,
         .clause = "D2-1"},
        {.name = "STUNServerAddress", TEXT(VALUE_STUN_SERVER_ADDRESS, "D2-1")},
        {.name = "STUNServerPort",
         .type = PARAMETER_UNSIGNED_INT,
         .value = VALUE_STUN_SERVER_PORT,
         .max = 65535,
         .expected = "0 to 65535",
         .initial = "3478",
         .get = parameter_get_value,
         .clause = "D2-1"},
        {.name = "STUNUsername", TEXT(VALUE_STUN_USERNAME, "D2-1")},
        {.name = "STUNPassword", TEXT(VALUE_STUN_PASSWORD, "D2-1"), .secret = true},
        {.name = "STUNMaximumKeepAlivePeriod",
         .type = PARAMETER_INT,
         SECONDS(VALUE_STUN_MAXIMUM_KEEP_ALIVE, -1, "seconds, or -1 for none", "-1")},
        {.name = "STUNMinimumKeepAlivePeriod",
         .type = PARAMETER_UNSIGNED_INT,
         SECONDS(VALUE_STUN_MINIMUM_KEEP_ALIVE, 0, "seconds, 0 to 4294967295", "30")},
        {.name = "NATDetected", .type = PARAMETER_BOOLEAN, .get = get_nat_detected, .clause = "D2-1"},
};

const struct object management_server_object = {
        .path = "ManagementServer.",
        .roles = BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE,
        .parameters = parameters,
        .parameter_count = sizeof(parameters) / sizeof(parameters[0]),
};
