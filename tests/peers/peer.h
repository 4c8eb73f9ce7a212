/* SPDX-License-Identifier: BSD-2-Clause */
/* peer.h - the one peer of this program, in its parts: peer_stun.c answers, peer_command.c obeys, stun_peer.c
 * waits. */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include <stun/stunagent.h>

#define PEER_DATAGRAM_MAX 2048
#define PEER_NAME_MAX     257
#define PEER_USERS_MAX    8

/** Which requests something is about. */
enum kind { KIND_NONE, KIND_CHANGE, KIND_ALL };

struct user {
        char name[PEER_NAME_MAX], password[PEER_NAME_MAX];
        struct sockaddr_in binding; /* port 0: none yet */
        StunTransactionId recorded; /* by this transaction */
};

struct peer {
        int fd;
        struct sockaddr_in self;
        struct user users[PEER_USERS_MAX];
        size_t user_count;
        enum kind demanded; /* 401 without integrity */
        enum kind muted;    /* no answer */
        bool honours;       /* RESPONSE-ADDRESS */
        bool lies, contradicts;
};

extern struct peer peer;

/** "198.51.100.1:3478"; good for three more calls. */
const char *peer_text_of(const struct sockaddr_in *address);

/** NULL: there is none of that name. */
struct user *peer_find_user(const char *name);

void peer_send(const struct sockaddr_in *to, const void *bytes, size_t size);

/** Ready to answer. */
void peer_stun_init(void);

/** Take what there is on peer.fd, and answer it if it is a Binding Request. */
void peer_take_datagram(void);

/** Do what a line of standard input says. */
void peer_obey(char *line);

#endif
