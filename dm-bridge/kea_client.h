/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_client.h - commands to a running Kea over its control socket. */
#ifndef DM_BRIDGE_KEA_CLIENT_H
#define DM_BRIDGE_KEA_CLIENT_H

#include <json.h>

#include "dm-bridge/conversation.h"

/** What Kea says of a command. */
enum kea_result {
        KEA_RESULT_SUCCESS = 0,
        KEA_RESULT_ERROR = 1,
        KEA_RESULT_UNSUPPORTED = 2,
        KEA_RESULT_EMPTY = 3,
};

/**
 * Send `command` with `arguments` (NULL: none; they stay the caller's) to the control socket at `path`, and
 * wait for the answer. Kea takes one command a connection.
 * Returns Kea's result, which is not negative, and the answer in *ret, an object with the string member
 * "text" at least, to be released with json_object_put(); else conversation->problem says what happened:
 * -ENOENT, -ECONNREFUSED: nobody is there; -ETIMEDOUT; -EBADMSG: what came is no answer of Kea's; another
 * negative errno.
 */
int kea_client_call(struct conversation *conversation, const char *path, const char *command,
                    struct json_object *arguments, struct json_object **ret);

#endif
