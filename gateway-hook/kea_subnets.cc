// SPDX-License-Identifier: BSD-2-Clause
// kea_subnets.cc - which of Kea's subnets an address lies in.
// The subnet that Kea itself chooses for a DHCPINFORM is not enough: it goes by ciaddr, which anybody can write
// there. The collection of all subnets is a template of Boost's, whose layout differs when Kea was built with another
// release of Boost than we are: only pointers to single subnets are used.
#include "config.h"

#include "gateway-hook/kea_subnets.h"

#include <dhcp/iface_mgr.h>
#include <dhcpsrv/shared_network.h>

#include "gateway-hook/kea_config.h"
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

// What stands at the shared network holds for all its subnets.
bool is_relayed_together(const Subnet4 &subnet, const Pkt4 &query)
{
        SharedNetwork4Ptr network;

        subnet.getSharedNetwork(network);
        return network && query.isRelayed() && network->hasRelayAddress(query.getGiaddr());
}

} // namespace

struct prefix subnet_of_ciaddr(const Pkt4 &query)
{
        ConstCfgSubnets4Ptr subnets = CfgMgr::instance().getCurrentCfg()->getCfgSubnets4();
        auto chosen = subnets->selectSubnet(query.getCiaddr(), query.getClasses());
        struct prefix result = {};
        bool served = false;

        // The subnets of a shared network are on one link.
        for (auto subnet = chosen; subnet; subnet = subnet->getNextSubnet(chosen)) {
                served = served || is_served(*subnet, query) || is_relayed_together(*subnet, query);
                if (!subnet->inRange(query.getCiaddr()))
                        continue;
                result.address = address_of(subnet->get().first);
                result.length = subnet->get().second;
        }
        return served ? result : prefix{};
}

bool is_own_address(const IOAddress &address)
{
        for (const auto &interface : IfaceMgr::instance().getIfaces()) {
                if (interface->hasAddress(address))
                        return true;
        }
        return false;
}
