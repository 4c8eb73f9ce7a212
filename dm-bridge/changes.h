/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.h - between the model and notify.h: what is watched, what changed, what was written. */
#ifndef BRIDGE_CHANGES_H
#define BRIDGE_CHANGES_H

#include <stdbool.h>

#include "dm-bridge/model.h"

/** While the life of a NAT binding is being found out, each failed trial is another address: seconds between
 * two of those events at least, whatever the ACS has set (TR-111 2.2.1.3 leaves that to us). */
#define CHANGES_DISCOVERY_LIMIT 60

/** Who writes. What the ACS writes itself is no news to it. */
enum writer {
        WRITER_ACS,
        WRITER_LOCAL,
};

/** Give every parameter its initial value and attribute. */
void changes_init(struct bridge *bridge);

/** Look at every watched parameter whose source can be read; a change makes an event, now or when its limit
 * lets it. */
void changes_observe(struct bridge *bridge);

/** Write a canonical text into a writable parameter that is not below "{i}". */
void changes_write(struct bridge *bridge, const struct model_node *node, const char *value,
                   enum writer writer);

/** Set a parameter's attribute, not one that it denies. Returns 0 or -ENOMEM. */
int changes_set_attribute(struct bridge *bridge, const struct model_node *node,
                          enum notification notification);

/** A parameter's attribute as it is now. */
enum notification changes_attribute(const struct bridge *bridge, const struct model_node *node);

#endif
