/* SPDX-License-Identifier: BSD-2-Clause */
/* event.c - the environment in which a DHCP client runs its script, read once and checked.
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

struct reason {
        const char *name;
        enum event_kind kind;
};

/* Reasons that are not in a table (TIMEOUT, RECONFIGURE, PREINIT, NOCARRIER, IPV4LL, STOPPED, those of IPv6
 * ...) bring neither a fresh ACK nor the end of a lease. */
static const struct reason dhcpcd_reasons[] = {
        {"BOUND", EVENT_ACK},     {"RENEW", EVENT_ACK},   {"REBIND", EVENT_ACK},  {"REBOOT", EVENT_ACK},
        {"INFORM", EVENT_ACK},    {"EXPIRE", EVENT_END},  {"EXPIRED", EVENT_END}, {"NAK", EVENT_END},
        {"FAIL", EVENT_END},      {"RELEASE", EVENT_END}, {"STOP", EVENT_END},    {"DEPARTED", EVENT_END},
        {"STATIC", EVENT_STATIC}, {NULL, EVENT_OTHER},
};

static const struct reason dhclient_reasons[] = {
        {"BOUND", EVENT_ACK},   {"RENEW", EVENT_ACK},  {"REBIND", EVENT_ACK},
        {"REBOOT", EVENT_ACK},  {"EXPIRE", EVENT_END}, {"FAIL", EVENT_END},
        {"RELEASE", EVENT_END}, {"STOP", EVENT_END},   {NULL, EVENT_OTHER},
};

/* deconfig comes before the first lease too: there is nothing to end then. */
static const struct reason udhcpc_reasons[] = {
        {"bound", EVENT_ACK}, {"renew", EVENT_ACK},     {"deconfig", EVENT_END},
        {"nak", EVENT_END},   {"leasefail", EVENT_END}, {NULL, EVENT_OTHER},
};

/* What a client calls its variables. NULL: it has no such thing. */
static const struct dialect {
        const struct reason *reasons;
        const char *protocol;
        const char *metric;
        const char *address;
        const char *server;
        const char *lease_time;
        const char *option;
        const char *ssid;
        const char *profile;
        const char *undefined; /* set if the option is there, but the client decodes it in a way of its own */
} dialects[] = {
        [EVENT_DHCPCD] = {dhcpcd_reasons, "protocol", "ifmetric", "new_ip_address",
                          "new_dhcp_server_identifier", "new_dhcp_lease_time", "new_tr111_raw", "ifssid",
                          "profile", "new_vivso_enterprise_number"},
        /* IF_METRIC is the operator's: the scripts of both clients take their route's metric from it. */
        [EVENT_DHCLIENT] = {dhclient_reasons, NULL, "IF_METRIC", "new_ip_address",
                            "new_dhcp_server_identifier", "new_dhcp_lease_time", "new_assoc_raw", NULL, NULL,
                            NULL},
        [EVENT_UDHCPC] = {udhcpc_reasons, NULL, "IF_METRIC", "ip", "serverid", "lease", "opt125", NULL, NULL,
                          NULL},
};

struct reader {
        const struct dialect *dialect;
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

static const char *variable(const char *name)
{
        return name == NULL ? NULL : getenv(name);
}

/* dhcpcd marks what is not DHCPv4 (link, ra, dhcp6, ipv4ll); what else calls us may set nothing. An ACK has
 * to be DHCPv4's, while an end is an end whoever says so: DEPARTED comes from the link. */
static enum event_kind classify(const struct dialect *dialect, const char *reason)
{
        const char *protocol = variable(dialect->protocol);

        for (const struct reason *row = dialect->reasons; row->name != NULL; row++) {
                if (strcmp(reason, row->name) != 0)
                        continue;
                if (row->kind == EVENT_ACK && protocol != NULL && strcmp(protocol, "dhcp") != 0)
                        return EVENT_OTHER;
                return row->kind;
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
        const struct dialect *dialect = reader->dialect;
        struct event *event = &reader->event;
        int err = read_number(reader, dialect->metric, &event->metric);

        if (err == 0)
                err = read_number(reader, dialect->lease_time, &event->lease_time);
        if (err == 0)
                err = read_address(reader, dialect->address, &event->address);
        if (err == 0)
                err = read_address(reader, dialect->server, &event->server);
        if (event->lease_time == LEASE_INFINITE)
                event->lease_time = 0;
        event->ssid = variable(dialect->ssid);
        event->profile = variable(dialect->profile);
        event->address_name = dialect->address;
        event->option_name = dialect->option;
        event->option = getenv(dialect->option);
        event->option_undefined = event->option == NULL && variable(dialect->undefined) != NULL;
        return err;
}

int event_from_environment(struct event *ret, enum event_client client, const char *reason, char *error,
                           size_t size)
{
        struct reader reader = {
                .dialect = &dialects[client], .event.client = client, .error = error, .size = size};
        int err = 0;

        if (reason == NULL)
                reason = getenv("reason");
        if (reason == NULL)
                return fail(&reader, "reason", "the DHCP client's reason for running its script", NULL);
        reader.event.kind = classify(reader.dialect, reason);
        store_reason(reader.event.reason, reason);
        if (reader.event.kind != EVENT_OTHER)
                err = read_interface(&reader);
        if (err == 0 && (reader.event.kind == EVENT_ACK || reader.event.kind == EVENT_STATIC))
                err = read_ack(&reader);
        if (err == 0)
                *ret = reader.event;
        return err;
}
