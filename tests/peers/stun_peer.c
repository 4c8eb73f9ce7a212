/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_peer.c - the manager's side of TR-111 Part 2 for the lab: an RFC 3489 server whose codec is libnice's,
 * and UDP Connection Requests from its own address and port. Nothing of it is ours but this file and
 * peer_request.c.
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
 *                                a Connection Request to TO, which is ADDRESS:PORT or a user, whose recorded
 * binding it is then; TS "-" is now, ID "-" the next one hex TO COPIES HEX            any bytes
 *
 * A binding is recorded once per transaction ID, from a BINDING-CHANGE that is authentic. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <stun/stunagent.h>

#include "tests/peers/peer_request.h"

#define DATAGRAM_MAX               2048
#define NAME_MAX_LENGTH            257
#define USERS_MAX                  8
#define WORDS_MAX                  8
#define CONNECTION_REQUEST_BINDING 0xc001
#define BINDING_CHANGE             0xc002
#define BINDING_VALUE              "dslforum.org/TR-111 "
/* RFC 3489 11.2.9; libnice has no names for them. */
#define UNKNOWN_USERNAME 430
#define BAD_INTEGRITY    431

/* Which requests something is about. */
enum kind { KIND_NONE, KIND_CHANGE, KIND_ALL };

struct user {
        char name[NAME_MAX_LENGTH], password[NAME_MAX_LENGTH];
        struct sockaddr_in binding; /* port 0: none yet */
        StunTransactionId recorded; /* by this transaction */
};

/* One request, as far as it was understood. */
struct request {
        struct sockaddr_in from, response_address;
        StunMessage message;
        StunTransactionId id;
        struct user *user; /* NULL: no USERNAME that we know */
        char username[NAME_MAX_LENGTH];
        bool has_username, has_integrity, is_authentic, has_response_address, has_change_request;
        bool is_binding, is_change;
        int error; /* 0: answered by a Binding Response */
};

static int fd;
static struct sockaddr_in self;
static StunAgent strict, lenient;
static struct user users[USERS_MAX];
static size_t user_count;
static enum kind demanded, muted;
static bool honours, lies, contradicts;

/* All that is understood, for the rest a 420. */
static const uint16_t known[] = {STUN_ATTRIBUTE_RESPONSE_ADDRESS, STUN_ATTRIBUTE_CHANGE_REQUEST,
                                 STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, 0};

static const char *text_of(const struct sockaddr_in *address)
{
        static char texts[4][INET_ADDRSTRLEN + 6];
        static unsigned next;
        char *text = texts[next++ % 4], host[INET_ADDRSTRLEN];

        inet_ntop(AF_INET, &address->sin_addr, host, sizeof(host));
        snprintf(text, sizeof(texts[0]), "%s:%u", host, ntohs(address->sin_port));
        return text;
}

/* What came from the network is told as digits and letters only. */
static const char *tame(const char *text)
{
        static char tamed[NAME_MAX_LENGTH];
        size_t i = 0;

        for (; text[i] != '\0' && i + 1 < sizeof(tamed); i++)
                tamed[i] =
                        text[i] < ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\' ? '?' : text[i];
        tamed[i] = '\0';
        return tamed;
}

static void print_id(const StunTransactionId id)
{
        printf("\"transaction\":\"");
        for (size_t i = 0; i < sizeof(StunTransactionId); i++)
                printf("%02x", id[i]);
        printf("\"");
}

