/* SPDX-License-Identifier: BSD-2-Clause */
/* state.c - what must outlive the daemon, in one JSON file.
 *
 * One member per parameter that has something to keep, named without the root, so that the root can be
 * changed. Read back as untrusted input: what does not fit is a damaged file, not a default. Times are of the
 * wall clock, for CLOCK_BOOTTIME starts anew at each boot. */
#include "config.h"

#include "dm-bridge/state.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/json_text.h"
#include "dm-bridge/log.h"
#include "libassoc/file.h"
#include "libassoc/json_build.h"

#define FORMAT        "dm-bridge-state"
#define STATE_VERSION 1
#define DEPTH_MAX     6

/* --- Writing --- */

/* 0 stands for never: a clock that was set back behind the event's age must not make that of it, nor a number
 * that is no time. */
static int64_t clock_time(const struct bridge *bridge, int64_t boot_time, int64_t clock)
{
        int64_t told = clock - (bridge->now() - boot_time);

        return told > 0 ? told : 1;
}

static struct json_object *watch_object(const struct bridge *bridge, size_t index, int64_t clock)
{
        const struct parameter *parameter = model_watch(index, "", NULL, NULL);
        const struct notify_watch *watch = &bridge->notify.watches[index];
        struct json_object *object = json_object_new_object();
        bool ok = object != NULL;

        if (ok && parameter->value != VALUE_NONE)
                ok = json_add_text(object, "value", bridge->values.text[parameter->value]);
        ok = ok && json_add_number(object, "notification", watch->notification);
        if (ok && watch->notification != NOTIFICATION_OFF)
                ok = json_add_text(object, "seen", watch->seen) &&
                     json_add_boolean(object, "waiting", watch->waiting) &&
                     json_add_number(object, "seq", (int64_t)watch->seq);
        if (ok && watch->told)
                ok = json_add_number(object, "told", clock_time(bridge, watch->told_at, clock));
        return json_complete(object, ok);
}

static struct json_object *parameters_object(const struct bridge *bridge, int64_t clock)
{
        struct json_object *object = json_object_new_object();
        char name[MODEL_NAME_MAX];
        bool ok = object != NULL;

        for (size_t i = 0; ok && i < bridge->notify.count; i++) {
                model_watch(i, "", name, NULL);
                ok = json_add(object, name, watch_object(bridge, i, clock));
        }
        return json_complete(object, ok);
}

static struct json_object *member_object(const struct member_attribute *row)
{
        struct json_object *object = json_object_new_object();

        return json_complete(object, object != NULL && json_add_number(object, "instance", row->instance) &&
                                             json_add_number(object, "passive", row->passive));
}

static struct json_object *members_array(const struct member_attributes *members)
{
        struct json_object *array = json_object_new_array();
        bool ok = array != NULL;

        for (size_t i = 0; ok && i < members->count; i++)
                ok = json_append(array, member_object(&members->rows[i]));
        return json_complete(array, ok);
}

/* As texts: JSON's readers differ on numbers beyond 2^53. */
static struct json_object *memory_object(const struct request_memory *memory)
{
        struct json_object *object = json_object_new_object();
        char ts[24], id[24];

        snprintf(ts, sizeof(ts), "%" PRIu64, memory->ts);
        snprintf(id, sizeof(id), "%" PRIu64, memory->id);
        return json_complete(object, object != NULL && json_add_text(object, "ts", ts) &&
                                             json_add_text(object, "id", id));
}

static struct json_object *state_object(const struct bridge *bridge, int64_t clock)
{
        struct json_object *object = json_object_new_object();
        const struct notify *notify = &bridge->notify;
        bool ok = object != NULL && json_add_text(object, "format", FORMAT) &&
                  json_add_number(object, "version", STATE_VERSION) &&
                  json_add_number(object, "sequence", (int64_t)notify->sequence) &&
                  json_add_number(object, "requests", notify->requests) &&
                  json_add_number(object, "requests_seq", (int64_t)notify->requests_seq);

        if (ok && bridge->requests.memory.any)
                ok = json_add(object, "last_request", memory_object(&bridge->requests.memory));
        return json_complete(object, ok && json_add(object, "parameters", parameters_object(bridge, clock)) &&
                                             json_add(object, "members", members_array(&bridge->members)));
}

int state_save(const struct bridge *bridge, const char *path, int64_t clock)
{
        struct json_object *object = state_object(bridge, clock);
        size_t size = 0;
        const char *text =
                object == NULL
                        ? NULL
                        : json_object_to_json_string_length(
                                  object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE, &size);
        int err = text == NULL ? -ENOMEM : file_replace(path, text, size, 0600);

        json_object_put(object);
        return err;
}

