/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_leases.c - bindings held against the server's lease database: when the server starts, after
 * commands that change leases without a callout, and when the end of lease that we know of has come. */
#include "config.h"

#include "gateway-hook/gateway_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One look at the database. */
struct inquiry {
        struct gateway *gateway;
        gateway_lease_fn *ask;
        int64_t now;
        uint32_t asked, ended, changed;
};

/* Why there is no valid lease any more, as a word for the journal. */
static const char *reason_of(const struct device_record *record, const struct gateway_lease *lease,
                             int64_t now)
{
        switch (lease->state) {
        case GATEWAY_LEASE_DECLINED:
                return "decline";
        case GATEWAY_LEASE_EXPIRED:
                return "expire";
        default:
                return record->expires != 0 && record->expires <= now ? "expire" : "delete";
        }
}

/* Without a link-layer address on either side nobody can tell. */
static bool is_of(const struct gateway_lease *lease, const struct device_record *record)
{
        return lease->hwaddr_size == 0 || record->hwaddr_size == 0 ||
               (lease->hwaddr_size == record->hwaddr_size &&
                memcmp(lease->hwaddr, record->hwaddr, lease->hwaddr_size) == 0);
}

/* A DHCPINFORM without a lease behind it (GW-10) ends by the neighbour watch, or when the address is leased
 * to another. */
static void judge(struct inquiry *inquiry, const struct device_record *record,
                  const struct gateway_lease *lease)
{
        bool leased = record->source == DEVICE_SOURCE_LEASE || record->expires != 0;
        int64_t expires = gateway_lease_end(lease, record->source);
        const char *reason = NULL;

        if (lease->state != GATEWAY_LEASE_VALID)
                reason = leased ? reason_of(record, lease, inquiry->now) : NULL;
        else if (!is_of(lease, record))
                reason = "reassign";
        else if (expires != record->expires) {
                entries_set_expires(inquiry->gateway, record, expires, inquiry->now);
                inquiry->changed++;
        }
        if (reason == NULL)
                return;
        entries_end(inquiry->gateway, record->address, reason, inquiry->now);
        inquiry->ended++;
}

/* A database that can't be asked ends nothing. */
static int check_binding(struct inquiry *inquiry, struct in_addr address)
{
        struct gateway *gateway = inquiry->gateway;
        struct gateway_lease lease = {0};
        struct device_record record;
        char error[128] = "", shown[SHOWN_OPTION_MAX];
        int err;

        if (!device_table_find(gateway->table, address, &record))
                return 0;
        err = inquiry->ask(address, &lease, error, sizeof(error));
        inquiry->asked++;
        if (err == 0)
                judge(inquiry, &record, &lease);
        else
                messenger_say(&gateway->messenger, inquiry->now, MESSAGE_LEASES_ERROR,
                              "%s; devices whose lease ended unseen stay for now",
                              text_escape(error, strlen(error), shown, sizeof(shown)));
        return err;
}

void gateway_check_lease(struct gateway *gateway, gateway_lease_fn *ask, struct in_addr address, int64_t now)
{
        struct inquiry inquiry = {.gateway = gateway, .ask = ask, .now = now};

        pthread_mutex_lock(&gateway->mutex);
        check_binding(&inquiry, address);
        pthread_mutex_unlock(&gateway->mutex);
}

/* --- Many bindings --- */

struct addresses {
        struct in_addr *address;
        uint32_t count;
        int64_t due, next_due;
};

static int take_all(void *context, const struct device_record *record)
{
        struct addresses *list = context;

        list->address[list->count++] = record->address;
        return 0;
}

static int take_due(void *context, const struct device_record *record)
{
        struct addresses *list = context;

        if (record->expires != 0 && record->expires <= list->due)
                return take_all(context, record);
        if (record->expires != 0 && record->expires < list->next_due)
                list->next_due = record->expires;
        return 0;
}

/* The mutex is taken for one binding at a time: requests are served meanwhile. */
static int check_each(struct inquiry *inquiry, const struct addresses *list)
{
        int err = 0;

        for (uint32_t i = 0; i < list->count && err == 0; i++) {
                pthread_mutex_lock(&inquiry->gateway->mutex);
                err = check_binding(inquiry, list->address[i]);
                pthread_mutex_unlock(&inquiry->gateway->mutex);
        }
        return err;
}

/* Which bindings to ask for; the caller frees ret->address. */
static int list_bindings(struct gateway *gateway, device_table_fn *take, struct addresses *ret)
{
        uint32_t count = device_table_bindings(gateway->table);

        ret->count = 0;
        ret->address = calloc(count > 0 ? count : 1, sizeof(*ret->address));
        if (ret->address == NULL)
                return -ENOMEM;
        return device_table_each(gateway->table, take, ret);
}

void gateway_check_leases(struct gateway *gateway, gateway_lease_fn *ask, int64_t now)
{
        struct inquiry inquiry = {.gateway = gateway, .ask = ask, .now = now};
        struct addresses list = {0};
        int err;

        pthread_mutex_lock(&gateway->mutex);
        err = list_bindings(gateway, take_all, &list);
        pthread_mutex_unlock(&gateway->mutex);
        if (err == 0)
                err = check_each(&inquiry, &list);
        free(list.address);
        pthread_mutex_lock(&gateway->mutex);
        gateway->leases_unchecked = err < 0;
        if (err == 0 && inquiry.asked > 0)
                messenger_say(&gateway->messenger, now, MESSAGE_LEASES_CHECKED,
                              "%" PRIu32 " addresses held against the lease database: %" PRIu32
                              " had ended, %" PRIu32 " have another end",
                              inquiry.asked, inquiry.ended, inquiry.changed);
        pthread_mutex_unlock(&gateway->mutex);
}

void gateway_check_due_leases(struct gateway *gateway, gateway_lease_fn *ask, int64_t now)
{
        struct inquiry inquiry = {.gateway = gateway, .ask = ask, .now = now};
        struct addresses list = {.due = now, .next_due = INT64_MAX};
        bool unchecked;

        pthread_mutex_lock(&gateway->mutex);
        unchecked = gateway->leases_unchecked;
        if (!unchecked && now >= gateway->next_due && list_bindings(gateway, take_due, &list) == 0)
                gateway->next_due = list.count > 0 ? now : list.next_due;
        pthread_mutex_unlock(&gateway->mutex);
        if (unchecked)
                gateway_check_leases(gateway, ask, now);
        else
                check_each(&inquiry, &list);
        free(list.address);
}
