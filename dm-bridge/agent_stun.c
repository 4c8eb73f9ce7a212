/* SPDX-License-Identifier: BSD-2-Clause */
/* agent_stun.c - what the STUN client asks for is done: sockets, names, time, addresses.
 * When to ask whom for what is stun_client.c's business. */
#include "config.h"

#include "dm-bridge/agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "dm-bridge/clock.h"
#include "dm-bridge/local_address.h"
#include "dm-bridge/log.h"
#include "dm-bridge/order.h"
#include "dm-bridge/url_host.h"

/* A secondary port that nothing was sent from for so long is closed: no answer is awaited there any more. */
#define SECONDARY_IDLE_MS 30000
/* Without STUN the ACS's name says no more than which of several local addresses to tell of. */
#define ASK_AGAIN_MS 300000
/* UDPConnectionRequestAddress without a port means this one (CB-5). */
#define DEFAULT_PORT 80

/* --- Settings --- */

static const char *text_of(const struct agent *agent, enum value_id id)
{
        return agent->bridge->values.text[id];
}

static bool is_enabled(const struct agent *agent)
{
        return values_true(&agent->bridge->values, VALUE_STUN_ENABLE);
}

static uint16_t server_port(const struct agent *agent)
{
        return (uint16_t)values_number(&agent->bridge->values, VALUE_STUN_SERVER_PORT);
}

/* BD-1: the STUN server, or where none is named the host of the ACS's URL. */
static void find_host(const struct agent *agent, char *ret)
{
        const char *server = text_of(agent, VALUE_STUN_SERVER_ADDRESS);

        ret[0] = '\0';
        if (!is_enabled(agent) || server[0] == '\0')
                url_host(text_of(agent, VALUE_URL), ret);
        else if (url_host_is_valid(server, strlen(server)))
                strcpy(ret, server);
}

static int64_t milliseconds(const struct agent *agent, enum value_id id)
{
        int64_t seconds = values_number(&agent->bridge->values, id);

        return seconds < 0 ? -1 : seconds * 1000;
}

static void set_settings(struct agent *agent, int64_t now)
{
        char server[URL_HOST_MAX + sizeof(":65535")] = "";
        const struct stun_settings settings = {
                .enabled = is_enabled(agent),
                .policy = agent->bridge->config->stun_auto ? STUN_POLICY_AUTO : STUN_POLICY_RFC3489,
                .server = server,
                .username = text_of(agent, VALUE_STUN_USERNAME),
                .password = text_of(agent, VALUE_STUN_PASSWORD),
                .minimum_ms = milliseconds(agent, VALUE_STUN_MINIMUM_KEEP_ALIVE),
                .maximum_ms = milliseconds(agent, VALUE_STUN_MAXIMUM_KEEP_ALIVE),
        };

        if (agent->host[0] != '\0' && server_port(agent) != 0)
                snprintf(server, sizeof(server), "%s:%u", agent->host, server_port(agent));
        stun_client_configure(&agent->stun, &settings, now);
}

void agent_stun_configure(struct agent *agent, bool anew)
{
        char host[URL_HOST_MAX + 1];

        if (!anew && memcmp(&agent->values, &agent->bridge->values, sizeof(agent->values)) == 0)
                return;
        agent->values = agent->bridge->values;
        find_host(agent, host);
        if (strcmp(host, agent->host) != 0) {
                strcpy(agent->host, host);
                agent->asked = agent->resolved = false;
                resolver_cancel(&agent->resolver);
                /* Where there is a name, its address comes first. */
                if (host[0] == '\0')
                        agent_stun_find_local(agent);
        }
        /* With STUN the client says when to ask. */
        agent->ask_at = !is_enabled(agent) && host[0] != '\0' && !agent->resolved ? 0 : INT64_MAX;
        set_settings(agent, clock_boottime_ms());
        agent_stun_finish(agent);
}

/* --- Addresses --- */

/* The address that leads to the STUN server, or to the ACS, or into the world (CB-5). */
static int find_address(const struct agent *agent, struct in_addr *ret)
{
        struct in_addr configured = agent->bridge->config->udp_address;

        if (configured.s_addr != htonl(INADDR_ANY)) {
                *ret = configured;
                return local_address_is_ours(configured) ? 0 : -EADDRNOTAVAIL;
        }
        return agent->resolved ? local_address_toward(agent->target, ret) : local_address_default(ret);
}

