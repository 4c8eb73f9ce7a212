/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the data model as a tree of names.
 * Knows paths, instances and TR-069's rules for partial paths; what a parameter means stands in its object's
 * file. */
#include "config.h"

#include "dm-bridge/model.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dm-bridge/bridge.h"
#include "dm-bridge/objects.h"

static const struct object *const objects[] = {
        &device_info_object,       &management_server_object,   &device_association_object,
        &manageable_device_object, &manageable_device_2_object, &gateway_info_object,
        &gateway_info_2_object,
};

#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

struct walk {
        const struct bridge *bridge;
        const char *path;
        size_t path_length;
        bool partial;
        bool next_level;
        model_visit *visit;
        void *context;
        bool found;
};

const char *parameter_type_name(enum parameter_type type)
{
        static const char *const names[] = {
                [PARAMETER_STRING] = "string",
                [PARAMETER_UNSIGNED_INT] = "unsignedInt",
                [PARAMETER_INT] = "int",
                [PARAMETER_BOOLEAN] = "boolean",
        };

        return names[type];
}

bool model_is_partial(const char *path)
{
        size_t length = strlen(path);

        return length == 0 || path[length - 1] == '.';
}

/* --- Watched parameters --- */

static size_t watches_of(const struct object *object)
{
        return object->next_instance == NULL ? object->parameter_count : 0;
}

static size_t first_watch(const struct object *object)
{
        size_t watch = 0;

        for (size_t i = 0; objects[i] != object; i++)
                watch += watches_of(objects[i]);
        return watch;
}

size_t model_watches(void)
{
        size_t count = 0;

        for (size_t i = 0; i < OBJECTS; i++)
                count += watches_of(objects[i]);
        return count;
}

const struct parameter *model_watch(size_t watch, const char *root, char *name,
                                    const struct object **ret_object)
{
        size_t i = 0;

        for (; watch >= watches_of(objects[i]); i++)
                watch -= watches_of(objects[i]);
        if (name != NULL)
                snprintf(name, MODEL_NAME_MAX, "%s%s%s", root, objects[i]->path,
                         objects[i]->parameters[watch].name);
        if (ret_object != NULL)
                *ret_object = objects[i];
        return &objects[i]->parameters[watch];
}

bool model_has(const struct bridge *bridge, const struct object *object)
{
        return (object->roles & bridge->config->roles) != 0 &&
               (object->models == 0 || (object->models & bridge->config->model) != 0);
}

/* --- Walks --- */

/* Whether the request asks for this name. That it names something at all counts, even if nothing is below it.
 */
static bool is_wanted(struct walk *walk, const char *name)
{
        const char *rest;
        const char *dot;

        if (strncmp(name, walk->path, walk->path_length) != 0)
                return false;
        rest = name + walk->path_length;
        if (!walk->partial) {
                walk->found |= *rest == '\0';
                return *rest == '\0';
        }
        walk->found = true;
        if (!walk->next_level)
                return true;
        dot = strchr(rest, '.');
        return *rest != '\0' && (dot == NULL || dot[1] == '\0');
}

static int visit_node(struct walk *walk, const char *name, const struct parameter *parameter,
                      uint32_t instance, int watch)
{
        struct model_node node = {name, parameter, instance, watch};

        return is_wanted(walk, name) ? walk->visit(walk->context, &node) : 0;
}

/* The object's full path up to where instance numbers start. Returns its length. */
static size_t base_path(const struct walk *walk, const struct object *object, char *ret)
{
        int length = (int)strcspn(object->path, "{");

        return (size_t)snprintf(ret, MODEL_NAME_MAX, "%s%.*s", walk->bridge->config->root, length,
                                object->path);
}

/* Objects share parents, which are named once: by the first object that is below them. */
static bool is_named_before(const struct walk *walk, size_t index, const char *parent, size_t length)
{
        char base[MODEL_NAME_MAX];

        for (size_t i = 0; i < index; i++) {
                if (!model_has(walk->bridge, objects[i]))
                        continue;
                base_path(walk, objects[i], base);
                if (strncmp(base, parent, length) == 0)
                        return true;
        }
        return false;
}

