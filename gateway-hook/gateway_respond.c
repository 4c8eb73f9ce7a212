/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_respond.c - a request and its response: whose identity is in the one, what goes into the other, and
 * what is to be noted once it has been sent. */
#include "config.h"

#include "gateway-hook/gateway_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static void say_refused_identity(struct gateway *gateway, const struct gateway_exchange *exchange,
                                 enum message message, const struct assoc_diagnosis *why, int64_t now)
{
        uint8_t option[ASSOC_OPTION_MAX];
        char hwaddr[SHOWN_HWADDR_MAX], bytes[SHOWN_OPTION_MAX], reason[128];
        size_t size = 0;

        if (messenger_holds(&gateway->messenger, now, message))
                return;
        if (assoc_message_option(exchange->query, exchange->query_size, ASSOC_OPTION, option, sizeof(option),
                                 &size, NULL) < 0)
                size = 0;
        messenger_say(&gateway->messenger, now, message, "%s: %s; option 125: \"%s\"",
                      text_hwaddr(exchange->hwaddr, exchange->hwaddr_size, hwaddr, sizeof(hwaddr)),
                      assoc_diagnosis_text(why, reason, sizeof(reason)),
                      text_escape(option, size, bytes, sizeof(bytes)));
}

/* Whether the request holds a device identity (GW-1); one that is malformed (EN-6) or of a TR-124 router
 * (EN-9) is counted and logged, and is none. */
static bool read_identity(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                          struct assoc_identity *ret)
{
        struct assoc_diagnosis why = {0};
        int err = assoc_message_decode(exchange->query, exchange->query_size, ASSOC_ROLE_DEVICE, ret, &why);

        pthread_mutex_lock(&gateway->mutex);
        if (err == 0) {
                gateway->counters.identified++;
        } else if (why.fault == ASSOC_FAULT_OTHER_ROLE) {
                gateway->counters.other_role++;
                say_refused_identity(gateway, exchange, MESSAGE_IDENTITY_OTHER_ROLE, &why, now);
        } else if (err != -ENODATA) {
                gateway->counters.invalid++;
                say_refused_identity(gateway, exchange, MESSAGE_IDENTITY_INVALID, &why, now);
        }
        pthread_mutex_unlock(&gateway->mutex);
        return err == 0;
}

/* Most responses have no option 125 yet: theirs is always the same. */
static int build_option(const struct gateway *gateway, const struct gateway_exchange *exchange,
                        struct gateway_answer *ret)
{
        if (exchange->option_size > 0)
                return assoc_option_merge(exchange->option, exchange->option_size,
                                          &gateway->settings.identity, ASSOC_ROLE_GATEWAY, ret->option,
                                          sizeof(ret->option), &ret->option_size);
        memcpy(ret->option, gateway->option, gateway->option_size);
        ret->option_size = gateway->option_size;
        ret->is_usual = true;
        return 0;
}

static void merge_option(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                         struct gateway_answer *ret)
{
        int err = build_option(gateway, exchange, ret);
        char bytes[SHOWN_OPTION_MAX];

        ret->replace_option = err == 0;
        pthread_mutex_lock(&gateway->mutex);
        if (err == 0) {
                gateway->counters.answered++;
        } else {
                gateway->counters.option_errors++;
                messenger_say(&gateway->messenger, now, MESSAGE_OPTION_ERROR,
                              "%s: response goes out without our identity; its option 125: \"%s\"",
                              strerror(-err),
                              text_escape(exchange->option, exchange->option_size, bytes, sizeof(bytes)));
        }
        pthread_mutex_unlock(&gateway->mutex);
}

static int64_t lease_end(uint32_t lifetime, int64_t now)
{
        return lifetime == 0 || lifetime == GATEWAY_LIFETIME_INFINITE ? 0 : now + lifetime;
}

/* record.h wants a plain word; Linux lets an interface have any name. */
static void set_interface(struct device_record *record, const char *name)
{
        size_t length = strlen(name);

        if (length > RECORD_INTERFACE_MAX)
                return;
        for (size_t i = 0; i < length; i++) {
                if (name[i] <= ' ' || name[i] > '~' || strchr("/\"'\\", name[i]) != NULL)
                        return;
        }
        memcpy(record->interface, name, length + 1);
}

/* A host of the subnet, not the subnet itself nor everybody in it. */
static bool is_host_of(struct in_addr address, struct in_addr subnet, uint8_t length)
{
        uint32_t host, mask;

        if (length == 0 || length > 32)
                return false;
        mask = ~(uint32_t)((UINT64_C(1) << (32 - length)) - 1);
        if ((ntohl(address.s_addr) & mask) != (ntohl(subnet.s_addr) & mask))
                return false;
        host = ntohl(address.s_addr) & ~mask;
        /* RFC 3021: a subnet of two has no other addresses than those of its hosts. */
        return length >= 31 || (host != 0 && host != ~mask);
}

