/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_status.c - how the hook does: what `assoc-status` tells. */
#include "config.h"

#include "gateway-hook/gateway_report.h"

#include "libassoc/json_build.h"

/* One row a number. A counter without a row does not compile. */
struct row {
        const char *name;
        size_t offset; /* of an uint64_t in struct gateway_counters */
};

#define COUNTER(name, member)                                                                                \
        {                                                                                                    \
                name, offsetof(struct gateway_counters, member)                                              \
        }

static const struct row counters[] = {
        COUNTER("identified", identified),
        COUNTER("answered", answered),
        COUNTER("invalid", invalid),
        COUNTER("other-role", other_role),
        COUNTER("added", added),
        COUNTER("removed", removed),
        COUNTER("lost", lost),
        COUNTER("returned", returned),
        COUNTER("table-full", table_full),
        COUNTER("client-limit", client_limit),
        COUNTER("informs-refused", informs_refused),
        COUNTER("informs-forged", informs_forged),
        COUNTER("option-errors", option_errors),
        COUNTER("journal-errors", journal_errors),
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

_Static_assert(COUNTERS * sizeof(uint64_t) == sizeof(struct gateway_counters), "a counter has no row");

static struct json_object *table_object(const struct gateway *gateway)
{
        const struct settings *settings = &gateway->settings;
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL &&
                  json_add_number(object, "devices", device_table_entries(gateway->table)) &&
                  json_add_number(object, "addresses", device_table_bindings(gateway->table)) &&
                  json_add_number(object, "max-devices", settings->max_devices) &&
                  json_add_number(object, "max-addresses",
                                  (int64_t)settings->max_devices * DEVICE_TABLE_BINDINGS) &&
                  json_add_number(object, "max-per-client", settings->max_per_client);

        return json_complete(object, ok);
}

static struct json_object *journal_object(const struct gateway *gateway)
{
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL && json_add_text(object, "path", gateway->settings.journal) &&
                  json_add_text(object, "state", journal_is_behind(gateway->journal) ? "behind" : "ok") &&
                  json_add_number(object, "lines", journal_lines(gateway->journal));

        return json_complete(object, ok);
}

static const char *watch_state(const struct gateway *gateway)
{
        if (!gateway->settings.neighbour_watch.enabled)
                return "off";
        return gateway->neighbour != NULL ? "running" : "failed";
}

static struct json_object *watch_object(const struct gateway *gateway)
{
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL && json_add_text(object, "state", watch_state(gateway)) &&
                  json_add_number(object, "interval", gateway->settings.neighbour_watch.interval) &&
                  json_add_number(object, "rounds", gateway->settings.neighbour_watch.rounds);

        return json_complete(object, ok);
}

static struct json_object *counters_object(const struct gateway *gateway)
{
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL;

        for (size_t i = 0; ok && i < COUNTERS; i++) {
                const char *at = (const char *)&gateway->counters + counters[i].offset;

                ok = json_add_number(object, counters[i].name,
                                     (int64_t) * (const uint64_t *)(const void *)at);
        }
        return json_complete(object, ok);
}

struct json_object *report_status(const struct gateway *gateway)
{
        const struct assoc_identity *identity = &gateway->settings.identity;
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL && json_add_text(object, "version", PACKAGE_VERSION) &&
                  json_add_number(object, "since", gateway->since) &&
                  json_add_text(object, "manufacturer-oui", identity->oui) &&
                  json_add_text(object, "serial-number", identity->serial) &&
                  json_add_text(object, "product-class", identity->product_class) &&
                  json_add(object, "table", table_object(gateway)) &&
                  json_add(object, "journal", journal_object(gateway)) &&
                  json_add(object, "neighbour-watch", watch_object(gateway)) &&
                  json_add(object, "counters", counters_object(gateway));

        return json_complete(object, ok);
}
