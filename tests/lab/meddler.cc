// SPDX-License-Identifier: BSD-2-Clause
// meddler.cc - a hook of the lab that disturbs whoever else is loaded, as its parameters say:
//   "pkt4_send": "drop" | "skip"    what to say at that hook point; likewise at the others below.
//                                   A skip at pkt4_send packs the response, as a hook that says so has to.
//   "forget": true                  once a response has left, delete its lease without telling anybody.
#include "config.h"

#include <cc/data.h>
#include <dhcp/pkt4.h>
#include <dhcpsrv/lease_mgr_factory.h>
#include <hooks/hooks.h>

#include <string>

using namespace isc::dhcp;
using namespace isc::hooks;

namespace {

isc::data::ConstElementPtr the_parameters;

std::string wish(const char* name) {
        isc::data::ConstElementPtr value = the_parameters ? the_parameters->get(name) : nullptr;
        return value ? value->stringValue() : "";
}

int say(CalloutHandle& handle, const char* point) {
        std::string status = wish(point);

        if (status == "drop")
                handle.setStatus(CalloutHandle::NEXT_STEP_DROP);
        else if (status == "skip")
                handle.setStatus(CalloutHandle::NEXT_STEP_SKIP);
        return 0;
}

void forget(const Pkt4Ptr& response) {
        Lease4Ptr lease = LeaseMgrFactory::instance().getLease4(response->getYiaddr());

        if (lease && response->getType() == DHCPACK)
                LeaseMgrFactory::instance().deleteLease(lease);
}

} // namespace

#pragma GCC visibility push(default)
extern "C" {

int version() {
        return KEA_HOOKS_VERSION;
}

int multi_threading_compatible() {
        return 1;
}

int load(LibraryHandle& handle) {
        the_parameters = handle.getParameters();
        return 0;
}

int unload() {
        the_parameters.reset();
        return 0;
}

int leases4_committed(CalloutHandle& handle) {
        return say(handle, "leases4_committed");
}

int pkt4_send(CalloutHandle& handle) {
        Pkt4Ptr response;

        handle.getArgument("response4", response);
        if (wish("pkt4_send") == "skip")
                response->pack();
        return say(handle, "pkt4_send");
}

int buffer4_send(CalloutHandle& handle) {
        Pkt4Ptr response;

        handle.getArgument("response4", response);
        if (the_parameters && the_parameters->contains("forget"))
                forget(response);
        return say(handle, "buffer4_send");
}

int lease4_release(CalloutHandle& handle) {
        return say(handle, "lease4_release");
}

int lease4_decline(CalloutHandle& handle) {
        return say(handle, "lease4_decline");
}

int lease4_expire(CalloutHandle& handle) {
        return say(handle, "lease4_expire");
}

} // extern "C"
#pragma GCC visibility pop
