/* SPDX-License-Identifier: BSD-2-Clause */
/* members.c - reading the members of a JSON object by a table of keys.
 * One function per kind of value; an object of its own kind of members brings its own. */
#include "config.h"

#include "gateway-hook/members.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A value as it is quoted in an error; longer ones are cut. */
#define SHOWN_MAX 60

static const char *show(struct json_object *value, char *buffer, size_t size)
{
        const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE);
        size_t used = 0;

        /* json-c leaves bytes above 0x7f as they are. */
        for (; *text != '\0' && used + 4 < size; text++)
                buffer[used++] = *text >= ' ' && *text <= '~' ? *text : '?';
        buffer[used] = '\0';
        if (*text != '\0')
                memcpy(buffer + used, "...", 4);
        return buffer;
}

int members_refuse(struct members *members, const char *name, struct json_object *value, const char *format,
                   ...)
{
        char expected[128], shown[SHOWN_MAX];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(expected, sizeof(expected), format, arguments);
        va_end(arguments);
        snprintf(members->error, members->error_size, "%s '%s': expected %s, got %s", members->kind, name,
                 expected, show(value, shown, sizeof(shown)));
        return -EINVAL;
}

int members_require(struct members *members, const char *name, const char *expected)
{
        snprintf(members->error, members->error_size, "%s '%s': expected %s, got nothing: it is required",
                 members->kind, name, expected);
        return -EINVAL;
}

const char *member_string(struct json_object *value)
{
        const char *text;

        if (!json_object_is_type(value, json_type_string))
                return NULL;
        text = json_object_get_string(value);
        return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

int member_text(struct members *members, const struct member *member, struct json_object *value)
{
        const char **target = (const char **)(void *)((char *)members->target + member->offset);

        *target = member_string(value);
        return *target != NULL ? 0 : members_refuse(members, member->name, value, "a string");
}

int member_bool(struct members *members, const struct member *member, struct json_object *value)
{
        bool *target = (bool *)((char *)members->target + member->offset);

        if (!json_object_is_type(value, json_type_boolean))
                return members_refuse(members, member->name, value, "true or false");
        *target = json_object_get_boolean(value);
        return 0;
}

int member_number(struct members *members, const struct member *member, struct json_object *value)
{
        uint32_t *target = (uint32_t *)(void *)((char *)members->target + member->offset);
        int64_t number = json_object_get_int64(value);

        if (!json_object_is_type(value, json_type_int) || number < member->min || number > member->max)
                return members_refuse(members, member->name, value, "a whole number from %u to %u",
                                      member->min, member->max);
        *target = (uint32_t)number;
        return 0;
}

/* An unknown key is most often a misspelt one: say which there are. */
static int refuse_unknown(struct members *members, const char *prefix, const char *name,
                          const struct member *table, size_t count)
{
        struct json_object *quoted = json_object_new_string(name);
        char shown[SHOWN_MAX];
        int used;

        if (quoted == NULL)
                return -ENOMEM;
        used = snprintf(members->error, members->error_size, "unknown %s %s%s, expected %s", members->kind,
                        prefix, show(quoted, shown, sizeof(shown)), count > 0 ? "one of" : "none");
        json_object_put(quoted);
        for (size_t i = 0; i < count && used > 0 && (size_t)used < members->error_size; i++)
                used += snprintf(members->error + used, members->error_size - (size_t)used, "%s %s",
                                 i > 0 ? "," : "", table[i].name + strlen(prefix));
        return -EINVAL;
}

int members_read(struct members *members, const char *prefix, struct json_object *object,
                 const struct member *table, size_t count)
{
        json_object_object_foreach(object, name, value)
        {
                size_t i = 0;
                int err;

                while (i < count && strcmp(table[i].name + strlen(prefix), name) != 0)
                        i++;
                if (i == count)
                        return refuse_unknown(members, prefix, name, table, count);
                err = table[i].read(members, &table[i], value);
                if (err < 0)
                        return err;
        }
        return 0;
}

int members_identity(struct members *members, struct json_object *object,
                     const struct identity_members *texts, struct assoc_identity *ret)
{
        static const struct {
                const char *name, *expected;
        } keys[] = {
                {"manufacturer-oui", "six hexadecimal digits"},
                {"serial-number", "1 to 64 bytes of text"},
                {"product-class", "0 to 64 bytes of text"},
        };
        struct assoc_diagnosis why;
        struct json_object *value;
        size_t i;

        if (texts->oui == NULL)
                return members_require(members, keys[0].name, keys[0].expected);
        if (texts->serial == NULL)
                return members_require(members, keys[1].name, keys[1].expected);
        if (assoc_identity_set(ret, texts->oui, texts->serial, texts->product_class, &why) == 0)
                return 0;
        /* The sub-option's code counts from 1. */
        i = why.code >= 1 && why.code <= MEMBERS_COUNT(keys) ? why.code - 1u : 0;
        json_object_object_get_ex(object, keys[i].name, &value);
        return members_refuse(members, keys[i].name, value, "%s", keys[i].expected);
}
