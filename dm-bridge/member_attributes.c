/* SPDX-License-Identifier: BSD-2-Clause */
/* member_attributes.c - passive notification of the members of ManageableDevice.{i}. */
#include "config.h"

#include "dm-bridge/member_attributes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/device_set.h"

void member_attributes_done(struct member_attributes *attributes)
{
        free(attributes->rows);
        *attributes = (struct member_attributes){0};
}

int member_attributes_copy(const struct member_attributes *attributes, struct member_attributes *ret)
{
        if (attributes->count == 0)
                return 0;
        ret->rows = reallocarray(NULL, attributes->count, sizeof(ret->rows[0]));
        if (ret->rows == NULL)
                return -ENOMEM;
        memcpy(ret->rows, attributes->rows, attributes->count * sizeof(ret->rows[0]));
        ret->count = attributes->count;
        return 0;
}

/* The first row at or above `instance`. */
static size_t find(const struct member_attributes *attributes, uint32_t instance)
{
        size_t low = 0, high = attributes->count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (attributes->rows[middle].instance < instance)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool is_at(const struct member_attributes *attributes, size_t at, uint32_t instance)
{
        return at < attributes->count && attributes->rows[at].instance == instance;
}

bool member_attributes_get(const struct member_attributes *attributes, uint32_t instance, unsigned member)
{
        size_t at = find(attributes, instance);

        return is_at(attributes, at, instance) && (attributes->rows[at].passive >> member & 1) != 0;
}

static void remove_row(struct member_attributes *attributes, size_t at)
{
        attributes->count--;
        memmove(&attributes->rows[at], &attributes->rows[at + 1],
                (attributes->count - at) * sizeof(attributes->rows[0]));
}

static int insert_row(struct member_attributes *attributes, size_t at, uint32_t instance)
{
        struct member_attribute *rows =
                reallocarray(attributes->rows, attributes->count + 1, sizeof(attributes->rows[0]));

        if (rows == NULL)
                return -ENOMEM;
        memmove(&rows[at + 1], &rows[at], (attributes->count - at) * sizeof(rows[0]));
        rows[at] = (struct member_attribute){.instance = instance};
        attributes->rows = rows;
        attributes->count++;
        return 0;
}

int member_attributes_set(struct member_attributes *attributes, uint32_t instance, unsigned member,
                          bool passive)
{
        size_t at = find(attributes, instance);
        uint8_t bit = (uint8_t)(1u << member);

        if (!is_at(attributes, at, instance)) {
                int err = passive ? insert_row(attributes, at, instance) : 0;

                if (!passive || err < 0)
                        return err;
        }
        if (passive)
                attributes->rows[at].passive |= bit;
        else
                attributes->rows[at].passive &= (uint8_t)~bit;
        if (attributes->rows[at].passive == 0)
                remove_row(attributes, at);
        return 0;
}

void member_attributes_prune(struct member_attributes *attributes, const struct device_set *devices)
{
        size_t kept = 0;

        for (size_t i = 0; i < attributes->count; i++)
                if (device_set_find(devices, attributes->rows[i].instance) != NULL)
                        attributes->rows[kept++] = attributes->rows[i];
        attributes->count = kept;
}
