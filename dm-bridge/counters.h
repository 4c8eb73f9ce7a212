/* SPDX-License-Identifier: BSD-2-Clause */
/* counters.h - what `status` tells of the daemon's work. */
#ifndef BRIDGE_COUNTERS_H
#define BRIDGE_COUNTERS_H

#include <stdint.h>

struct bridge_counters {
        unsigned clients;         /* connected now */
        uint64_t requests;        /* lines taken, notifications included */
        uint64_t faults;          /* CWMP faults answered */
        uint64_t protocol_errors; /* JSON-RPC errors answered */
        uint64_t dropped_clients; /* turned away, or closed because they broke a rule or did not read */
};

#endif