void agent_stun_find_local(struct agent *agent)
{
        struct stun_address local = udp_port_name(agent->primary);
        int err = find_address(agent, &local.address);

        stun_client_local(&agent->stun, err < 0 ? NULL : &local, clock_boottime_ms());
}

static void on_address_change(void *context)
{
        struct agent *agent = context;

        /* What could not be looked up before may be reachable now. */
        if (agent->ask_at != INT64_MAX)
                agent->ask_at = 0;
        agent_stun_find_local(agent);
        agent_stun_finish(agent);
}

static void take_answer(struct agent *agent, const struct in_addr *address)
{
        struct stun_address server = {.port = server_port(agent)};

        agent->asked = true;
        if (address != NULL) {
                agent->resolved = true;
                agent->target = server.address = *address;
        } else if (!is_enabled(agent)) {
                agent->ask_at = clock_boottime_ms() + ASK_AGAIN_MS;
        }
        agent_stun_find_local(agent);
        stun_client_server(&agent->stun, address != NULL && server.port != 0 ? &server : NULL,
                           clock_boottime_ms());
}

static void on_answer(void *context, const struct in_addr *address)
{
        struct agent *agent = context;

        take_answer(agent, address);
        agent_stun_finish(agent);
}

/* Not before somebody has said whether the address is translated, lest each start be told as two changes. */
static bool is_settled(const struct agent *agent, const struct stun_report *report)
{
        bool has_asked = agent->host[0] == '\0' || agent->asked;

        if (!report->has_request_address)
                return false;
        if (report->state == STUN_STATE_DISABLED || report->state == STUN_STATE_UNRESOLVED)
                return has_asked;
        return report->state != STUN_STATE_DISCOVERING;
}

static bool is_discovering(const struct stun_report *report)
{
        return report->state != STUN_STATE_DISABLED && (report->keepalive.phase == KEEPALIVE_WARMING ||
                                                        report->keepalive.phase == KEEPALIVE_SEARCHING);
}

/* CB-5 */
static void publish_address(struct agent *agent, const struct stun_report *report)
{
        char *text = agent->bridge->connection.address;

        agent->bridge->connection.nat_detected = report->nat_detected;
        if (!report->has_request_address)
                return;
        if (report->request_address.port == DEFAULT_PORT)
                inet_ntop(AF_INET, &report->request_address.address, text, INET_ADDRSTRLEN);
        else
                stun_address_text(&report->request_address, text);
}

/* What the parameters and their events depend on. */
static void publish(struct agent *agent)
{
        struct bridge *bridge = agent->bridge;
        struct stun_report report;

        stun_client_report(&agent->stun, &report, clock_boottime_ms());
        if (agent->news || bridge->connection.unsettled)
                publish_address(agent, &report);
        if (bridge->connection.unsettled && is_settled(agent, &report)) {
                bridge->connection.unsettled = false;
                agent->news = true;
        }
        if (bridge->connection.discovering != is_discovering(&report)) {
                bridge->connection.discovering = is_discovering(&report);
                agent->news = true;
        }
}

/* --- Actions --- */

static void on_secondary_datagram(void *context, const struct stun_address *from, const uint8_t *bytes,
                                  size_t size)
{
        struct agent *agent = context;

        if (size > 0 && bytes[0] <= 1)
                stun_client_received(&agent->stun, STUN_SECONDARY, from, bytes, size, clock_boottime_ms());
}

static void on_secondary_rest(void *context)
{
        agent_stun_finish(context);
}

static void close_secondary(struct agent *agent)
{
        udp_port_close(agent->secondary);
        agent->secondary = NULL;
}

static void on_secondary_idle(uv_timer_t *timer)
{
        close_secondary(timer->data);
}

static struct udp_port *open_secondary(struct agent *agent)
{
        const struct stun_address at = {agent->bridge->config->udp_address, 0};
        const struct udp_port_handler handler = {agent, on_secondary_datagram, on_secondary_rest};
        int err = 0;

