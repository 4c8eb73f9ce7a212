// SPDX-License-Identifier: BSD-2-Clause
// kea_leases.h - what Kea's lease database knows of a device's address.
#ifndef GATEWAY_KEA_LEASES_H
#define GATEWAY_KEA_LEASES_H

#include "gateway-hook/gateway.h"

// A host that informs may have a lease, from a request without identity: then the binding ends with that. Returns
// false if it is another client that has leased the address.
bool add_lease(struct device_record* record);

#endif