/* Anybody can send a DHCPINFORM, with any ciaddr: why it can't be the sender's address (GW-10), or NULL. The
 * source of a relayed one is its relay's. */
static const char *why_forged(const struct gateway_exchange *exchange)
{
        if (exchange->giaddr.s_addr == INADDR_ANY && exchange->source.s_addr != exchange->ciaddr.s_addr)
                return "sent from another address";
        if (exchange->ciaddr_is_ours)
                return "the server's own address";
        if (!is_host_of(exchange->ciaddr, exchange->subnet, exchange->subnet_length))
                return "no host's address of a subnet served there";
        return NULL;
}

/* It is answered all the same: RFC 2131 4.3.5 sends the DHCPACK to ciaddr anyhow, TR-111 asks for our
 * identity in it without condition, and who may read it could have asked for it. It only tells the table
 * nothing. */
static bool is_forged(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now)
{
        const char *why = why_forged(exchange);
        char hwaddr[SHOWN_HWADDR_MAX], interface[64], ciaddr[INET_ADDRSTRLEN], source[INET_ADDRSTRLEN];

        if (why == NULL)
                return false;
        inet_ntop(AF_INET, &exchange->ciaddr, ciaddr, sizeof(ciaddr));
        inet_ntop(AF_INET, &exchange->source, source, sizeof(source));
        pthread_mutex_lock(&gateway->mutex);
        gateway->counters.informs_forged++;
        messenger_say(
                &gateway->messenger, now, MESSAGE_INFORM_FORGED,
                "%s: ciaddr %s, source address %s, interface %s: not noted, %s",
                text_hwaddr(exchange->hwaddr, exchange->hwaddr_size, hwaddr, sizeof(hwaddr)), ciaddr, source,
                text_escape(exchange->interface, strlen(exchange->interface), interface, sizeof(interface)),
                why);
        pthread_mutex_unlock(&gateway->mutex);
        return true;
}

/* What an ACK settles. A DHCPINFORM is bound to the address that its sender has already (GW-10). */
static void fill_claim(const struct gateway_exchange *exchange, const struct assoc_identity *identity,
                       int64_t now, struct gateway_claim *ret)
{
        bool inform = exchange->query_type == GATEWAY_INFORM;
        struct in_addr address = inform ? exchange->ciaddr : exchange->yiaddr;
        struct device_record *record = &ret->record;

        if (address.s_addr == INADDR_ANY || (inform && identity == NULL))
                return;
        ret->type = identity != NULL ? GATEWAY_CLAIM_DEVICE : GATEWAY_CLAIM_UNIDENTIFIED;
        record->type = DEVICE_RECORD_BIND;
        record->address = address;
        record->hwaddr_size =
                exchange->hwaddr_size <= RECORD_HWADDR_MAX ? exchange->hwaddr_size : RECORD_HWADDR_MAX;
        if (record->hwaddr_size > 0)
                memcpy(record->hwaddr, exchange->hwaddr, record->hwaddr_size);
        /* Behind a relay it is not ours, and the device not our neighbour. */
        if (exchange->giaddr.s_addr == INADDR_ANY)
                set_interface(record, exchange->interface);
        record->source = inform ? DEVICE_SOURCE_INFORM : DEVICE_SOURCE_LEASE;
        record->since = now;
        record->expires = inform ? 0 : lease_end(exchange->lifetime, now);
        if (identity != NULL)
                record->identity = *identity;
}

/* GW-1 and GW-2 name three requests and two responses. */
static bool takes_part(const struct gateway_exchange *exchange)
{
        switch (exchange->query_type) {
        case GATEWAY_DISCOVER:
        case GATEWAY_REQUEST:
        case GATEWAY_INFORM:
                return exchange->response_type == GATEWAY_OFFER || exchange->response_type == GATEWAY_ACK;
        default:
                return false;
        }
}

/* A relayed request did not arrive on a LAN interface of ours. */
static bool is_served(const struct gateway *gateway, const struct gateway_exchange *exchange)
{
        return (exchange->giaddr.s_addr == INADDR_ANY || gateway->settings.relayed) &&
               settings_serve(&gateway->settings, exchange->interface);
}

void gateway_respond(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                     struct gateway_answer *ret)
{
        struct assoc_identity identity;
        bool identified;

        ret->replace_option = ret->is_usual = false;
        ret->option_size = 0;
        memset(&ret->claim, 0, sizeof(ret->claim));
        if (!takes_part(exchange))
                return;
        ret->claim.inspected = is_served(gateway, exchange);
        identified = ret->claim.inspected && read_identity(gateway, exchange, now, &identity);
        if (identified)
                merge_option(gateway, exchange, now, ret);
        if (exchange->response_type != GATEWAY_ACK)
                return;
        if (!identified || exchange->query_type != GATEWAY_INFORM || !is_forged(gateway, exchange, now))
                fill_claim(exchange, identified ? &identity : NULL, now, &ret->claim);
}
