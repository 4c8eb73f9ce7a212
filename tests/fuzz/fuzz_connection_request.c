/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_connection_request.c - the input is a datagram that may be a UDP Connection Request. What is refused
 * changes nothing that is remembered; what is accepted is a copy the second time. Held against http_parser
 * and uriparser (in a build that has them): what we find a query in they take for a GET of that very URI; and
 * what they find valid we refuse only for a rule that they do not have.
 *
 * No fuzzer finds a signature by itself: "sig=" and 40 times the letter "S" becomes the right one. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "dm-bridge/connection_request.h"
#include "dm-bridge/http_request.h"

#define SIGNATURE_LENGTH 40

static const struct request_settings settings = {.username = "CPE57689", .password = "password"};

static struct request_text value_of(struct request_text query, const char *key)
{
        size_t length = strlen(key);
        const char *end = query.text + query.length;

        for (const char *at = query.text; at + length < end; at++) {
                const char *value = at + length, *stop;

                if (memcmp(at, key, length) != 0 || (at > query.text && at[-1] != '&'))
                        continue;
                stop = memchr(value, '&', (size_t)(end - value));
                return (struct request_text){value, (size_t)((stop == NULL ? end : stop) - value)};
        }
        return (struct request_text){"", 0};
}

/* Over the texts as they stand there: managers differ, and that is one way that is to be taken (CR-9). */
static void sign(uint8_t *datagram, size_t size)
{
        struct request_text query, place;
        char signature[SIGNATURE_LENGTH + 1];

        if (http_request_query((const char *)datagram, size, true, &query) != REQUEST_ACCEPTED)
                return;
        place = value_of(query, "sig=");
        if (place.length != SIGNATURE_LENGTH || strspn(place.text, "S") < SIGNATURE_LENGTH)
                return;
        connection_request_sign(settings.password,
                                (const struct request_text[]){value_of(query, "ts="), value_of(query, "id="),
                                                              value_of(query, "un="), value_of(query, "cn=")},
                                signature);
        memcpy(datagram + (place.text - (const char *)datagram), signature, SIGNATURE_LENGTH);
}

static void check_judgement(const uint8_t *datagram, size_t size)
{
        struct request_memory memory = {.any = true, .ts = 1, .id = 7}, before = memory;
        enum request_verdict verdict = connection_request_judge(&settings, &memory, datagram, size);

        FUZZ_CHECK((unsigned)verdict < REQUEST_VERDICTS && request_verdict_name(verdict)[0] != '\0');
        if (verdict != REQUEST_ACCEPTED) {
                FUZZ_CHECK(memcmp(&memory, &before, sizeof(memory)) == 0);
                return;
        }
        FUZZ_CHECK(memory.any && memory.ts > before.ts && memory.id != before.id);
        FUZZ_CHECK(connection_request_judge(&settings, &memory, datagram, size) == REQUEST_COPY);
        FUZZ_CHECK(connection_request_judge(
                           &(struct request_settings){.username = "CPE57689", .password = "other"}, &before,
                           datagram, size) == REQUEST_BAD_SIGNATURE);
}

#ifdef HAVE_ORACLES
#include <http_parser.h>
#include <uriparser/Uri.h>

/* What http_parser makes of the datagram. */
struct reading {
        char url[CONNECTION_REQUEST_MAX + 1];
        size_t url_length;
        bool has_headers, has_upgrade;
        unsigned hosts;
};

static int take_url(http_parser *parser, const char *at, size_t length)
{
        struct reading *reading = parser->data;

        memcpy(reading->url + reading->url_length, at, length);
        reading->url_length += length;
        return 0;
}

static int take_name(http_parser *parser, const char *at, size_t length)
{
        struct reading *reading = parser->data;

        if (length == 4 && strncasecmp(at, "Host", 4) == 0)
                reading->hosts++;
        return 0;
}

/* The body is nobody's business. */
static int stop(http_parser *parser)
{
        ((struct reading *)parser->data)->has_headers = true;
        http_parser_pause(parser, 1);
        return 0;
}

