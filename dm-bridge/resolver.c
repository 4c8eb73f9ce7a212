/* SPDX-License-Identifier: BSD-2-Clause */
/* resolver.c - the IPv4 address of a name, without waiting for it: getaddrinfo() in a thread of libuv's.
 * One question at a time. Who asks for another name meanwhile gets that one's answer only. */
#include "config.h"

#include "dm-bridge/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static void start(struct resolver *resolver);

static void answer(struct resolver *resolver, const struct in_addr *address)
{
        resolver->name[0] = '\0';
        resolver->on_answer(resolver->context, address);
}

static struct in_addr address_of(const struct addrinfo *entry)
{
        return ((const struct sockaddr_in *)entry->ai_addr)->sin_addr;
}

/* A name that turns its addresses round must not send us from one server to the next. */
static struct in_addr choose(const struct addrinfo *list, struct in_addr preferred)
{
        for (const struct addrinfo *entry = list; entry != NULL; entry = entry->ai_next)
                if (address_of(entry).s_addr == preferred.s_addr)
                        return preferred;
        return address_of(list);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
        struct resolver *resolver = request->data;
        bool wanted = strcmp(resolver->name, resolver->asked) == 0;
        struct in_addr address;

        resolver->busy = false;
        if (status == 0)
                address = choose(list, resolver->preferred);
        uv_freeaddrinfo(list);
        if (resolver->name[0] == '\0')
                return;
        if (wanted)
                answer(resolver, status == 0 ? &address : NULL);
        else
                start(resolver);
}

static void start(struct resolver *resolver)
{
        const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};

        strcpy(resolver->asked, resolver->name);
        resolver->request.data = resolver;
        resolver->busy = uv_getaddrinfo(resolver->loop, &resolver->request, on_resolved, resolver->asked,
                                        NULL, &hints) == 0;
        if (!resolver->busy)
                answer(resolver, NULL);
}

void resolver_init(struct resolver *resolver, uv_loop_t *loop,
                   void (*on_answer)(void *context, const struct in_addr *address), void *context)
{
        *resolver = (struct resolver){.loop = loop, .on_answer = on_answer, .context = context};
}

void resolver_ask(struct resolver *resolver, const char *name, struct in_addr preferred)
{
        struct in_addr address;

        snprintf(resolver->name, sizeof(resolver->name), "%s", name);
        resolver->preferred = preferred;
        if (inet_pton(AF_INET, name, &address) == 1)
                answer(resolver, &address);
        else if (!resolver->busy)
                start(resolver);
}

void resolver_cancel(struct resolver *resolver)
{
        resolver->name[0] = '\0';
        if (resolver->busy)
                uv_cancel((uv_req_t *)&resolver->request);
}

bool resolver_is_busy(const struct resolver *resolver)
{
        return resolver->busy;
}
