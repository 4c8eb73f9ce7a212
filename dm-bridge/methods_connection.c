/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_connection.c - how connection requests reach this host: the method stun, and a part of status. */
#include "config.h"

#include <json-c/json.h>
#include <stddef.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

static bool add_address(struct json_object *object, const char *name, bool known,
                        const struct stun_address *address)
{
        char text[STUN_ADDRESS_TEXT_MAX];

        return json_add_text(object, name, known ? stun_address_text(address, text) : "");
}

static struct stun_report report_of(const struct bridge *bridge)
{
        struct stun_report report = {.next_ms = -1};

        if (bridge->stun_report != NULL)
                bridge->stun_report(bridge, &report);
        return report;
}

/* --- status --- */

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
        struct stun_report report = report_of(bridge);

        return json_complete(
                object, object != NULL && add_address(object, "listening", true, &bridge->connection.local) &&
                                json_add_text(object, "address", bridge->connection.address) &&
                                json_add_boolean(object, "nat_detected", bridge->connection.nat_detected) &&
                                json_add_text(object, "stun", stun_state_name(report.state)) &&
                                json_add_number(object, "last_accepted", bridge->connection.accepted_at) &&
                                json_add(object, "datagrams", datagrams_object(bridge)));
}

/* --- stun --- */

/* An unknown time is null. */
static bool add_time(struct json_object *object, const char *name, bool known, int64_t time)
{
        if (!known)
                return json_object_object_add(object, name, NULL) == 0;
        return json_add_number(object, name, time);
}

static struct json_object *keepalive_object(const struct keepalive_report *report)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object,
                             object != NULL &&
                                     json_add_text(object, "phase", keepalive_phase_name(report->phase)) &&
                                     add_time(object, "alive_ms", report->alive_ms > 0, report->alive_ms) &&
                                     add_time(object, "dead_ms", report->dead_ms > 0, report->dead_ms) &&
                                     json_add_number(object, "period_ms", report->period_ms) &&
                                     json_add_number(object, "probes", report->probes) &&
                                     json_add_number(object, "trials", report->trials) &&
                                     json_add_number(object, "failures", report->failures) &&
                                     json_add_number(object, "voids", report->voids) &&
                                     json_add_number(object, "rebinds", report->rebinds));
}

#define COUNTER(name)                                                                                        \
        {                                                                                                    \
#name, offsetof(struct stun_counters, name)                                                  \
        }

static const struct {
        const char *name;
        size_t offset;
} stun_counter_rows[] = {
        COUNTER(requests),       COUNTER(probes),    COUNTER(retransmissions), COUNTER(binding_changes),
        COUNTER(with_integrity), COUNTER(responses), COUNTER(repeated),        COUNTER(unanswered),
        COUNTER(unauthorized),   COUNTER(refused),   COUNTER(conflicts),       COUNTER(rebinds),
        COUNTER(stray),          COUNTER(foreign),   COUNTER(malformed),       COUNTER(unauthentic),
        COUNTER(misunderstood),
};

static struct json_object *stun_counters_object(const struct stun_counters *counters)
{
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL;

        for (size_t i = 0; ok && i < sizeof(stun_counter_rows) / sizeof(stun_counter_rows[0]); i++)
                ok = json_add_number(
                        object, stun_counter_rows[i].name,
                        *(const int64_t *)((const char *)counters + stun_counter_rows[i].offset));
        return json_complete(object, ok);
}

int method_stun(struct session *session, struct json_object *params, struct json_object **ret,
                struct rpc_error *error)
{
        static const char *const allowed[] = {NULL};
        const struct bridge *bridge = session->bridge;
        struct stun_report report = report_of(bridge);
        struct json_object *object;

        if (methods_check_params(params, allowed, error) < 0)
                return -1;
        object = json_object_new_object();
        *ret = json_complete(
                object, object != NULL && json_add_text(object, "state", stun_state_name(report.state)) &&
                                add_time(object, "last_error", report.last_error != 0, report.last_error) &&
                                json_add_text(object, "dialect",
                                              report.dialect == STUN_RFC5389 ? "rfc5389" : "rfc3489") &&
                                add_address(object, "server", report.has_server, &report.server) &&
                                add_address(object, "local", report.has_local, &report.local) &&
                                add_address(object, "mapped", report.has_mapped, &report.mapped) &&
                                json_add_text(object, "address", bridge->connection.address) &&
                                json_add_boolean(object, "nat_detected", bridge->connection.nat_detected) &&
                                add_time(object, "next_ms", report.next_ms >= 0, report.next_ms) &&
                                json_add(object, "keepalive", keepalive_object(&report.keepalive)) &&
                                json_add(object, "counters", stun_counters_object(&report.counters)));
        return *ret == NULL ? -1 : 0;
}
