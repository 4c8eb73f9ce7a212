/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_command.c - the peer's commands, as stun_peer.c lists them. */
#include "tests/peers/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/peers/peer_request.h"

#define WORDS_MAX 8

static void add_user(char **words, unsigned count)
{
        struct user *user = peer_find_user(words[1]);

        if (user == NULL && peer.user_count < PEER_USERS_MAX)
                user = &peer.users[peer.user_count++];
        if (user == NULL || count != 3)
                return;
        snprintf(user->name, sizeof(user->name), "%s", words[1]);
        snprintf(user->password, sizeof(user->password), "%s", words[2]);
}

/* ADDRESS:PORT, or a user's recorded binding. */
static bool find_target(const char *word, struct sockaddr_in *ret)
{
        const struct user *user = peer_find_user(word);
        const char *colon = strchr(word, ':');
        char host[INET_ADDRSTRLEN] = "";

        *ret = (struct sockaddr_in){.sin_family = AF_INET};
        if (user != NULL) {
                *ret = user->binding;
                return ret->sin_port != 0;
        }
        if (colon == NULL || colon - word >= (ptrdiff_t)sizeof(host))
                return false;
        memcpy(host, word, (size_t)(colon - word));
        ret->sin_port = htons((uint16_t)atoi(colon + 1));
        return inet_pton(AF_INET, host, &ret->sin_addr) == 1;
}

static void send_copies(const struct sockaddr_in *to, unsigned copies, const void *bytes, size_t size)
{
        for (unsigned i = 0; i < copies; i++)
                peer_send(to, bytes, size);
}

static void send_request(char **words, unsigned count)
{
        static unsigned next_id;
        char now[24], id[24], datagram[PEER_REQUEST_MAX];
        struct sockaddr_in to;
        struct peer_request request;
        size_t size;

        if (count < 7 || !find_target(words[1], &to)) {
                printf("{\"event\":\"refused\",\"to\":\"%s\"}\n", words[1]);
                return;
        }
        snprintf(now, sizeof(now), "%lld", (long long)time(NULL));
        snprintf(id, sizeof(id), "%u", ++next_id);
        request = (struct peer_request){.authority = peer_text_of(&to),
                                        .ts = strcmp(words[3], "-") == 0 ? now : words[3],
                                        .id = strcmp(words[4], "-") == 0 ? id : words[4],
                                        .un = words[5],
                                        .key = words[6],
                                        .cn = count > 7 ? words[7] : "0123456789abcdef"};
        size = peer_request_make(&request, datagram);
        send_copies(&to, (unsigned)atoi(words[2]), datagram, size);
        printf("{\"event\":\"sent\",\"to\":\"%s\",\"copies\":%s,\"ts\":\"%s\",\"id\":\"%s\"}\n",
               peer_text_of(&to), words[2], request.ts, request.id);
}

static void send_hex(char **words, unsigned count)
{
        uint8_t bytes[PEER_DATAGRAM_MAX];
        struct sockaddr_in to;
        size_t size = 0;
        unsigned byte;

        if (count != 4 || !find_target(words[1], &to)) {
                printf("{\"event\":\"refused\",\"to\":\"%s\"}\n", words[1]);
                return;
        }
        while (size < sizeof(bytes) && sscanf(words[3] + 2 * size, "%2x", &byte) == 1)
                bytes[size++] = (uint8_t)byte;
        send_copies(&to, (unsigned)atoi(words[2]), bytes, size);
        printf("{\"event\":\"sent\",\"to\":\"%s\",\"copies\":%s,\"bytes\":%zu}\n", peer_text_of(&to),
               words[2], size);
}

static enum kind find_kind(const char *word)
{
        if (strcmp(word, "change") == 0)
                return KIND_CHANGE;
        return strcmp(word, "all") == 0 || strcmp(word, "on") == 0 ? KIND_ALL : KIND_NONE;
}

void peer_obey(char *line)
{
        char *words[WORDS_MAX] = {NULL}, *rest;
        unsigned count = 0;

        for (char *word = strtok_r(line, " \n", &rest); word != NULL && count < WORDS_MAX;
             word = strtok_r(NULL, " \n", &rest))
                words[count++] = word;
        if (count < 2)
                return;
        if (strcmp(words[0], "user") == 0)
                add_user(words, count);
        else if (strcmp(words[0], "demand") == 0)
                peer.demanded = find_kind(words[1]);
        else if (strcmp(words[0], "honour") == 0)
                peer.honours = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "lie") == 0)
                peer.lies = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "contradict") == 0)
                peer.contradicts = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "mute") == 0)
                peer.muted = find_kind(words[1]);
        else if (strcmp(words[0], "request") == 0)
                send_request(words, count);
        else if (strcmp(words[0], "hex") == 0)
                send_hex(words, count);
        else
                fprintf(stderr, "stun_peer: unknown command '%s'\n", words[0]);
}
