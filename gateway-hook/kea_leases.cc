// SPDX-License-Identifier: BSD-2-Clause
// kea_leases.cc - what Kea's lease database knows of a device's address, and when it is asked.
#include "config.h"

#include "gateway-hook/kea_leases.h"

#include <asiolink/io_address.h>
#include <dhcp/iface_mgr.h>
#include <dhcpsrv/lease.h>
#include <dhcpsrv/lease_mgr_factory.h>

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gateway-hook/kea_hook.h"

using namespace isc::dhcp;
using isc::asiolink::IOAddress;

namespace {

// Seconds between two looks for leases that have ended.
const int LEASE_TIMER = 10;

// On Kea's main loop, or negative.
int the_timer = -1;

// Leases that Kea keeps for a returning client (affinity) are in the database too, in other states.
enum gateway_lease_state state_of(const Lease4& lease) {
        if (lease.state_ == Lease::STATE_DECLINED)
                return GATEWAY_LEASE_DECLINED;
        return lease.state_ != Lease::STATE_DEFAULT || lease.expired() ? GATEWAY_LEASE_EXPIRED : GATEWAY_LEASE_VALID;
}

void fill(const Lease4& lease, struct gateway_lease* ret) {
        ret->state = state_of(lease);
        ret->endless = lease.valid_lft_ == Lease::INFINITY_LFT;
        ret->expires = static_cast<int64_t>(lease.cltt_) + lease.valid_lft_;
        if (!lease.hwaddr_)
                return;
        ret->hwaddr_size = std::min<size_t>(lease.hwaddr_->hwaddr_.size(), RECORD_HWADDR_MAX);
        if (ret->hwaddr_size > 0)
                std::memcpy(ret->hwaddr, lease.hwaddr_->hwaddr_.data(), ret->hwaddr_size);
}

bool starts_with(const std::string& text, const char* start) {
        return text.compare(0, std::strlen(start), start) == 0;
}

// lease_cmds may learn new ones: all count that are not known to leave the leases as they are.
bool changes_leases(const std::string& name) {
        return name == "ha-sync" || (starts_with(name, "lease4-") && !starts_with(name, "lease4-get") &&
                                     name != "lease4-write" && name != "lease4-resend-ddns");
}

// The one address that the command is about, if it names one. lease4-wipe doesn't, nor does lease4-del by the
// client's identifier.
bool only_address(const isc::data::ConstElementPtr& arguments, struct in_addr* ret) {
        if (!arguments || arguments->getType() != isc::data::Element::map)
                return false;
        isc::data::ConstElementPtr value = arguments->get("ip-address");
        if (!value || value->getType() != isc::data::Element::string)
                return false;
        return inet_pton(AF_INET, value->stringValue().c_str(), ret) == 1;
}

void on_timer(int fd) {
        uint64_t times;

        if (read(fd, &times, sizeof(times)) == sizeof(times))
                gateway_check_due_leases(the_gateway, ask_lease, now());
}

} // namespace

int ask_lease(struct in_addr address, struct gateway_lease* ret, char* error, size_t size) {
        try {
                Lease4Ptr lease = LeaseMgrFactory::instance().getLease4(IOAddress(ntohl(address.s_addr)));
                if (lease)
                        fill(*lease, ret);
                return 0;
        } catch (const std::exception& exception) {
                std::snprintf(error, size, "%s", exception.what());
        } catch (...) {
                std::snprintf(error, size, "unknown exception");
        }
        return -EIO;
}

bool add_lease(struct device_record* record) {
        struct gateway_lease lease = {};
        char error[128];

        if (ask_lease(record->address, &lease, error, sizeof(error)) < 0)
                gateway_complain(the_gateway, "lease database", error, now());
        if (lease.state != GATEWAY_LEASE_VALID || lease.hwaddr_size == 0)
                return true;
        if (lease.hwaddr_size != record->hwaddr_size ||
            std::memcmp(lease.hwaddr, record->hwaddr, lease.hwaddr_size) != 0)
                return false;
        record->expires = gateway_lease_end(&lease, record->source);
        return true;
}

void check_after_command(const std::string& name, const isc::data::ConstElementPtr& arguments) {
        struct in_addr address;

        if (!changes_leases(name))
                return;
        if (only_address(arguments, &address))
                gateway_check_lease(the_gateway, ask_lease, address, now());
        else
                gateway_check_leases(the_gateway, ask_lease, now());
}

void start_lease_timer() {
        struct itimerspec interval = {};
        if (the_timer >= 0)
                return;
        int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

        if (fd < 0)
                return gateway_complain(the_gateway, "timerfd_create", std::strerror(errno), now());
        interval.it_value.tv_sec = interval.it_interval.tv_sec = LEASE_TIMER;
        timerfd_settime(fd, 0, &interval, nullptr);
        the_timer = fd;
        IfaceMgr::instance().addExternalSocket(fd,
                                               [](int timer) { guarded("lease timer", [timer] { on_timer(timer); }); });
}

void stop_lease_timer() {
        if (the_timer < 0)
                return;
        guarded("unload", [] { IfaceMgr::instance().deleteExternalSocket(the_timer); });
        close(the_timer);
        the_timer = -1;
}
