/* SPDX-License-Identifier: BSD-2-Clause */
/* assoc.h - device-gateway association over DHCPv4 option 125 (TR-111 Part 1).
 *
 * Decodes what a device or a gateway says of itself, and encodes what we say. Nothing here allocates,
 * logs, blocks or keeps state: every function is safe from any thread. */
#ifndef ASSOC_H
#define ASSOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ASSOC_PUBLIC __attribute__((visibility("default")))
#else
#define ASSOC_PUBLIC
#endif

/** IANA enterprise number of the Broadband Forum, formerly DSL Forum (TR-111 1.2.5). */
#define ASSOC_ENTERPRISE 3561
/** DHCPv4 option that carries the identities (RFC 3925). */
#define ASSOC_OPTION 125
/** Length of an OUI in hexadecimal digits. */
#define ASSOC_OUI_LENGTH 6
/** Longest serial number or product class, in bytes of UTF-8 (TR-111 table 2: string(64)). */
#define ASSOC_TEXT_MAX 64
/** Most bytes that assoc_option_encode() writes: enterprise, block length, three sub-options. */
#define ASSOC_BLOCK_MAX (4 + 1 + 2 + ASSOC_OUI_LENGTH + 2 * (2 + ASSOC_TEXT_MAX))
/** Most bytes of one option, joined from all its instances, that a message may carry (see
 * assoc_message_option()). */
#define ASSOC_OPTION_MAX 4096

/** Whose identity: it decides the sub-option codes, 1 to 3 for a device, 4 to 6 for a gateway. */
enum assoc_role {
        ASSOC_ROLE_DEVICE,
        ASSOC_ROLE_GATEWAY,
};

/** The elements of an identity, in sub-option order. */
enum assoc_element {
        ASSOC_ELEMENT_OUI,
        ASSOC_ELEMENT_SERIAL,
        ASSOC_ELEMENT_CLASS,
};

/**
 * Who a device or a gateway is. Every member is NUL-terminated; an element that is not known is "".
 * What assoc_identity_set() or a decoder filled in is valid: upper-case OUI, UTF-8 without control
 * characters.
 */
struct assoc_identity {
        char oui[ASSOC_OUI_LENGTH + 1];
        char serial[ASSOC_TEXT_MAX + 1];
        char product_class[ASSOC_TEXT_MAX + 1];
};

/** What is wrong with an identity or an option. */
enum assoc_fault {
        ASSOC_FAULT_NONE,
        ASSOC_FAULT_MISSING,    /* a required element is absent or empty (EN-3) */
        ASSOC_FAULT_OUI_LENGTH, /* OUI is not six characters */
        ASSOC_FAULT_OUI_DIGIT,  /* OUI holds something that is no hexadecimal digit */
        ASSOC_FAULT_TOO_LONG,   /* serial number or product class over 64 bytes */
        ASSOC_FAULT_CONTROL,    /* control character, or a NUL that is not the one trailing NUL we tolerate */
        ASSOC_FAULT_ENCODING,   /* not UTF-8: no data model could carry it */
        ASSOC_FAULT_CONFLICT,   /* one sub-option stands twice with different values (EN-10) */
        ASSOC_FAULT_TRUNCATED,  /* a length runs past what holds it */
        ASSOC_FAULT_OTHER_ROLE, /* a client request with sub-options 4, 5 or 6: a TR-124 router (EN-9) */
        ASSOC_FAULT_NOT_DHCP,   /* shorter than a DHCPv4 header, or no magic cookie */
        ASSOC_FAULT_TOO_BIG,    /* the option, joined, is over ASSOC_OPTION_MAX */
};

/** Where and why decoding stopped; for log lines and error messages. */
struct assoc_diagnosis {
        enum assoc_fault fault;
        uint8_t code; /* sub-option code it concerns; 0: the option or message itself */
        size_t got;   /* the length or offset met, in bytes, as the fault's text says */
};

/**
 * Build an identity from text and validate it (EN-3, EN-4, EN-6): a lower-case OUI is folded to upper.
 * `product_class` may be NULL or "", which are the same (EN-8). `why` may be NULL.
 * Returns 0; -EINVAL: not a valid identity, and *why says what is wrong (why->code is 1 + the assoc_element).
 * *ret is untouched unless 0 is returned.
 */
ASSOC_PUBLIC int assoc_identity_set(struct assoc_identity *ret, const char *oui, const char *serial,
                                    const char *product_class, struct assoc_diagnosis *why);

