// SPDX-License-Identifier: BSD-2-Clause
// kea_subnets.h - which of Kea's subnets an address lies in.
#ifndef GATEWAY_KEA_SUBNETS_H
#define GATEWAY_KEA_SUBNETS_H

#include <dhcp/pkt4.h>

#include <cstdint>

#include <netinet/in.h>

// A subnet's prefix; length 0: none.
struct prefix {
        struct in_addr address;
        uint8_t length;
};

// The subnet that holds the request's ciaddr, if that, or another of its shared network, is served where the request arrived: on
// its interface or, if it is relayed, by its relay.
struct prefix subnet_of_ciaddr(const isc::dhcp::Pkt4 &query);

// Is it an address of this machine, as far as Kea knows?
bool is_own_address(const isc::asiolink::IOAddress &address);

#endif
