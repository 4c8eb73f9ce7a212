/* SPDX-License-Identifier: BSD-2-Clause */
/* record.h - the two file formats that join our processes: the gateway's journal and GatewayInfo records.
 *
 * One JSON object a line. Private: shared by gateway-hook (writes the journal), client-hook (writes
 * GatewayInfo) and dm-bridge (reads both). No I/O here; see file.h for replacing a file. */
#ifndef ASSOC_RECORD_H
#define ASSOC_RECORD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/assoc.h"

/** What the header calls the journal. */
#define RECORD_JOURNAL_NAME "tr111-devices"
/** Version of the journal's format; a reader refuses any other. */
#define RECORD_JOURNAL_VERSION 1
/** No record is longer, its newline included: three escaped texts, an address, names. */
#define RECORD_LINE_MAX      2048
#define RECORD_INTERFACE_MAX 15
#define RECORD_REASON_MAX    15
/** Longest link-layer address that we keep (InfiniBand's, RFC 4391). */
#define RECORD_HWADDR_MAX 20

/** What a line of the journal says. */
enum device_record_type {
        DEVICE_RECORD_HEADER, /* first line: {"journal":"tr111-devices","version":1,"next":N} */
        DEVICE_RECORD_BIND,   /* {"type":"bind",...}: the binding at `address` is now exactly this */
        DEVICE_RECORD_UNBIND, /* {"type":"unbind","address":A,"reason":R}: that binding is gone */
};

/** How a binding came about: with a lease (GW-5, GW-6) or by DHCPINFORM (GW-10). */
enum device_source {
        DEVICE_SOURCE_LEASE,
        DEVICE_SOURCE_INFORM,
};

/**
 * One line of the journal. A binding is keyed by its IPv4 address: a later bind of the same address replaces
 * the earlier one, whoever held it. A table entry ({i} = instance) is in the ManageableDevice table while at
 * least one of its bindings is not away; it is forgotten with its last binding.
 */
struct device_record {
        enum device_record_type type;
        uint32_t version;                         /* header: format version, whatever it is */
        uint32_t next;                            /* header: lowest instance number never given yet */
        uint32_t instance;                        /* bind: number of the table entry, from 1 */
        struct assoc_identity identity;           /* bind */
        struct in_addr address;                   /* bind, unbind */
        uint8_t hwaddr[RECORD_HWADDR_MAX];        /* bind: link-layer address */
        size_t hwaddr_size;                       /* bind: bytes of it, may be 0 */
        char interface[RECORD_INTERFACE_MAX + 1]; /* bind: LAN interface, "" if not known */
        enum device_source source;                /* bind */
        bool away;       /* bind: lost to the neighbour watch, lease still valid (GW-8) */
        int64_t since;   /* bind: when the entry was made, seconds since 1970, UTC */
        int64_t expires; /* bind: end of lease, seconds since 1970, UTC; 0: none or infinite */
        char reason[RECORD_REASON_MAX + 1]; /* unbind: release, expire, decline, delete, reassign, lost ... */
};

/** How the journal calls it, "lease" or "inform"; static. */
const char *device_source_name(enum device_source source);

/**
 * Write `record` as one line, newline and terminating NUL included, to `buffer` (room for `size`;
 * RECORD_LINE_MAX + 1 is always enough).
 * Returns the line's length, newline included; -ENOBUFS: no room.
 */
int device_record_format(const struct device_record *record, char *buffer, size_t size);

/**
 * Read one line of the journal, `length` bytes, with or without its newline. The text is untrusted: every
 * member is checked as if it came from the wire. Unknown members are ignored. A header of another version is
 * returned as it is: the caller refuses it. Returns 0; -EBADMSG: not a record; -ENOMEM. *ret is untouched
 * unless 0 is returned.
 */
int device_record_parse(const char *line, size_t length, struct device_record *ret);

/** What one interface of a device learnt of its gateway (DV-2), as kept in DIR/INTERFACE.json. */
struct gateway_info {
        char interface[RECORD_INTERFACE_MAX + 1];
        uint32_t metric;                    /* of the interface's default route; lowest wins (DV-7) */
        struct assoc_identity identity;     /* elements that were not received are "" (DV-3) */
        int64_t expires;                    /* CLOCK_BOOTTIME, seconds: it does not jump, and /run does not
                                               outlive a boot. 0: does not expire */
        char reason[RECORD_REASON_MAX + 1]; /* dhcpcd's reason in lower case: bound, renew ... */
};

/** As device_record_format(), for a GatewayInfo record. */
int gateway_info_format(const struct gateway_info *info, char *buffer, size_t size);

/** As device_record_parse(), for a GatewayInfo record. */
int gateway_info_parse(const char *line, size_t length, struct gateway_info *ret);

#endif
