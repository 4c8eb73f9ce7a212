/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_probe.c - does the unused binding still live? What the secondary port asks, and what the answers mean
 * (KA-2, RFC 3489 10.2). */
#include "config.h"

#include "dm-bridge/stun_private.h"

#define RESPONSE_ADDRESS 0x0002
#define CHANGE_REQUEST   0x0003

void stun_probe_start(struct stun_client *client, int64_t now)
{
        stun_exchange_start(client, STUN_PROBE, false, now);
}

/* Nothing came: the binding is dead, or the server is; a refresh will tell, which is keepalive's to ask for.
 */
void stun_probe_tick(struct stun_client *client, int64_t now)
{
        if (stun_exchange_failed(client, &client->probe, now))
                keepalive_probed(&client->keepalive, now, PROBE_SILENT);
}

static bool names(const struct stun_response *response, uint16_t attribute)
{
        for (size_t i = 0; i < response->unknown_count; i++)
                if (response->unknown[i] == attribute)
                        return true;
        return false;
}

/* Without RESPONSE-ADDRESS a probe would have no sense left; CHANGE-REQUEST(0) only pleases some servers. */
static bool can_do_without(const struct stun_client *client, const struct stun_response *response)
{
        return response->error == STUN_UNKNOWN_ATTRIBUTE && !client->without_change_request &&
               names(response, CHANGE_REQUEST) && !names(response, RESPONSE_ADDRESS);
}

/* Whatever came in on the primary port, has come through the binding. At the secondary port the primary's own
 * mapped address shows that it was given away; any other, that the server does not know RESPONSE-ADDRESS. */
static enum probe_answer judge(const struct stun_client *client, const struct stun_response *response,
                               enum stun_port port)
{
        struct stun_address mapped;

        if (port == STUN_PRIMARY)
                return PROBE_ALIVE;
        if (!stun_response_mapped(response, &mapped))
                return PROBE_REFUSED;
        return stun_address_equals(&mapped, &client->known.mapped) ? PROBE_EXPIRED : PROBE_IGNORED;
}

void stun_probe_answered(struct stun_client *client, const struct stun_exchange *exchange,
                         enum stun_port port, int64_t now)
{
        const struct stun_response *response = &exchange->transaction.answer;

        if (port == STUN_SECONDARY && stun_exchange_can_sign(client, exchange)) {
                stun_exchange_start(client, STUN_PROBE, true, now);
                return;
        }
        if (port == STUN_SECONDARY && can_do_without(client, response)) {
                client->without_change_request = true;
                stun_exchange_start(client, STUN_PROBE, false, now);
                return;
        }
        keepalive_probed(&client->keepalive, now, judge(client, response, port));
}
