/* SPDX-License-Identifier: BSD-2-Clause */
/* member_attributes.h - passive notification of the members of ManageableDevice.{i}. (D1-4).
 * They never change while their entry lives, so that there is nothing to watch: what was set is kept and
 * told. */
#ifndef BRIDGE_MEMBER_ATTRIBUTES_H
#define BRIDGE_MEMBER_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device_set;

struct member_attributes {
        struct member_attribute {
                uint32_t instance;
                uint8_t passive; /* a bit for each member */
        } * rows;                /* by rising instance; none without a bit */
        size_t count;
};

void member_attributes_done(struct member_attributes *attributes);

/** Make *ret, which is empty, the same. Returns 0 or -ENOMEM. */
int member_attributes_copy(const struct member_attributes *attributes, struct member_attributes *ret);

bool member_attributes_get(const struct member_attributes *attributes, uint32_t instance, unsigned member);

/** Returns 0; -ENOMEM: nothing was changed. */
int member_attributes_set(struct member_attributes *attributes, uint32_t instance, unsigned member,
                          bool passive);

/** Forget entries that are gone. */
void member_attributes_prune(struct member_attributes *attributes, const struct device_set *devices);

#endif
