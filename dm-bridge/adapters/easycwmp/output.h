/* SPDX-License-Identifier: BSD-2-Clause */
/* output.h - the lines that easycwmp takes: one JSON object each, of strings. */
#ifndef EASYCWMP_OUTPUT_H
#define EASYCWMP_OUTPUT_H

struct json_object;

/* Rows of dm-bridge-rpc(7)'s results of `get`, `get_attributes` and `names`. */
void output_value(struct json_object *row);
void output_notification(struct json_object *row);
void output_name(struct json_object *row);

/** The params of an event `value_change`. */
void output_change(struct json_object *params);

/** A CWMP fault code, of one parameter or, with NULL, of the command. */
void output_fault(const char *name, int code);

void output_status(const char *status);

/** Who we are, from the parameters of DeviceInfo; NULL: that is not known. */
void output_device_id(struct json_object *rows);

#endif
