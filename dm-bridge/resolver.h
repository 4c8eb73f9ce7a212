/* SPDX-License-Identifier: BSD-2-Clause */
/* resolver.h - the IPv4 address of a name, without waiting for it. */
#ifndef BRIDGE_RESOLVER_H
#define BRIDGE_RESOLVER_H

#include <netinet/in.h>
#include <stdbool.h>

#include <uv.h>

#include "dm-bridge/url_host.h"

struct resolver {
        uv_loop_t *loop;
        uv_getaddrinfo_t request;
        bool busy;                    /* the thread of libuv is asking */
        char asked[URL_HOST_MAX + 1]; /* what it asks for */
        char name[URL_HOST_MAX + 1];  /* what is wanted; "": nothing */
        struct in_addr preferred;     /* if it is one of several */
        /** `address` is NULL if the name has none now. */
        void (*on_answer)(void *context, const struct in_addr *address);
        void *context;
};

void resolver_init(struct resolver *resolver, uv_loop_t *loop,
                   void (*on_answer)(void *context, const struct in_addr *address), void *context);

/**
 * Ask for a name, at most URL_HOST_MAX bytes. There is one answer, for the name that was asked for last; for
 * an address in figures it comes before this returns. Of several addresses it is `preferred`, if that is one
 * of them.
 */
void resolver_ask(struct resolver *resolver, const char *name, struct in_addr preferred);

/** No answer is wanted any more. */
void resolver_cancel(struct resolver *resolver);

/** Whether a question is on its way that can't be taken back: the loop does not end before it does. */
bool resolver_is_busy(const struct resolver *resolver);

#endif