        if (agent->secondary == NULL)
                err = udp_port_open(&agent->secondary, agent->loop, &at, &handler);
        if (err < 0)
                log_limited("no second port for STUN: %s", strerror(-err));
        else
                uv_timer_start(&agent->secondary_idle, on_secondary_idle, SECONDARY_IDLE_MS, 0);
        return agent->secondary;
}

/* What does not leave is lost like what is lost on its way: there are further copies. */
static void send_message(struct agent *agent, const struct stun_action *action)
{
        struct udp_port *port = action->port == STUN_PRIMARY ? agent->primary : open_secondary(agent);

        if (port != NULL)
                udp_port_send(port, &action->to, action->bytes, action->size);
}

static void resolve(struct agent *agent)
{
        if (agent->host[0] == '\0')
                take_answer(agent, NULL);
        else
                resolver_ask(&agent->resolver, agent->host, agent->target);
}

static void do_actions(struct agent *agent)
{
        struct stun_action action;

        while (stun_client_next(&agent->stun, &action)) {
                switch (action.type) {
                case STUN_SEND:
                        send_message(agent, &action);
                        break;
                case STUN_RESOLVE:
                        resolve(agent);
                        break;
                case STUN_BINDING:
                        agent->news = true;
                        break;
                }
        }
}

static void set_timer(struct agent *agent)
{
        int64_t deadline = smaller(stun_client_deadline(&agent->stun), agent->ask_at);

        if (deadline == agent->timer_at)
                return;
        agent->timer_at = deadline;
        /* A timer at 0 is none. */
        boot_timer_set_ms(&agent->timer, deadline == INT64_MAX ? 0 : larger(deadline, 1));
}

/* Doing something may bring an answer at once; that is dealt with in the turn that is going on. */
void agent_stun_finish(struct agent *agent)
{
        if (agent->driving)
                return;
        agent->driving = true;
        do_actions(agent);
        agent->driving = false;
        set_timer(agent);
        agent_log_stun(agent);
        publish(agent);
        if (agent->news)
                agent->handler.changed(agent->handler.context);
        agent->news = false;
}

static void on_time(void *context)
{
        struct agent *agent = context;
        int64_t now = clock_boottime_ms();

        agent->timer_at = INT64_MAX;
        if (agent->ask_at <= now) {
                agent->ask_at = INT64_MAX;
                resolver_ask(&agent->resolver, agent->host, agent->target);
        }
        stun_client_tick(&agent->stun, now);
        agent_stun_finish(agent);
}

/* --- Life --- */

static void get_random(void *context, uint8_t *bytes, size_t size)
{
        (void)context;
        while (getrandom(bytes, size, 0) != (ssize_t)size)
                ;
}

static void report(const struct bridge *bridge, struct stun_report *ret)
{
        const struct agent *agent = bridge->agent;

        stun_client_report(&agent->stun, ret, clock_boottime_ms());
}

int agent_stun_start(struct agent *agent)
{
        struct bridge *bridge = agent->bridge;
        int err = boot_timer_init(&agent->timer, agent->loop, on_time, agent);

        if (err < 0) {
                log_line("the timer of STUN can't be set up: %s", strerror(-err));
                return err;
        }
        uv_timer_init(agent->loop, &agent->secondary_idle);
        agent->secondary_idle.data = agent;
        resolver_init(&agent->resolver, agent->loop, on_answer, agent);
        stun_client_init(&agent->stun, get_random, NULL);
        agent->timer_at = INT64_MAX;
        bridge->connection.unsettled = true;
        bridge->agent = agent;
        bridge->stun_report = report;
        err = address_watch_start(&agent->watch, agent->loop, on_address_change, agent);
        if (err < 0)
                log_line("changes of addresses can't be watched: %s", strerror(-err));
        agent_stun_find_local(agent);
        agent_stun_configure(agent, true);
        return 0;
}

void agent_stun_stop(struct agent *agent)
{
        resolver_cancel(&agent->resolver);
        address_watch_stop(&agent->watch);
        boot_timer_done(&agent->timer);
        close_secondary(agent);
        if (!uv_is_closing((uv_handle_t *)&agent->secondary_idle))
                uv_close((uv_handle_t *)&agent->secondary_idle, NULL);
}
