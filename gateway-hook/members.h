/* SPDX-License-Identifier: BSD-2-Clause */
/* members.h - reading the members of a JSON object by a table of keys, each with its kind and range.
 * Used by settings.c for the hook's parameters and by gateway_command.c for the arguments of commands. What
 * is not as expected is refused with one line that names the key, what was expected and what came. */
#ifndef GATEWAY_MEMBERS_H
#define GATEWAY_MEMBERS_H

#include <json.h>
#include <stddef.h>
#include <stdint.h>

#include "libassoc/assoc.h"

#define MEMBERS_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/** One reading. */
struct members {
        const char *kind; /* for error texts: "parameter", "argument" */
        void *target;     /* what members are read into */
        char *error;      /* room for `error_size`; one line if something is refused */
        size_t error_size;
};

/** A key of the table. */
struct member {
        const char *name;
        int (*read)(struct members *members, const struct member *member, struct json_object *value);
        uint32_t min, max; /* of numbers */
        size_t offset;     /* in the target */
};

/** The members from which an identity is read, or NULL where one was not given. */
struct identity_members {
        const char *oui, *serial, *product_class;
};

/**
 * Read all members of `object`. `prefix` stands before each name in the table, not in the object.
 * Returns 0; -EINVAL: refused, members->error says why; -ENOMEM.
 */
int members_read(struct members *members, const char *prefix, struct json_object *object,
                 const struct member *table, size_t count);

/** Kinds of members; the target's is a const char * that lives as long as the object, a bool, a uint32_t. */
int member_text(struct members *members, const struct member *member, struct json_object *value);
int member_bool(struct members *members, const struct member *member, struct json_object *value);
int member_number(struct members *members, const struct member *member, struct json_object *value);

/** The text in `value`, NULL if it is no string or has a NUL inside. */
const char *member_string(struct json_object *value);

/**
 * Make an identity of what was read from `manufacturer-oui`, `serial-number` and `product-class` of `object`.
 * Returns 0; -EINVAL: refused, as members_read() does.
 */
int members_identity(struct members *members, struct json_object *object,
                     const struct identity_members *texts, struct assoc_identity *ret);

/** Refuse `value` (NULL is JSON's null): "KIND 'NAME': expected ..., got ...". Returns -EINVAL. */
int members_refuse(struct members *members, const char *name, struct json_object *value, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/** Refuse what is not there: "KIND 'NAME': expected ..., got nothing: it is required". Returns -EINVAL. */
int members_require(struct members *members, const char *name, const char *expected);

#endif