static bool read_http(const uint8_t *datagram, size_t size, struct reading *ret, http_parser *parser)
{
        http_parser_settings callbacks;

        memset(ret, 0, sizeof(*ret));
        http_parser_settings_init(&callbacks);
        callbacks.on_url = take_url;
        callbacks.on_header_field = take_name;
        callbacks.on_headers_complete = stop;
        http_parser_init(parser, HTTP_REQUEST);
        parser->data = ret;
        http_parser_execute(parser, &callbacks, (const char *)datagram, size);
        return ret->has_headers;
}

/* Is the URI, for uriparser, an absolute one of the scheme http, with an empty path or "/", and `query`? */
static bool is_our_uri(const struct reading *reading, struct request_text query)
{
        UriUriA uri;
        const char *error;
        bool is_ours = false;

        if (uriParseSingleUriExA(&uri, reading->url, reading->url + reading->url_length, &error) !=
            URI_SUCCESS)
                return false;
        is_ours = uri.scheme.first != NULL && uri.scheme.afterLast - uri.scheme.first == 4 &&
                  strncasecmp(uri.scheme.first, "http", 4) == 0 && uri.hostText.first != NULL &&
                  uri.userInfo.first == NULL &&
                  (uri.pathHead == NULL || (uri.pathHead->next == NULL &&
                                            uri.pathHead->text.first == uri.pathHead->text.afterLast)) &&
                  uri.fragment.first == NULL && uri.query.first != NULL &&
                  (size_t)(uri.query.afterLast - uri.query.first) == query.length &&
                  memcmp(uri.query.first, query.text, query.length) == 0;
        uriFreeUriMembersA(&uri);
        return is_ours;
}

/* A rule of HTTP/1.1 or TR-111 that http_parser and uriparser do not hold to. */
static bool is_stricter_rule(enum request_verdict verdict)
{
        switch (verdict) {
        case REQUEST_CUT:      /* anything may follow a CR */
        case REQUEST_METHOD:   /* others are fine with them */
        case REQUEST_VERSION:  /* so is HTTP/1.0 */
        case REQUEST_BARE_LF:  /* and a line that ends in LF */
        case REQUEST_HOST:     /* none, or two, or what is no host */
        case REQUEST_NOT_HTTP: /* two spaces, a control character, two lengths that differ */
        case REQUEST_URI: /* a port of six digits, user information, a character that is none of a query's */
        case REQUEST_NUL:
        case REQUEST_FRAGMENT:
        case REQUEST_BAD_ESCAPE:
                return true;
        default:
                return false;
        }
}

/* The empty line behind the header fields; those in front do not count. */
static bool has_end(const uint8_t *datagram, size_t size)
{
        while (size >= 2 && memcmp(datagram, "\r\n", 2) == 0) {
                datagram += 2;
                size -= 2;
        }
        return memmem(datagram, size, "\r\n\r\n", 4) != NULL;
}

static void compare(const uint8_t *datagram, size_t size)
{
        struct reading reading;
        http_parser parser;
        struct request_text query;
        enum request_verdict verdict = http_request_query((const char *)datagram, size, true, &query);
        bool is_read;

        if (size > CONNECTION_REQUEST_MAX) {
                FUZZ_CHECK(verdict == REQUEST_TOO_LONG);
                return;
        }
        is_read = read_http(datagram, size, &reading, &parser);
        FUZZ_CHECK(verdict != REQUEST_CUT || !has_end(datagram, size));
        if (verdict != REQUEST_ACCEPTED) {
                FUZZ_CHECK(!is_read || is_stricter_rule(verdict));
                return;
        }
        /* It refuses header fields that mean nothing in a datagram: an Upgrade, a length beyond 64 bits,
         * chunks. */
        if (!is_read)
                return;
        FUZZ_CHECK(parser.method == HTTP_GET && parser.http_major == 1 && parser.http_minor == 1);
        FUZZ_CHECK(reading.hosts <= 1);
        FUZZ_CHECK(is_our_uri(&reading, query));
}
#else
static void compare(const uint8_t *datagram, size_t size)
{
        (void)datagram, (void)size;
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        /* Of just that size, for the sanitizers. */
        uint8_t *datagram = malloc(size > 0 ? size : 1);

        FUZZ_CHECK(datagram != NULL);
        memcpy(datagram, data, size);
        sign(datagram, size);
        check_judgement(datagram, size);
        compare(datagram, size);
        free(datagram);
        return 0;
}
