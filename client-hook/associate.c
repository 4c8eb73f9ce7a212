/* SPDX-License-Identifier: BSD-2-Clause */
/* associate.c - what a DHCP event means for GatewayInfo (DV-2, DV-3, DV-5, DV-9).
 *
 * An ACK in which the client got the gateway's identity is recorded. Who can't have told the gateway the
 * device's identity has the companion do it and record the answer; where the ACK said nothing, the record
 * stays as it is until then, lest it flap. */
#include "config.h"

#include "client-hook/associate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "client-hook/companion.h"
#include "client-hook/default_route.h"
#include "client-hook/dhcp_socket.h"
#include "client-hook/dhcpcd.h"
#include "client-hook/gateway_record.h"
#include "client-hook/hex.h"
#include "client-hook/interfaces.h"
#include "client-hook/log.h"
#include "client-hook/slot.h"
#include "libassoc/identity_file.h"

/* Of an interface that holds no default route: any other goes before it (DV-7). */
#define METRIC_NONE UINT32_MAX

struct work {
        const struct event *event;
        const struct associate_settings *settings;
        struct slot slot;
        struct gateway_info info;
};

static int64_t end_of_lease(uint32_t lease_time)
{
        struct timespec now;

        if (lease_time == 0)
                return 0;
        clock_gettime(CLOCK_BOOTTIME, &now);
        return (int64_t)now.tv_sec + lease_time;
}

/* The client's own notion of a metric counts only where the kernel doesn't tell. */
static uint32_t metric_of(const struct work *work)
{
        uint32_t metric;
        int err = default_route_metric(work->settings->routes, work->event->interface, &metric);

        return err == 0 ? metric : err == -ENOENT ? METRIC_NONE : work->event->metric;
}

static int store(struct work *work)
{
        int err = gateway_record_store(work->settings->records, &work->info);

        if (err < 0)
                log_line(LOG_ERR, "%s: %s: %s", work->event->interface, work->settings->records,
                         strerror(-err));
        return err < 0 ? err : 0;
}

static int discard(struct work *work)
{
        int err = gateway_record_discard(work->settings->records, work->event->interface);

        if (err < 0)
                log_line(LOG_ERR, "%s: %s: %s", work->event->interface, work->settings->records,
                         strerror(-err));
        return err < 0 ? err : 0;
}

/* Decode what dhcpcd hands over. Returns as assoc_option_decode(); what is malformed is logged. */
static int read_option(struct work *work)
{
        const struct event *event = work->event;
        struct assoc_diagnosis why;
        uint8_t option[ASSOC_OPTION_MAX];
        char text[128];
        size_t size;
        int err;

        if (event->option == NULL)
                return -ENODATA;
        if (hex_decode(event->option, option, sizeof(option), &size) < 0) {
                log_line(LOG_WARNING,
                         "%s: %s: expected pairs of hexadecimal digits, got %zu characters of something else",
                         event->interface, event->option_name, strlen(event->option));
                return -EBADMSG;
        }
        err = assoc_option_decode(option, size, ASSOC_ROLE_GATEWAY, &work->info.identity, &why);
        if (err == 0 || err == -ENODATA)
                return err;
        log_line(LOG_WARNING, "%s: the gateway's identity in the ACK is not valid: %s", event->interface,
                 assoc_diagnosis_text(&why, text, sizeof(text)));
        return -EBADMSG;
}

/* Well before the renewal at half of the lease (RFC 2131 4.4.5): it starts a companion of its own, and one
 * that never comes to its end never empties a record. */
static int64_t patience(uint32_t lease_time)
{
        return (int64_t)lease_time * 1000 * 3 / 8;
}

static int prepare_companion(const struct work *work, struct companion *ret)
{
        const struct event *event = work->event;
        bool is_static = event->kind == EVENT_STATIC;
        char error[IDENTITY_FILE_ERROR_MAX];
        int size;

        *ret = (struct companion){
                .slots = work->settings->slots,
                .records = work->settings->records,
                .generation = work->slot.generation,
                .inform = {.address = event->address,
                           .server = event->server,
                           .tries = is_static ? INFORM_TRIES_STATIC : INFORM_TRIES_LEASE,
                           .patience_ms = patience(event->lease_time)},
                .info = work->info,
                .only_answer = is_static,
        };
        if (identity_file_read(work->settings->identity_file, &ret->inform.identity, error, sizeof(error)) <
            0) {
                log_line(LOG_ERR, "%s: no identity to send: %s", event->interface, error);
                return -EINVAL;
        }
        if (event->address.s_addr == INADDR_ANY) {
                log_line(LOG_ERR, "%s: %s: expected the interface's address, but it is not set",
                         event->interface, event->address_name);
                return -EINVAL;
        }
        size = dhcp_socket_hwaddr(event->interface, &ret->inform.htype, ret->inform.hwaddr);
        if (size < 0) {
                log_line(LOG_ERR, "%s: no link-layer address: %s", event->interface, strerror(-size));
                return size;
        }
        ret->inform.hwaddr_size = (uint8_t)size;
        return 0;
}

