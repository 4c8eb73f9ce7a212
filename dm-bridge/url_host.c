/* SPDX-License-Identifier: BSD-2-Clause */
/* url_host.c - which host a URL names.
 * The URL comes from an ACS, the name goes to the resolver: only what can be a name passes. */
#include "config.h"

#include "dm-bridge/url_host.h"

#include <string.h>
#include <strings.h>

static bool is_name_character(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
}

bool url_host_is_valid(const char *host, size_t length)
{
        if (length == 0 || length > URL_HOST_MAX || host[0] == '.' || host[0] == '-')
                return false;
        for (size_t i = 0; i < length; i++)
                if (!is_name_character(host[i]) || (host[i] == '.' && i > 0 && host[i - 1] == '.'))
                        return false;
        return true;
}

/* What is behind "http://" or "https://"; NULL: there is neither. */
static const char *skip_scheme(const char *url)
{
        static const char *const schemes[] = {"http://", "https://"};

        for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
                if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
                        return url + strlen(schemes[i]);
        return NULL;
}

/* ":PORT", ":" or nothing up to `end`. */
static bool is_port(const char *text, const char *end)
{
        if (text == end)
                return true;
        if (*text++ != ':' || end - text > 5)
                return false;
        for (; text < end; text++)
                if (*text < '0' || *text > '9')
                        return false;
        return true;
}

bool url_host(const char *url, char *ret)
{
        const char *authority = skip_scheme(url), *end, *host;
        size_t length;

        ret[0] = '\0';
        if (authority == NULL)
                return false;
        end = authority + strcspn(authority, "/?#");
        /* User information may hold a colon; of several at signs none but the last can be its end. */
        host = memrchr(authority, '@', (size_t)(end - authority));
        host = host == NULL ? authority : host + 1;
        /* An IPv6 address stands in brackets, which no name has: STUN and connection requests are IPv4's. */
        for (length = 0; host + length < end && is_name_character(host[length]);)
                length++;
        if (!url_host_is_valid(host, length) || !is_port(host + length, end))
                return false;
        memcpy(ret, host, length);
        ret[length] = '\0';
        return true;
}
