/* SPDX-License-Identifier: BSD-2-Clause */
/* event.c - dhcpcd's environment, read once and checked.
 * What to do about an event is associate.c's business. */
#include "config.h"

#include "client-hook/event.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libassoc/escape.h"

/* A lease time of all ones does not end (RFC 2131 3.3). */
#define LEASE_INFINITE UINT32_MAX

/* Reasons that are not here (TIMEOUT, RECONFIGURE, NOCARRIER, IPV4LL, STOPPED, those of IPv6 ...) bring
 * neither a fresh ACK nor the end of a lease. */
static const struct reason {
        const char *name;
        enum event_kind kind;
} reasons[] = {
        {"BOUND", EVENT_ACK},  {"RENEW", EVENT_ACK},   {"REBIND", EVENT_ACK},  {"REBOOT", EVENT_ACK},
        {"INFORM", EVENT_ACK}, {"EXPIRE", EVENT_END},  {"EXPIRED", EVENT_END}, {"NAK", EVENT_END},
        {"FAIL", EVENT_END},   {"RELEASE", EVENT_END}, {"STOP", EVENT_END},    {"DEPARTED", EVENT_END},
        {"STATIC", EVENT_END},
};

struct reader {
        struct event event;
        char *error;
        size_t size;
};

static int fail(struct reader *reader, const char *name, const char *expected, const char *got)
{
        char text[80];

        if (got == NULL)
                snprintf(reader->error, reader->size, "%s: expected %s, but it is not set", name, expected);
        else
                snprintf(reader->error, reader->size, "%s: expected %s, got '%s'", name, expected,
                         escape_text(got, strlen(got), text, sizeof(text)));
        return -EINVAL;
}

/* dhcpcd marks what is not DHCPv4 (link, ra, dhcp6, ipv4ll); other clients' scripts may set nothing. An ACK
 * has to be DHCPv4's, while an end is an end whoever says so: DEPARTED comes from the link. */
static enum event_kind classify(const char *reason)
{
        const char *protocol = getenv("protocol");

        for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
                if (strcmp(reason, reasons[i].name) != 0)
                        continue;
                if (reasons[i].kind == EVENT_ACK && protocol != NULL && strcmp(protocol, "dhcp") != 0)
                        return EVENT_OTHER;
                return reasons[i].kind;
        }
        return EVENT_OTHER;
}

static void store_reason(char *ret, const char *reason)
{
        size_t i;

        for (i = 0; i < RECORD_REASON_MAX && reason[i] != '\0'; i++)
                ret[i] = (char)(reason[i] >= 'A' && reason[i] <= 'Z' ? reason[i] - 'A' + 'a' : reason[i]);
        ret[i] = '\0';
}

/* As strict as record.h's reader, and no leading dot: it becomes a file's name. */
static bool is_interface_name(const char *name)
{
        size_t length = strlen(name);

        if (length == 0 || length > RECORD_INTERFACE_MAX || name[0] == '.')
                return false;
        for (size_t i = 0; i < length; i++)
                if (name[i] <= ' ' || name[i] >= 0x7F || strchr("/:\"'\\", name[i]) != NULL)
                        return false;
        return true;
}

static int read_interface(struct reader *reader)
{
        const char *name = getenv("interface");

        if (name == NULL || !is_interface_name(name))
                return fail(reader, "interface", "the name of a network interface", name);
        memcpy(reader->event.interface, name, strlen(name) + 1);
        return 0;
}

static int read_number(struct reader *reader, const char *name, uint32_t *ret)
{
        const char *text = getenv(name);
        unsigned long long value;
        char *end;

        if (text == NULL)
                return 0;
        errno = 0;
        value = strtoull(text, &end, 10);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > UINT32_MAX)
                return fail(reader, name, "0 to 4294967295", text);
        *ret = (uint32_t)value;
        return 0;
}

static int read_address(struct reader *reader, const char *name, struct in_addr *ret)
{
        const char *text = getenv(name);

        if (text == NULL || inet_pton(AF_INET, text, ret) == 1)
                return 0;
        return fail(reader, name, "an IPv4 address", text);
}

static int read_ack(struct reader *reader)
{
        struct event *event = &reader->event;
        int err = read_number(reader, "ifmetric", &event->metric);

        if (err == 0)
                err = read_number(reader, "new_dhcp_lease_time", &event->lease_time);
        if (err == 0)
                err = read_address(reader, "new_ip_address", &event->address);
        if (err == 0)
                err = read_address(reader, "new_dhcp_server_identifier", &event->server);
        if (event->lease_time == LEASE_INFINITE)
                event->lease_time = 0;
        event->option = getenv("new_tr111_raw");
        event->option_undefined = event->option == NULL && getenv("new_vivso_enterprise_number") != NULL;
        return err;
}

int event_from_environment(struct event *ret, char *error, size_t size)
{
        struct reader reader = {.error = error, .size = size};
        const char *reason = getenv("reason");
        int err = 0;

        if (reason == NULL)
                return fail(&reader, "reason", "dhcpcd's reason for running hooks", NULL);
        reader.event.kind = classify(reason);
        store_reason(reader.event.reason, reason);
        if (reader.event.kind != EVENT_OTHER)
                err = read_interface(&reader);
        if (err == 0 && reader.event.kind == EVENT_ACK)
                err = read_ack(&reader);
        if (err == 0)
                *ret = reader.event;
        return err;
}
