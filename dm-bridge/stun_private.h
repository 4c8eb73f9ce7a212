/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_private.h - what the parts of the STUN client tell each other.
 *
 *     stun_client.c ─┬─▶ stun_binding.c ─┐
 *      (events in,   └─▶ stun_probe.c ───┴─▶ stun_exchange.c ─▶ stun_transaction.h
 *       actions out)     (outcomes)          (requests as TR-111 wants them) */
#ifndef BRIDGE_STUN_PRIVATE_H
#define BRIDGE_STUN_PRIVATE_H

#include "dm-bridge/stun_client.h"

/* --- stun_exchange.c --- */

/** Make a request and send its first copy; one of the same port that is under way is dropped. */
void stun_exchange_start(struct stun_client *client, enum stun_purpose purpose, bool with_integrity,
                         int64_t now);

/** Send the copy that is due. True: no answer came, and the exchange is over. */
bool stun_exchange_failed(struct stun_client *client, struct stun_exchange *exchange, int64_t now);

/** Drop what is under way and what is listened to. */
void stun_exchange_drop_all(struct stun_client *client);

/** Whose a datagram is. NULL: nobody's. */
struct stun_exchange *stun_exchange_find(struct stun_client *client, enum stun_port port,
                                         const uint8_t *message, size_t size, int64_t now);

/** An exchange was answered: it is listened to from now on. Returns where it is kept. */
const struct stun_exchange *stun_exchange_remember(struct stun_client *client,
                                                   struct stun_exchange *exchange);

/** Whether the answer to an exchange is a 401 that can be answered (BD-5, BD-6). */
bool stun_exchange_can_sign(const struct stun_client *client, const struct stun_exchange *exchange);

/** A request came to nothing that might be the dialect's fault, or was answered as it should be. */
void stun_dialect_failed(struct stun_client *client);
void stun_dialect_worked(struct stun_client *client);

/* --- stun_binding.c --- */

/** Begin discovery anew. */
void stun_binding_restart(struct stun_client *client, int64_t now);

/** Send what is due from the primary port, if nothing is under way there. */
void stun_binding_send_due(struct stun_client *client, int64_t now);

/** When the refresh that is due may leave. */
int64_t stun_binding_refresh_time(const struct stun_client *client);

void stun_binding_tick(struct stun_client *client, int64_t now);
void stun_binding_answered(struct stun_client *client, const struct stun_exchange *exchange, int64_t now);

/** The answers to an exchange contradict each other: what it said is taken back (BD-8). */
void stun_binding_contradicted(struct stun_client *client, const struct stun_exchange *exchange);

/* --- stun_probe.c --- */

void stun_probe_start(struct stun_client *client, int64_t now);
void stun_probe_tick(struct stun_client *client, int64_t now);
void stun_probe_answered(struct stun_client *client, const struct stun_exchange *exchange,
                         enum stun_port port, int64_t now);

/* --- stun_client.c --- */

/** Whether requests can be sent. */
bool stun_client_is_operational(const struct stun_client *client);

/* --- stun_report.c --- */

struct stun_contact stun_contact(const struct stun_client *client);

#endif
