/* SPDX-License-Identifier: BSD-2-Clause */
/* model.h - the data model: which parameters there are, and their values. */
#ifndef BRIDGE_MODEL_H
#define BRIDGE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bridge;

/** Room for any full name of ours, NUL included; a longer one in a request is unknown. */
#define MODEL_NAME_MAX 257
/** Room for any value, NUL included: string(256). */
#define MODEL_VALUE_MAX 257

enum parameter_type {
        PARAMETER_STRING,
        PARAMETER_UNSIGNED_INT,
        PARAMETER_INT,
        PARAMETER_BOOLEAN,
};

/** A parameter's notification attribute (TR-069 A.3.2.4). */
enum notification {
        NOTIFICATION_OFF,
        NOTIFICATION_PASSIVE,
        NOTIFICATION_ACTIVE,
};

struct parameter;

/** Put the value in its canonical form, NUL-terminated, into `value` (MODEL_VALUE_MAX bytes). `instance`
 * exists. */
typedef void parameter_get(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                           char *value);

/** One parameter of an object; a row of its table. */
struct parameter {
        const char *name; /* last part */
        enum parameter_type type;
        int value;            /* enum value_id: where what was written is kept; 0: read-only */
        int64_t min, max;     /* of a writable number; of a writable string `max` is the most bytes */
        const char *expected; /* by whoever writes it, for messages */
        const char *initial;  /* before anybody wrote it */
        bool secret;          /* reads as empty */
        bool active_denied;   /* active notification is refused with 9009 (TR-111 table 3) */
        enum notification notification; /* the attribute before anybody set it */
        parameter_get *get;
        const char *clause; /* the requirement that it meets */
};

/** One object and its parameters. Several may have the same path, as long as it holds no "{i}". */
struct object {
        const char *path; /* below the root, ends in "."; may end in "{i}." */
        unsigned roles;   /* bridge_role bits: it is there if one of them is on */
        unsigned models;  /* data_model bits: it is there in these; 0: in all */
        /** With "{i}": the lowest instance above `after`, 0: none. Otherwise NULL. */
        uint32_t (*next_instance)(const struct bridge *bridge, uint32_t after);
        const struct parameter *parameters;
        size_t parameter_count;
};

/** One name of the tree, as it is now. */
struct model_node {
        const char *name;                  /* full; an object's ends in "." */
        const struct parameter *parameter; /* NULL: an object */
        uint32_t instance;                 /* 0: not below "{i}" */
        int watch;                         /* notify.h's number; -1: none, it is below "{i}" or an object */
};

/** Returns 0 to go on; anything else stops the walk and is what model_walk() returns. */
typedef int model_visit(void *context, const struct model_node *node);

/**
 * Visit what `path` names: one parameter, or, if it is a partial path (empty or ends in "."), that object and
 * all below; with `next_level` only what is directly below. Parents come before children, instances in rising
 * order. Returns 0; -ENOENT: there is no such name; or what the visitor returned.
 */
int model_walk(const struct bridge *bridge, const char *path, bool next_level, model_visit *visit,
               void *context);

/** How many parameters are not below "{i}", of all roles; notify.h's numbers run from 0 to this. */
size_t model_watches(void);

/** The parameter with that number, and its full name under `root` in `name` (MODEL_NAME_MAX bytes; NULL: not
 * wanted); *ret_object (may be NULL) is the object of which it is part. */
const struct parameter *model_watch(size_t watch, const char *root, char *name,
                                    const struct object **ret_object);

/** Whether roles and data model have that object. */
bool model_has(const struct bridge *bridge, const struct object *object);

/** Whether `path` is a partial path: empty, or with "." at its end. */
bool model_is_partial(const char *path);

/** The type's name as CWMP writes it: "string", "unsignedInt", "int", "boolean". */
const char *parameter_type_name(enum parameter_type type);

#endif
