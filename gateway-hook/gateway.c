/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway.c - the gateway's side of TR-111: what each event of the DHCP server means.
 * Policy only: the table is device_table.c's, the file journal.c's, the bytes libassoc's. */
#include "config.h"

#include "gateway-hook/gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway-hook/device_table.h"
#include "gateway-hook/journal.h"
#include "gateway-hook/neighbour.h"
#include "gateway-hook/settings.h"

/* Text of an identity, a link-layer address or the start of an option in a message. */
#define SHOWN_OPTION_MAX  200
#define SHOWN_HWADDR_MAX  (3 * RECORD_HWADDR_MAX + 1)
#define SHOWN_ELEMENT_MAX (4 * ASSOC_TEXT_MAX + 4)

struct gateway {
        struct settings settings; /* never changed after gateway_new() */
        pthread_mutex_t mutex;    /* guards all below: Kea serves packets in several threads */
        struct device_table *table;
        struct journal *journal;
        struct neighbour *neighbour; /* NULL: nothing is watched */
        int64_t watch_now;           /* the time, for what the watch tells */
        struct messenger messenger;
        struct gateway_counters counters;
};

/* --- Start and stop --- */

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
                snprintf(error, size, "journal %s: %s", path, strerror(-err));
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
                err = journal_load(gateway->journal, gateway->table, now, report);
        return err < 0 ? load_error(err, settings, report, error, size) : 0;
}

static void say_loaded(struct gateway *gateway, const struct journal_report *report, int64_t now)
{
        const struct settings *settings = &gateway->settings;
        const struct assoc_identity *identity = &settings->identity;
        char serial[SHOWN_ELEMENT_MAX], product_class[SHOWN_ELEMENT_MAX];

        messenger_say(&gateway->messenger, now, MESSAGE_LOADED,
                      "gateway %s \"%s\" \"%s\": %" PRIu32 " devices at %" PRIu32 " addresses, %" PRIu32
                      " expired meanwhile",
                      identity->oui,
                      text_escape(identity->serial, strlen(identity->serial), serial, sizeof(serial)),
                      text_escape(identity->product_class, strlen(identity->product_class), product_class,
                                  sizeof(product_class)),
                      device_table_entries(gateway->table), device_table_bindings(gateway->table),
                      report->expired);
        if (report->skipped > 0)
                messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_SKIPPED,
                              "%s: %" PRIu32 " damaged, contradictory or surplus lines skipped",
                              settings->journal, report->skipped);
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
        journal_settle(gateway->journal, gateway->table, now);
        counters = &gateway->counters;
        messenger_say(&gateway->messenger, now, MESSAGE_UNLOADED,
                      "requests with an identity %" PRIu64 ", answered %" PRIu64 ", invalid %" PRIu64
                      ", other role %" PRIu64 "; entries added %" PRIu64 ", removed %" PRIu64
                      ", refused %" PRIu64 "; journal errors %" PRIu64,
                      counters->identified, counters->answered, counters->invalid, counters->other_role,
                      counters->added, counters->removed,
                      counters->table_full + counters->client_limit + counters->informs_refused,
                      counters->journal_errors);
        journal_close(gateway->journal);
        device_table_free(gateway->table);
        pthread_mutex_destroy(&gateway->mutex);
        free(gateway);
}

/* --- Requests and responses --- */

static void say_refused_identity(struct gateway *gateway, const struct gateway_exchange *exchange,
                                 enum message message, const struct assoc_diagnosis *why, int64_t now)
{
        uint8_t option[ASSOC_OPTION_MAX];
        char hwaddr[SHOWN_HWADDR_MAX], bytes[SHOWN_OPTION_MAX], reason[128];
        size_t size = 0;

        if (assoc_message_option(exchange->query, exchange->query_size, ASSOC_OPTION, option, sizeof(option),
                                 &size, NULL) < 0)
                size = 0;
        messenger_say(&gateway->messenger, now, message, "%s: %s; option 125: \"%s\"",
                      text_hwaddr(exchange->hwaddr, exchange->hwaddr_size, hwaddr, sizeof(hwaddr)),
                      assoc_diagnosis_text(why, reason, sizeof(reason)),
                      text_escape(option, size, bytes, sizeof(bytes)));
}