static int visit_parents(struct walk *walk, size_t index, const char *base)
{
        char name[MODEL_NAME_MAX];
        int err = 0;

        for (const char *dot = strchr(base, '.'); dot != NULL && err == 0; dot = strchr(dot + 1, '.')) {
                size_t length = (size_t)(dot - base) + 1;

                if (is_named_before(walk, index, base, length))
                        continue;
                memcpy(name, base, length);
                name[length] = '\0';
                err = visit_node(walk, name, NULL, 0, -1);
        }
        return err;
}

static int visit_parameters(struct walk *walk, const struct object *object, const char *base, size_t length,
                            uint32_t instance)
{
        int watch = instance == 0 ? (int)first_watch(object) : -1;
        char name[MODEL_NAME_MAX];
        int err = 0;

        memcpy(name, base, length);
        for (size_t i = 0; i < object->parameter_count && err == 0; i++) {
                snprintf(name + length, sizeof(name) - length, "%s", object->parameters[i].name);
                err = visit_node(walk, name, &object->parameters[i], instance,
                                 watch < 0 ? -1 : watch + (int)i);
        }
        return err;
}

static int visit_instance(struct walk *walk, const struct object *object, const char *base, uint32_t instance)
{
        char name[MODEL_NAME_MAX];
        int length = snprintf(name, sizeof(name), "%s%" PRIu32 ".", base, instance);
        int err = visit_node(walk, name, NULL, instance, -1);

        return err == 0 ? visit_parameters(walk, object, name, (size_t)length, instance) : err;
}

/* The instance number at the start of `text`, with "." behind it; 0: there is none. "02." is 2 here, but then
 * no name of that instance is equal to the path. */
static uint32_t parse_instance(const char *text)
{
        uint64_t number = 0;

        for (; *text >= '0' && *text <= '9' && number <= UINT32_MAX; text++)
                number = number * 10 + (uint64_t)(*text - '0');
        return *text == '.' && number <= UINT32_MAX ? (uint32_t)number : 0;
}

static int visit_instances(struct walk *walk, const struct object *object, const char *base, size_t length)
{
        uint32_t instance;
        int err = 0;

        if (walk->path_length > length) {
                instance = parse_instance(walk->path + length);
                if (instance == 0 || object->next_instance(walk->bridge, instance - 1) != instance)
                        return 0;
                return visit_instance(walk, object, base, instance);
        }
        /* The instances are two levels or more below what was asked for. */
        if (walk->next_level && walk->path_length < length)
                return 0;
        for (instance = object->next_instance(walk->bridge, 0); instance != 0 && err == 0;
             instance = object->next_instance(walk->bridge, instance))
                err = visit_instance(walk, object, base, instance);
        return err;
}

/* Objects beside the path are passed over. */
static bool is_related(const struct walk *walk, const char *base, size_t length)
{
        size_t common = walk->path_length < length ? walk->path_length : length;

        return strncmp(walk->path, base, common) == 0 && (walk->partial || walk->path_length > length);
}

static int visit_object(struct walk *walk, size_t index)
{
        const struct object *object = objects[index];
        char base[MODEL_NAME_MAX];
        size_t length = base_path(walk, object, base);
        int err;

        if (!is_related(walk, base, length))
                return 0;
        err = visit_parents(walk, index, base);
        if (err != 0)
                return err;
        if (object->next_instance != NULL)
                return visit_instances(walk, object, base, length);
        return visit_parameters(walk, object, base, length, 0);
}

int model_walk(const struct bridge *bridge, const char *path, bool next_level, model_visit *visit,
               void *context)
{
        struct walk walk = {.bridge = bridge,
                            .path = path,
                            .path_length = strlen(path),
                            .partial = model_is_partial(path),
                            .next_level = next_level,
                            .visit = visit,
                            .context = context};
        int err = 0;

        for (size_t i = 0; i < OBJECTS && err == 0; i++)
                if (model_has(bridge, objects[i]))
                        err = visit_object(&walk, i);
        if (err != 0)
                return err;
        return walk.found ? 0 : -ENOENT;
}
