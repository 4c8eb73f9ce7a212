/* SPDX-License-Identifier: BSD-2-Clause */
/* objects.h - the objects of the data model; one file each. */
#ifndef BRIDGE_OBJECTS_H
#define BRIDGE_OBJECTS_H

#include "dm-bridge/model.h"

extern const struct object management_server_object; /* manageable_device.c */
extern const struct object manageable_device_object; /* manageable_device.c */
extern const struct object gateway_info_object;      /* gateway_info_object.c */

#endif