/* Whether the request holds a device identity (GW-1); one that is malformed (EN-6) or of a TR-124 router
 * (EN-9) is counted and logged, and is none. */
static bool read_identity(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                          struct assoc_identity *ret)
{
        struct assoc_diagnosis why = {0};
        int err = assoc_message_decode(exchange->query, exchange->query_size, ASSOC_ROLE_DEVICE, ret, &why);

        pthread_mutex_lock(&gateway->mutex);
        if (err == 0) {
                gateway->counters.identified++;
        } else if (why.fault == ASSOC_FAULT_OTHER_ROLE) {
                gateway->counters.other_role++;
                say_refused_identity(gateway, exchange, MESSAGE_IDENTITY_OTHER_ROLE, &why, now);
        } else if (err != -ENODATA) {
                gateway->counters.invalid++;
                say_refused_identity(gateway, exchange, MESSAGE_IDENTITY_INVALID, &why, now);
        }
        pthread_mutex_unlock(&gateway->mutex);
        return err == 0;
}

static void merge_option(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                         struct gateway_answer *ret)
{
        int err = assoc_option_merge(exchange->option, exchange->option_size, &gateway->settings.identity,
                                     ASSOC_ROLE_GATEWAY, ret->option, sizeof(ret->option), &ret->option_size);
        char bytes[SHOWN_OPTION_MAX];

        ret->replace_option = err == 0;
        pthread_mutex_lock(&gateway->mutex);
        if (err == 0) {
                gateway->counters.answered++;
        } else {
                gateway->counters.option_errors++;
                messenger_say(&gateway->messenger, now, MESSAGE_OPTION_ERROR,
                              "%s: response goes out without our identity; its option 125: \"%s\"",
                              strerror(-err),
                              text_escape(exchange->option, exchange->option_size, bytes, sizeof(bytes)));
        }
        pthread_mutex_unlock(&gateway->mutex);
}

static int64_t lease_end(uint32_t lifetime, int64_t now)
{
        return lifetime == 0 || lifetime == GATEWAY_LIFETIME_INFINITE ? 0 : now + lifetime;
}

/* record.h wants a plain word; Linux lets an interface have any name. */
static void set_interface(struct device_record *record, const char *name)
{
        size_t length = strlen(name);

        if (length > RECORD_INTERFACE_MAX)
                return;
        for (size_t i = 0; i < length; i++) {
                if (name[i] <= ' ' || name[i] > '~' || strchr("/\"'\\", name[i]) != NULL)
                        return;
        }
        memcpy(record->interface, name, length + 1);
}

/* What an ACK settles. A DHCPINFORM is bound to the address that its sender has already (GW-10). */
static void fill_claim(const struct gateway_exchange *exchange, const struct assoc_identity *identity,
                       int64_t now, struct gateway_claim *ret)
{
        bool inform = exchange->query_type == GATEWAY_INFORM;
        struct in_addr address = inform ? exchange->ciaddr : exchange->yiaddr;
        struct device_record *record = &ret->record;

        if (address.s_addr == INADDR_ANY || (inform && identity == NULL))
                return;
        ret->type = identity != NULL ? GATEWAY_CLAIM_DEVICE : GATEWAY_CLAIM_UNIDENTIFIED;
        record->type = DEVICE_RECORD_BIND;
        record->address = address;
        record->hwaddr_size =
                exchange->hwaddr_size <= RECORD_HWADDR_MAX ? exchange->hwaddr_size : RECORD_HWADDR_MAX;
        if (record->hwaddr_size > 0)
                memcpy(record->hwaddr, exchange->hwaddr, record->hwaddr_size);
        /* Behind a relay it is not ours, and the device not our neighbour. */
        if (exchange->giaddr.s_addr == INADDR_ANY)
                set_interface(record, exchange->interface);
        record->source = inform ? DEVICE_SOURCE_INFORM : DEVICE_SOURCE_LEASE;
        record->since = now;
        record->expires = inform ? 0 : lease_end(exchange->lifetime, now);
        if (identity != NULL)
                record->identity = *identity;
}

