/* SPDX-License-Identifier: BSD-2-Clause */
/* connection_request.c - UDP Connection Requests: what the fields of one say, and whether they are our ACS's.
 * The HTTP around them is http_request.c's. */
#include "config.h"

#include "dm-bridge/connection_request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nettle/hmac.h>
#include <nettle/memops.h>

#include "dm-bridge/http_request.h"
#include "libassoc/hex_digit.h"

#define SIGNATURE_DIGITS (2 * SHA1_DIGEST_SIZE)

/* The order in which they are signed; SIG is not. */
enum field {
        FIELD_TS,
        FIELD_ID,
        FIELD_UN,
        FIELD_CN,
        FIELD_SIG,
        FIELD_COUNT,
};

struct fields {
        struct request_text raw[FIELD_COUNT]; /* text NULL: missing */
        uint64_t ts, id;
        uint8_t signature[SHA1_DIGEST_SIZE];
        char un[CONNECTION_REQUEST_MAX], cn[CONNECTION_REQUEST_MAX]; /* decoded */
        struct request_text decoded_un, decoded_cn;
};

const char *request_verdict_name(enum request_verdict verdict)
{
        static const char *const names[REQUEST_VERDICTS] = {
                [REQUEST_ACCEPTED] = "accepted",
                [REQUEST_COPY] = "copy",
                [REQUEST_OLD] = "old",
                [REQUEST_SAME_ID] = "same_id",
                [REQUEST_BAD_SIGNATURE] = "bad_signature",
                [REQUEST_OTHER_USER] = "other_user",
                [REQUEST_NO_PASSWORD] = "no_password",
                [REQUEST_TOO_LONG] = "too_long",
                [REQUEST_NOT_HTTP] = "not_http",
                [REQUEST_CUT] = "cut",
                [REQUEST_BARE_LF] = "bare_lf",
                [REQUEST_NUL] = "nul",
                [REQUEST_METHOD] = "method",
                [REQUEST_VERSION] = "version",
                [REQUEST_URI] = "uri",
                [REQUEST_FRAGMENT] = "fragment",
                [REQUEST_BAD_ESCAPE] = "bad_escape",
                [REQUEST_HOST] = "host",
                [REQUEST_MISSING_KEY] = "missing_key",
                [REQUEST_REPEATED_KEY] = "repeated_key",
                [REQUEST_BAD_VALUE] = "bad_value",
        };

        return names[verdict];
}

/* --- Fields of the query --- */

static enum field find_field(struct request_text key)
{
        static const char *const names[FIELD_COUNT] = {"ts", "id", "un", "cn", "sig"};
        enum field field = FIELD_TS;

        while (field < FIELD_COUNT &&
               (strlen(names[field]) != key.length || memcmp(names[field], key.text, key.length) != 0))
                field++;
        return field;
}

/* "KEY=VALUE"; a pair without "=" is none of ours. */
static enum request_verdict take_pair(struct fields *fields, struct request_text pair)
{
        const char *equals = memchr(pair.text, '=', pair.length);
        struct request_text key = {pair.text, equals == NULL ? pair.length : (size_t)(equals - pair.text)};
        enum field field = find_field(key);

        if (field == FIELD_COUNT || equals == NULL)
                return REQUEST_ACCEPTED;
        if (fields->raw[field].text != NULL)
                return REQUEST_REPEATED_KEY;
        fields->raw[field] = (struct request_text){equals + 1, pair.length - key.length - 1};
        return REQUEST_ACCEPTED;
}

static enum request_verdict split_query(struct fields *fields, struct request_text query)
{
        const char *pos = query.text, *end = query.text + query.length;

        while (pos <= end) {
                const char *stop = memchr(pos, '&', (size_t)(end - pos));
                struct request_text pair = {pos, (size_t)((stop == NULL ? end : stop) - pos)};
                enum request_verdict verdict = take_pair(fields, pair);

                if (verdict != REQUEST_ACCEPTED)
                        return verdict;
                pos = pair.text + pair.length + 1;
        }
        for (int field = 0; field < FIELD_COUNT; field++)
                if (fields->raw[field].text == NULL)
                        return REQUEST_MISSING_KEY;
        return REQUEST_ACCEPTED;
}

static bool parse_number(struct request_text digits, uint64_t *ret)
{
        *ret = 0;
        if (digits.length == 0)
                return false;
        for (size_t i = 0; i < digits.length; i++) {
                unsigned digit = (unsigned)(digits.text[i] - '0');

                if (digit > 9 || *ret > (UINT64_MAX - digit) / 10)
                        return false;
                *ret = *ret * 10 + digit;
        }
        return true;
}

