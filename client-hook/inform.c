/* SPDX-License-Identifier: BSD-2-Clause */
/* inform.c - one DHCPINFORM exchange. The bytes of messages are in inform_message.c, sockets in companion.c.
 */
#include "config.h"

#include "client-hook/inform.h"

void inform_init(struct inform *inform, const struct inform_settings *settings, uint32_t xid, int64_t now)
{
        *inform = (struct inform){
                .settings = *settings,
                .xid = xid,
                .started = now,
                .end = settings->patience_ms > 0 ? now + settings->patience_ms : INT64_MAX,
                .deadline = now,
        };
}

/* RFC 2131 4.1: 4, 8, 16, 32, 64 seconds, each plus or minus a random second. */
static int64_t wait_time(unsigned try, uint32_t random)
{
        int64_t wait = INFORM_WAIT_FIRST_MS;

        while (try-- > 0 && wait < INFORM_WAIT_MAX_MS)
                wait *= 2;
        return wait - INFORM_JITTER_MS + random % (2 * INFORM_JITTER_MS + 1);
}

enum inform_action inform_tick(struct inform *inform, int64_t now, uint32_t random)
{
        if (now < inform->deadline)
                return INFORM_WAIT;
        if (inform->tries >= inform->settings.tries || now >= inform->end)
                return INFORM_GIVE_UP;
        inform->deadline = now + wait_time(inform->tries, random);
        if (inform->deadline > inform->end)
                inform->deadline = inform->end;
        inform->tries++;
        return INFORM_SEND;
}
