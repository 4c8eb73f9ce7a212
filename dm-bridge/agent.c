/* SPDX-License-Identifier: BSD-2-Clause */
/* agent.c - TR-111 Part 2 on the event loop: datagrams are told apart and handed to those who judge them.
 * Knows neither HTTP (connection_request.c) nor what becomes of an event (daemon_events.c). */
#include "config.h"

#include "dm-bridge/agent.h"

#include <string.h>
#include <time.h>

#include "dm-bridge/clock.h"
#include "dm-bridge/log.h"

/* --- What an operator is told --- */

/* RFC 3489 9.4 wants the user alerted of a contradiction, and of the rest an operator wants to know too. */
void agent_log_stun(struct agent *agent)
{
        char server[STUN_ADDRESS_TEXT_MAX], mapped[STUN_ADDRESS_TEXT_MAX];
        struct stun_report report;

        stun_client_report(&agent->stun, &report, clock_boottime_ms());
        if (report.state == agent->state && report.last_error == agent->last_error)
                return;
        agent->state = report.state;
        agent->last_error = report.last_error;
        if (!report.has_server)
                return;
        stun_address_text(&report.server, server);
        if (report.last_error != 0)
                log_limited("STUN server %s: %s, error %u", server, stun_state_name(report.state),
                            report.last_error);
        else if (report.state == STUN_STATE_BOUND && report.has_mapped)
                log_limited("STUN server %s: bound to %s", server, stun_address_text(&report.mapped, mapped));
        else
                log_limited("STUN server %s: %s", server, stun_state_name(report.state));
}

/* --- Connection requests --- */

static void log_refused(const struct request_note *note, const struct stun_address *from)
{
        char address[STUN_ADDRESS_TEXT_MAX];

        if (note->reason != NULL)
                log_limited("connection request of %s refused: %s (%llu since the last such line)",
                            stun_address_text(from, address), note->reason, (unsigned long long)note->count);
}

static void take_request(struct agent *agent, const struct stun_address *from, const uint8_t *bytes,
                         size_t size)
{
        struct bridge *bridge = agent->bridge;
        const struct request_settings settings = {
                .username = bridge->values.text[VALUE_CONNECTION_REQUEST_USERNAME],
                .password = bridge->values.text[VALUE_CONNECTION_REQUEST_PASSWORD],
                .allow_missing_host = bridge->config->request_without_host,
        };
        struct request_note note;

        if (!request_gate_take(&bridge->requests, &settings, bytes, size, clock_boottime_ms(), &note)) {
                log_refused(&note, from);
                return;
        }
        bridge->connection.accepted_at = time(NULL);
        agent->news = true;
        agent->handler.accepted(agent->handler.context);
}

/* RFC 2616 4.1: an empty line may come first. */
static bool may_begin_request(uint8_t byte)
{
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '\r';
}

/* CR-2: the first two bits of a STUN message are zero and its types are few; HTTP begins with a letter. */
static void on_received(void *context, const struct stun_address *from, const uint8_t *bytes, size_t size)
{
        struct agent *agent = context;

        if (size > 0 && bytes[0] <= 1) {
                stun_client_received(&agent->stun, STUN_PRIMARY, from, bytes, size, clock_boottime_ms());
                return;
        }
        if (size > 0 && may_begin_request(bytes[0]))
                take_request(agent, from, bytes, size);
        else
                agent->bridge->connection.dropped++;
        stun_client_disturbed(&agent->stun, clock_boottime_ms());
}

static void on_rest(void *context)
{
        agent_stun_finish(context);
}

/* --- The port --- */

/* Where the configuration wants it. What is open goes on until its successor is. */
static int open_primary(struct agent *agent)
{
        const struct configuration *config = agent->bridge->config;
        const struct stun_address at = {config->udp_address, config->udp_port};
        const struct udp_port_handler handler = {agent, on_received, on_rest};
        char address[STUN_ADDRESS_TEXT_MAX];
        struct udp_port *port;
        int err;

        if (agent->primary != NULL && stun_address_equals(&at, &agent->wanted))
                return 0;
        err = udp_port_open(&port, agent->loop, &at, &handler);
        if (err < 0) {
                log_line("udp-port %s: connection requests can't be awaited: %s",
                         stun_address_text(&at, address), strerror(-err));
                return err;
        }
        udp_port_close(agent->primary);
        agent->primary = port;
        agent->wanted = at;
        agent->bridge->connection.local = udp_port_name(port);
        return 0;
}

static void apply_limit(struct agent *agent)
{
        const struct configuration *config = agent->bridge->config;

        request_gate_limit(&agent->bridge->requests, config->request_burst,
                           config->request_interval * INT64_C(1000));
}

int agent_start(struct agent *agent, uv_loop_t *loop, struct bridge *bridge,
                const struct agent_handler *handler)
{
        int err;

        *agent = (struct agent){.loop = loop, .bridge = bridge, .handler = *handler};
        apply_limit(agent);
        err = open_primary(agent);
        return err < 0 ? err : agent_stun_start(agent);
}

void agent_reconfigure(struct agent *agent)
{
        apply_limit(agent);
        open_primary(agent);
        agent_stun_find_local(agent);
        agent_stun_configure(agent, true);
}

void agent_refresh(struct agent *agent)
{
        agent_stun_configure(agent, false);
}

void agent_stop(struct agent *agent)
{
        if (agent->primary == NULL)
                return;
        agent_stun_stop(agent);
        udp_port_close(agent->primary);
        agent->primary = NULL;
}

bool agent_is_busy(const struct agent *agent)
{
        return resolver_is_busy(&agent->resolver);
}
