/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_peer.c - the manager's side of TR-111 Part 2 for the lab: an RFC 3489 server whose codec is libnice's,
 * and UDP Connection Requests from its own address and port. Nothing of dm-bridge is in it.
 *
 *   stun_peer ADDRESS PORT
 *
 * Each thing that happens is a line of JSON on standard output. Each line of standard input is a command:
 *
 *   user NAME PASSWORD           a STUN user
 *   demand none|change|all       requests that are answered 401 without MESSAGE-INTEGRITY: those with
 *                                BINDING-CHANGE, or all (none)
 *   honour on|off                RESPONSE-ADDRESS (off: ignored, as coturn does)
 *   lie on|off                   before each answer three forged ones, from this very address
 *   contradict on|off            after each answer another one, with another address
 *   mute on|off|change           answer nothing; or nothing with BINDING-CHANGE
 *   request TO COPIES TS ID UN KEY [CN]
 *                                a Connection Request to TO, which is ADDRESS:PORT, or a user: then it is
 *                                his recorded binding. TS "-" is now, ID "-" the next one
 *   hex TO COPIES HEX            any bytes
 *
 * A binding is recorded once per transaction ID, from a BINDING-CHANGE that is authentic. */
#include "tests/peers/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer peer;

/* Returns false at the end of the commands. */
static bool take_commands(void)
{
        static char text[8192];
        static size_t have;
        ssize_t got = read(STDIN_FILENO, text + have, sizeof(text) - 1 - have);
        char *line = text, *end;

        if (got <= 0)
                return false;
        have += (size_t)got;
        text[have] = '\0';
        while ((end = strchr(line, '\n')) != NULL) {
                *end = '\0';
                peer_obey(line);
                line = end + 1;
        }
        have = strlen(line);
        memmove(text, line, have + 1);
        return true;
}

static int open_socket(const char *address, const char *port)
{
        peer.self.sin_family = AF_INET;
        peer.self.sin_port = htons((uint16_t)atoi(port));
        peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (peer.fd < 0 || inet_pton(AF_INET, address, &peer.self.sin_addr) != 1 ||
            bind(peer.fd, (struct sockaddr *)&peer.self, sizeof(peer.self)) < 0) {
                fprintf(stderr, "stun_peer: %s:%s: %s\n", address, port, strerror(errno));
                return -1;
        }
        return 0;
}

int main(int argc, char **argv)
{
        struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}};

        if (argc != 3) {
                fprintf(stderr, "usage: stun_peer ADDRESS PORT < COMMANDS\n");
                return 2;
        }
        if (open_socket(argv[1], argv[2]) < 0)
                return 1;
        setvbuf(stdout, NULL, _IOLBF, 0);
        peer_stun_init();
        fds[1] = (struct pollfd){.fd = peer.fd, .events = POLLIN};
        printf("{\"event\":\"listening\",\"address\":\"%s\"}\n", peer_text_of(&peer.self));
        while (poll(fds, 2, -1) > 0) {
                if (fds[0].revents != 0 && !take_commands())
                        break;
                if (fds[1].revents != 0)
                        peer_take_datagram();
        }
        return 0;
}
