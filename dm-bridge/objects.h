/* SPDX-License-Identifier: BSD-2-Clause */
/* objects.h - the objects of the data model; one file each. */
#ifndef BRIDGE_OBJECTS_H
#define BRIDGE_OBJECTS_H

#include "dm-bridge/model.h"

extern const struct object device_info_object;         /* device_info.c */
extern const struct object management_server_object;   /* management_server.c */
extern const struct object device_association_object;  /* manageable_device.c */
extern const struct object manageable_device_object;   /* manageable_device.c */
extern const struct object manageable_device_2_object; /* manageable_device.c */
extern const struct object gateway_info_object;        /* gateway_info_object.c */
extern const struct object gateway_info_2_object;      /* gateway_info_object.c */

/** The getter of whatever is written and not secret. */
void parameter_get_value(const struct bridge *bridge, const struct parameter *parameter, uint32_t instance,
                         char *value);

#endif