static bool parse_signature(struct request_text digits, uint8_t *ret)
{
        if (digits.length != SIGNATURE_DIGITS)
                return false;
        for (size_t i = 0; i < SHA1_DIGEST_SIZE; i++) {
                int high = hex_digit(digits.text[2 * i]), low = hex_digit(digits.text[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                ret[i] = (uint8_t)(high << 4 | low);
        }
        return true;
}

static char hex_byte(const char *digits)
{
        return (char)(hex_digit(digits[0]) << 4 | hex_digit(digits[1]));
}

/* What the value stands for; its escapes have been checked. False: a NUL comes out. */
static bool decode(struct request_text raw, char *buffer, struct request_text *ret)
{
        size_t have = 0;

        for (size_t i = 0; i < raw.length; i++) {
                char c = raw.text[i];

                if (c == '%') {
                        c = hex_byte(raw.text + i + 1);
                        i += 2;
                } else if (c == '+') {
                        c = ' ';
                }
                if (c == '\0')
                        return false;
                buffer[have++] = c;
        }
        *ret = (struct request_text){buffer, have};
        return true;
}

static enum request_verdict read_fields(struct request_text query, struct fields *ret)
{
        enum request_verdict verdict;

        memset(ret->raw, 0, sizeof(ret->raw));
        verdict = split_query(ret, query);
        if (verdict != REQUEST_ACCEPTED)
                return verdict;
        if (!parse_number(ret->raw[FIELD_TS], &ret->ts) || !parse_number(ret->raw[FIELD_ID], &ret->id) ||
            !parse_signature(ret->raw[FIELD_SIG], ret->signature))
                return REQUEST_BAD_VALUE;
        if (!decode(ret->raw[FIELD_UN], ret->un, &ret->decoded_un) ||
            !decode(ret->raw[FIELD_CN], ret->cn, &ret->decoded_cn))
                return REQUEST_NUL;
        return REQUEST_ACCEPTED;
}

/* --- Authentication --- */

static void compute_signature(const char *password, const struct request_text parts[4], uint8_t *ret)
{
        struct hmac_sha1_ctx hmac;

        hmac_sha1_set_key(&hmac, strlen(password), (const uint8_t *)password);
        for (int i = 0; i < 4; i++)
                hmac_sha1_update(&hmac, parts[i].length, (const uint8_t *)parts[i].text);
        hmac_sha1_digest(&hmac, SHA1_DIGEST_SIZE, ret);
}

void connection_request_sign(const char *password, const struct request_text parts[4], char ret[41])
{
        uint8_t digest[SHA1_DIGEST_SIZE];

        compute_signature(password, parts, digest);
        for (size_t i = 0; i < sizeof(digest); i++)
                snprintf(ret + 2 * i, 3, "%02X", digest[i]);
}

static bool is_text(struct request_text text, const char *expected)
{
        return text.length == strlen(expected) && memcmp(text.text, expected, text.length) == 0;
}

/* The signature is over what was received, leading zeros of a number included (CR-4). */
static bool is_signed(const struct fields *fields, const char *password, struct request_text un,
                      struct request_text cn)
{
        const struct request_text parts[4] = {fields->raw[FIELD_TS], fields->raw[FIELD_ID], un, cn};
        uint8_t digest[SHA1_DIGEST_SIZE];

        compute_signature(password, parts, digest);
        return memeql_sec(digest, fields->signature, sizeof(digest)) != 0;
}

/* Managers differ in whether they write and sign the name as it is or escaped (CR-9). Trying both gives
 * nothing away: the name must be ours, and the HMAC right. */
static enum request_verdict authenticate(const struct fields *fields, const struct request_settings *settings)
{
        struct request_text raw = fields->raw[FIELD_UN];
        bool decoded_matches = is_text(fields->decoded_un, settings->username);

        if (!decoded_matches && !is_text(raw, settings->username))
                return REQUEST_OTHER_USER;
        if (decoded_matches && is_signed(fields, settings->password, fields->decoded_un, fields->decoded_cn))
                return REQUEST_ACCEPTED;
        return is_signed(fields, settings->password, raw, fields->raw[FIELD_CN]) ? REQUEST_ACCEPTED
                                                                                 : REQUEST_BAD_SIGNATURE;
}

static enum request_verdict check_replay(const struct fields *fields, const struct request_memory *memory)
{
        if (!memory->any)
                return REQUEST_ACCEPTED;
        if (fields->ts == memory->ts && fields->id == memory->id)
                return REQUEST_COPY;
        if (fields->ts <= memory->ts)
                return REQUEST_OLD;
        return fields->id == memory->id ? REQUEST_SAME_ID : REQUEST_ACCEPTED;
}

enum request_verdict connection_request_judge(const struct request_settings *settings,
                                              struct request_memory *memory, const uint8_t *datagram,
                                              size_t size)
{
        struct request_text query;
        struct fields fields;
        enum request_verdict verdict;

        if (settings->password[0] == '\0')
                return REQUEST_NO_PASSWORD;
        verdict = http_request_query((const char *)datagram, size, settings->allow_missing_host, &query);
        if (verdict == REQUEST_ACCEPTED)
                verdict = read_fields(query, &fields);
        if (verdict == REQUEST_ACCEPTED)
                verdict = authenticate(&fields, settings);
        if (verdict == REQUEST_ACCEPTED)
                verdict = check_replay(&fields, memory);
        if (verdict == REQUEST_ACCEPTED)
                *memory = (struct request_memory){true, fields.ts, fields.id};
        return verdict;
}
