/* SPDX-License-Identifier: BSD-2-Clause */
/* gateway.h - the gateway's side of TR-111: what each event of the DHCP server means.
 *
 * Plain C, no Kea: kea_callouts.cc fetches arguments and calls this. Every function takes the time as `now`,
 * seconds since 1970, and may be called from any thread. */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway-hook/messages.h"
#include "libassoc/assoc.h"
#include "libassoc/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most bytes of an option 125 that we put into a response. */
#define GATEWAY_OPTION_MAX (ASSOC_OPTION_MAX + ASSOC_BLOCK_MAX)
/** An error text of gateway_new(), its NUL included. */
#define GATEWAY_ERROR_MAX 512
/** A lease that never ends (RFC 2131 3.3). */
#define GATEWAY_LIFETIME_INFINITE UINT32_MAX

/** DHCPv4 message types that matter here (RFC 2132 9.6). */
enum gateway_message_type {
        GATEWAY_DISCOVER = 1,
        GATEWAY_OFFER = 2,
        GATEWAY_REQUEST = 3,
        GATEWAY_DECLINE = 4,
        GATEWAY_ACK = 5,
        GATEWAY_NAK = 6,
        GATEWAY_RELEASE = 7,
        GATEWAY_INFORM = 8,
};

struct gateway;

/** A request and the response that is about to be sent. Only read; nothing of it is kept. */
struct gateway_exchange {
        const uint8_t *query; /* the request as received, UDP payload */
        size_t query_size;
        uint8_t query_type, response_type;
        const char *interface;                 /* where the request arrived */
        struct in_addr giaddr, ciaddr, yiaddr; /* the first two of the request, the last of the response */
        struct in_addr source;                 /* of the datagram that the request came in */
        struct in_addr subnet; /* of a DHCPINFORM: the subnet, served where it arrived, that holds ciaddr */
        uint8_t subnet_length; /* of that subnet's prefix; 0: there is none */
        bool ciaddr_is_ours;   /* ciaddr is the server's own address */
        const uint8_t *hwaddr;
        size_t hwaddr_size;
        const uint8_t *option; /* value of the response's option 125, as the administrator configured it */
        size_t option_size;
        uint32_t lifetime; /* of the lease in the response, seconds; 0: it says none */
};

enum gateway_claim_type {
        GATEWAY_CLAIM_NONE,         /* nothing to note */
        GATEWAY_CLAIM_DEVICE,       /* a device is bound to record.address */
        GATEWAY_CLAIM_UNIDENTIFIED, /* a host without identity was given the lease of record.address */
};

/** What is to be noted once the response has been sent. */
struct gateway_claim {
        enum gateway_claim_type type;
        bool inspected;   /* the request came from a LAN that we serve */
        bool is_anothers; /* of a DHCPINFORM: the lease database says that another client has the address */
        struct device_record
                record; /* DEVICE: whole but for instance; UNIDENTIFIED: address and link-layer address */
};

struct gateway_answer {
        bool replace_option; /* make `option` the response's only option 125 */
        bool is_usual;       /* it is what gateway_option() tells, and the response has none yet */
        struct gateway_claim claim;
        size_t option_size;
        uint8_t option[GATEWAY_OPTION_MAX];
};

/** How often things happened since the start. */
struct gateway_counters {
        uint64_t identified;      /* requests with a valid identity */
        uint64_t answered;        /* responses that were given our identity */
        uint64_t invalid;         /* requests with a malformed identity (EN-6, EN-10) */
        uint64_t other_role;      /* requests of TR-124 routers (EN-9) */
        uint64_t added, removed;  /* entries */
        uint64_t lost, returned;  /* bindings, by the neighbour watch */
        uint64_t table_full;      /* entries refused by max-devices */
        uint64_t client_limit;    /* bindings refused by max-per-client */
        uint64_t informs_refused; /* DHCPINFORMs for an address that another client has leased */
        uint64_t informs_forged;  /* DHCPINFORMs whose ciaddr can't be their sender's address here */
        uint64_t option_errors;   /* responses whose option 125 could not be extended */
        uint64_t journal_errors;
};

/**
 * Start: read the parameters (JSON text, NULL: none), open and load the journal. Messages go to `say`.
 * Returns 0; a negative errno: `error` (room for `size`; GATEWAY_ERROR_MAX is enough) has one line that says
 * why.
 */
int gateway_new(const char *parameters, message_fn *say, void *context, int64_t now, struct gateway **ret,
                char *error, size_t size);

/** Stop. The journal keeps the table. NULL is fine. */
void gateway_free(struct gateway *gateway, int64_t now);

