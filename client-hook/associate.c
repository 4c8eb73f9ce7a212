/* SPDX-License-Identifier: BSD-2-Clause */
/* associate.c - what a DHCP event means for GatewayInfo (DV-2, DV-3, DV-5, DV-9).
 *
 * An ACK in which dhcpcd got the gateway's identity settles it. Any other ACK says nothing yet: this dhcpcd
 * may have been unable to send the identity, so the companion asks, and the record stays as it is until then,
 * lest it flap. */
#include "config.h"

#include "client-hook/associate.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "client-hook/companion.h"
#include "client-hook/dhcp_socket.h"
#include "client-hook/gateway_record.h"
#include "client-hook/hex.h"
#include "client-hook/log.h"
#include "client-hook/slot.h"
#include "libassoc/identity_file.h"

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
        char error[IDENTITY_FILE_ERROR_MAX];
        int size;

        *ret = (struct companion){
                .slots = work->settings->slots,
                .records = work->settings->records,
                .generation = work->slot.generation,
                .inform = {.address = event->address,
                           .server = event->server,
                           .patience_ms = patience(event->lease_time)},
                .info = work->info,
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

/* With the slot held. *ret_ask: whether the companion is to go on. */
static int handle_ack(struct work *work, struct companion *companion, bool *ret_ask)
{
        if (read_option(work) != -ENODATA)
                return store(work);
        hint(work->event);
        if (prepare_companion(work, companion) < 0)
                return store(work);
        *ret_ask = true;
        return 0;
}

int associate(const struct event *event, const struct associate_settings *settings)
{
        struct work work = {.event = event, .settings = settings};
        struct companion companion;
        bool ask = false;
        int err;

        if (event->kind == EVENT_OTHER)
                return 0;
        err = slot_open(&work.slot, settings->slots, event->interface);
        if (err < 0) {
                log_line(LOG_ERR, "%s: %s: %s", event->interface, settings->slots, strerror(-err));
                return err;
        }
        err = slot_advance(&work.slot);
        if (err == 0 && event->kind == EVENT_END)
                err = discard(&work);
        else if (err == 0) {
                work.info = (struct gateway_info){.metric = event->metric,
                                                  .expires = end_of_lease(event->lease_time)};
                memcpy(work.info.interface, event->interface, sizeof(work.info.interface));
                memcpy(work.info.reason, event->reason, sizeof(work.info.reason));
                err = handle_ack(&work, &companion, &ask);
        }
        slot_close(&work.slot);
        return err == 0 && ask ? companion_start(&companion, settings->foreground) : err;
}
