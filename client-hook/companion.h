/* SPDX-License-Identifier: BSD-2-Clause */
/* companion.h - the process that asks the gateway, beside a dhcpcd that can't. */
#ifndef CLIENT_COMPANION_H
#define CLIENT_COMPANION_H

#include <stdbool.h>
#include <stdint.h>

#include "client-hook/inform.h"
#include "libassoc/record.h"

struct companion {
        const char *slots;   /* folder of slot.h */
        const char *records; /* folder of gateway_record.h */
        uint64_t generation; /* of the interface's slot; when it is over, so are we */
        struct inform_settings inform;
        struct gateway_info info; /* the record to store, with what is known of the gateway so far */
        bool only_answer;         /* without an answer nothing is stored */
};

/**
 * Ask the gateway, and record its answer: what is known so far, if none comes. With `foreground` this returns
 * when that is done, or when another event has put an end to it; else at once, and a process of its own goes
 * on. Returns 0 or a negative errno, by then logged.
 */
int companion_start(const struct companion *companion, bool foreground);

#endif
