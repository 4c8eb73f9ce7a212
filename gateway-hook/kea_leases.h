// SPDX-License-Identifier: BSD-2-Clause
// kea_leases.h - what Kea's lease database knows of a device's address.
#ifndef GATEWAY_KEA_LEASES_H
#define GATEWAY_KEA_LEASES_H

#include <cc/data.h>
#include <hooks/hooks.h>

#include <string>

#include "gateway-hook/gateway.h"

// Ask Kea's lease database; gateway.h says how. Throws nothing.
extern "C" int ask_lease(struct in_addr address, struct gateway_lease* ret, char* error, size_t size);

// A host that informs may have a lease, from a request without identity: then the binding ends with that. Returns
// false if it is another client that has leased the address.
bool add_lease(struct device_record* record);

// The lease of the argument "lease4" is over.
void lease_ended(isc::hooks::CalloutHandle& handle, const char* reason);

// Its client gives it up; whether it is over then, shows when the server is done with the request. Another hook that
// forbids it may come before or after ours.
void lease_given_up(isc::hooks::CalloutHandle& handle, const char* reason);

// Hold against the lease database what this command may have changed.
void check_after_command(const std::string& name, const isc::data::ConstElementPtr& arguments);

// Look every few seconds, on Kea's main loop, for leases whose end no callout told.
void start_lease_timer();
// The undo; fine without it.
void stop_lease_timer();

#endif