static void send_to(const struct sockaddr_in *to, const void *bytes, size_t size)
{
        if (sendto(fd, bytes, size, 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
                fprintf(stderr, "stun_peer: %s: %s\n", text_of(to), strerror(errno));
}

/* --- Requests --- */

static struct user *find_user(const char *name)
{
        for (size_t i = 0; i < user_count; i++)
                if (strcmp(users[i].name, name) == 0)
                        return &users[i];
        return NULL;
}

/* A name ends before the spaces that pad it. */
static void take_username(struct request *request)
{
        uint16_t length;
        const char *value = stun_message_find(&request->message, STUN_ATTRIBUTE_USERNAME, &length);

        request->has_username = value != NULL;
        if (value == NULL || length >= sizeof(request->username))
                return;
        while (length > 0 && value[length - 1] == ' ')
                length--;
        memcpy(request->username, value, length);
        request->username[length] = '\0';
        request->user = find_user(request->username);
}

/* libnice asks for the key of a message with MESSAGE-INTEGRITY. */
static bool give_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t length,
                          uint8_t **ret, size_t *ret_length, void *context)
{
        struct request request = {.message = *message};

        (void)agent, (void)username, (void)length, (void)context;
        take_username(&request);
        if (request.user == NULL)
                return false;
        *ret = (uint8_t *)request.user->password;
        *ret_length = strlen(request.user->password);
        return true;
}

static void take_attributes(struct request *request)
{
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof(address);
        const StunMessage *message = &request->message;
        uint16_t length;
        const void *value = stun_message_find(message, (StunAttribute)CONNECTION_REQUEST_BINDING, &length);

        request->is_binding =
                value != NULL && length == strlen(BINDING_VALUE) && memcmp(value, BINDING_VALUE, length) == 0;
        request->is_change = stun_message_has_attribute(message, (StunAttribute)BINDING_CHANGE);
        request->has_integrity = stun_message_has_attribute(message, STUN_ATTRIBUTE_MESSAGE_INTEGRITY);
        request->has_change_request = stun_message_has_attribute(message, STUN_ATTRIBUTE_CHANGE_REQUEST);
        request->has_response_address =
                stun_message_find_addr(message, STUN_ATTRIBUTE_RESPONSE_ADDRESS, &address, &size) ==
                STUN_MESSAGE_RETURN_SUCCESS;
        memcpy(&request->response_address, &address, sizeof(request->response_address));
        stun_message_id(message, request->id);
        take_username(request);
}

static bool is_meant(const struct request *request, enum kind what)
{
        return what == KIND_ALL || (what == KIND_CHANGE && request->is_change);
}

/* False: no request. */
static bool read_request(struct request *request, const uint8_t *datagram, size_t size)
{
        StunValidationStatus status =
                stun_agent_validate(&lenient, &request->message, datagram, size, NULL, NULL);

        if ((status != STUN_VALIDATION_SUCCESS && status != STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE) ||
            stun_message_get_class(&request->message) != STUN_REQUEST ||
            stun_message_get_method(&request->message) != STUN_BINDING)
                return false;
        take_attributes(request);
        if (status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE)
                request->error = STUN_ERROR_UNKNOWN_ATTRIBUTE;
        else if (!request->has_integrity)
                request->error = is_meant(request, demanded) ? STUN_ERROR_UNAUTHORIZED : 0;
        else if (request->user == NULL)
                request->error = UNKNOWN_USERNAME;
        else if (stun_agent_validate(&strict, &request->message, datagram, size, give_password, NULL) ==
                 STUN_VALIDATION_SUCCESS)
                request->is_authentic = true;
        else
                request->error = BAD_INTEGRITY;
        return true;
}

static void tell_request(const struct request *request, bool is_recorded)
{
        printf("{\"event\":\"request\",\"from\":\"%s\",", text_of(&request->from));
        print_id(request->id);
        printf(",\"binding\":%d,\"change\":%d,\"integrity\":%d,\"authentic\":%d,\"change_request\":%d,"
               "\"username\":\"%s\",\"response_address\":\"%s\",\"error\":%d}\n",
               request->is_binding, request->is_change, request->has_integrity, request->is_authentic,
               request->has_change_request, request->has_username ? tame(request->username) : "",
               request->has_response_address ? text_of(&request->response_address) : "", request->error);
        if (!is_recorded)
                return;
        printf("{\"event\":\"binding\",\"user\":\"%s\",\"address\":\"%s\",", tame(request->user->name),
               text_of(&request->from));
        print_id(request->id);
        printf("}\n");
}

/* Returns whether it is news: a copy has the same transaction ID (TR-111 2.2.2.1). */
static bool record(const struct request *request)
{
        struct user *user = request->user;

        if (!request->is_authentic || !request->is_change || !request->is_binding ||
            memcmp(user->recorded, request->id, sizeof(user->recorded)) == 0)
                return false;
        memcpy(user->recorded, request->id, sizeof(user->recorded));
        user->binding = request->from;
        return true;
}

/* --- Answers --- */

static void append(StunMessage *message, StunAttribute type, const struct sockaddr_in *address)
{
        stun_message_append_addr(message, type, (const struct sockaddr *)address, sizeof(*address));
}

/* Signed with `key` if the request was authentic; NULL: unsigned in any case. */
static size_t make_response(const struct request *request, const struct sockaddr_in *mapped, const char *key,
                            uint8_t *buffer)
{
        StunMessage response;

        stun_agent_init_response(&lenient, &response, buffer, DATAGRAM_MAX, &request->message);
        append(&response, STUN_ATTRIBUTE_MAPPED_ADDRESS, mapped);
        append(&response, STUN_ATTRIBUTE_SOURCE_ADDRESS, &self);
        append(&response, STUN_ATTRIBUTE_CHANGED_ADDRESS, &self);
        if (request->has_response_address && honours)
                append(&response, STUN_ATTRIBUTE_REFLECTED_FROM, &request->from);
        response.key = NULL;
        return stun_agent_finish_message(&lenient, &response, (const uint8_t *)key,
                                         key == NULL ? 0 : strlen(key));
}

static size_t make_error(const struct request *request, uint8_t *buffer)
{
        StunMessage response;

        if (request->error == STUN_ERROR_UNKNOWN_ATTRIBUTE)
                return stun_agent_build_unknown_attributes_error(&lenient, &response, buffer, DATAGRAM_MAX,
                                                                 &request->message);
        stun_agent_init_error(&lenient, &response, buffer, DATAGRAM_MAX, &request->message,
                              (StunError)request->error);
        response.key = NULL;
        return stun_agent_finish_message(&lenient, &response, NULL, 0);
}

static const char *key_of(const struct request *request)
{
        return request->is_authentic ? request->user->password : NULL;
}

/* Where nobody is. */
static struct sockaddr_in elsewhere(void)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(6666)};

        inet_pton(AF_INET, "203.0.113.66", &address.sin_addr);
        return address;
}

