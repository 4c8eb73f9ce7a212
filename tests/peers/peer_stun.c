/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_stun.c - Binding Requests, read and answered by libnice: who is believed, what is recorded, what is
 * told. */
#include "tests/peers/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTION_REQUEST_BINDING 0xc001
#define BINDING_CHANGE             0xc002
#define BINDING_VALUE              "dslforum.org/TR-111 "
/* RFC 3489 11.2.9; libnice has no names for them. */
#define UNKNOWN_USERNAME 430
#define BAD_INTEGRITY    431

/* One request, as far as it was understood. */
struct request {
        struct sockaddr_in from, response_address;
        StunMessage message;
        StunTransactionId id;
        struct user *user; /* NULL: no USERNAME that we know */
        char username[PEER_NAME_MAX];
        bool has_username, has_integrity, is_authentic, has_response_address, has_change_request;
        bool is_binding, is_change;
        int error; /* 0: answered by a Binding Response */
};

static StunAgent strict, lenient;

/* All that is understood, for the rest a 420. */
static const uint16_t known[] = {STUN_ATTRIBUTE_RESPONSE_ADDRESS, STUN_ATTRIBUTE_CHANGE_REQUEST,
                                 STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, 0};

const char *peer_text_of(const struct sockaddr_in *address)
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
        static char tamed[PEER_NAME_MAX];
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

void peer_send(const struct sockaddr_in *to, const void *bytes, size_t size)
{
        if (sendto(peer.fd, bytes, size, 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
                fprintf(stderr, "stun_peer: %s: %s\n", peer_text_of(to), strerror(errno));
}
/* --- Requests --- */

struct user *peer_find_user(const char *name)
{
        for (size_t i = 0; i < peer.user_count; i++)
                if (strcmp(peer.users[i].name, name) == 0)
                        return &peer.users[i];
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
        request->user = peer_find_user(request->username);
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
                request->error = is_meant(request, peer.demanded) ? STUN_ERROR_UNAUTHORIZED : 0;
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
        printf("{\"event\":\"request\",\"from\":\"%s\",", peer_text_of(&request->from));
        print_id(request->id);
        printf(",\"binding\":%d,\"change\":%d,\"integrity\":%d,\"authentic\":%d,\"change_request\":%d,"
               "\"username\":\"%s\",\"response_address\":\"%s\",\"error\":%d}\n",
               request->is_binding, request->is_change, request->has_integrity, request->is_authentic,
               request->has_change_request, request->has_username ? tame(request->username) : "",
               request->has_response_address ? peer_text_of(&request->response_address) : "", request->error);
        if (!is_recorded)
                return;
        printf("{\"event\":\"binding\",\"user\":\"%s\",\"address\":\"%s\",", tame(request->user->name),
               peer_text_of(&request->from));
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

        stun_agent_init_response(&lenient, &response, buffer, PEER_DATAGRAM_MAX, &request->message);
        append(&response, STUN_ATTRIBUTE_MAPPED_ADDRESS, mapped);
        append(&response, STUN_ATTRIBUTE_SOURCE_ADDRESS, &peer.self);
        append(&response, STUN_ATTRIBUTE_CHANGED_ADDRESS, &peer.self);
        if (request->has_response_address && peer.honours)
                append(&response, STUN_ATTRIBUTE_REFLECTED_FROM, &request->from);
        response.key = NULL;
        return stun_agent_finish_message(&lenient, &response, (const uint8_t *)key,
                                         key == NULL ? 0 : strlen(key));
}

static size_t make_error(const struct request *request, uint8_t *buffer)
{
        StunMessage response;

        if (request->error == STUN_ERROR_UNKNOWN_ATTRIBUTE)
                return stun_agent_build_unknown_attributes_error(&lenient, &response, buffer,
                                                                 PEER_DATAGRAM_MAX, &request->message);
        stun_agent_init_error(&lenient, &response, buffer, PEER_DATAGRAM_MAX, &request->message,
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
        uint8_t buffer[PEER_DATAGRAM_MAX];
        size_t size = make_response(request, &mapped, key_of(request), buffer);

        buffer[19] ^= 1;
        peer_send(to, buffer, size);
        if (!request->is_authentic)
                return;
        size = make_response(request, &mapped, NULL, buffer);
        peer_send(to, buffer, size);
        size = make_response(request, &mapped, "guess", buffer);
        peer_send(to, buffer, size);
}

static void contradict(const struct request *request, const struct sockaddr_in *to)
{
        const struct sockaddr_in mapped = elsewhere();
        uint8_t buffer[PEER_DATAGRAM_MAX];

        peer_send(to, buffer, make_response(request, &mapped, key_of(request), buffer));
}

static void answer(const struct request *request)
{
        const struct sockaddr_in *to =
                request->has_response_address && peer.honours ? &request->response_address : &request->from;
        uint8_t buffer[PEER_DATAGRAM_MAX];
        size_t size = request->error != 0 ? make_error(request, buffer)
                                          : make_response(request, &request->from, key_of(request), buffer);

        if (peer.lies)
                send_lies(request, to);
        peer_send(to, buffer, size);
        if (peer.contradicts && request->error == 0)
                contradict(request, to);
}

void peer_take_datagram(void)
{
        struct request request = {0};
        socklen_t length = sizeof(request.from);
        uint8_t datagram[PEER_DATAGRAM_MAX];
        ssize_t size =
                recvfrom(peer.fd, datagram, sizeof(datagram), 0, (struct sockaddr *)&request.from, &length);

        if (size < 0 || !read_request(&request, datagram, (size_t)size))
                return;
        tell_request(&request, record(&request));
        if (!is_meant(&request, peer.muted))
                answer(&request);
}

void peer_stun_init(void)
{
        stun_agent_init(&strict, known, STUN_COMPATIBILITY_RFC3489, STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS);
        stun_agent_init(&lenient, known, STUN_COMPATIBILITY_RFC3489, STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
}
