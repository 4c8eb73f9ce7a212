/* SPDX-License-Identifier: BSD-2-Clause */
/* methods_events.c - subscribe and ack: events for the CWMP agent, kept until it says that the ACS has them.
 */
#include "config.h"

#include <json-c/json.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/methods.h"
#include "libassoc/json_build.h"

/* A number of an event that there was already; `missing` if there is no such member and it may be left out.
 */
static int read_seq(const struct bridge *bridge, struct json_object *params, const char *name, bool optional,
                    uint64_t *ret, struct rpc_error *error)
{
        struct json_object *member = params == NULL ? NULL : json_object_object_get(params, name);
        int64_t seq = json_object_get_int64(member);

        *ret = 0;
        if (member == NULL && optional)
                return 0;
        if (!json_object_is_type(member, json_type_int) || seq < 0 || (uint64_t)seq > bridge->notify.sequence)
                return rpc_fail(error, RPC_INVALID_PARAMS, "%s: expected the number of an event, 0 to %llu",
                                name, (unsigned long long)bridge->notify.sequence);
        *ret = (uint64_t)seq;
        return 0;
}

static int reply_sequence(const struct bridge *bridge, struct json_object **ret)
{
        struct json_object *object = json_object_new_object();

        *ret = json_complete(object, object != NULL && json_add_number(object, "sequence",
                                                                       (int64_t)bridge->notify.sequence));
        return *ret == NULL ? -1 : 0;
}

int method_subscribe(struct session *session, struct json_object *params, struct json_object **ret,
                     struct rpc_error *error)
{
        static const char *const allowed[] = {"since", NULL};
        uint64_t since;

        if (methods_check_params(params, allowed, error) < 0 ||
            read_seq(session->bridge, params, "since", true, &since, error) < 0)
                return -1;
        session->subscribed = true;
        session->delivered = since;
        return reply_sequence(session->bridge, ret);
}

int method_ack(struct session *session, struct json_object *params, struct json_object **ret,
               struct rpc_error *error)
{
        static const char *const allowed[] = {"seq", NULL};
        struct notify notify = session->bridge->notify;
        uint64_t seq;
        int err;

        if (methods_check_params(params, allowed, error) < 0 ||
            read_seq(session->bridge, params, "seq", false, &seq, error) < 0)
                return -1;
        notify_ack(&session->bridge->notify, seq);
        err = bridge_commit(session->bridge);
        if (err < 0) {
                /* What is forgotten here must not come back with the next start. */
                session->bridge->notify = notify;
                return rpc_fail(error, CWMP_INTERNAL_ERROR, "the state can't be written: %s", strerror(-err));
        }
        return reply_sequence(session->bridge, ret);
}
