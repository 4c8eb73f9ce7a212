/* SPDX-License-Identifier: BSD-2-Clause */
/* notify.h - what the ACS is to be told, and when: attributes, limits, events.
 *
 * No clock, no file, no socket. Each watched parameter has a number, given by the caller; times are seconds
 * of one clock that never goes back. An event is kept until it is acknowledged; of one parameter there is at
 * most one, which shows the latest value. */
#ifndef BRIDGE_NOTIFY_H
#define BRIDGE_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dm-bridge/model.h"

/** Most parameters that can be watched. */
#define NOTIFY_WATCHES_MAX 32

/** One parameter. */
struct notify_watch {
        enum notification notification;
        uint32_t limit;             /* least seconds between two events, for active notification; 0: none */
        char seen[MODEL_VALUE_MAX]; /* the latest value; meaningless if notification is off */
        bool waiting;               /* changed, and the limit holds the event back */
        uint64_t seq;               /* of the event that is not acknowledged yet; 0: there is none */
        bool told;                  /* an event was made, at told_at */
        int64_t told_at;
};

struct notify {
        struct notify_watch watches[NOTIFY_WATCHES_MAX];
        size_t count;
        uint64_t sequence;     /* of the last event */
        uint32_t requests;     /* connection requests since the last acknowledgement */
        uint64_t requests_seq; /* of their event; 0: there is none */
        bool changed;          /* something must be written down; the owner resets it */
};

enum notify_event_type {
        NOTIFY_VALUE_CHANGE,
        NOTIFY_CONNECTION_REQUEST,
};

struct notify_event {
        enum notify_event_type type;
        uint64_t seq;
        size_t watch;   /* VALUE_CHANGE */
        uint32_t count; /* CONNECTION_REQUEST: how many */
};

/** `count` parameters, at most NOTIFY_WATCHES_MAX, all off. */
void notify_init(struct notify *notify, size_t count);

/**
 * Set a parameter's attribute; `value` is what it is now. Off: what is not acknowledged is forgotten. On:
 * changes from `value` on count. What a limit has held back leaves at once if passive, to which none applies.
 */
void notify_set(struct notify *notify, size_t watch, enum notification notification, const char *value,
                int64_t now);

/** Set the least number of seconds between two events of a parameter (GW-11, CB-6); what waits is judged
 * anew. */
void notify_set_limit(struct notify *notify, size_t watch, uint32_t limit, int64_t now);

/** The parameter is `value` now. A change makes an event at once, or when the limit lets it; never none. */
void notify_observe(struct notify *notify, size_t watch, const char *value, int64_t now);

/** The ACS itself set the parameter to `value`: it knows. An event that is not acknowledged is forgotten. */
void notify_acs_set(struct notify *notify, size_t watch, const char *value);

/** A connection request was accepted (CR-5). */
void notify_connection_request(struct notify *notify);

/** When notify_tick() has something to do; INT64_MAX: never. */
int64_t notify_deadline(const struct notify *notify);

/** Make the events that are due. */
void notify_tick(struct notify *notify, int64_t now);

/** The first event after number `after` that is not acknowledged. False: there is none. */
bool notify_next(const struct notify *notify, uint64_t after, struct notify_event *ret);

/** Number `seq` and all before are known to the ACS. Returns 0; -ERANGE: there was no such event yet. */
int notify_ack(struct notify *notify, uint64_t seq);

#endif
