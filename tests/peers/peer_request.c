/* SPDX-License-Identifier: BSD-2-Clause */
/* peer_request.c - a manager's datagram; the HMAC is GLib's. */
#include "tests/peers/peer_request.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

size_t peer_request_make(const struct peer_request *request, char ret[PEER_REQUEST_MAX])
{
        char *text = g_strconcat(request->ts, request->id, request->un, request->cn, NULL);
        char *sig = g_compute_hmac_for_string(G_CHECKSUM_SHA1, (const guchar *)request->key,
                                              strlen(request->key), text, -1);
        int length = snprintf(ret, PEER_REQUEST_MAX,
                              "GET http://%s?ts=%s&id=%s&un=%s&cn=%s&sig=%s HTTP/1.1\r\nHost: %s\r\n\r\n",
                              request->authority, request->ts, request->id, request->un, request->cn, sig,
                              request->authority);

        g_free(sig);
        g_free(text);
        return length < 0 || length >= PEER_REQUEST_MAX ? 0 : (size_t)length;
}
