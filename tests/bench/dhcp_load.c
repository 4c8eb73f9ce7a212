/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp_load.c - many DHCP clients on one interface, each with an identity of its own.
 *
 *   dhcp_load INTERFACE EXCHANGES RATE CLIENTS [FIRST [FORMAT]]
 *
 * Does EXCHANGES times DISCOVER, OFFER, REQUEST, ACK, at most RATE a second, by CLIENTS clients in turn,
 * numbered from FIRST (0). A client's link-layer address has its number in it, and so has its serial number,
 * made by the printf() FORMAT with one %u (default "LOAD-%u"; "": no option 125). Prints "ADDRESS SERIAL" for
 * each ACK at once. Fails if more than one exchange in a hundred came to nothing.
 *
 * perfdhcp can add one option 125 to all of its packets, but not a different one for each client, and it is
 * always a relay, whose clients are nobody's neighbours. The clients here ask for broadcast replies, so that
 * a plain UDP socket serves them all. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "libassoc/assoc.h"

#define WINDOW     64
#define PATIENCE   UINT64_C(10000000000) /* ns: an exchange without an answer for that long is given up */
#define RESEND     UINT64_C(250000000)   /* ns: it begins again */
#define FIXED_SIZE 240
#define DISCOVER   1
#define OFFER      2
#define REQUEST    3
#define ACK        5

/* Exchanges under way, found by their number modulo WINDOW; the number is the xid. */
struct exchange {
        uint32_t xid;
        uint64_t since, sent;
        bool open;
};

static struct exchange exchanges[WINDOW];
static uint32_t total, rate, clients, first;
static const char *format = "LOAD-%u";
static unsigned done, lost, open_count;
static int fd;

static uint64_t now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static _Noreturn void die(const char *what)
{
        fprintf(stderr, "dhcp_load: %s: %s\n", what, strerror(errno));
        exit(1);
}

static int open_socket(const char *interface)
{
        struct sockaddr_in client = {.sin_family = AF_INET, .sin_port = htons(68)};
        int socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1, room = 4 << 20;

        if (socket_fd < 0 || setsockopt(socket_fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes)) < 0 ||
            setsockopt(socket_fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) < 0 ||
            setsockopt(socket_fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) < 0 ||
            bind(socket_fd, (const struct sockaddr *)&client, sizeof(client)) < 0)
                die(interface);
        return socket_fd;
}

static uint32_t client_of(uint32_t xid)
{
        return first + xid % clients;
}

static void serial_of(uint32_t xid, char *ret, size_t size)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(ret, size, format, client_of(xid));
#pragma GCC diagnostic pop
}

static uint8_t *put_option(uint8_t *pos, uint8_t code, const void *value, size_t size)
{
        pos[0] = code;
        pos[1] = (uint8_t)size;
        memcpy(pos + 2, value, size);
        return pos + 2 + size;
}

static uint8_t *put_identity(uint8_t *pos, uint32_t xid)
{
        struct assoc_identity identity = {.oui = "00D09E", .product_class = "Load"};
        uint8_t option[ASSOC_BLOCK_MAX];
        size_t size;

        serial_of(xid, identity.serial, sizeof(identity.serial));
        if (identity.serial[0] == '\0')
                return pos;
        if (assoc_option_encode(&identity, ASSOC_ROLE_DEVICE, option, sizeof(option), &size) < 0)
                abort();
        return put_option(pos, ASSOC_OPTION, option, size);
}

