/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_rpc.c - the input is what a client sends, lines of any bytes, to a bridge with devices and a gateway.
 * Its first byte, if that is '!', means that the state can't be written. Each reply and each event is one
 * line of strict JSON in the form that dm-bridge-rpc(7) promises, and what is answered with an error changes
 * no value. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "dm-bridge/changes.h"
#include "dm-bridge/json_text.h"
#include "dm-bridge/rpc.h"
#include "tests/unit/bridge_fixture.h"

#define DEVICES 3

static struct configuration config;
static struct bridge bridge;
static bool disk_is_full;

static int save(struct bridge *saved)
{
        (void)saved;
        return disk_is_full ? -ENOSPC : 0;
}

static void start(void)
{
        fixture_init(&bridge, &config, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
        bridge.save = save;
        bridge.devices.state = SOURCE_OK;
        bridge.gateway.state = SOURCE_OK;
        fixture_gateway(&bridge, "eth0", 100, "GW");
        for (uint32_t i = 1; i <= DEVICES; i++) {
                char address[16];

                snprintf(address, sizeof(address), "192.0.2.%u", i);
                FUZZ_CHECK(fixture_add(&bridge.devices.set, i, address, i == DEVICES) == 0);
        }
}

/* One line; the object in it, to be released. */
static struct json_object *parse_line(const char *text, size_t length)
{
        struct json_object *object = NULL;
        struct json_fault why;

        FUZZ_CHECK(length > 1 && text[length - 1] == '\n');
        FUZZ_CHECK(memchr(text, '\n', length - 1) == NULL && memchr(text, '\0', length) == NULL);
        FUZZ_CHECK(json_text_parse(text, length - 1, RPC_DEPTH_MAX, &object, &why) == 0);
        FUZZ_CHECK(json_object_is_type(object, json_type_object));
        FUZZ_CHECK(strcmp(json_object_get_string(json_object_object_get(object, "jsonrpc")), "2.0") == 0);
        return object;
}

static void check_faults(struct json_object *faults)
{
        FUZZ_CHECK(json_object_is_type(faults, json_type_array) && json_object_array_length(faults) > 0);
        for (size_t i = 0; i < json_object_array_length(faults); i++) {
                struct json_object *fault = json_object_array_get_idx(faults, i);
                int code = json_object_get_int(json_object_object_get(fault, "code"));

                FUZZ_CHECK(code >= 9000 && code <= 9009);
                FUZZ_CHECK(json_object_is_type(json_object_object_get(fault, "name"), json_type_string));
                FUZZ_CHECK(json_object_is_type(json_object_object_get(fault, "message"), json_type_string));
        }
}

/* Returns whether it is an error. */
static bool check_reply(const char *text, size_t length)
{
        struct json_object *object = parse_line(text, length), *error, *data;
        bool is_error = json_object_object_get_ex(object, "error", &error);

        FUZZ_CHECK(json_object_object_length(object) == 3);
        FUZZ_CHECK(json_object_object_get_ex(object, "id", NULL));
        FUZZ_CHECK(is_error != json_object_object_get_ex(object, "result", NULL));
        if (is_error) {
                FUZZ_CHECK(json_object_get_int(json_object_object_get(error, "code")) != 0);
                FUZZ_CHECK(json_object_get_string_len(json_object_object_get(error, "message")) > 0);
                if (json_object_object_get_ex(error, "data", &data))
                        check_faults(json_object_object_get(data, "faults"));
        }
        json_object_put(object);
        return is_error;
}

static void check_event(const char *text, size_t length, uint64_t *last)
{
        struct json_object *object = parse_line(text, length), *params, *member;
        uint64_t seq;

        FUZZ_CHECK(!json_object_object_get_ex(object, "id", NULL));
        FUZZ_CHECK(json_object_object_get_ex(object, "params", &params));
        seq = json_object_get_uint64(json_object_object_get(params, "seq"));
        FUZZ_CHECK(seq > *last && seq <= bridge.notify.sequence);
        *last = seq;
        if (json_object_object_get_ex(params, "notification", &member))
                FUZZ_CHECK(json_object_get_int(member) == 1 || json_object_get_int(member) == 2);
        json_object_put(object);
}

static void take_events(struct session *session)
{
        uint64_t last = session->delivered;
        char *text;
        size_t length;

        for (;;) {
                FUZZ_CHECK(rpc_next_event(session, &text, &length) == 0);
                if (text == NULL)
                        return;
                check_event(text, length, &last);
                free(text);
        }
}

static void take_line(struct session *session, const char *line, size_t length)
{
        struct values before = bridge.values;
        char *reply;
        size_t reply_length;

        FUZZ_CHECK(rpc_handle(session, line, length, &reply, &reply_length) == 0);
        if (reply != NULL && check_reply(reply, reply_length))
                FUZZ_CHECK(memcmp(&before, &bridge.values, sizeof(before)) == 0);
        free(reply);
        take_events(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *line = (const char *)data, *end = line + size;
        struct session session = {.bridge = &bridge};

        start();
        disk_is_full = size > 0 && data[0] == '!';
        if (disk_is_full)
                line++;
        while (line < end) {
                const char *stop = memchr(line, '\n', (size_t)(end - line));

                take_line(&session, line, (size_t)((stop == NULL ? end : stop) - line));
                line = stop == NULL ? end : stop + 1;
        }
        bridge_done(&bridge);
        return 0;
}
