/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_internal.h - what the files of gateway.h's implementation share.
 *
 * gateway.c starts and stops, gateway_respond.c answers a request, gateway_entries.c keeps entries and
 * bindings, gateway_leases.c asks the lease database, gateway_watch.c has the neighbour watch. `mutex` is
 * held by whoever enters through gateway.h. */
#ifndef GATEWAY_INTERNAL_H
#define GATEWAY_INTERNAL_H

#include <pthread.h>

#include "gateway-hook/device_table.h"
#include "gateway-hook/gateway.h"
#include "gateway-hook/journal.h"
#include "gateway-hook/neighbour.h"
#include "gateway-hook/settings.h"

/** Room for the start of an option, for a link-layer address and for a text of an identity in a message. */
#define SHOWN_OPTION_MAX  200
#define SHOWN_HWADDR_MAX  (3 * RECORD_HWADDR_MAX + 1)
#define SHOWN_ELEMENT_MAX (4 * ASSOC_TEXT_MAX + 4)

struct gateway {
        struct settings settings;        /* never changed after gateway_new() */
        int64_t since;                   /* gateway_new(), in seconds; likewise */
        uint8_t option[ASSOC_BLOCK_MAX]; /* our identity as option 125 of a response that has none; likewise
                                          */
        size_t option_size;
        pthread_mutex_t mutex; /* guards all below: Kea serves packets in several threads */
        struct device_table *table;
        struct journal *journal;
        struct neighbour *neighbour; /* NULL: nothing is watched */
        int64_t watch_now;           /* the time, for what the watch tells */
        int64_t next_due;            /* no binding's lease ends before that; 0: not known */
        bool leases_unchecked;       /* the lease database could not be asked at start */
        struct messenger messenger;
        struct gateway_counters counters;
};

/** End the binding at `address`, if there is one; `reason` is a word for the journal. With the mutex held. */
void entries_end(struct gateway *gateway, struct in_addr address, const char *reason, int64_t now);

/** The lease of a binding that is in the table ends then. With the mutex held. */
void entries_set_expires(struct gateway *gateway, const struct device_record *record, int64_t expires,
                         int64_t now);

/** Count and log what a function of journal.h returned. With the mutex held. */
void entries_check_journal(struct gateway *gateway, int err, int64_t now);

/** No neighbour watch round was answered from the binding's address: away while its lease is valid (GW-8),
 * gone if it has none (GW-10). With the mutex held. */
void entries_lost(struct gateway *gateway, struct in_addr address, int64_t now);

/** The binding's host answers again (GW-8). With the mutex held. */
void entries_returned(struct gateway *gateway, struct in_addr address, int64_t now);

#endif