/* `address` and `server` of the OFFER, for a REQUEST. */
static void send_message(uint32_t xid, uint8_t type, const uint8_t *address, const uint8_t *server)
{
        static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63}, wanted[] = {1, 3, 6, 51, 54, 58, 59};
        struct sockaddr_in to = {
                .sin_family = AF_INET, .sin_port = htons(67), .sin_addr.s_addr = htonl(INADDR_BROADCAST)};
        uint8_t message[600] = {1, 1, 6}, *pos = message + FIXED_SIZE;
        uint32_t client = htonl(client_of(xid)), wire = htonl(xid);

        memcpy(message + 4, &wire, 4);
        message[10] = 0x80;
        message[28] = 2;
        memcpy(message + 30, &client, 4);
        memcpy(message + 236, cookie, sizeof(cookie));
        pos = put_option(pos, 53, &type, 1);
        if (address != NULL)
                pos = put_option(put_option(pos, 50, address, 4), 54, server, 4);
        pos = put_option(pos, 55, wanted, sizeof(wanted));
        pos = put_identity(pos, xid);
        *pos++ = 255;
        if (sendto(fd, message, (size_t)(pos - message), 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
                die("send");
}

static const uint8_t *find_option(const uint8_t *message, size_t size, uint8_t code, size_t expected)
{
        size_t at = FIXED_SIZE;

        while (at + 2 <= size && message[at] != 255) {
                if (message[at] == 0) {
                        at++;
                        continue;
                }
                if (message[at] == code && message[at + 1] == expected && at + 2 + expected <= size)
                        return message + at + 2;
                at += 2u + message[at + 1];
        }
        return NULL;
}

static void close_exchange(struct exchange *exchange)
{
        exchange->open = false;
        open_count--;
}

static void take_ack(struct exchange *exchange, const uint8_t *address)
{
        char serial[ASSOC_TEXT_MAX + 1], text[INET_ADDRSTRLEN];

        serial_of(exchange->xid, serial, sizeof(serial));
        inet_ntop(AF_INET, address, text, sizeof(text));
        printf("%s %s\n", text, serial);
        close_exchange(exchange);
        done++;
}

static void take_reply(const uint8_t *message, size_t size)
{
        const uint8_t *type, *server;
        struct exchange *exchange;
        uint32_t xid;

        if (size < FIXED_SIZE || message[0] != 2)
                return;
        memcpy(&xid, message + 4, 4);
        xid = ntohl(xid);
        exchange = &exchanges[xid % WINDOW];
        type = find_option(message, size, 53, 1);
        server = find_option(message, size, 54, 4);
        if (!exchange->open || exchange->xid != xid || type == NULL || server == NULL)
                return;
        if (*type == OFFER) {
                exchange->since = exchange->sent = now();
                send_message(xid, REQUEST, message + 16, server);
        } else if (*type == ACK) {
                take_ack(exchange, message + 16);
        }
}

static void take_replies(void)
{
        uint8_t message[2048];
        ssize_t got;

        while ((got = recv(fd, message, sizeof(message), MSG_DONTWAIT)) >= 0)
                take_reply(message, (size_t)got);
}

/* Begins the next exchange if its place is free. */
static bool begin(uint32_t xid)
{
        struct exchange *exchange = &exchanges[xid % WINDOW];

        if (exchange->open && now() - exchange->since < PATIENCE)
                return false;
        if (exchange->open) {
                close_exchange(exchange);
                lost++;
        }
        *exchange = (struct exchange){.xid = xid, .since = now(), .sent = now(), .open = true};
        open_count++;
        send_message(xid, DISCOVER, NULL, NULL);
        return true;
}

/* As a client does whose packet was lost. */
static void resend(void)
{
        for (unsigned i = 0; i < WINDOW; i++) {
                struct exchange *exchange = &exchanges[i];

                if (!exchange->open || now() - exchange->sent < RESEND)
                        continue;
                exchange->sent = now();
                send_message(exchange->xid, DISCOVER, NULL, NULL);
        }
}

static void run(void)
{
        uint64_t start = now(), last = start;
        uint32_t next = 0;

        while (next < total || (open_count > 0 && now() - last < PATIENCE)) {
                struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

                while (next < total && (now() - start) * rate / 1000000000u >= next && begin(next)) {
                        next++;
                        last = now();
                }
                poll(&poll_fd, 1, 1);
                take_replies();
                resend();
        }
        lost += open_count;
}

int main(int count, char **arguments)
{
        if (count < 5 || count > 7) {
                fprintf(stderr, "usage: dhcp_load INTERFACE EXCHANGES RATE CLIENTS [FIRST [FORMAT]]\n");
                return 2;
        }
        total = (uint32_t)strtoul(arguments[2], NULL, 10);
        rate = (uint32_t)strtoul(arguments[3], NULL, 10);
        clients = (uint32_t)strtoul(arguments[4], NULL, 10);
        if (count > 5)
                first = (uint32_t)strtoul(arguments[5], NULL, 10);
        if (count > 6)
                format = arguments[6];
        if (total == 0 || rate == 0 || clients == 0)
                return 2;
        setvbuf(stdout, NULL, _IOLBF, 0);
        fd = open_socket(arguments[1]);
        run();
        if (lost > 0)
                fprintf(stderr, "dhcp_load: %u of %u exchanges came to nothing\n", lost, total);
        return lost * 100 > total;
}
