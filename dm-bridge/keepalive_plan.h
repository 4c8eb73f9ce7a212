/* SPDX-License-Identifier: BSD-2-Clause */
/* keepalive_plan.h - what a keep-alive does next, private to keepalive.c: it turns what is known into an
 * action and its time. */
#ifndef BRIDGE_KEEPALIVE_PLAN_H
#define BRIDGE_KEEPALIVE_PLAN_H

#include "dm-bridge/keepalive.h"

/** Before any time. */
#define KEEPALIVE_NEVER (INT64_MIN / 2)
/** A NAT that tells used bindings from new ones looks for packets more than 2 s after the first. */
#define KEEPALIVE_NEW_BINDING INT64_C(2000)

/** Rest until what comes next. */
void keepalive_plan(struct keepalive *keepalive, int64_t now);

/** Rest until a refresh, which comes as soon as KA-1 allows. */
void keepalive_plan_refresh(struct keepalive *keepalive, int64_t now);

/** The settings are new: nothing is put off any more. */
void keepalive_plan_reset(struct keepalive *keepalive);

/** If a search has come to its end, put off the next. */
void keepalive_plan_concluded(struct keepalive *keepalive, int64_t now);

/** Put the search off for a while. */
void keepalive_plan_pause(struct keepalive *keepalive, int64_t now);

/** The server can't be used for probes (KA-5): put them off for a while. */
void keepalive_plan_fallback(struct keepalive *keepalive, int64_t now);

/** When a refresh has to leave whatever else is going on (KA-1). INT64_MAX: no maximum is given. */
int64_t keepalive_latest(const struct keepalive *keepalive);

/** The silence before the next refresh, as the phase has it. */
int64_t keepalive_plan_period(const struct keepalive *keepalive);

#endif
