/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_report.c - what the STUN client tells of itself. */
#include "config.h"

#include "dm-bridge/stun_private.h"

/* While nothing says that an address is translated, our own one is told; the last one, if there is none now.
 */
struct stun_contact stun_contact(const struct stun_client *client)
{
        const struct stun_known *known = &client->known;

        if (known->has_mapped && known->nat_detected)
                return (struct stun_contact){true, true, known->mapped};
        return (struct stun_contact){false, client->had_local, client->local};
}

static enum stun_state state(const struct stun_client *client)
{
        if (!client->enabled)
                return STUN_STATE_DISABLED;
        if (!client->has_local)
                return STUN_STATE_NO_ROUTE;
        if (!client->has_server)
                return STUN_STATE_UNRESOLVED;
        return client->outcome;
}

static int64_t next_request(const struct stun_client *client, const struct keepalive_report *keepalive,
                            int64_t now)
{
        int64_t at = client->held_until;

        if (!stun_client_is_operational(client) || client->primary.active)
                return -1;
        if (client->refresh_due)
                at = stun_binding_refresh_time(client);
        else if (at <= now)
                return keepalive->next_ms;
        if (at == INT64_MAX)
                return -1;
        return at > now ? at - now : 0;
}

void stun_client_report(const struct stun_client *client, struct stun_report *ret, int64_t now)
{
        struct stun_contact contact = stun_contact(client);

        *ret = (struct stun_report){
                .state = state(client),
                .last_error = client->last_error,
                .dialect = client->dialect,
                .has_server = client->has_server,
                .has_local = client->has_local,
                .has_mapped = client->known.has_mapped,
                .server = client->server,
                .local = client->local,
                .mapped = client->known.mapped,
                .nat_detected = contact.nat_detected,
                .has_request_address = contact.has_address,
                .request_address = contact.address,
                .counters = client->counters,
        };
        keepalive_report(&client->keepalive, now, &ret->keepalive);
        ret->next_ms = next_request(client, &ret->keepalive, now);
}

const char *stun_state_name(enum stun_state state)
{
        static const char *const names[] = {
                [STUN_STATE_DISABLED] = "disabled",     [STUN_STATE_NO_ROUTE] = "no-route",
                [STUN_STATE_UNRESOLVED] = "unresolved", [STUN_STATE_DISCOVERING] = "discovering",
                [STUN_STATE_BOUND] = "bound",           [STUN_STATE_UNREACHABLE] = "unreachable",
                [STUN_STATE_REFUSED] = "refused",       [STUN_STATE_CONTRADICTED] = "contradicted",
        };

        return names[state];
}
