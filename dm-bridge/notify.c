/* SPDX-License-Identifier: BSD-2-Clause */
/* notify.c - what the ACS is to be told, and when: attributes, limits, events.
 * Knows numbers and texts; which parameters they are is model.c's business, what survives a restart
 * state.c's. */
#include "config.h"

#include "dm-bridge/notify.h"

#include <errno.h>
#include <string.h>

void notify_init(struct notify *notify, size_t count)
{
        memset(notify, 0, sizeof(*notify));
        notify->count = count;
}

static void emit(struct notify *notify, struct notify_watch *watch, int64_t now)
{
        watch->waiting = false;
        watch->seq = ++notify->sequence;
        watch->told = true;
        watch->told_at = now;
        notify->changed = true;
}

/* When the limit lets the next event of a parameter pass. */
static int64_t release_time(const struct notify_watch *watch)
{
        if (!watch->told || watch->notification != NOTIFICATION_ACTIVE)
                return INT64_MIN;
        return watch->told_at + watch->limit;
}

static void emit_if_due(struct notify *notify, struct notify_watch *watch, int64_t now)
{
        if (watch->waiting && release_time(watch) <= now)
                emit(notify, watch, now);
}

static void forget(struct notify_watch *watch)
{
        watch->waiting = false;
        watch->seq = 0;
}

static void store(struct notify *notify, struct notify_watch *watch, const char *value)
{
        size_t length = strnlen(value, sizeof(watch->seen) - 1);

        memcpy(watch->seen, value, length);
        watch->seen[length] = '\0';
        notify->changed = true;
}

void notify_set(struct notify *notify, size_t index, enum notification notification, const char *value,
                int64_t now)
{
        struct notify_watch *watch = &notify->watches[index];

        if (watch->notification == notification)
                return;
        if (notification == NOTIFICATION_OFF)
                forget(watch);
        else if (watch->notification == NOTIFICATION_OFF)
                store(notify, watch, value);
        watch->notification = notification;
        notify->changed = true;
        emit_if_due(notify, watch, now);
}

void notify_set_limit(struct notify *notify, size_t index, uint32_t limit, int64_t now)
{
        struct notify_watch *watch = &notify->watches[index];

        watch->limit = limit;
        emit_if_due(notify, watch, now);
}

void notify_observe(struct notify *notify, size_t index, const char *value, int64_t now)
{
        struct notify_watch *watch = &notify->watches[index];

        if (watch->notification == NOTIFICATION_OFF || strcmp(watch->seen, value) == 0)
                return;
        store(notify, watch, value);
        watch->waiting = true;
        emit_if_due(notify, watch, now);
}

void notify_acs_set(struct notify *notify, size_t index, const char *value)
{
        struct notify_watch *watch = &notify->watches[index];

        if (watch->notification == NOTIFICATION_OFF)
                return;
        forget(watch);
        store(notify, watch, value);
}

void notify_connection_request(struct notify *notify)
{
        if (notify->requests < UINT32_MAX)
                notify->requests++;
        notify->requests_seq = ++notify->sequence;
        notify->changed = true;
}

int64_t notify_deadline(const struct notify *notify)
{
        int64_t deadline = INT64_MAX;

        for (size_t i = 0; i < notify->count; i++) {
                const struct notify_watch *watch = &notify->watches[i];

                if (watch->waiting && release_time(watch) < deadline)
                        deadline = release_time(watch);
        }
        return deadline;
}

void notify_tick(struct notify *notify, int64_t now)
{
        for (size_t i = 0; i < notify->count; i++)
                emit_if_due(notify, &notify->watches[i], now);
}

bool notify_next(const struct notify *notify, uint64_t after, struct notify_event *ret)
{
        uint64_t best = UINT64_MAX;

        if (notify->requests_seq > after) {
                best = notify->requests_seq;
                *ret = (struct notify_event){
                        .type = NOTIFY_CONNECTION_REQUEST, .seq = best, .count = notify->requests};
        }
        for (size_t i = 0; i < notify->count; i++) {
                uint64_t seq = notify->watches[i].seq;

                if (seq <= after || seq >= best)
                        continue;
                best = seq;
                *ret = (struct notify_event){.type = NOTIFY_VALUE_CHANGE, .seq = seq, .watch = i};
        }
        return best != UINT64_MAX;
}

int notify_ack(struct notify *notify, uint64_t seq)
{
        if (seq > notify->sequence)
                return -ERANGE;
        for (size_t i = 0; i < notify->count; i++) {
                if (notify->watches[i].seq == 0 || notify->watches[i].seq > seq)
                        continue;
                notify->watches[i].seq = 0;
                notify->changed = true;
        }
        if (notify->requests_seq != 0 && notify->requests_seq <= seq) {
                notify->requests_seq = 0;
                notify->requests = 0;
                notify->changed = true;
        }
        return 0;
}