/** Our identity as the value of option 125 of a response that has none otherwise, as long as `gateway` is. It
 * never changes, so that it need not be made for each response. */
const uint8_t *gateway_option(const struct gateway *gateway, size_t *ret_size);

/**
 * A response is about to be sent: say what its option 125 must be (GW-2, EN-7), and what is to be noted once
 * it has been sent (GW-3, GW-10). Changes no entry.
 */
void gateway_respond(struct gateway *gateway, const struct gateway_exchange *exchange, int64_t now,
                     struct gateway_answer *ret);

/** The response was sent: note the claim that gateway_respond() made for it. */
void gateway_commit(struct gateway *gateway, const struct gateway_claim *claim, int64_t now);

/**
 * The lease of `address` ended (GW-5, GW-6). `hwaddr` is whose it was: a binding that another link-layer
 * address has taken over since is left alone; size 0: whoever has it. `reason` is a word of at most
 * RECORD_REASON_MAX characters for the journal.
 */
void gateway_lease_ended(struct gateway *gateway, struct in_addr address, const uint8_t *hwaddr,
                         size_t hwaddr_size, const char *reason, int64_t now);

/** What the server's lease database knows of an address. */
enum gateway_lease_state {
        GATEWAY_LEASE_NONE,     /* not leased */
        GATEWAY_LEASE_VALID,    /* leased, and its time is not over */
        GATEWAY_LEASE_EXPIRED,  /* its time is over, whether the server has reclaimed it or not */
        GATEWAY_LEASE_DECLINED, /* kept from use, because a client found somebody else there */
};

struct gateway_lease {
        enum gateway_lease_state state;
        bool endless;
        int64_t expires; /* seconds since 1970; of an endless one the end that 2^32 - 1 seconds would have */
        uint8_t hwaddr[RECORD_HWADDR_MAX]; /* whose it is */
        size_t hwaddr_size;                /* 0: not known */
};

/** Ask the lease database for `address`; *ret is zero before. Returns 0, or a negative errno if it can't be
 * asked, with the reason in `error`. Called with gateway.h's lock held: it may call nothing of gateway.h. */
typedef int gateway_lease_fn(struct in_addr address, struct gateway_lease *ret, char *error, size_t size);

/** The end to be noted for a binding of that source. A DHCPINFORM's 0 means no lease, hence never for a valid
 * one. */
int64_t gateway_lease_end(const struct gateway_lease *lease, enum device_source source);

/**
 * Hold one binding, or all, against the lease database: what has no valid lease any more, or another
 * client's, ends (GW-6, GW-12); the end of lease is taken over. If the database can't be asked nothing ends,
 * and after gateway_check_leases() gateway_check_due_leases() tries again. All at start, and what a command
 * changed: those that come with no callout.
 */
void gateway_check_lease(struct gateway *gateway, gateway_lease_fn *ask, struct in_addr address, int64_t now);
void gateway_check_leases(struct gateway *gateway, gateway_lease_fn *ask, int64_t now);

/** Do so with the bindings whose recorded end of lease has come: the server's callout may never come, because
 * another server has reclaimed the lease (GW-5), or because it was renewed there. Call it every few seconds;
 * it looks at the table only when there is something to do. */
void gateway_check_due_leases(struct gateway *gateway, gateway_lease_fn *ask, int64_t now);

/**
 * Begin to watch whether the devices are still there (GW-7), if the parameters say so. Call it when the
 * server is configured. Returns a descriptor: whenever it is readable call gateway_watch(), until
 * gateway_free(); or a negative errno: nothing is watched, and if that is an error it has been logged;
 * -ENOENT: switched off; -EALREADY: begun before.
 */
int gateway_watch_start(struct gateway *gateway, int64_t now);

/** Do what the watch has to do. */
void gateway_watch(struct gateway *gateway, int64_t now);

/** The control commands that gateway_command() answers; the last is NULL. */
extern const char *const gateway_command_names[];

/**
 * Answer a control command. `arguments` is JSON text, NULL: none. A big table does not hold up the packets of
 * other threads: the mutex is taken for short steps only.
 * Returns Kea's usual answer, an object with `result`, `text` and `arguments`, as JSON text in UTF-8, to be
 * freed; NULL: out of memory.
 */
char *gateway_command(struct gateway *gateway, const char *name, const char *arguments);

/** An event of the server failed in a way that only the log can tell. */
void gateway_complain(struct gateway *gateway, const char *event, const char *what, int64_t now);

/** What has been counted so far. */
struct gateway_counters gateway_counters(struct gateway *gateway);

#ifdef __cplusplus
}
#endif
#endif
