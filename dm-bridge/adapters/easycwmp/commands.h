/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.h - what easycwmp asks, put to dm-bridge. */
#ifndef EASYCWMP_COMMANDS_H
#define EASYCWMP_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "dm-bridge/rpc_client.h"

/** One request of easycwmp; what it does not say is NULL. */
struct easycwmp_request {
        const char *command;
        const char *class;
        const char *parameter;
        const char *argument;
};

/** What is kept from one request to the next. All-zero but for `socket` is a new one. */
struct easycwmp {
        const char *socket; /* of dm-bridge */
        bool connected;
        struct rpc_client client;
        struct json_object *values;     /* `set value` until `apply value`; NULL: none */
        struct json_object *attributes; /* `set notification` until `apply notification` */
        int fault;                      /* of a `set` that could not be kept; 0: none */
        int64_t told;                   /* number of the last event that was handed over; 0: none */
};

/**
 * Answer one request on standard output: no line, or one for each parameter. What is wrong is answered with a
 * CWMP fault code, in the form that easycwmp knows; that dm-bridge is not there is 9002.
 */
void easycwmp_handle(struct easycwmp *easycwmp, const struct easycwmp_request *request);

/** Hang up, and forget what was set and not applied. */
void easycwmp_done(struct easycwmp *easycwmp);

#endif
