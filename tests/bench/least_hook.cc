// SPDX-License-Identifier: BSD-2-Clause
// least_hook.cc - the least that a hook does that answers: our option, made at load, goes into every response, and no request is
// looked at. What Kea spends with it is spent with any hook that answers there. Takes our hook's parameters.
#include "config.h"

#include <dhcp/option.h>
#include <dhcp/pkt4.h>
#include <hooks/hooks.h>

#include <cstdio>
#include <string>

#include "libassoc/assoc.h"

using namespace isc::dhcp;
using namespace isc::hooks;

namespace {

OptionPtr the_option;

OptionPtr make_option(const isc::data::ConstElementPtr& parameters) {
        struct assoc_identity identity = {};
        OptionBuffer bytes(ASSOC_BLOCK_MAX);
        size_t size;
        auto copy = [&parameters](const char* name, char* to, size_t room) {
                snprintf(to, room, "%s", parameters->get(name)->stringValue().c_str());
        };

        copy("manufacturer-oui", identity.oui, sizeof(identity.oui));
        copy("serial-number", identity.serial, sizeof(identity.serial));
        copy("product-class", identity.product_class, sizeof(identity.product_class));
        if (assoc_option_encode(&identity, ASSOC_ROLE_GATEWAY, bytes.data(), bytes.size(), &size) < 0)
                return OptionPtr();
        bytes.resize(size);
        return OptionPtr(new Option(Option::V4, ASSOC_OPTION, bytes));
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
        the_option = make_option(handle.getParameters());
        return the_option ? 0 : 1;
}

int unload() {
        the_option.reset();
        return 0;
}

int pkt4_send(CalloutHandle& handle) {
        Pkt4Ptr response;

        handle.getArgument("response4", response);
        response->addOption(the_option);
        return 0;
}

} // extern "C"
#pragma GCC visibility pop