/* GW-1 and GW-2 name three requests and two responses. */
static bool takes_part(const struct gateway_exchange *exchange)
{
        switch (exchange->query_type) {
        case GATEWAY_DISCOVER:
        case GATEWAY_REQUEST:
        case GATEWAY_INFORM:
                return exchange->response_type == GATEWAY_OFFER || exchange->response_type == GATEWAY_ACK;
        default:
                return false;
        }
}

/* A relayed request did not arrive on a LAN interface of ours. */
static bool is_served(const struct gateway *gateway, const struct gateway_exchange *exchange)
{
        return (exchange->giaddr.s_addr == INADDR_ANY || gateway->settings.relayed) &&
               settings_serve(&gateway->settings, exchange->interface);
}

void gateway_respond(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                     struct gateway_answer *ret)
{
        struct assoc_identity identity;
        bool identified;

        ret->replace_option = false;
        ret->option_size = 0;
        memset(&ret->claim, 0, sizeof(ret->claim));
        if (!takes_part(exchange))
                return;
        ret->claim.inspected = is_served(gateway, exchange);
        identified = ret->claim.inspected && read_identity(gateway, exchange, now, &identity);
        if (identified)
                merge_option(gateway, exchange, now, ret);
        if (exchange->response_type == GATEWAY_ACK)
                fill_claim(exchange, identified ? &identity : NULL, now, &ret->claim);
}

/* --- Entries --- */

static bool same_hwaddr(const struct device_record *record, const uint8_t *hwaddr, size_t size)
{
        return record->hwaddr_size == size && (size == 0 || memcmp(record->hwaddr, hwaddr, size) == 0);
}

static void check_journal(struct gateway *gateway, int err, int64_t now)
{
        if (err == 1)
                messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_REWRITTEN, "%s: whole again",
                              gateway->settings.journal);
        if (err >= 0)
                return;
        gateway->counters.journal_errors++;
        if (err != -EAGAIN)
                messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_ERROR,
                              "%s: %s; the table is kept in memory and written again later",
                              gateway->settings.journal, strerror(-err));
}

static void say_device(struct gateway *gateway, enum message message, const struct device_record *record,
                       const char *reason, int64_t now)
{
        const struct assoc_identity *identity = &record->identity;
        char serial[SHOWN_ELEMENT_MAX], product_class[SHOWN_ELEMENT_MAX], address[INET_ADDRSTRLEN],
                hwaddr[SHOWN_HWADDR_MAX];

        inet_ntop(AF_INET, &record->address, address, sizeof(address));
        messenger_say(&gateway->messenger, now, message,
                      "%s \"%s\" \"%s\": entry %" PRIu32
                      ", address %s, link-layer address %s, interface %s: %s",
                      identity->oui,
                      text_escape(identity->serial, strlen(identity->serial), serial, sizeof(serial)),
                      text_escape(identity->product_class, strlen(identity->product_class), product_class,
                                  sizeof(product_class)),
                      record->instance, address,
                      text_hwaddr(record->hwaddr, record->hwaddr_size, hwaddr, sizeof(hwaddr)),
                      record->interface[0] != '\0' ? record->interface : "unknown", reason);
}

static void note_end_of_entry(struct gateway *gateway, const struct device_record *gone, const char *reason,
                              int64_t now)
{
        if (device_table_has(gateway->table, &gone->identity))
                return;
        gateway->counters.removed++;
        say_device(gateway, MESSAGE_DEVICE_REMOVED, gone, reason, now);
}

static void end_binding(struct gateway *gateway, struct in_addr address, const char *reason, int64_t now)
{
        struct device_record gone, record = {.type = DEVICE_RECORD_UNBIND, .address = address};

        if (device_table_unbind(gateway->table, address, &gone) < 0)
                return;
        neighbour_remove(gateway->neighbour, address);
        snprintf(record.reason, sizeof(record.reason), "%s", reason);
        check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        note_end_of_entry(gateway, &gone, reason, now);
}

