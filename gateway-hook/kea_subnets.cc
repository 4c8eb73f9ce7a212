// SPDX-License-Identifier: BSD-2-Clause
// kea_subnets.cc - which of Kea's subnets an address lies in.
// The subnet that Kea itself chooses for a DHCPINFORM is no help: it goes by ciaddr, which anybody can write
// there.
#include "config.h"

#include "gateway-hook/kea_subnets.h"

#include <dhcp/iface_mgr.h>
#include <dhcpsrv/shared_network.h>

#include "gateway-hook/kea_hook.h"

using namespace isc::dhcp;
using isc::asiolink::IOAddress;

namespace
{

bool holds_address_of(const Subnet4 &subnet, const Iface &interface)
{
        for (const auto &address : interface.getAddresses()) {
                if (address.get().isV4() && subnet.inRange(address.get()))
                        return true;
        }
        return false;
}

bool is_served(const Subnet4 &subnet, const Pkt4 &query)
{
        if (query.isRelayed())
                return subnet.inRange(query.getGiaddr()) || subnet.hasRelayAddress(query.getGiaddr());
        if (subnet.getIface().get() == query.getIface())
                return true;
        IfacePtr interface = IfaceMgr::instance().getIface(query.getIface());
        return interface && holds_address_of(subnet, *interface);
}

// The subnets of a shared network are on one link.
bool is_served_together(const Subnet4 &subnet, const Pkt4 &query)
{
        SharedNetwork4Ptr network;

        if (is_served(subnet, query))
                return true;
        subnet.getSharedNetwork(network);
        if (!network)
                return false;
        if (query.isRelayed() && network->hasRelayAddress(query.getGiaddr()))
                return true;
        for (const auto &sibling : *network->getAllSubnets()) {
                if (is_served(*sibling, query))
                        return true;
        }
        return false;
}

} // namespace

struct prefix subnet_of_ciaddr(const Subnet4Collection &subnets, const Pkt4 &query)
{
        struct prefix result = {};

        for (const auto &subnet : subnets) {
                if (!subnet->inRange(query.getCiaddr()) || !is_served_together(*subnet, query))
                        continue;
                result.address = address_of(subnet->get().first);
                result.length = subnet->get().second;
                break;
        }
        return result;
}

bool is_own_address(const IOAddress &address)
{
        for (const auto &interface : IfaceMgr::instance().getIfaces()) {
                if (interface->hasAddress(address))
                        return true;
        }
        return false;
}
