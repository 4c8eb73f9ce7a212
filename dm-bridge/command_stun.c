/* SPDX-License-Identifier: BSD-2-Clause */
/* command_stun.c - `assocctl stun`: at which address the ACS reaches this host, and how that is kept up. */
#include "config.h"

#include "dm-bridge/command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/terminal.h"
#include "dm-bridge/text_table.h"

#define VALUE_MAX 512

/* What each part writes into. */
struct line {
        char text[VALUE_MAX];
};

static void __attribute__((format(printf, 2, 3))) add(struct line *line, const char *format, ...)
{
        size_t used = strlen(line->text);
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(line->text + used, sizeof(line->text) - used, format, arguments);
        va_end(arguments);
}

static struct json_object *member(struct json_object *object, const char *key)
{
        struct json_object *found = NULL;

        json_object_object_get_ex(object, key, &found);
        return found;
}

/* Milliseconds as people read them; "" where there are none. */
static const char *span(struct json_object *object, const char *key, char *buffer, size_t size)
{
        int64_t ms = command_number(object, key);

        buffer[0] = '\0';
        if (!json_object_is_type(member(object, key), json_type_int))
                return buffer;
        if (ms < 10000 && ms % 1000 != 0)
                snprintf(buffer, size, "%" PRId64 ".%" PRId64 " s", ms / 1000, ms % 1000 / 100);
        else
                terminal_duration(ms / 1000, buffer, size);
        return buffer;
}

static void format_state(struct json_object *stun, struct line *ret)
{
        add(ret, "%s", command_member(stun, "state", "-"));
        if (json_object_is_type(member(stun, "last_error"), json_type_int))
                add(ret, ", error %" PRId64, command_number(stun, "last_error"));
}

static void format_server(struct json_object *stun, struct line *ret)
{
        const char *server = command_member(stun, "server", "-");

        add(ret, "%s", server);
        if (strcmp(server, "-") != 0)
                add(ret, ", %s", command_member(stun, "dialect", "-"));
}

static void format_address(struct json_object *stun, struct line *ret)
{
        add(ret, "%s", command_member(stun, "address", "-"));
        if (json_object_get_boolean(member(stun, "nat_detected")))
                add(ret, ", behind NAT");
}

/* "searching: alive after 1 min, dead after 2 min, at most 48 s of silence" */
static void format_keepalive(struct json_object *stun, struct line *ret)
{
        struct json_object *keepalive = member(stun, "keepalive");
        char text[48];

        if (strcmp(command_member(stun, "state", ""), "disabled") == 0)
                return;
        add(ret, "%s", command_member(keepalive, "phase", "-"));
        if (span(keepalive, "alive_ms", text, sizeof(text))[0] != '\0')
                add(ret, ", alive after %s", text);
        if (span(keepalive, "dead_ms", text, sizeof(text))[0] != '\0')
                add(ret, ", dead after %s", text);
        if (command_number(keepalive, "period_ms") > 0)
                add(ret, ", refreshed after %s", span(keepalive, "period_ms", text, sizeof(text)));
}

static void format_next(struct json_object *stun, struct line *ret)
{
        char text[48];

        if (span(stun, "next_ms", text, sizeof(text))[0] == '\0')
                add(ret, "-");
        else
                add(ret, "in %s", text);
}

static void format_trials(struct json_object *stun, struct line *ret)
{
        command_add_counts(member(stun, "keepalive"), ret->text, sizeof(ret->text));
}

static void format_messages(struct json_object *stun, struct line *ret)
{
        command_add_counts(member(stun, "counters"), ret->text, sizeof(ret->text));
}

static void format_local(struct json_object *stun, struct line *ret)
{
        add(ret, "%s", command_member(stun, "local", "-"));
}

static void format_mapped(struct json_object *stun, struct line *ret)
{
        add(ret, "%s", command_member(stun, "mapped", "-"));
}

static const struct {
        const char *title;
        void (*format)(struct json_object *stun, struct line *ret);
} rows[] = {
        {"state", format_state},          {"server", format_server},   {"local", format_local},
        {"mapped", format_mapped},        {"address", format_address}, {"next request", format_next},
        {"keep-alive", format_keepalive}, {"trials", format_trials},   {"messages", format_messages},
};

static int print_rows(struct json_object *stun)
{
        struct text_table table;
        int err = 0;

        text_table_init(&table, 2);
        for (size_t i = 0; err == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct line line = {""};

                rows[i].format(stun, &line);
                err = text_table_add(
                        &table, (const char *const[]){rows[i].title, line.text[0] == '\0' ? "-" : line.text});
        }
        if (err == 0)
                text_table_print(&table, stdout);
        text_table_done(&table);
        return err;
}

enum command_status command_stun(const struct arguments *arguments)
{
        struct json_object *stun;
        enum command_status status = command_call(arguments, "stun", NULL, json_type_object, &stun);

        if (status != COMMAND_DONE)
                return status;
        if (arguments->json)
                status = command_print_json(arguments, stun);
        else if (print_rows(stun) < 0)
                status = command_no_memory(arguments);
        json_object_put(stun);
        return status;
}