static void note_refusal(struct gateway *gateway, const struct device_record *record, int err, int64_t now)
{
        bool full = err == -ENOSPC;

        if (full)
                gateway->counters.table_full++;
        else
                gateway->counters.client_limit++;
        say_device(gateway, full ? MESSAGE_TABLE_FULL : MESSAGE_CLIENT_LIMIT, record,
                   full ? "refused by max-devices" : "refused by max-per-client", now);
}

/* The same device again, with nothing to write down? */
static bool is_known(const struct device_record *old, const struct device_record *record)
{
        return assoc_identity_equal(&old->identity, &record->identity) &&
               same_hwaddr(old, record->hwaddr, record->hwaddr_size) &&
               strcmp(old->interface, record->interface) == 0 && old->source == record->source &&
               !old->away && old->expires == record->expires;
}

/* A lease says who has an address; a DHCPINFORM, which anybody can send, does not take it away. Nor does it
 * make less of a lease whose request had the same identity. */
static bool inform_yields(struct gateway *gateway, const struct device_record *old,
                          const struct device_record *record, int64_t now)
{
        bool leased = old->source == DEVICE_SOURCE_LEASE || old->expires != 0;

        if (record->source != DEVICE_SOURCE_INFORM || !leased || (old->expires != 0 && old->expires <= now))
                return false;
        if (same_hwaddr(old, record->hwaddr, record->hwaddr_size))
                return old->source == DEVICE_SOURCE_LEASE && !old->away &&
                       assoc_identity_equal(&old->identity, &record->identity);
        gateway->counters.informs_refused++;
        say_device(gateway, MESSAGE_INFORM_REFUSED, record, "refused, another client has leased the address",
                   now);
        return true;
}

static void commit_device(struct gateway *gateway, const struct device_record *claimed, int64_t now)
{
        struct device_record record = *claimed, old;
        bool found = device_table_find(gateway->table, record.address, &old);
        bool new_entry = !device_table_has(gateway->table, &record.identity);
        int err;

        if (found && (is_known(&old, &record) || inform_yields(gateway, &old, &record, now)))
                return;
        err = device_table_bind(gateway->table, &record);
        if (err < 0) {
                note_refusal(gateway, &record, err, now);
                /* The address has a new owner all the same. */
                end_binding(gateway, record.address, "reassign", now);
                return;
        }
        neighbour_add(gateway->neighbour, &record);
        check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        if (new_entry) {
                gateway->counters.added++;
                say_device(gateway, MESSAGE_DEVICE_ADDED, &record,
                           record.source == DEVICE_SOURCE_INFORM ? "informed" : "leased", now);
        }
        if (found)
                note_end_of_entry(gateway, &old, "reassign", now);
}

/* A host got the lease of an address without saying who it is. Another host: whoever was there is gone. The
 * same host: if its identity came with a DHCPINFORM (dhcpcd that can't put it into its own requests), the
 * next one is on its way, and it stays until the lease that it last informed about would have ended; else it
 * no longer takes part. */
static void commit_unidentified(struct gateway *gateway, const struct gateway_claim *claim, int64_t now)
{
        const struct device_record *record = &claim->record;
        struct device_record old;

        if (!device_table_find(gateway->table, record->address, &old))
                return;
        if (!same_hwaddr(&old, record->hwaddr, record->hwaddr_size))
                end_binding(gateway, record->address, "reassign", now);
        else if (claim->inspected &&
                 (old.source == DEVICE_SOURCE_LEASE || (old.expires != 0 && old.expires <= now)))
                end_binding(gateway, record->address, "unidentified", now);
}

void gateway_commit(struct gateway *gateway, const struct gateway_claim *claim, int64_t now)
{
        pthread_mutex_lock(&gateway->mutex);
        check_journal(gateway, journal_settle(gateway->journal, gateway->table, now), now);
        if (claim->type == GATEWAY_CLAIM_DEVICE)
                commit_device(gateway, &claim->record, now);
        else if (claim->type == GATEWAY_CLAIM_UNIDENTIFIED)
                commit_unidentified(gateway, claim, now);
        pthread_mutex_unlock(&gateway->mutex);
}

