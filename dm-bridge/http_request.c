/* SPDX-License-Identifier: BSD-2-Clause */
/* http_request.c - the HTTP/1.1 around a UDP Connection Request, in one pass over one datagram.
 * Every reader takes what it knows from the front of a text and says what is wrong with the rest. */
#include "config.h"

#include "dm-bridge/http_request.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "libassoc/hex_digit.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Characters of a query (RFC 2396 3.4) but for "%", and of a header field's name (RFC 2616 2.2). */
static const char query_characters[] = LETTERS DIGITS ";/?:@&=+$,-_.!~*'()";
static const char token_characters[] = LETTERS DIGITS "!#$%&'*+-.^_`|~";
static const char host_characters[] = LETTERS DIGITS "-._~";

static bool is_one_of(char c, const char *characters)
{
        return c != '\0' && strchr(characters, c) != NULL;
}

/* Take `word` from the front. */
static bool take(struct request_text *text, const char *word)
{
        size_t length = strlen(word);

        if (text->length < length || memcmp(text->text, word, length) != 0)
                return false;
        text->text += length;
        text->length -= length;
        return true;
}

/* Take as many of `characters` as there are. */
static struct request_text take_run(struct request_text *text, const char *characters)
{
        struct request_text run = {text->text, 0};

        while (run.length < text->length && is_one_of(text->text[run.length], characters))
                run.length++;
        text->text += run.length;
        text->length -= run.length;
        return run;
}

/* --- The URI --- */

/* An IPv6 address (RFC 2732). */
static bool is_ipv6(struct request_text text)
{
        char address[INET6_ADDRSTRLEN];
        struct in6_addr ignored;

        if (text.length >= sizeof(address))
                return false;
        memcpy(address, text.text, text.length);
        address[text.length] = '\0';
        return inet_pton(AF_INET6, address, &ignored) == 1;
}

/* A host's name or address, and a port: whose they are is not checked, for a NAT may have changed them. */
static bool take_authority(struct request_text *uri)
{
        struct request_text port;

        if (take(uri, "[")) {
                if (!is_ipv6(take_run(uri, DIGITS ":.abcdefABCDEF")) || !take(uri, "]"))
                        return false;
        } else if (take_run(uri, host_characters).length == 0) {
                return false;
        }
        if (!take(uri, ":"))
                return true;
        port = take_run(uri, DIGITS);
        return port.length <= 5;
}

static enum request_verdict check_query(struct request_text query)
{
        for (size_t i = 0; i < query.length; i++) {
                if (query.text[i] == '#')
                        return REQUEST_FRAGMENT;
                if (query.text[i] != '%') {
                        if (!is_one_of(query.text[i], query_characters))
                                return REQUEST_URI;
                        continue;
                }
                if (query.length - i < 3 || hex_digit(query.text[i + 1]) < 0 ||
                    hex_digit(query.text[i + 2]) < 0)
                        return REQUEST_BAD_ESCAPE;
                i += 2;
        }
        return REQUEST_ACCEPTED;
}

/* A scheme is the same in either case (RFC 2396 3.1). */
static bool take_scheme(struct request_text *uri)
{
        static const char scheme[] = "http://";
        size_t length = sizeof(scheme) - 1;

        if (uri->length < length || strncasecmp(uri->text, scheme, length) != 0)
                return false;
        uri->text += length;
        uri->length -= length;
        return true;
}

static enum request_verdict read_uri(struct request_text uri, struct request_text *ret)
{
        if (!take_scheme(&uri) || !take_authority(&uri))
                return REQUEST_URI;
        take(&uri, "/");
        if (!take(&uri, "?"))
                return uri.length > 0 && uri.text[0] == '#' ? REQUEST_FRAGMENT : REQUEST_URI;
        *ret = uri;
        return check_query(uri);
}

/* --- Lines --- */

/* The next line, without its end. RFC 2616 2.2: lines end in CR LF, and neither stands elsewhere. */
static enum request_verdict take_line(struct request_text *text, struct request_text *ret)
{
        const char *end = memchr(text->text, '\n', text->length);
        size_t length;

        if (end == NULL)
                return REQUEST_CUT;
        length = (size_t)(end - text->text);
        if (length == 0 || text->text[length - 1] != '\r')
                return REQUEST_BARE_LF;
        *ret = (struct request_text){text->text, length - 1};
        if (memchr(ret->text, '\r', ret->length) != NULL)
                return REQUEST_NOT_HTTP;
        text->text += length + 1;
        text->length -= length + 1;
        return REQUEST_ACCEPTED;
}

static enum request_verdict read_request_line(struct request_text line, struct request_text *ret)
{
        const char *space;
        struct request_text uri;

        if (take_run(&line, token_characters).length == 0)
                return REQUEST_NOT_HTTP;
        if (!take(&line, " "))
                return REQUEST_NOT_HTTP;
        space = memchr(line.text, ' ', line.length);
        if (space == NULL)
                return REQUEST_NOT_HTTP;
        uri = (struct request_text){line.text, (size_t)(space - line.text)};
        line.text = space;
        line.length -= uri.length;
        if (!take(&line, " HTTP/"))
                return REQUEST_NOT_HTTP;
        if (line.length != 3 || memcmp(line.text, "1.1", 3) != 0)
                return REQUEST_VERSION;
        return read_uri(uri, ret);
}