/* Somebody who can send from our address, sees what is asked, and does not know the password: one of another
 * transaction, and, where that should not be believed, one unsigned and one wrongly signed. */
static void send_lies(const struct request *request, const struct sockaddr_in *to)
{
        const struct sockaddr_in mapped = elsewhere();
        uint8_t buffer[DATAGRAM_MAX];
        size_t size = make_response(request, &mapped, key_of(request), buffer);

        buffer[19] ^= 1;
        send_to(to, buffer, size);
        if (!request->is_authentic)
                return;
        size = make_response(request, &mapped, NULL, buffer);
        send_to(to, buffer, size);
        size = make_response(request, &mapped, "guess", buffer);
        send_to(to, buffer, size);
}

static void contradict(const struct request *request, const struct sockaddr_in *to)
{
        const struct sockaddr_in mapped = elsewhere();
        uint8_t buffer[DATAGRAM_MAX];

        send_to(to, buffer, make_response(request, &mapped, key_of(request), buffer));
}

static void answer(const struct request *request)
{
        const struct sockaddr_in *to =
                request->has_response_address && honours ? &request->response_address : &request->from;
        uint8_t buffer[DATAGRAM_MAX];
        size_t size = request->error != 0 ? make_error(request, buffer)
                                          : make_response(request, &request->from, key_of(request), buffer);

        if (lies)
                send_lies(request, to);
        send_to(to, buffer, size);
        if (contradicts && request->error == 0)
                contradict(request, to);
}

