/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_play.c - a gateway with a journal, and exchanges played to it. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/gateway_play.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/gateway_fixture.h"
#include "tests/unit/packet.h"

char path[96], last_text[MESSAGE_TEXT_MAX];
int said[MESSAGE_COUNT];
struct gateway *gateway;
struct gateway_answer answer;

static struct gateway_lease leases[256];
static int64_t lease_clock;

void say(void *context, enum message message, const char *text)
{
        assert_ptr_equal(context, path);
        said[message]++;
        snprintf(last_text, sizeof(last_text), "%s", text);
}

int start_with(const char *more, int64_t now)
{
        char parameters[512], error[GATEWAY_ERROR_MAX];

        snprintf(parameters, sizeof(parameters),
                 "{\"manufacturer-oui\": \"0011AA\", \"serial-number\": \"GW\", \"journal\": \"%s\"%s}", path,
                 more);
        return gateway_new(parameters, say, path, now, &gateway, error, sizeof(error));
}

void restart(const char *more, int64_t now)
{
        gateway_free(gateway, now);
        gateway = NULL;
        assert_int_equal(start_with(more, now), 0);
}

int make_gateway(void **state)
{
        (void)state;
        memset(said, 0, sizeof(said));
        memset(leases, 0, sizeof(leases));
        lease_clock = 0;
        fixture_make_folder("devices", path);
        return start_with("", NOW);
}

int remove_gateway(void **state)
{
        gateway_free(gateway, NOW);
        gateway = NULL;
        fixture_remove_folder(path);
        return packet_teardown(state);
}

struct gateway_lease *lease_of(const char *address)
{
        return &leases[ntohl(fixture_address(address).s_addr) & 255];
}

void set_lease_clock(int64_t now)
{
        lease_clock = now;
}

int ask_leases(struct in_addr address, struct gateway_lease *ret, char *error, size_t size)
{
        *ret = leases[ntohl(address.s_addr) & 255];
        if (ret->state == GATEWAY_LEASE_VALID && !ret->endless && ret->expires <= lease_clock)
                ret->state = GATEWAY_LEASE_EXPIRED;
        if (lease_clock < 0)
                snprintf(error, size, "no connection");
        return lease_clock < 0 ? -EIO : 0;
}

static void note_lease(const char *address, const uint8_t *hwaddr, uint32_t lifetime, int64_t now)
{
        struct gateway_lease *lease = lease_of(address);

        lease->state = GATEWAY_LEASE_VALID;
        lease->endless = lifetime == UINT32_MAX;
        lease->expires = now + lifetime;
        lease->hwaddr_size = 6;
        memcpy(lease->hwaddr, hwaddr, 6);
}

void play(struct exchange exchange, int64_t now)
{
        struct packet query = packet_message(exchange.options, NULL, NULL);
        struct packet option = packet_of(exchange.option != NULL ? exchange.option : "");
        struct gateway_exchange event = {.query = query.data, .query_size = query.size};
        uint8_t hwaddr[6];

        fixture_hwaddr(exchange.hwaddr, hwaddr);
        event.query_type = exchange.query_type;
        event.response_type = exchange.response_type;
        event.interface = exchange.interface != NULL ? exchange.interface : "br0";
        if (exchange.giaddr != NULL)
                event.giaddr = fixture_address(exchange.giaddr);
        if (exchange.query_type == GATEWAY_INFORM) {
                event.ciaddr = fixture_address(exchange.address);
                event.source = fixture_address(exchange.source != NULL ? exchange.source : exchange.address);
                event.subnet = fixture_address(exchange.subnet != NULL ? exchange.subnet : exchange.address);
                event.subnet_length = exchange.subnet != NULL ? exchange.subnet_length : 24;
                event.ciaddr_is_ours = exchange.ciaddr_is_ours;
        } else {
                event.yiaddr = fixture_address(exchange.address);
                event.lifetime = exchange.lifetime != 0 ? exchange.lifetime : LEASE;
        }
        if (exchange.query_type == GATEWAY_REQUEST && exchange.response_type == GATEWAY_ACK && !exchange.lost)
                note_lease(exchange.address, hwaddr, event.lifetime, now);
        event.hwaddr = hwaddr;
        event.hwaddr_size = sizeof(hwaddr);
        event.option = option.data;
        event.option_size = option.size;
        memset(&answer, 0x5a, sizeof(answer));
        gateway_respond(gateway, &event, now, &answer);
        if (!exchange.lost)
                gateway_commit(gateway, &answer.claim, now);
        /* Nothing of it is kept: who reads on gets a signal. */
        packet_teardown(NULL);
}

void request(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_REQUEST, GATEWAY_ACK, address, hwaddr, .lifetime = 0}, now);
}

void inform(const char *options, const char *address, const char *hwaddr, int64_t now)
{
        play((struct exchange){options, GATEWAY_INFORM, GATEWAY_ACK, address, hwaddr, .lifetime = 0}, now);
}

unsigned int entries_at(int64_t now)
{
        unsigned int count = 99;

        restart("", now);
        set_lease_clock(now);
        gateway_check_leases(gateway, ask_leases, now);
        restart("", now);
        assert_int_equal(sscanf(strstr(last_text, "\": ") + 3, "%u devices", &count), 1);
        return count;
}

bool journal_holds(const char *text)
{
        return strstr(fixture_read(path), text) != NULL;
}
