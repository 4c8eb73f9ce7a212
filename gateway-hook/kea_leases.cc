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
#include <vector>

#include "gateway-hook/kea_hook.h"

using namespace isc::dhcp;
using namespace isc::hooks;
using isc::asiolink::IOAddress;

namespace {

// Seconds between two looks for leases that have ended.
const int LEASE_TIMER = 10;

// On Kea's main loop, or negative.
int the_timer = -1;

int64_t end_of(const Lease4& lease) {
        return static_cast<int64_t>(lease.cltt_) + lease.valid_lft_;
}

// Leases that Kea keeps for a returning client (affinity) are in the database too, in other states.
enum gateway_lease_state state_of(const Lease4& lease) {
        if (lease.state_ == Lease::STATE_DECLINED)
                return GATEWAY_LEASE_DECLINED;
        // A released lease that is kept ends in the very second of its release.
        bool over = lease.valid_lft_ != Lease::INFINITY_LFT && end_of(lease) <= now();
        return lease.state_ != Lease::STATE_DEFAULT || over ? GATEWAY_LEASE_EXPIRED : GATEWAY_LEASE_VALID;
}

void fill(const Lease4& lease, struct gateway_lease* ret) {
        ret->state = state_of(lease);
        ret->endless = lease.valid_lft_ == Lease::INFINITY_LFT;
        ret->expires = end_of(lease);
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

// Another hook may have kept the lease.
bool is_kept(struct in_addr address, const std::vector<uint8_t>& hwaddr) {
        struct gateway_lease lease = {};
        char error[128];

        return ask_lease(address, &lease, error, sizeof(error)) == 0 && lease.state == GATEWAY_LEASE_VALID &&
               lease.hwaddr_size == hwaddr.size() && std::equal(hwaddr.begin(), hwaddr.end(), lease.hwaddr);
}

// A lease that its client gives up, in the packet's context: that is destroyed once the server is done with the packet, and then it
// shows whether the lease was taken back. No callout tells that but leases4_committed, which every other packet would pay for.
struct Ending {
        struct in_addr address;
        std::vector<uint8_t> hwaddr;
        const char* reason;

        ~Ending() {
                guarded(reason, [this] {
                        if (!is_kept(address, hwaddr))
                                gateway_lease_ended(the_gateway, address, hwaddr.data(), hwaddr.size(), reason,
                                                    now());
                });
        }
};
typedef boost::shared_ptr<Ending> EndingPtr;
const char* const ENDING = "ending";

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

void lease_ended(CalloutHandle& handle, const char* reason) {
        Lease4Ptr lease;

        handle.getArgument("lease4", lease);
        if (lease)
                gateway_lease_ended(the_gateway, address_of(lease->addr_),
                                    lease->hwaddr_ ? lease->hwaddr_->hwaddr_.data() : nullptr,
                                    lease->hwaddr_ ? lease->hwaddr_->hwaddr_.size() : 0, reason, now());
}

void lease_given_up(CalloutHandle& handle, const char* reason) {
        Lease4Ptr lease;

        handle.getArgument("lease4", lease);
        if (!lease)
                return;
        EndingPtr ending(new Ending{address_of(lease->addr_), {}, reason});
        if (lease->hwaddr_)
                ending->hwaddr = lease->hwaddr_->hwaddr_;
        handle.setContext(ENDING, ending);
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
