/* SPDX-License-Identifier: BSD-2-Clause */
/* messages.c - what the hook says in Kea's log: one row a message.
 * man/assoc-gateway-hook.8 explains each. */
#include "config.h"

#include "gateway-hook/messages.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What a host on the LAN can provoke comes at most `burst` times at once and then once in `interval` seconds;
 * burst 0: no limit. */
static const struct {
        const char *name;
        enum message_severity severity;
        uint32_t burst, interval;
} messages[] = {
        [MESSAGE_LOADED] = {"ASSOC_LOADED", MESSAGE_INFO, 0, 0},
        [MESSAGE_UNLOADED] = {"ASSOC_UNLOADED", MESSAGE_INFO, 0, 0},
        [MESSAGE_LOAD_FAILED] = {"ASSOC_LOAD_FAILED", MESSAGE_ERROR, 0, 0},
        [MESSAGE_CALLOUT_ERROR] = {"ASSOC_CALLOUT_ERROR", MESSAGE_ERROR, 5, 60},
        [MESSAGE_DEVICE_ADDED] = {"ASSOC_DEVICE_ADDED", MESSAGE_INFO, 100, 1},
        [MESSAGE_DEVICE_REMOVED] = {"ASSOC_DEVICE_REMOVED", MESSAGE_INFO, 100, 1},
        [MESSAGE_DEVICE_AWAY] = {"ASSOC_DEVICE_AWAY", MESSAGE_INFO, 100, 1},
        [MESSAGE_DEVICE_BACK] = {"ASSOC_DEVICE_BACK", MESSAGE_INFO, 100, 1},
        [MESSAGE_IDENTITY_INVALID] = {"ASSOC_IDENTITY_INVALID", MESSAGE_WARN, 5, 60},
        [MESSAGE_IDENTITY_OTHER_ROLE] = {"ASSOC_IDENTITY_OTHER_ROLE", MESSAGE_INFO, 5, 60},
        [MESSAGE_INFORM_REFUSED] = {"ASSOC_INFORM_REFUSED", MESSAGE_WARN, 5, 60},
        [MESSAGE_INFORM_FORGED] = {"ASSOC_INFORM_FORGED", MESSAGE_WARN, 5, 60},
        [MESSAGE_TABLE_FULL] = {"ASSOC_TABLE_FULL", MESSAGE_WARN, 5, 60},
        [MESSAGE_CLIENT_LIMIT] = {"ASSOC_CLIENT_LIMIT", MESSAGE_WARN, 5, 60},
        [MESSAGE_OPTION_ERROR] = {"ASSOC_OPTION_ERROR", MESSAGE_ERROR, 5, 60},
        [MESSAGE_JOURNAL_SKIPPED] = {"ASSOC_JOURNAL_SKIPPED", MESSAGE_WARN, 0, 0},
        [MESSAGE_JOURNAL_ERROR] = {"ASSOC_JOURNAL_ERROR", MESSAGE_ERROR, 5, 60},
        [MESSAGE_JOURNAL_REWRITTEN] = {"ASSOC_JOURNAL_REWRITTEN", MESSAGE_INFO, 5, 60},
        [MESSAGE_LEASES_CHECKED] = {"ASSOC_LEASES_CHECKED", MESSAGE_INFO, 10, 60},
        [MESSAGE_LEASES_ERROR] = {"ASSOC_LEASES_ERROR", MESSAGE_WARN, 1, 3600},
        [MESSAGE_WATCH_STARTED] = {"ASSOC_WATCH_STARTED", MESSAGE_INFO, 0, 0},
        [MESSAGE_WATCH_ERROR] = {"ASSOC_WATCH_ERROR", MESSAGE_WARN, 5, 60},
};

const char *message_name(enum message message)
{
        return messages[message].name;
}

enum message_severity message_severity(enum message message)
{
        return messages[message].severity;
}

void messenger_init(struct messenger *messenger, message_fn *say, void *context, int64_t now)
{
        messenger->say = say;
        messenger->context = context;
        for (size_t i = 0; i < MESSAGE_COUNT; i++)
                limiter_init(&messenger->limiters[i], messages[i].burst, messages[i].interval, now);
}

bool messenger_holds(struct messenger *messenger, int64_t now, enum message message)
{
        return limiter_hold(&messenger->limiters[message], now);
}

void messenger_say(struct messenger *messenger, int64_t now, enum message message, const char *format, ...)
{
        char text[MESSAGE_TEXT_MAX];
        uint64_t held;
        va_list arguments;
        int length;

        if (!limiter_pass(&messenger->limiters[message], now, &held))
                return;
        va_start(arguments, format);
        length = vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        if (length < 0)
                return;
        if (held > 0 && (size_t)length < sizeof(text))
                snprintf(text + length, sizeof(text) - (size_t)length, " (and %" PRIu64 " more like it)",
                         held);
        messenger->say(messenger->context, message, text);
}

const char *text_escape(const void *data, size_t data_size, char *buffer, size_t size)
{
        const uint8_t *bytes = data;
        size_t used = 0;

        for (size_t i = 0; i < data_size; i++) {
                bool plain = bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\';

                /* Room for this one, and for "..." and a NUL behind it. */
                if (size - used < (plain ? 1 : 4) + 4u) {
                        memcpy(buffer + used, "...", 4);
                        return buffer;
                }
                if (plain)
                        buffer[used++] = (char)bytes[i];
                else
                        used += (size_t)snprintf(buffer + used, size - used, "\\x%02x", bytes[i]);
        }
        buffer[used] = '\0';
        return buffer;
}

const char *text_hwaddr(const uint8_t *hwaddr, size_t hwaddr_size, char *buffer, size_t size)
{
        static const char digits[] = "0123456789abcdef";
        size_t used = 0;

        if (hwaddr_size == 0)
                snprintf(buffer, size, "unknown");
        for (size_t i = 0; i < hwaddr_size && size - used > 3; i++) {
                if (i > 0)
                        buffer[used++] = ':';
                buffer[used++] = digits[hwaddr[i] >> 4];
                buffer[used++] = digits[hwaddr[i] & 15];
                buffer[used] = '\0';
        }
        return buffer;
}
