/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_connection.c - how connection requests reach this host: a part of status. */
#include "config.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

#define ADDRESS_MAX (INET_ADDRSTRLEN + sizeof(":65535"))

static bool add_address(struct json_object *object, const char *name, const struct stun_address *address)
{
        char host[INET_ADDRSTRLEN], text[ADDRESS_MAX];

        inet_ntop(AF_INET, &address->address, host, sizeof(host));
        snprintf(text, sizeof(text), "%s:%u", host, address->port);
        return json_add_text(object, name, text);
}

/* What became of each datagram. */
static struct json_object *datagrams_object(const struct bridge *bridge)
{
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL;

        for (int i = 0; ok && i < REQUEST_VERDICTS; i++)
                ok = json_add_number(object, request_verdict_name((enum request_verdict)i),
                                     (int64_t)bridge->requests.counts[i]);
        return json_complete(object,
                             ok && json_add_number(object, "limited", (int64_t)bridge->requests.limited) &&
                                     json_add_number(object, "dropped", (int64_t)bridge->connection.dropped));
}

struct json_object *methods_connection_object(const struct bridge *bridge)
{
        struct json_object *object = json_object_new_object();

        return json_complete(
                object, object != NULL && add_address(object, "listening", &bridge->connection.local) &&
                                json_add_text(object, "address", bridge->connection.address) &&
                                json_add_boolean(object, "nat_detected", bridge->connection.nat_detected) &&
                                json_add_number(object, "last_accepted", bridge->connection.accepted_at) &&
                                json_add(object, "datagrams", datagrams_object(bridge)));
}