int state_set_aside(const char *path)
{
        char aside[PATH_MAX];

        if (snprintf(aside, sizeof(aside), "%s.damaged", path) >= (int)sizeof(aside))
                return -ENAMETOOLONG;
        return rename(path, aside) < 0 ? -errno : 0;
}

/* --- Reading --- */

struct reader {
        struct values values;
        struct notify notify;
        struct member_attributes members;
        struct request_memory memory;
        int64_t clock, now;
        char *error;
        size_t size;
};

static int damaged(struct reader *reader, const char *name, const char *expected)
{
        snprintf(reader->error, reader->size, "%s: expected %s", name, expected);
        return -EBADMSG;
}

/* What is missing is `missing`. */
static bool read_number(struct json_object *object, const char *name, int64_t least, int64_t most,
                        int64_t missing, int64_t *ret)
{
        struct json_object *member;

        *ret = missing;
        if (!json_object_object_get_ex(object, name, &member))
                return true;
        if (!json_object_is_type(member, json_type_int))
                return false;
        *ret = json_object_get_int64(member);
        return *ret >= least && *ret <= most;
}

static bool read_text(struct json_object *object, const char *name, char *ret)
{
        struct json_object *member;
        size_t length;

        if (!json_object_object_get_ex(object, name, &member))
                return true;
        if (!json_object_is_type(member, json_type_string))
                return false;
        length = (size_t)json_object_get_string_len(member);
        if (length >= MODEL_VALUE_MAX || strlen(json_object_get_string(member)) != length)
                return false;
        memcpy(ret, json_object_get_string(member), length + 1);
        return true;
}

static int read_value(struct reader *reader, const char *name, const struct parameter *parameter,
                      struct json_object *object)
{
        char text[MODEL_VALUE_MAX];
        const char *expected;

        if (!json_object_object_get_ex(object, "value", NULL))
                return 0;
        if (parameter->value == VALUE_NONE)
                return damaged(reader, name, "no value, it is read-only");
        if (!read_text(object, "value", text) ||
            value_check(parameter, text, strlen(text), reader->values.text[parameter->value], &expected) < 0)
                return damaged(reader, name, parameter->expected);
        return 0;
}

/* A wall clock that was set back must not hold an event back for longer than its limit. */
static int64_t boot_time(const struct reader *reader, int64_t told)
{
        int64_t ago = reader->clock - told;

        return reader->now - (ago > 0 ? ago : 0);
}

static int read_watch(struct reader *reader, const char *name, struct notify_watch *watch,
                      struct json_object *object)
{
        struct json_object *waiting = json_object_object_get(object, "waiting");
        int64_t notification, seq, told;

        if (!read_number(object, "notification", NOTIFICATION_OFF, NOTIFICATION_ACTIVE, watch->notification,
                         &notification) ||
            !read_number(object, "seq", 0, INT64_MAX, 0, &seq) ||
            !read_number(object, "told", 0, INT32_MAX * 1000LL, 0, &told))
                return damaged(reader, name, "notification 0 to 2, and seq and told that are not negative");
        if (!read_text(object, "seen", watch->seen))
                return damaged(reader, name, "seen to be a text of at most 256 bytes");
        if (waiting != NULL && !json_object_is_type(waiting, json_type_boolean))
                return damaged(reader, name, "waiting to be true or false");
        if ((uint64_t)seq > reader->notify.sequence)
                return damaged(reader, name, "a seq not above sequence");
        watch->notification = (enum notification)notification;
        /* What is off has nothing to tell, whatever the file says. */
        watch->seq = notification == NOTIFICATION_OFF ? 0 : (uint64_t)seq;
        watch->waiting = notification != NOTIFICATION_OFF && json_object_get_boolean(waiting);
        watch->told = told != 0;
        watch->told_at = boot_time(reader, told);
        return 0;
}

/* Parameters of another version are left alone. */
static int read_parameters(struct reader *reader, struct json_object *parameters)
{
        char name[MODEL_NAME_MAX];
        int err = 0;

        for (size_t i = 0; i < reader->notify.count && err == 0; i++) {
                const struct parameter *parameter = model_watch(i, "", name, NULL);
                struct json_object *object;

                if (!json_object_object_get_ex(parameters, name, &object))
                        continue;
                if (!json_object_is_type(object, json_type_object))
                        return damaged(reader, name, "an object");
                err = read_value(reader, name, parameter, object);
                if (err == 0)
                        err = read_watch(reader, name, &reader->notify.watches[i], object);
        }
        return err;
}