void gateway_lease_ended(struct gateway *gateway, struct in_addr address, const uint8_t *hwaddr,
                         size_t hwaddr_size, const char *reason, int64_t now)
{
        struct device_record old;

        pthread_mutex_lock(&gateway->mutex);
        check_journal(gateway, journal_settle(gateway->journal, gateway->table, now), now);
        if (device_table_find(gateway->table, address, &old) &&
            (hwaddr_size == 0 || old.hwaddr_size == 0 || same_hwaddr(&old, hwaddr, hwaddr_size)))
                end_binding(gateway, address, reason, now);
        pthread_mutex_unlock(&gateway->mutex);
}

/* --- Neighbour watch --- */

/* A device with a lease may come back while that is valid (GW-8); one without is gone (GW-10). */
static void note_lost(struct gateway *gateway, struct in_addr address, int64_t now)
{
        struct device_record record;

        if (!device_table_find(gateway->table, address, &record))
                return;
        gateway->counters.lost++;
        if (record.source == DEVICE_SOURCE_INFORM && record.expires == 0) {
                end_binding(gateway, address, "lost", now);
                return;
        }
        if (device_table_set_away(gateway->table, address, true, &record) < 0)
                return;
        check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        say_device(gateway, MESSAGE_DEVICE_AWAY, &record, "no answer, lease still valid", now);
}

static void note_returned(struct gateway *gateway, struct in_addr address, int64_t now)
{
        struct device_record record;

        if (!device_table_find(gateway->table, address, &record) ||
            (record.expires != 0 && record.expires <= now) ||
            device_table_set_away(gateway->table, address, false, &record) < 0)
                return;
        gateway->counters.returned++;
        check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        say_device(gateway, MESSAGE_DEVICE_BACK, &record, "answers again", now);
}

static void take_news(void *context, struct in_addr address, enum neighbour_news news)
{
        struct gateway *gateway = context;

        if (news == NEIGHBOUR_LOST)
                note_lost(gateway, address, gateway->watch_now);
        else
                note_returned(gateway, address, gateway->watch_now);
}

static int watch_binding(void *context, const struct device_record *record)
{
        neighbour_add(context, record);
        return 0;
}

static int start_watch(struct gateway *gateway, int64_t now)
{
        const struct settings *settings = &gateway->settings;
        int err;

        if (gateway->neighbour != NULL)
                return -EALREADY;
        err = neighbour_new(settings->max_devices * DEVICE_TABLE_BINDINGS, settings->neighbour_watch.interval,
                            settings->neighbour_watch.rounds, take_news, gateway, &gateway->neighbour);
        if (err < 0) {
                messenger_say(&gateway->messenger, now, MESSAGE_WATCH_ERROR,
                              "%s: devices that leave are noticed only when their lease ends",
                              strerror(-err));
                return err;
        }
        device_table_each(gateway->table, watch_binding, gateway->neighbour);
        messenger_say(&gateway->messenger, now, MESSAGE_WATCH_STARTED,
                      "every %" PRIu32 " s; away after %" PRIu32 " rounds without an answer",
                      settings->neighbour_watch.interval, settings->neighbour_watch.rounds);
        return neighbour_fd(gateway->neighbour);
}

int gateway_watch_start(struct gateway *gateway, int64_t now)
{
        int fd;

        if (!gateway->settings.neighbour_watch.enabled)
                return -ENOENT;
        pthread_mutex_lock(&gateway->mutex);
        fd = start_watch(gateway, now);
        pthread_mutex_unlock(&gateway->mutex);
        return fd;
}

void gateway_watch(struct gateway *gateway, int64_t now)
{
        int err;

        pthread_mutex_lock(&gateway->mutex);
        gateway->watch_now = now;
        err = gateway->neighbour != NULL ? neighbour_dispatch(gateway->neighbour) : 0;
        if (err < 0)
                messenger_say(&gateway->messenger, now, MESSAGE_WATCH_ERROR,
                              "%s: the neighbour watch may miss devices that leave", strerror(-err));
        pthread_mutex_unlock(&gateway->mutex);
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
