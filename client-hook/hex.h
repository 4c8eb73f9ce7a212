/* SPDX-License-Identifier: BSD-2-Clause */
/* hex.h - hexadecimal text to bytes. */
#ifndef CLIENT_HEX_H
#define CLIENT_HEX_H

#include <stddef.h>
#include <stdint.h>

/**
 * Turn hexadecimal digits of either case into bytes: two a byte and nothing between them, as dhcpcd and
 * udhcpc write; or one or two a byte with a colon between bytes, as dhclient does.
 * Returns 0 and the bytes written in *ret_size; -EINVAL: half a byte, or something that is no digit;
 * -ENOBUFS: more than `size` bytes. The buffer's content is unspecified on error.
 */
int hex_decode(const char *text, uint8_t *buffer, size_t size, size_t *ret_size);

#endif
