/* SPDX-License-Identifier: BSD-2-Clause */
/* packet.h - inputs for the codec's tests: bytes written down, DHCPv4 messages, memory with a guard behind
 * it. */
#ifndef TESTS_PACKET_H
#define TESTS_PACKET_H

#include "tests/unit/unit.h"

#include "libassoc/assoc.h"

/** Bytes that end where a PROT_NONE page begins: reading or writing one more is a crash. */
struct packet {
        uint8_t *data;
        size_t size;
};

/** Make a packet of `size` zero bytes. It lives until the next group teardown; at most 64 KiB each. */
struct packet packet_new(size_t size);

/** Make a packet from text as bytes_parse() reads it. */
struct packet packet_of(const char *text);

/** The first `size` bytes of `packet`, at a guard of their own. */
struct packet packet_prefix(const struct packet *packet, size_t size);

/**
 * Make a DHCPv4 message (BOOTREQUEST) of the three fields' content, each as text for bytes_parse(); `sname`
 * and `file` may be NULL. No option is added.
 */
struct packet packet_message(const char *options, const char *file, const char *sname);

/** Forget all packets; a cmocka teardown for each test. */
int packet_teardown(void **state);

/** Decode `packet` as the value of an option 125 and fail the test unless the outcome is `err` and `fault`.
 */
void assert_decodes(const struct packet *packet, enum assoc_role role, const char *oui, const char *serial,
                    const char *product_class);
void assert_refused(const struct packet *packet, enum assoc_role role, int err, enum assoc_fault fault,
                    uint8_t code);

#define PACKET_TEST(test) cmocka_unit_test_teardown(test, packet_teardown)

#endif
