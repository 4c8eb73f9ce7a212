/* SPDX-License-Identifier: BSD-2-Clause */
/* kea_json.h - text in JSON as Kea writes it. Private; shared by gateway-hook and assocctl. */
#ifndef ASSOC_KEA_JSON_H
#define ASSOC_KEA_JSON_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Kea holds the strings of JSON as bytes, and writes each byte beyond ASCII as \u00XX, so that UTF-8 becomes
 * something else for every other reader. Put those bytes back, in place; all else stays as it is.
 */
void kea_json_restore(char *text);

#ifdef __cplusplus
}
#endif
#endif