/** Whether all three elements agree (GW-3, AS-3). */
ASSOC_PUBLIC bool assoc_identity_equal(const struct assoc_identity *a, const struct assoc_identity *b);

/** Whether all three elements are empty: no gateway takes part (DV-3). */
ASSOC_PUBLIC bool assoc_identity_empty(const struct assoc_identity *identity);

/**
 * Find an identity in the value of option 125, already joined (RFC 3396), `size` bytes.
 *
 * Blocks of other enterprises and unknown sub-options are skipped (EN-5). For ASSOC_ROLE_DEVICE an OUI and a
 * serial number must be there (EN-3) and sub-options 4 to 6 must not (EN-9). For ASSOC_ROLE_GATEWAY any one
 * element is enough; those that are missing become "" (DV-3).
 * `why` may be NULL; it is filled in on every error.
 * Returns 0; -ENODATA: no identity for that role (absent, incomplete, or a TR-124 router's); -EBADMSG:
 * malformed or invalid (EN-6, EN-10). *ret is untouched unless 0 is returned.
 */
ASSOC_PUBLIC int assoc_option_decode(const void *option, size_t size, enum assoc_role role,
                                     struct assoc_identity *ret, struct assoc_diagnosis *why);

/**
 * Write the value of an option 125 that holds `identity` and nothing else (EN-1 to EN-4, EN-8).
 * At most ASSOC_BLOCK_MAX bytes are written to `buffer`, which has room for `size`; no NUL is sent.
 * Returns 0 and the bytes written in *ret_size; -EINVAL: the identity is not valid for sending;
 * -ENOBUFS: it does not fit. The buffer's content is unspecified on error.
 */
ASSOC_PUBLIC int assoc_option_encode(const struct assoc_identity *identity, enum assoc_role role,
                                     void *buffer, size_t size, size_t *ret_size);

/**
 * Merge `identity` into the value of an existing option 125 (EN-7). Other enterprises' blocks and the other
 * sub-options of enterprise 3561 keep their bytes and order; sub-options of `role` that stand there already
 * are replaced, all three, so that no code is sent twice and no two identities mix. Ours go into the first
 * 3561 block with room, else into a new block at the end. `option` may be empty (size 0); it must not overlap
 * `buffer`. Returns 0 and the bytes written in *ret_size; -EBADMSG: the existing option is malformed;
 * -EINVAL: the identity is not valid for sending; -ENOBUFS: the result does not fit.
 */
ASSOC_PUBLIC int assoc_option_merge(const void *option, size_t option_size,
                                    const struct assoc_identity *identity, enum assoc_role role, void *buffer,
                                    size_t size, size_t *ret_size);

/**
 * Join all instances of option `code` in a DHCPv4 message, in order of appearance: options field, then
 * `file`, then `sname` as option 52 says (RFC 2131 4.1, RFC 3396). `message` is the UDP payload, `size`
 * bytes. Returns 0 and the bytes written in *ret_size; -ENODATA: the message has no such option; -EBADMSG:
 * not a DHCPv4 message, or an option runs past its field (an end option need not be there); -ENOBUFS:
 * `buffer` (room for `buffer_size`) is too small. `why` may be NULL. code 0 (pad), 52 (overload) and 255
 * (end) are -EINVAL.
 */
ASSOC_PUBLIC int assoc_message_option(const void *message, size_t size, uint8_t code, void *buffer,
                                      size_t buffer_size, size_t *ret_size, struct assoc_diagnosis *why);

/**
 * Find an identity in a DHCPv4 message as received: assoc_message_option() for option 125, then
 * assoc_option_decode(). Nothing is kept of `message`. Uses about ASSOC_OPTION_MAX bytes of stack.
 * Returns as those two do; an option over ASSOC_OPTION_MAX is -EBADMSG.
 * *ret is untouched unless 0 is returned.
 */
ASSOC_PUBLIC int assoc_message_decode(const void *message, size_t size, enum assoc_role role,
                                      struct assoc_identity *ret, struct assoc_diagnosis *why);

/**
 * Say a diagnosis in one line of plain ASCII, without a line end: what was expected and what came.
 * Writes at most `size` bytes, always NUL-terminated if size > 0; returns `buffer`. Longest text: 127 bytes.
 */
ASSOC_PUBLIC const char *assoc_diagnosis_text(const struct assoc_diagnosis *why, char *buffer, size_t size);

/** The library's version, "major.minor.patch"; static. */
ASSOC_PUBLIC const char *assoc_version(void);

#ifdef __cplusplus
}
#endif
#endif