/* --- Header fields --- */

struct headers {
        unsigned hosts;
        bool is_ours;                       /* the field before is one that we read */
        struct request_text content_length; /* text NULL: none */
};

static bool is_name(struct request_text name, const char *expected)
{
        return name.length == strlen(expected) && strncasecmp(name.text, expected, name.length) == 0;
}

static struct request_text trim(struct request_text text)
{
        take_run(&text, " \t");
        while (text.length > 0 && is_one_of(text.text[text.length - 1], " \t"))
                text.length--;
        return text;
}

static bool is_number(struct request_text text)
{
        struct request_text digits = take_run(&text, DIGITS);

        return digits.length > 0 && text.length == 0;
}

/* Empty where the URI has no authority; managers leave it empty all the same. */
static bool is_host(struct request_text text)
{
        return text.length == 0 || (take_authority(&text) && text.length == 0);
}

static enum request_verdict take_content_length(struct headers *headers, struct request_text value)
{
        struct request_text *known = &headers->content_length;

        if (!is_number(value))
                return REQUEST_NOT_HTTP;
        if (known->text != NULL &&
            (known->length != value.length || memcmp(known->text, value.text, value.length) != 0))
                return REQUEST_NOT_HTTP;
        *known = value;
        return REQUEST_ACCEPTED;
}

static enum request_verdict take_field(struct headers *headers, struct request_text line)
{
        struct request_text name = take_run(&line, token_characters), value;

        if (name.length == 0 || !take(&line, ":"))
                return REQUEST_NOT_HTTP;
        value = trim(line);
        headers->is_ours = true;
        if (is_name(name, "Content-Length"))
                return take_content_length(headers, value);
        headers->is_ours = is_name(name, "Host");
        if (!headers->is_ours)
                return REQUEST_ACCEPTED;
        return headers->hosts++ > 0 || !is_host(value) ? REQUEST_HOST : REQUEST_ACCEPTED;
}

static bool has_controls(struct request_text line)
{
        for (size_t i = 0; i < line.length; i++)
                if (((unsigned char)line.text[i] < ' ' && line.text[i] != '\t') || line.text[i] == 0x7f)
                        return true;
        return false;
}

/* A line that begins with white space goes on with the field before (RFC 2616 2.2). What it adds to a field
 * of ours makes that one malformed. */
static bool is_continuation(const struct headers *headers, struct request_text line, bool is_first)
{
        return !is_first && (!headers->is_ours || trim(line).length == 0);
}

/* Lines up to an empty one. */
static enum request_verdict read_headers(struct request_text text, bool allow_missing_host)
{
        struct headers headers = {0};
        bool is_first = true;

        for (;;) {
                struct request_text line;
                enum request_verdict verdict = take_line(&text, &line);

                if (verdict != REQUEST_ACCEPTED)
                        return verdict;
                if (line.length == 0)
                        break;
                if (has_controls(line))
                        return REQUEST_NOT_HTTP;
                if (!is_one_of(line.text[0], " \t"))
                        verdict = take_field(&headers, line);
                else if (!is_continuation(&headers, line, is_first))
                        verdict = REQUEST_NOT_HTTP;
                if (verdict != REQUEST_ACCEPTED)
                        return verdict;
                is_first = false;
        }
        return headers.hosts == 0 && !allow_missing_host ? REQUEST_HOST : REQUEST_ACCEPTED;
}

/* What stands behind the empty line is the body, which may be anything. */
static size_t head_size(const char *datagram, size_t size)
{
        const char *end = memmem(datagram, size, "\r\n\r\n", 4);

        return end == NULL ? size : (size_t)(end - datagram) + 4;
}

enum request_verdict http_request_query(const char *datagram, size_t size, bool allow_missing_host,
                                        struct request_text *ret)
{
        struct request_text text = {datagram, size}, line, query;
        enum request_verdict verdict, uri_verdict;

        if (size > CONNECTION_REQUEST_MAX)
                return REQUEST_TOO_LONG;
        /* RFC 2616 4.1: empty lines in front are to be ignored. */
        while (take(&text, "\r\n"))
                ;
        if (memchr(text.text, '\0', head_size(text.text, text.length)) != NULL)
                return REQUEST_NUL;
        verdict = take_line(&text, &line);
        if (verdict != REQUEST_ACCEPTED)
                return verdict;
        if (has_controls(line))
                return REQUEST_NOT_HTTP;
        if (line.length < 4 || memcmp(line.text, "GET ", 4) != 0)
                return REQUEST_METHOD;
        uri_verdict = read_request_line(line, &query);
        if (uri_verdict != REQUEST_ACCEPTED)
                return uri_verdict;
        verdict = read_headers(text, allow_missing_host);
        if (verdict == REQUEST_ACCEPTED)
                *ret = query;
        return verdict;
}
