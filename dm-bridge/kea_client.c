/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_client.c - commands to a running Kea over its control socket.
 * An answer has no mark at its end, so the braces are counted: whoever else sits behind the socket may never
 * hang up. */
#include "config.h"

#include "dm-bridge/kea_client.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "libassoc/json_build.h"
#include "libassoc/json_strict.h"
#include "libassoc/kea_json.h"

#define EXPECTED "an answer of Kea"

/* How far the end of one JSON object has been looked for. */
struct scan {
        size_t offset;
        unsigned depth;
        bool in_string, escaped, whole;
};

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void scan_byte(struct scan *scan, char c)
{
        if (scan->escaped)
                scan->escaped = false;
        else if (scan->in_string && c == '\\')
                scan->escaped = true;
        else if (c == '"')
                scan->in_string = !scan->in_string;
        else if (!scan->in_string && (c == '{' || c == '['))
                scan->depth++;
        else if (!scan->in_string && (c == '}' || c == ']'))
                scan->whole = --scan->depth == 0;
}

/* False: this can't become an object. */
static bool scan_on(struct scan *scan, const char *text, size_t size)
{
        for (; scan->offset < size && !scan->whole; scan->offset++) {
                char c = text[scan->offset];

                if (scan->depth == 0 && c != '{' && !is_space(c))
                        return false;
                scan_byte(scan, c);
        }
        return true;
}

/* Receives one object; *ret_size is where it ends. */
static int receive_object(struct conversation *conversation, size_t *ret_size)
{
        struct scan scan = {0};

        while (!scan.whole) {
                int err = conversation_receive(conversation);

                if (err < 0)
                        return err;
                if (!scan_on(&scan, conversation->buffer, conversation->have))
                        return conversation_fail_garbled(conversation, conversation->have, EXPECTED);
        }
        *ret_size = scan.offset;
        return 0;
}

static int parse_object(struct conversation *conversation, size_t size, struct json_object **ret)
{
        struct json_tokener *tokener = json_tokener_new();
        size_t end;
        bool whole;

        if (tokener == NULL)
                return conversation_fail(conversation, -ENOMEM, "%s", strerror(ENOMEM));
        conversation->buffer[size] = '\0';
        kea_json_restore(conversation->buffer);
        size = strlen(conversation->buffer);
        *ret = json_strict_parse(tokener, conversation->buffer, size, &end);
        whole = json_tokener_get_error(tokener) == json_tokener_success && end == size;
        json_tokener_free(tokener);
        if (whole)
                return 0;
        json_object_put(*ret);
        return conversation_fail_garbled(conversation, size, EXPECTED);
}

/* Kea's result, or that the object is something else. */
static int take_result(struct conversation *conversation, struct json_object *object)
{
        struct json_object *result, *text;
        int64_t code = -1;

        if (json_object_object_get_ex(object, "result", &result) &&
            json_object_is_type(result, json_type_int) && json_object_object_get_ex(object, "text", &text) &&
            json_object_is_type(text, json_type_string))
                code = json_object_get_int64(result);
        if (code >= 0 && code <= INT_MAX)
                return (int)code;
        return conversation_fail_garbled(conversation, strlen(conversation->buffer), EXPECTED);
}

static int send_command(struct conversation *conversation, const char *command, struct json_object *arguments)
{
        struct json_object *object = json_object_new_object();
        const char *text = NULL;
        int err;

        if (object != NULL && json_add_text(object, "command", command) &&
            (arguments == NULL || json_add(object, "arguments", json_object_get(arguments))))
                text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        if (text == NULL)
                err = conversation_fail(conversation, -ENOMEM, "%s", strerror(ENOMEM));
        else
                err = conversation_send(conversation, text, strlen(text));
        /* Kea needs no line end, but whoever else reads lines answers, and is told from Kea. */
        if (err == 0)
                err = conversation_send(conversation, "\n", 1);
        json_object_put(object);
        return err;
}

int kea_client_call(struct conversation *conversation, const char *path, const char *command,
                    struct json_object *arguments, struct json_object **ret)
{
        size_t size = 0;
        int err = conversation_connect(conversation, path);

        if (err == 0)
                err = send_command(conversation, command, arguments);
        if (err < 0)
                return err;
        err = receive_object(conversation, &size);
        if (err < 0)
                return err;
        err = parse_object(conversation, size, ret);
        if (err < 0)
                return err;
        err = take_result(conversation, *ret);
        if (err < 0)
                json_object_put(*ret);
        return err;
}
