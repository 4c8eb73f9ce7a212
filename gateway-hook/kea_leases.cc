// SPDX-License-Identifier: BSD-2-Clause
// kea_leases.cc - what Kea's lease database knows of a device's address.
#include "config.h"

#include "gateway-hook/kea_leases.h"

#include <dhcpsrv/lease.h>
#include <dhcpsrv/lease_mgr_factory.h>

#include <cstring>

#include "gateway-hook/kea_hook.h"

using namespace isc::dhcp;

bool add_lease(struct device_record* record) {
        isc::asiolink::IOAddress address(ntohl(record->address.s_addr));
        Lease4Ptr lease = LeaseMgrFactory::instance().getLease4(address);

        if (!lease || lease->state_ != Lease::STATE_DEFAULT || lease->expired() || !lease->hwaddr_)
                return true;
        if (lease->hwaddr_->hwaddr_.size() != record->hwaddr_size ||
            std::memcmp(lease->hwaddr_->hwaddr_.data(), record->hwaddr, record->hwaddr_size) != 0)
                return false;
        if (lease->valid_lft_ != Lease::INFINITY_LFT)
                record->expires = lease->cltt_ + lease->valid_lft_;
        return true;
}
