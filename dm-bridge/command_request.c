/* SPDX-License-Identifier: BSD-2-Clause */
/* command_request.c - `assocctl request`: send a UDP Connection Request, as an ACS does (TR-111 2.2.2.3).
 * No daemon is needed; nothing comes back, whatever becomes of it. */
#include "config.h"

#include "dm-bridge/command.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dm-bridge/connection_request.h"

#define DEFAULT_PORT   "80"
#define DEFAULT_COPIES 3
#define COPIES_MAX     100
#define TEXT_MAX       256 /* string(256) */
#define HOST_MAX       256

/* What is sent, and where to. */
struct request {
        char host[HOST_MAX + 1], port[6];
        struct sockaddr_in to;
        int64_t copies, source; /* source port, 0: any */
        char password[TEXT_MAX + 2];
        char datagram[CONNECTION_REQUEST_MAX + 1];
};

static enum command_status take_numbers(const struct arguments *arguments, struct request *request)
{
        request->copies = DEFAULT_COPIES;
        if (arguments->copies != NULL &&
            !command_parse_number(arguments, "--copies", arguments->copies, &request->copies))
                return COMMAND_USAGE;
        if (arguments->source != NULL &&
            !command_parse_number(arguments, "--source", arguments->source, &request->source))
                return COMMAND_USAGE;
        if (request->copies < 1 || request->copies > COPIES_MAX) {
                command_error(arguments, "--copies: expected 1 to %d, got '%s'", COPIES_MAX,
                              arguments->copies);
                return COMMAND_USAGE;
        }
        if (request->source > UINT16_MAX) {
                command_error(arguments, "--source: expected a port, 0 to 65535, got '%s'",
                              arguments->source);
                return COMMAND_USAGE;
        }
        return COMMAND_DONE;
}

/* HOST or HOST:PORT, as UDPConnectionRequestAddress has it (CB-5). */
static enum command_status take_address(const struct arguments *arguments, struct request *request)
{
        const char *text = arguments->operands[0], *colon = strchr(text, ':');
        size_t length = colon == NULL ? strlen(text) : (size_t)(colon - text);
        int64_t port = 0;

        if (length == 0 || length > HOST_MAX) {
                command_error(arguments, "expected HOST or HOST:PORT, got '%s'", text);
                return COMMAND_USAGE;
        }
        memcpy(request->host, text, length);
        strcpy(request->port, DEFAULT_PORT);
        if (colon == NULL)
                return COMMAND_DONE;
        if (!command_parse_number(arguments, "port", colon + 1, &port))
                return COMMAND_USAGE;
        if (port < 1 || port > UINT16_MAX) {
                command_error(arguments, "port: expected 1 to 65535, got '%s'", colon + 1);
                return COMMAND_USAGE;
        }
        snprintf(request->port, sizeof(request->port), "%" PRId64, port);
        return COMMAND_DONE;
}

static enum command_status look_up(const struct arguments *arguments, struct request *request)
{
        const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
        struct addrinfo *list;
        int err = getaddrinfo(request->host, request->port, &hints, &list);

        if (err != 0) {
                command_error(arguments, "%s: %s", request->host, gai_strerror(err));
                return COMMAND_FAILED;
        }
        memcpy(&request->to, list->ai_addr, sizeof(request->to));
        freeaddrinfo(list);
        return COMMAND_DONE;
}

static void escape(const char *text, char *ret)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

        for (; *text != '\0'; text++)
                ret += sprintf(ret, strchr(plain, *text) != NULL ? "%c" : "%%%02X", (unsigned char)*text);
        *ret = '\0';
}

static struct request_text text_of(const char *text)
{
        return (struct request_text){text, strlen(text)};
}

/* The name is signed as it is and written as a URI needs it. */
static enum command_status write_datagram(const struct arguments *arguments, struct request *request)
{
        char ts[24], id[24], cn[17], signature[41], un[3 * TEXT_MAX + 1];
        uint64_t random[2];

        if (strlen(arguments->user) > TEXT_MAX) {
                command_error(arguments, "--user: expected at most %d bytes, got more", TEXT_MAX);
                return COMMAND_USAGE;
        }
        if (getrandom(random, sizeof(random), 0) != sizeof(random)) {
                command_error(arguments, "no random numbers: %s", strerror(errno));
                return COMMAND_FAILED;
        }
        snprintf(ts, sizeof(ts), "%lld", (long long)time(NULL));
        snprintf(id, sizeof(id), "%" PRIu32, (uint32_t)random[0]);
        snprintf(cn, sizeof(cn), "%016" PRIx64, random[1]);
        escape(arguments->user, un);
        connection_request_sign(request->password,
                                (const struct request_text[4]){text_of(ts), text_of(id),
                                                               text_of(arguments->user), text_of(cn)},
                                signature);
        snprintf(request->datagram, sizeof(request->datagram),
                 "GET http://%s:%s?ts=%s&id=%s&un=%s&cn=%s&sig=%s HTTP/1.1\r\nHost: %s:%s\r\n\r\n",
                 request->host, request->port, ts, id, un, cn, signature, request->host, request->port);
        return COMMAND_DONE;
}

static int open_source(const struct request *request)
{
        struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons((uint16_t)request->source)};
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

        if (fd < 0)
                return -errno;
        if (bind(fd, (const struct sockaddr *)&from, sizeof(from)) == 0)
                return fd;
        err = -errno;
        close(fd);
        return err;
}

static int send_copies(int fd, const struct request *request)
{
        size_t size = strlen(request->datagram);

        for (int64_t i = 0; i < request->copies; i++)
                if (sendto(fd, request->datagram, size, 0, (const struct sockaddr *)&request->to,
                           sizeof(request->to)) < 0)
                        return -errno;
        return 0;
}

static enum command_status send_request(const struct arguments *arguments, const struct request *request)
{
        int fd = open_source(request), err;

        if (fd < 0) {
                command_error(arguments, "source port %" PRId64 ": %s", request->source, strerror(-fd));
                return COMMAND_FAILED;
        }
        err = send_copies(fd, request);
        close(fd);
        if (err < 0) {
                command_error(arguments, "%s:%s: %s", request->host, request->port, strerror(-err));
                return COMMAND_FAILED;
        }
        return COMMAND_DONE;
}

enum command_status command_request(const struct arguments *arguments)
{
        struct request request = {0};
        enum command_status status = take_numbers(arguments, &request);

        if (status == COMMAND_DONE)
                status = take_address(arguments, &request);
        if (status == COMMAND_DONE)
                status = command_read_value(arguments, "--password-file", arguments->password_file,
                                            request.password, TEXT_MAX + 1);
        if (status == COMMAND_DONE)
                status = write_datagram(arguments, &request);
        if (status == COMMAND_DONE)
                status = look_up(arguments, &request);
        if (status == COMMAND_DONE)
                status = send_request(arguments, &request);
        return status;
}