static int read_members(struct reader *reader, struct json_object *array)
{
        static const char expected[] = "an array of {instance, passive}";
        int err = 0;

        if (array != NULL && !json_object_is_type(array, json_type_array))
                return damaged(reader, "members", expected);
        for (size_t i = 0; err == 0 && array != NULL && i < json_object_array_length(array); i++) {
                struct json_object *row = json_object_array_get_idx(array, i);
                int64_t instance, passive;

                if (!json_object_is_type(row, json_type_object) ||
                    !read_number(row, "instance", 1, UINT32_MAX, 0, &instance) ||
                    !read_number(row, "passive", 1, 15, 0, &passive) || instance == 0 || passive == 0)
                        return damaged(reader, "members", expected);
                for (unsigned member = 0; err == 0 && member < 4; member++)
                        err = member_attributes_set(&reader->members, (uint32_t)instance, member,
                                                    (passive >> member & 1) != 0);
        }
        return err;
}

/* Digits of 64 bits, as memory_object() writes them. */
static bool read_digits(struct json_object *object, const char *name, uint64_t *ret)
{
        const char *text = json_object_get_string(json_object_object_get(object, name));
        char again[24];

        if (text == NULL)
                return false;
        *ret = strtoull(text, NULL, 10);
        snprintf(again, sizeof(again), "%" PRIu64, *ret);
        return strcmp(again, text) == 0;
}

static int read_memory(struct reader *reader, struct json_object *object)
{
        if (object == NULL)
                return 0;
        if (!json_object_is_type(object, json_type_object) ||
            !read_digits(object, "ts", &reader->memory.ts) || !read_digits(object, "id", &reader->memory.id))
                return damaged(reader, "last_request", "ts and id, numbers of 64 bits as texts");
        reader->memory.any = true;
        return 0;
}

static int read_state(struct reader *reader, struct json_object *object)
{
        struct json_object *format = json_object_object_get(object, "format");
        struct json_object *parameters = json_object_object_get(object, "parameters");
        int64_t version, sequence, requests, requests_seq;
        int err;

        if (!json_object_is_type(object, json_type_object) ||
            !json_object_is_type(format, json_type_string) ||
            strcmp(json_object_get_string(format), FORMAT) != 0)
                return damaged(reader, "format", "\"" FORMAT "\"");
        if (!read_number(object, "version", STATE_VERSION, STATE_VERSION, 0, &version) ||
            version != STATE_VERSION)
                return damaged(reader, "version", "1");
        if (!read_number(object, "sequence", 0, INT64_MAX, 0, &sequence) ||
            !read_number(object, "requests", 0, UINT32_MAX, 0, &requests) ||
            !read_number(object, "requests_seq", 0, sequence, 0, &requests_seq))
                return damaged(reader, "sequence, requests, requests_seq",
                               "numbers, the last not above the first");
        if (!json_object_is_type(parameters, json_type_object))
                return damaged(reader, "parameters", "an object");
        reader->notify.sequence = (uint64_t)sequence;
        reader->notify.requests = (uint32_t)requests;
        reader->notify.requests_seq = (uint64_t)requests_seq;
        err = read_memory(reader, json_object_object_get(object, "last_request"));
        if (err == 0)
                err = read_parameters(reader, parameters);
        return err < 0 ? err : read_members(reader, json_object_object_get(object, "members"));
}

static int parse_state(struct reader *reader, const char *text, size_t size)
{
        struct json_object *object = NULL;
        struct json_fault why;
        int err = json_text_parse(text, size, DEPTH_MAX, &object, &why);

        if (err == -EBADMSG)
                snprintf(reader->error, reader->size, "line %zu: %s", json_text_line(text, why.offset),
                         why.text);
        else if (err < 0)
                snprintf(reader->error, reader->size, "out of memory");
        else
                err = read_state(reader, object);
        json_object_put(object);
        return err;
}

int state_load(struct bridge *bridge, const char *path, int64_t clock, char *error, size_t size)
{
        struct reader reader = {.values = bridge->values,
                                .notify = bridge->notify,
                                .clock = clock,
                                .now = bridge->now(),
                                .error = error,
                                .size = size};
        char *text = malloc(STATE_SIZE_MAX);
        size_t text_size;
        int err;

        if (text == NULL) {
                snprintf(error, size, "out of memory");
                return -ENOMEM;
        }
        err = file_read(path, text, STATE_SIZE_MAX, &text_size);
        if (err == -ENOENT) {
                free(text);
                return 0;
        }
        if (err < 0)
                snprintf(error, size, "%s", strerror(-err));
        else
                err = parse_state(&reader, text, text_size);
        free(text);
        if (err < 0) {
                member_attributes_done(&reader.members);
                return err;
        }
        bridge->values = reader.values;
        bridge->notify = reader.notify;
        bridge->requests.memory = reader.memory;
        member_attributes_done(&bridge->members);
        bridge->members = reader.members;
        return 0;
}
