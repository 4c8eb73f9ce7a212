/* SPDX-License-Identifier: BSD-2-Clause */
/* messages.h - what the hook says in Kea's log: names, severities, and how often.
 * Used by gateway*.c to speak and by kea_log.cc to hand the words to Kea's logger. */
#ifndef GATEWAY_MESSAGES_H
#define GATEWAY_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway-hook/limiter.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest text of one message, its NUL included; a longer one is cut. */
#define MESSAGE_TEXT_MAX 512

enum message {
        MESSAGE_LOADED,
        MESSAGE_UNLOADED,
        MESSAGE_LOAD_FAILED,
        MESSAGE_CALLOUT_ERROR,
        MESSAGE_DEVICE_ADDED,
        MESSAGE_DEVICE_REMOVED,
        MESSAGE_DEVICE_AWAY,
        MESSAGE_DEVICE_BACK,
        MESSAGE_IDENTITY_INVALID,
        MESSAGE_IDENTITY_OTHER_ROLE,
        MESSAGE_INFORM_REFUSED,
        MESSAGE_INFORM_FORGED,
        MESSAGE_TABLE_FULL,
        MESSAGE_CLIENT_LIMIT,
        MESSAGE_OPTION_ERROR,
        MESSAGE_JOURNAL_SKIPPED,
        MESSAGE_JOURNAL_ERROR,
        MESSAGE_JOURNAL_REWRITTEN,
        MESSAGE_LEASES_CHECKED,
        MESSAGE_LEASES_ERROR,
        MESSAGE_WATCH_STARTED,
        MESSAGE_WATCH_ERROR,
        MESSAGE_COUNT,
};

enum message_severity {
        MESSAGE_DEBUG,
        MESSAGE_INFO,
        MESSAGE_WARN,
        MESSAGE_ERROR,
};

/** Takes a line of plain ASCII. Called from any thread. */
typedef void message_fn(void *context, enum message message, const char *text);

/** Where messages go, and the limit of each. The owner locks it. */
struct messenger {
        message_fn *say;
        void *context;
        struct limiter limiters[MESSAGE_COUNT];
};

/** The message's name in Kea's log, "ASSOC_..."; static. */
const char *message_name(enum message message);

/** How grave it is. */
enum message_severity message_severity(enum message message);

/** Messages go to `say` from now on. */
void messenger_init(struct messenger *messenger, message_fn *say, void *context, int64_t now);

/** Whether messenger_say() would hold this message back; then it counts as held. So that no text need be
 * made. */
bool messenger_holds(struct messenger *messenger, int64_t now, enum message message);

/** Say it, unless that message came too often lately; how many were held back is told with the next that
 * passes. */
void messenger_say(struct messenger *messenger, int64_t now, enum message message, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/**
 * Write bytes as plain ASCII: what is not printable, a quote or a backslash becomes \xHH. What does not fit
 * is cut and ends in "...". `buffer` has room for `size` bytes, at least 4. Returns `buffer`.
 */
const char *text_escape(const void *data, size_t data_size, char *buffer, size_t size);

/** Write a link-layer address as 02:00:5e:00:53:01, "unknown" if it is empty. Returns `buffer`. */
const char *text_hwaddr(const uint8_t *hwaddr, size_t hwaddr_size, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif
#endif
