// SPDX-License-Identifier: BSD-2-Clause
// kea_subnets.h - which of Kea's subnets an address lies in.
#ifndef GATEWAY_KEA_SUBNETS_H
#define GATEWAY_KEA_SUBNETS_H

#include <dhcp/pkt4.h>
#include <dhcpsrv/subnet.h>
#include <hooks/hooks.h>

#include <cstdint>
#include <type_traits>

#include <netinet/in.h>

// A subnet's prefix; length 0: none.
struct prefix {
        struct in_addr address;
        uint8_t length;
};

// What callouts are given as "subnet4".
typedef std::conditional<(KEA_HOOKS_VERSION >= 30000), boost::shared_ptr<const isc::dhcp::Subnet4>,
                         isc::dhcp::Subnet4Ptr>::type ChosenSubnetPtr;

// The subnet that holds the request's ciaddr: the one that Kea chose or another of its shared network, if that is
// served where the request arrived: on its interface or, if it is relayed, by its relay.
struct prefix subnet_of_ciaddr(const ChosenSubnetPtr &chosen, const isc::dhcp::Pkt4 &query);

// Is it an address of this machine, as far as Kea knows?
bool is_own_address(const isc::asiolink::IOAddress &address);

#endif