static void take_datagram(void)
{
        struct request request = {0};
        socklen_t length = sizeof(request.from);
        uint8_t datagram[DATAGRAM_MAX];
        ssize_t size = recvfrom(fd, datagram, sizeof(datagram), 0, (struct sockaddr *)&request.from, &length);

        if (size < 0 || !read_request(&request, datagram, (size_t)size))
                return;
        tell_request(&request, record(&request));
        if (!is_meant(&request, muted))
                answer(&request);
}

/* --- Commands --- */

static void add_user(char **words, unsigned count)
{
        struct user *user = find_user(words[1]);

        if (user == NULL && user_count < USERS_MAX)
                user = &users[user_count++];
        if (user == NULL || count != 3)
                return;
        snprintf(user->name, sizeof(user->name), "%s", words[1]);
        snprintf(user->password, sizeof(user->password), "%s", words[2]);
}

/* ADDRESS:PORT, or a user's recorded binding. */
static bool find_target(const char *word, struct sockaddr_in *ret)
{
        const struct user *user = find_user(word);
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
                send_to(to, bytes, size);
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
        request = (struct peer_request){.authority = text_of(&to),
                                        .ts = strcmp(words[3], "-") == 0 ? now : words[3],
                                        .id = strcmp(words[4], "-") == 0 ? id : words[4],
                                        .un = words[5],
                                        .key = words[6],
                                        .cn = count > 7 ? words[7] : "0123456789abcdef"};
        size = peer_request_make(&request, datagram);
        send_copies(&to, (unsigned)atoi(words[2]), datagram, size);
        printf("{\"event\":\"sent\",\"to\":\"%s\",\"copies\":%s,\"ts\":\"%s\",\"id\":\"%s\"}\n", text_of(&to),
               words[2], request.ts, request.id);
}

static void send_hex(char **words, unsigned count)
{
        uint8_t bytes[DATAGRAM_MAX];
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
        printf("{\"event\":\"sent\",\"to\":\"%s\",\"copies\":%s,\"bytes\":%zu}\n", text_of(&to), words[2],
               size);
}

static enum kind find_kind(const char *word)
{
        if (strcmp(word, "change") == 0)
                return KIND_CHANGE;
        return strcmp(word, "all") == 0 || strcmp(word, "on") == 0 ? KIND_ALL : KIND_NONE;
}

static void obey(char *line)
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
                demanded = find_kind(words[1]);
        else if (strcmp(words[0], "honour") == 0)
                honours = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "lie") == 0)
                lies = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "contradict") == 0)
                contradicts = strcmp(words[1], "on") == 0;
        else if (strcmp(words[0], "mute") == 0)
                muted = find_kind(words[1]);
        else if (strcmp(words[0], "request") == 0)
                send_request(words, count);
        else if (strcmp(words[0], "hex") == 0)
                send_hex(words, count);
        else
                fprintf(stderr, "stun_peer: unknown command '%s'\n", words[0]);
}

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
                obey(line);
                line = end + 1;
        }
        have = strlen(line);
        memmove(text, line, have + 1);
        return true;
}

static int open_socket(const char *address, const char *port)
{
        self.sin_family = AF_INET;
        self.sin_port = htons((uint16_t)atoi(port));
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || inet_pton(AF_INET, address, &self.sin_addr) != 1 ||
            bind(fd, (struct sockaddr *)&self, sizeof(self)) < 0) {
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
        stun_agent_init(&strict, known, STUN_COMPATIBILITY_RFC3489, STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS);
        stun_agent_init(&lenient, known, STUN_COMPATIBILITY_RFC3489, STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
        fds[1] = (struct pollfd){.fd = fd, .events = POLLIN};
        printf("{\"event\":\"listening\",\"address\":\"%s\"}\n", text_of(&self));
        while (poll(fds, 2, -1) > 0) {
                if (fds[0].revents != 0 && !take_commands())
                        break;
                if (fds[1].revents != 0)
                        take_datagram();
        }
        return 0;
}
