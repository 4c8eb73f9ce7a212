/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_stun.c - the input is what a STUN server answered; and it makes a request up.
 * Held against libnice (in a build that has it): what we read of addresses, errors and MESSAGE-INTEGRITY it
 * reads too, and the requests that we write it takes for valid, with nothing else in them than was to be
 * said. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "dm-bridge/stun_message.h"

#define PASSWORD "password"

static bool is_same_address(const struct stun_address *a, const struct stun_address *b)
{
        return a->address.s_addr == b->address.s_addr && a->port == b->port;
}

/* What holds of any response that is taken. */
static void check_response(const struct stun_response *response, const uint8_t *message, size_t size)
{
        struct stun_address mapped;

        FUZZ_CHECK(response->type == STUN_BINDING_RESPONSE || response->type == STUN_BINDING_ERROR);
        FUZZ_CHECK(memcmp(response->transaction, message + 4, STUN_TRANSACTION_SIZE) == 0);
        FUZZ_CHECK(stun_response_mapped(response, &mapped) == (response->type == STUN_BINDING_RESPONSE));
        if (response->type == STUN_BINDING_ERROR)
                FUZZ_CHECK(response->error >= 100 && response->error < 700);
        FUZZ_CHECK(response->unknown_count <= STUN_UNKNOWN_MAX);
        FUZZ_CHECK(response->integrity_at == 0 || response->integrity_at + 24 <= size);
        FUZZ_CHECK(!stun_response_is_authentic(response, message, size, STUN_RFC3489, "an unlikely guess"));
}

#ifdef HAVE_ORACLES
#include <stun/stunagent.h>

/* Whatever a response may have in it that we know. */
static const uint16_t known[] = {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007, 0x0008,
                                 0x0009, 0x000a, 0x000b, 0x0014, 0x0015, 0x0020, 0x0027, 0};

/* The request that a message would be the answer to. */
static void forget_and_ask(StunAgent *agent, const uint8_t *transaction)
{
        uint8_t buffer[64];
        StunMessage request;

        stun_agent_init(agent, known, STUN_COMPATIBILITY_RFC3489, STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS);
        stun_agent_init_request(agent, &request, buffer, sizeof(buffer), STUN_BINDING);
        memcpy(buffer + 4, transaction, STUN_TRANSACTION_SIZE);
        stun_agent_finish_message(agent, &request, (const uint8_t *)PASSWORD, strlen(PASSWORD));
}

static void check_address(const StunMessage *message, StunAttribute type, bool is_xor,
                          const struct stun_address *expected)
{
        struct sockaddr_storage storage = {0};
        struct sockaddr_in address;
        socklen_t size = sizeof(storage);
        struct stun_address found;
        StunMessageReturn status = is_xor ? stun_message_find_xor_addr(message, type, &storage, &size)
                                          : stun_message_find_addr(message, type, &storage, &size);

        FUZZ_CHECK(status == STUN_MESSAGE_RETURN_SUCCESS);
        memcpy(&address, &storage, sizeof(address));
        found = (struct stun_address){address.sin_addr, ntohs(address.sin_port)};
        FUZZ_CHECK(is_same_address(&found, expected));
}

/* libnice goes by the one cookie, we by what stands there. */
static bool has_cookie(const uint8_t *message)
{
        return memcmp(message + 4, "\x21\x12\xa4\x42", 4) == 0;
}

static void compare_response(const struct stun_response *response, const uint8_t *message, size_t size)
{
        StunAgent agent;
        StunMessage theirs;
        StunValidationStatus status;
        bool is_authentic = stun_response_is_authentic(response, message, size, STUN_RFC3489, PASSWORD);
        bool is_last = response->integrity_at + 24 == size;
        int code;

        forget_and_ask(&agent, response->transaction);
        status = stun_agent_validate(&agent, &theirs, message, size, NULL, NULL);
        FUZZ_CHECK(status != STUN_VALIDATION_NOT_STUN && status != STUN_VALIDATION_INCOMPLETE_STUN);
        if (response->has_mapped)
                check_address(&theirs, STUN_ATTRIBUTE_MAPPED_ADDRESS, false, &response->mapped);
        if (response->has_xor_mapped && has_cookie(message) &&
            stun_message_has_attribute(&theirs, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS) &&
            !stun_message_has_attribute(&theirs, (StunAttribute)0x8020))
                check_address(&theirs, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, true, &response->xor_mapped);
        if (response->error != 0 && stun_message_find_error(&theirs, &code) == STUN_MESSAGE_RETURN_SUCCESS)
                FUZZ_CHECK((unsigned)code == response->error);
        /* Theirs believes some errors unsigned. */
        if (is_authentic)
                FUZZ_CHECK(status == STUN_VALIDATION_SUCCESS || status == STUN_VALIDATION_UNKNOWN_ATTRIBUTE);
        else if (response->integrity_at != 0 && is_last && response->type == STUN_BINDING_RESPONSE)
                FUZZ_CHECK(status == STUN_VALIDATION_UNAUTHORIZED);
}

