/* SPDX-License-Identifier: BSD-2-Clause */
/* bridge_fixture.h - a bridge with what a test puts into it, no files behind it. */
#ifndef TESTS_BRIDGE_FIXTURE_H
#define TESTS_BRIDGE_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/bridge.h"

#define FIXTURE_NOW 1000

static inline int64_t fixture_now(void)
{
        return FIXTURE_NOW;
}

static inline void fixture_init(struct bridge *bridge, struct configuration *config, unsigned roles)
{
        *config = (struct configuration){
                .roles = roles, .root = "InternetGatewayDevice.", .model = DATA_MODEL_TR098};
        bridge_init(bridge, config, fixture_now);
}

/* A binding of entry `instance` whose serial number is "S<instance>". */
static inline struct device_record fixture_bind(uint32_t instance, const char *address, bool away)
{
        struct device_record record = {.type = DEVICE_RECORD_BIND,
                                       .instance = instance,
                                       .identity = {.oui = "00D09E"},
                                       .hwaddr = {2, 0, 0, 0, 0, 1},
                                       .hwaddr_size = 6,
                                       .interface = "br0",
                                       .away = away,
                                       .since = 100,
                                       .expires = 200};

        snprintf(record.identity.serial, sizeof(record.identity.serial), "S%u", instance);
        inet_pton(AF_INET, address, &record.address);
        return record;
}

static inline struct device_record fixture_unbind(const char *address)
{
        struct device_record record = {.type = DEVICE_RECORD_UNBIND, .reason = "release"};

        inet_pton(AF_INET, address, &record.address);
        return record;
}

static inline int fixture_add(struct device_set *set, uint32_t instance, const char *address, bool away)
{
        struct device_record record = fixture_bind(instance, address, away);

        return device_set_apply(set, &record);
}

static inline int fixture_remove(struct device_set *set, const char *address)
{
        struct device_record record = fixture_unbind(address);

        return device_set_apply(set, &record);
}

static inline void fixture_gateway(struct bridge *bridge, const char *interface, uint32_t metric,
                                   const char *serial)
{
        struct gateway_info *info = &bridge->gateway.records[bridge->gateway.count++];

        *info = (struct gateway_info){.metric = metric, .identity = {.oui = "00D09E"}, .reason = "bound"};
        snprintf(info->interface, sizeof(info->interface), "%s", interface);
        snprintf(info->identity.serial, sizeof(info->identity.serial), "%s", serial);
}

#endif