/* A renewal is no news: the hint comes once per lease. */
static void hint(const struct event *event)
{
        if (event->option_undefined && strcmp(event->reason, "renew") != 0 &&
            strcmp(event->reason, "rebind") != 0)
                log_line(LOG_NOTICE,
                         "%s: the ACK has an option 125, but dhcpcd.conf lacks 'define 125 request binhex "
                         "tr111_raw'",
                         event->interface);
}

/* Whether the client has told the gateway who we are, and its answer is known. What another client than
 * dhcpcd sends is known by the answer only. */
static bool has_told(const struct work *work, bool is_answered)
{
        const struct event *event = work->event;
        struct dhcpcd_link link = {event->interface, event->ssid, event->profile};
        char cache[PATH_MAX];

        if (event->client != EVENT_DHCPCD)
                return is_answered;
        /* It may have told, but what the gateway answered is lost. */
        if (event->option_undefined)
                return false;
        return snprintf(cache, sizeof(cache), "%s/dhcpcd", work->settings->slots) < (int)sizeof(cache) &&
               dhcpcd_sends_identity(work->settings->dhcpcd_conf, cache, &link);
}

/* With the slot held. *ret_ask: whether the companion is to go on. */
static int handle_ack(struct work *work, struct companion *companion, bool *ret_ask)
{
        bool is_answered = read_option(work) != -ENODATA;
        int err = is_answered ? store(work) : 0;

        hint(work->event);
        *ret_ask = !has_told(work, is_answered) && prepare_companion(work, companion) == 0;
        return is_answered || *ret_ask ? err : store(work);
}

/* What the companion finds is all that there is. */
static int handle_static(struct work *work, struct companion *companion, bool *ret_ask)
{
        *ret_ask = prepare_companion(work, companion) == 0;
        return discard(work);
}

/* Of an interface that is gone, nothing is left. */
static int handle_end(struct work *work)
{
        if (interface_is_gone(work->event->interface))
                slot_remove(work->settings->slots, work->event->interface);
        return discard(work);
}

static int handle(struct work *work, struct companion *companion, bool *ret_ask)
{
        const struct event *event = work->event;

        if (event->kind == EVENT_END)
                return handle_end(work);
        work->info =
                (struct gateway_info){.metric = metric_of(work), .expires = end_of_lease(event->lease_time)};
        memcpy(work->info.interface, event->interface, sizeof(work->info.interface));
        memcpy(work->info.reason, event->reason, sizeof(work->info.reason));
        return event->kind == EVENT_STATIC ? handle_static(work, companion, ret_ask)
                                           : handle_ack(work, companion, ret_ask);
}

/* Take the slot and begin anew in it. An end without a beginning leaves no trace: -ENOENT then. */
static int begin(struct work *work)
{
        const char *slots = work->settings->slots, *interface = work->event->interface;
        int err = work->event->kind == EVENT_END ? slot_open_existing(&work->slot, slots, interface)
                                                 : slot_open(&work->slot, slots, interface);

        if (err == 0) {
                err = slot_advance(&work->slot);
                if (err < 0)
                        slot_close(&work->slot);
        }
        if (err < 0 && err != -ENOENT)
                log_line(LOG_ERR, "%s: %s: %s", interface, slots, strerror(-err));
        return err;
}

int associate(const struct event *event, const struct associate_settings *settings)
{
        struct work work = {.event = event, .settings = settings};
        struct companion companion;
        bool ask = false;
        int err;

        if (event->kind == EVENT_OTHER)
                return 0;
        err = begin(&work);
        if (err == -ENOENT)
                err = discard(&work);
        else if (err < 0)
                return err;
        else {
                err = handle(&work, &companion, &ask);
                slot_close(&work.slot);
        }
        interfaces_sweep(settings->records, settings->slots, event->interface);
        return err == 0 && ask ? companion_start(&companion, settings->foreground) : err;
}