/* libnice signs it: then it is authentic, and with any bit another no more. */
static void sign_and_flip(const uint8_t *message, size_t size, size_t bit)
{
        uint8_t signed_message[STUN_RESPONSE_MAX + 24];
        StunAgent agent;
        StunMessage theirs = {
                .agent = &agent, .buffer = signed_message, .buffer_len = sizeof(signed_message)};
        struct stun_response response;
        size_t signed_size;

        forget_and_ask(&agent, message + 4);
        memcpy(signed_message, message, size);
        signed_size = stun_agent_finish_message(&agent, &theirs, (const uint8_t *)PASSWORD, strlen(PASSWORD));
        if (signed_size == 0 || signed_size > STUN_RESPONSE_MAX)
                return;
        FUZZ_CHECK(stun_response_decode(signed_message, signed_size, &response) == 0);
        FUZZ_CHECK(
                stun_response_is_authentic(&response, signed_message, signed_size, STUN_RFC3489, PASSWORD));
        bit %= signed_size * 8;
        signed_message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (stun_response_decode(signed_message, signed_size, &response) == 0)
                FUZZ_CHECK(!stun_response_is_authentic(&response, signed_message, signed_size, STUN_RFC3489,
                                                       PASSWORD));
}

/* libnice wants to be able to write to it. */
static uint8_t password[] = PASSWORD;

static bool give_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t length,
                          uint8_t **ret, size_t *ret_length, void *context)
{
        (void)agent, (void)message, (void)username, (void)length, (void)context;
        *ret = password;
        *ret_length = sizeof(password) - 1;
        return true;
}

static void compare_request(const struct stun_request *request, const uint8_t *bytes, size_t size)
{
        StunAgent agent;
        StunMessage theirs;
        uint16_t length;
        const char *username;
        bool is_signed = request->password != NULL && request->username != NULL;

        stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC3489,
                        is_signed ? STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                                  : STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
        FUZZ_CHECK(stun_agent_validate(&agent, &theirs, bytes, size, give_password, NULL) ==
                   STUN_VALIDATION_SUCCESS);
        FUZZ_CHECK(stun_message_has_attribute(&theirs, (StunAttribute)0xc001) ==
                   request->connection_request_binding);
        FUZZ_CHECK(stun_message_has_attribute(&theirs, (StunAttribute)0xc002) == request->binding_change);
        FUZZ_CHECK(stun_message_has_attribute(&theirs, STUN_ATTRIBUTE_MESSAGE_INTEGRITY) ==
                   (request->password != NULL));
        FUZZ_CHECK(stun_message_has_attribute(&theirs, STUN_ATTRIBUTE_RESPONSE_ADDRESS) ==
                   request->has_response_address);
        if (request->has_response_address)
                check_address(&theirs, STUN_ATTRIBUTE_RESPONSE_ADDRESS, false, &request->response_address);
        username = stun_message_find(&theirs, STUN_ATTRIBUTE_USERNAME, &length);
        FUZZ_CHECK((username != NULL) == (request->username != NULL));
        if (username == NULL)
                return;
        FUZZ_CHECK(length % 4 == 0 && length - strlen(request->username) < 4);
        FUZZ_CHECK(memcmp(username, request->username, strlen(request->username)) == 0);
        for (size_t i = strlen(request->username); i < length; i++)
                FUZZ_CHECK(username[i] == ' ');
}
#else
static void compare_response(const struct stun_response *response, const uint8_t *message, size_t size)
{
        (void)response, (void)message, (void)size;
}

static void sign_and_flip(const uint8_t *message, size_t size, size_t bit)
{
        (void)message, (void)size, (void)bit;
}

static void compare_request(const struct stun_request *request, const uint8_t *bytes, size_t size)
{
        (void)request, (void)bytes, (void)size;
}
#endif

static void take_response(const uint8_t *message, size_t size)
{
        static const struct stun_response untouched;
        struct stun_response response = {0};
        size_t bit = 0;
        int err = stun_response_decode(message, size, &response);

        FUZZ_CHECK(err == 0 || err == -EBADMSG || err == -EPROTO);
        if (err < 0) {
                FUZZ_CHECK(memcmp(&response, &untouched, sizeof(response)) == 0);
                return;
        }
        check_response(&response, message, size);
        compare_response(&response, message, size);
        for (size_t i = 0; i < size; i++)
                bit = bit * 31 + message[i];
        if (response.integrity_at == 0)
                sign_and_flip(message, size, bit);
}

/* Flags, transaction ID, address, then the name. */
static void make_request(const uint8_t *data, size_t size)
{
        uint8_t bytes[STUN_REQUEST_MAX];
        char name[STUN_USERNAME_MAX + 2] = "";
        struct stun_request request = {0};
        size_t length, bytes_size;
        int err;

        if (size < 23)
                return;
        length = size - 23 < sizeof(name) - 1 ? size - 23 : sizeof(name) - 1;
        memcpy(name, data + 23, length);
        memcpy(request.transaction, data + 1, STUN_TRANSACTION_SIZE);
        request.connection_request_binding = (data[0] & 1) != 0;
        request.binding_change = (data[0] & 2) != 0;
        request.has_response_address = (data[0] & 4) != 0;
        memcpy(&request.response_address.address, data + 17, 4);
        memcpy(&request.response_address.port, data + 21, 2);
        request.username = (data[0] & 8) != 0 ? name : NULL;
        request.password = (data[0] & 16) != 0 ? PASSWORD : NULL;
        err = stun_request_encode(&request, bytes, &bytes_size);
        FUZZ_CHECK((err == -EINVAL) ==
                   (request.username != NULL && (name[0] == '\0' || strlen(name) > STUN_USERNAME_MAX)));
        if (err == 0)
                compare_request(&request, bytes, bytes_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        take_response(data, size);
        make_request(data, size);
        return 0;
}
