/* SPDX-License-Identifier: BSD-2-Clause */
/* json_strict.h - json-c's strict syntax, the same with every json-c. Private. */
#ifndef ASSOC_JSON_STRICT_H
#define ASSOC_JSON_STRICT_H

#include <stddef.h>

struct json_object;
struct json_tokener;

/**
 * json_tokener_parse_ex() in strict mode and with UTF-8 checked: `size` bytes of `text`, at most INT_MAX.
 * The offset behind what was read is in *ret_end; json_tokener_get_error() says how it went. A value ends it,
 * so that success is only success if *ret_end is `size` or the caller knows that nothing else can follow.
 */
struct json_object *json_strict_parse(struct json_tokener *tokener, const char *text, size_t size,
                                      size_t *ret_end);

#endif
