/* SPDX-License-Identifier: BSD-2-Clause */
/* event.h - what a DHCP client tells its script, as far as it concerns us. */
#ifndef CLIENT_EVENT_H
#define CLIENT_EVENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/record.h"

/** Room that any message of this module fits into. */
#define EVENT_ERROR_MAX 256

/** What an event asks of us (DV-8). */
enum event_kind {
        EVENT_OTHER,  /* no fresh ACK and no end of a lease: nothing changes */
        EVENT_ACK,    /* an ACK came: what it says of the gateway holds now */
        EVENT_END,    /* the lease, or the interface, is gone */
        EVENT_STATIC, /* the same, but an address without DHCP has taken the lease's place */
};

/** Whose words are read. */
enum event_client {
        EVENT_DHCPCD,
        EVENT_DHCLIENT, /* ISC's */
        EVENT_UDHCPC,   /* BusyBox's */
};

struct event {
        enum event_client client;
        enum event_kind kind;
        char interface[RECORD_INTERFACE_MAX + 1];
        char reason[RECORD_REASON_MAX + 1]; /* in lower case */
        /* Only of an EVENT_ACK and EVENT_STATIC: */
        uint32_t metric;
        uint32_t lease_time;      /* seconds; 0: none, or infinite */
        struct in_addr address;   /* the interface's, INADDR_ANY if not told */
        struct in_addr server;    /* that gave the ACK, INADDR_ANY if not told */
        const char *address_name; /* the variable that tells it */
        const char *option;       /* option 125 in hexadecimal digits, NULL if not handed over; lives in the
                                     environment */
        const char *option_name;  /* the variable that hands it over */
        bool option_undefined;    /* the ACK had an option 125, but dhcpcd.conf does not hand it over whole */
        const char *ssid;         /* of the wireless network, as dhcpcd tells it; NULL: none */
        const char *profile;      /* of dhcpcd.conf that holds; NULL: none */
};

/**
 * Read the event from the environment, where `client` puts it. `reason` is what happened, in its words; NULL:
 * the variable `reason` says. The variables, for dhcpcd, dhclient and udhcpc:
 *
 *   interface                   interface                   interface
 *   ifmetric                    IF_METRIC                   IF_METRIC
 *   new_ip_address              new_ip_address              ip
 *   new_dhcp_server_identifier  new_dhcp_server_identifier  serverid
 *   new_dhcp_lease_time         new_dhcp_lease_time         lease
 *   new_tr111_raw               new_assoc_raw               opt125
 *
 * and from dhcpcd protocol, ifssid, profile and new_vivso_enterprise_number. Returns 0; -EINVAL: a variable
 * is missing or wrong, and `error` (room for `size`) says in one line which, what was expected and what came.
 * *ret is untouched then.
 */
int event_from_environment(struct event *ret, enum event_client client, const char *reason, char *error,
                           size_t size);

#endif
