/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_entries.c - entries and bindings: what adds, changes and ends them.
 * The table is device_table.c's, the file journal.c's. */
#include "config.h"

#include "gateway-hook/gateway_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool same_hwaddr(const struct device_record *record, const uint8_t *hwaddr, size_t size)
{
        return record->hwaddr_size == size && (size == 0 || memcmp(record->hwaddr, hwaddr, size) == 0);
}

void entries_check_journal(struct gateway *gateway, int err, int64_t now)
{
        if (err == 1)
                messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_REWRITTEN, "%s: whole again",
                              gateway->settings.journal);
        if (err >= 0 || err == -EAGAIN)
                return;
        gateway->counters.journal_errors++;
        messenger_say(&gateway->messenger, now, MESSAGE_JOURNAL_ERROR,
                      "%s: %s; the table is kept in memory and written again later",
                      gateway->settings.journal, journal_error(err));
}

static void say_device(struct gateway *gateway, enum message message, const struct device_record *record,
                       const char *reason, int64_t now)
{
        const struct assoc_identity *identity = &record->identity;
        char serial[SHOWN_ELEMENT_MAX], product_class[SHOWN_ELEMENT_MAX], address[INET_ADDRSTRLEN],
                hwaddr[SHOWN_HWADDR_MAX];

        if (messenger_holds(&gateway->messenger, now, message))
                return;
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

void entries_end(struct gateway *gateway, struct in_addr address, const char *reason, int64_t now)
{
        struct device_record gone, record = {.type = DEVICE_RECORD_UNBIND, .address = address};

        if (device_table_unbind(gateway->table, address, &gone) < 0)
                return;
        neighbour_remove(gateway->neighbour, address);
        snprintf(record.reason, sizeof(record.reason), "%s", reason);
        entries_check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        note_end_of_entry(gateway, &gone, reason, now);
}

/* The next look at ends of lease must not come after this one's. */
static void note_due(struct gateway *gateway, int64_t expires)
{
        if (expires != 0 && expires < gateway->next_due)
                gateway->next_due = expires;
}

/* A renewal need not be written down if it comes so soon that the journal's end is less than an eighth of the
 * lease's time too early: when that end has come the lease database is asked in any case. Spares flash, and
 * the packet a write. The end in the table is always the true one. */
static bool is_small_step(int64_t old, int64_t new, int64_t now)
{
        int64_t step = 1;

        if (old == 0 || new < old)
                return false;
        while (step * 16 <= new - now)
                step *= 2;
        return new / step == old / step;
}

void entries_set_expires(struct gateway *gateway, const struct device_record *record, int64_t expires,
                         int64_t now)
{
        struct device_record changed = *record;

        changed.expires = expires;
        if (device_table_set_expires(gateway->table, record->address, expires) < 0)
                return;
        note_due(gateway, expires);
        if (!is_small_step(record->expires, expires, now))
                entries_check_journal(gateway, journal_put(gateway->journal, gateway->table, &changed, now),
                                      now);
}

int64_t gateway_lease_end(const struct gateway_lease *lease, enum device_source source)
{
        return lease->endless && source == DEVICE_SOURCE_LEASE ? 0 : lease->expires;
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

/* The same device again, but for the end of its lease? */
static bool is_known(const struct device_record *old, const struct device_record *record)
{
        return assoc_identity_equal(&old->identity, &record->identity) &&
               same_hwaddr(old, record->hwaddr, record->hwaddr_size) &&
               strcmp(old->interface, record->interface) == 0 && old->source == record->source && !old->away;
}

static bool refuse_inform(struct gateway *gateway, const struct device_record *record, const char *why,
                          int64_t now)
{
        gateway->counters.informs_refused++;
        say_device(gateway, MESSAGE_INFORM_REFUSED, record, why, now);
        return true;
}

/* A lease says who has an address; a DHCPINFORM, which anybody can send, does not take it away. Nor does it
 * make less of a lease whose request had the same identity, or another of it. */
static bool inform_yields(struct gateway *gateway, const struct device_record *old,
                          const struct device_record *record, int64_t now)
{
        bool leased = old->source == DEVICE_SOURCE_LEASE || old->expires != 0;

        if (record->source != DEVICE_SOURCE_INFORM || !leased || (old->expires != 0 && old->expires <= now))
                return false;
        if (!same_hwaddr(old, record->hwaddr, record->hwaddr_size))
                return refuse_inform(gateway, record, "refused, another client has leased the address", now);
        if (old->source != DEVICE_SOURCE_LEASE)
                return false;
        if (!assoc_identity_equal(&old->identity, &record->identity))
                return refuse_inform(gateway, record, "refused, the lease was given to another identity",
                                     now);
        return !old->away;
}

/* Leases are bounded by the server's pools, DHCPINFORMs by nothing: half of the table is kept for devices
 * that have a lease (GW-13). */
static bool leaseless_are_many(const struct gateway *gateway, const struct device_record *record)
{
        return record->source == DEVICE_SOURCE_INFORM && record->expires == 0 &&
               device_table_leaseless(gateway->table) >= (gateway->settings.max_devices + 1) / 2;
}

static void commit_device(struct gateway *gateway, const struct device_record *claimed, int64_t now)
{
        struct device_record record = *claimed, old;
        bool found = device_table_find(gateway->table, record.address, &old);
        bool new_entry;
        int err;

        if (found && is_known(&old, &record)) {
                neighbour_add(gateway->neighbour, &old);
                if (old.expires != record.expires)
                        entries_set_expires(gateway, &old, record.expires, now);
                return;
        }
        if (found && inform_yields(gateway, &old, &record, now))
                return;
        new_entry = !device_table_has(gateway->table, &record.identity);
        err = !found && leaseless_are_many(gateway, &record) ? -ENOSPC
                                                             : device_table_bind(gateway->table, &record);
        if (err < 0) {
                note_refusal(gateway, &record, err, now);
                /* The address has a new owner all the same. */
                entries_end(gateway, record.address, "reassign", now);
                return;
        }
        neighbour_add(gateway->neighbour, &record);
        note_due(gateway, record.expires);
        entries_check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
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
                entries_end(gateway, record->address, "reassign", now);
        else if (claim->inspected &&
                 (old.source == DEVICE_SOURCE_LEASE || (old.expires != 0 && old.expires <= now)))
                entries_end(gateway, record->address, "unidentified", now);
}

void gateway_commit(struct gateway *gateway, const struct gateway_claim *claim, int64_t now)
{
        pthread_mutex_lock(&gateway->mutex);
        entries_check_journal(gateway, journal_settle(gateway->journal, gateway->table, now), now);
        if (claim->type == GATEWAY_CLAIM_DEVICE && claim->is_anothers)
                refuse_inform(gateway, &claim->record, "refused, another client has leased the address", now);
        else if (claim->type == GATEWAY_CLAIM_DEVICE)
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
        entries_check_journal(gateway, journal_settle(gateway->journal, gateway->table, now), now);
        if (device_table_find(gateway->table, address, &old) &&
            (hwaddr_size == 0 || old.hwaddr_size == 0 || same_hwaddr(&old, hwaddr, hwaddr_size)))
                entries_end(gateway, address, reason, now);
        pthread_mutex_unlock(&gateway->mutex);
}

/* A device with a lease may come back while that is valid (GW-8); one without is gone (GW-10). */
void entries_lost(struct gateway *gateway, struct in_addr address, int64_t now)
{
        struct device_record record;

        if (!device_table_find(gateway->table, address, &record))
                return;
        gateway->counters.lost++;
        if (record.source == DEVICE_SOURCE_INFORM && record.expires == 0) {
                entries_end(gateway, address, "lost", now);
                return;
        }
        if (device_table_set_away(gateway->table, address, true, &record) < 0)
                return;
        entries_check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        say_device(gateway, MESSAGE_DEVICE_AWAY, &record, "no answer, lease still valid", now);
}

void entries_returned(struct gateway *gateway, struct in_addr address, int64_t now)
{
        struct device_record record;

        if (!device_table_find(gateway->table, address, &record) ||
            (record.expires != 0 && record.expires <= now) ||
            device_table_set_away(gateway->table, address, false, &record) < 0)
                return;
        gateway->counters.returned++;
        entries_check_journal(gateway, journal_put(gateway->journal, gateway->table, &record, now), now);
        say_device(gateway, MESSAGE_DEVICE_BACK, &record, "answers again", now);
}
