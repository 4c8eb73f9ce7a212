/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway_play.h - a gateway with a journal, and exchanges played to it; for the tests of gateway.h. */
#ifndef TESTS_GATEWAY_PLAY_H
#define TESTS_GATEWAY_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway-hook/gateway.h"

#define NOW   100000
#define LEASE 3600

/* Requests: option 125 with one block, and none. */
#define DEVICE(serial) "7d 10 00000de9 0b 01 06 \"00D09E\" 02 01 \"" serial "\" ff"
#define PLAIN          "37 01 03 ff"
/* The gateway's block, as the device gets it. */
#define OURS "04 06 \"0011AA\" 05 02 \"GW\""

#define MAC1 "02:00:00:00:00:01"
#define MAC2 "02:00:00:00:00:02"

/** What each test has: a gateway of NOW, its journal, what it said last and how often, its last answer. */
extern struct gateway *gateway;
extern char path[96], last_text[MESSAGE_TEXT_MAX];
extern int said[MESSAGE_COUNT];
extern struct gateway_answer answer;

/** Set-up and tear-down of a test. */
int make_gateway(void **state);
int remove_gateway(void **state);
#define GATEWAY_TEST(name) cmocka_unit_test_setup_teardown(name, make_gateway, remove_gateway)

/** Where messages go: said, last_text. `context` has to be `path`. */
void say(void *context, enum message message, const char *text);

/** Start with more parameters, JSON text that begins with a comma or is empty. Returns as gateway_new(). */
int start_with(const char *more, int64_t now);

/** End the gateway and start it again. */
void restart(const char *more, int64_t now);

/** One exchange: what came, from whom, and what the server answers. */
struct exchange {
        const char *options; /* of the request */
        uint8_t query_type, response_type;
        const char *address; /* yiaddr, or ciaddr of a DHCPINFORM */
        const char *hwaddr;
        const char *interface; /* NULL: br0 */
        const char *giaddr;
        const char *option; /* option 125 of the response; NULL: none */
        bool lost;          /* the response is not sent */
        uint32_t lifetime;  /* 0: LEASE */
        /* Of a DHCPINFORM; NULL: its address, a subnet of 24 bits with it. */
        const char *source, *subnet;
        uint8_t subnet_length;
        bool ciaddr_is_ours;
};

void play(struct exchange exchange, int64_t now);

/** A DHCPREQUEST or DHCPINFORM that is acknowledged. */
void request(const char *options, const char *address, const char *hwaddr, int64_t now);
void inform(const char *options, const char *address, const char *hwaddr, int64_t now);

/** The server's lease database: a lease for each acknowledged DHCPREQUEST, until this says otherwise. */
int ask_leases(struct in_addr address, struct gateway_lease *ret, char *error, size_t size);
/** The lease of this address, to be changed at will. Addresses are told apart by their last byte. */
struct gateway_lease *lease_of(const char *address);
/** From now on it is that time in the lease database; a negative one: it can't be asked. */
void set_lease_clock(int64_t now);

/** How many entries there are after a start at this time, when the lease database was asked. */
unsigned int entries_at(int64_t now);

/** Is this text in the journal? */
bool journal_holds(const char *text);

#endif
