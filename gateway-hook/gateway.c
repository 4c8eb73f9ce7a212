/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway.c - start and stop of the gateway's side of TR-111, and what it counts.
 * What events mean: gateway_respond.c, gateway_entries.c, gateway_leases.c, gateway_watch.c. */
#include "config.h"

#include "gateway-hook/gateway_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static int load_error(int err, const struct settings *settings, const struct journal_report *report,
                      char *error, size_t size)
{
        const char *path = settings->journal;

        if (err == -EPROTONOSUPPORT)
                snprintf(error, size, "journal %s: expected format version %d, got %" PRIu32, path,
                         RECORD_JOURNAL_VERSION, report->version);
        else if (err == -EBADMSG)
                snprintf(error, size, "journal %s: expected a journal of devices, got some other file", path);
        else if (err == -EBUSY)
                snprintf(error, size, "journal %s: in use by another process; give each kea-dhcp4 its own",
                         path);
        else if (err == -EINVAL)
                snprintf(error, size, "journal %s: expected a regular file", path);
        else
                snprintf(error, size, "journal %s: %s", path, journal_error(err));
        return err;
}

static int open_table(struct gateway *gateway, int64_t now, struct journal_report *report, char *error,
                      size_t size)
{
        const struct settings *settings = &gateway->settings;
        uint32_t seed = 0;
        int err;

        if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
                seed = (uint32_t)now;
        gateway->table = device_table_new(settings->max_devices, settings->max_per_client, seed);
        if (gateway->table == NULL) {
                snprintf(error, size, "out of memory for max-devices %" PRIu32, settings->max_devices);
                return -ENOMEM;
        }
        err = journal_open(settings->journal, &gateway->journal);
        if (err == 0)
                /* At time 0 nothing has expired: what has, and what was renewed unseen, the lease database
                 * says, which is not there yet. */
                err = journal_load(gateway->journal, gateway->table, 0, report);
        return err < 0 ? load_error(err, settings, report, error, size) : 0;
}

static void say_loaded(struct gateway *gateway, const struct journal_report *report, int64_t now)
{
        const struct settings *settings = &gateway->settings;
        const struct assoc_identity *identity = &settings->identity;
        char serial[SHOWN_ELEMENT_MAX], product_class[SHOWN_ELEMENT_MAX];

        messenger_say(&gateway->messenger, now, MESSAGE_LOADED,
                      "gateway %s \"%s\" \"%s\": %" PRIu32 " devices at %" PRIu32 " addresses", identity->oui,
                      text_escape(identity->serial, strlen(identity->serial), serial, sizeof(serial)),
                      text_escape(identity->product_class, strlen(identity->product_class), product_class,
                                  sizeof(product_class)),
                      device_table_entries(gateway->table), device_table_bindings(gateway->table));
        if (report->skipped > 0)
                messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_SKIPPED,
                              "%s: %" PRIu32 " damaged, contradictory or surplus lines skipped",
                              settings->journal, report->skipped);
        if (report->error < 0)
                entries_check_journal(gateway, report->error, now);
}

int gateway_new(const char *parameters, message_fn *say, void *context, int64_t now, struct gateway **ret,
                char *error, size_t size)
{
        struct gateway *gateway = calloc(1, sizeof(*gateway));
        struct journal_report report = {0};
        int err = -ENOMEM;

        snprintf(error, size, "out of memory");
        if (gateway == NULL)
                return err;
        err = settings_parse(parameters, &gateway->settings, error, size);
        if (err < 0)
                goto free_gateway;
        gateway->since = now;
        err = assoc_option_encode(&gateway->settings.identity, ASSOC_ROLE_GATEWAY, gateway->option,
                                  sizeof(gateway->option), &gateway->option_size);
        if (err < 0)
                goto free_gateway;
        messenger_init(&gateway->messenger, say, context, now);
        err = -pthread_mutex_init(&gateway->mutex, NULL);
        if (err < 0)
                goto free_gateway;
        err = open_table(gateway, now, &report, error, size);
        if (err < 0)
                goto close_table;
        say_loaded(gateway, &report, now);
        *ret = gateway;
        return 0;

close_table:
        journal_close(gateway->journal);
        device_table_free(gateway->table);
        pthread_mutex_destroy(&gateway->mutex);
free_gateway:
        free(gateway);
        return err;
}

void gateway_free(struct gateway *gateway, int64_t now)
{
        struct gateway_counters *counters;

        if (gateway == NULL)
                return;
        neighbour_free(gateway->neighbour);
        journal_flush(gateway->journal, gateway->table, now);
        counters = &gateway->counters;
        messenger_say(&gateway->messenger, now, MESSAGE_UNLOADED,
                      "requests with an identity %" PRIu64 ", answered %" PRIu64 ", invalid %" PRIu64
                      ", other role %" PRIu64 "; entries added %" PRIu64 ", removed %" PRIu64
                      ", refused %" PRIu64 "; journal errors %" PRIu64,
                      counters->identified, counters->answered, counters->invalid, counters->other_role,
                      counters->added, counters->removed,
                      counters->table_full + counters->client_limit + counters->informs_refused +
                              counters->informs_forged,
                      counters->journal_errors);
        journal_close(gateway->journal);
        device_table_free(gateway->table);
        pthread_mutex_destroy(&gateway->mutex);
        free(gateway);
}

const uint8_t *gateway_option(const struct gateway *gateway, size_t *ret_size)
{
        *ret_size = gateway->option_size;
        return gateway->option;
}

void gateway_complain(struct gateway *gateway, const char *event, const char *what, int64_t now)
{
        char shown[SHOWN_OPTION_MAX];

        pthread_mutex_lock(&gateway->mutex);
        messenger_say(&gateway->messenger, now, MESSAGE_CALLOUT_ERROR, "%s: %s", event,
                      text_escape(what, strlen(what), shown, sizeof(shown)));
        pthread_mutex_unlock(&gateway->mutex);
}

struct gateway_counters gateway_counters(struct gateway *gateway)
{
        struct gateway_counters counters;

        pthread_mutex_lock(&gateway->mutex);
        counters = gateway->counters;
        pthread_mutex_unlock(&gateway->mutex);
        return counters;
}
