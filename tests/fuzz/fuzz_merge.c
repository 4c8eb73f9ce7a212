/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_merge.c - the input's first two bytes make an identity, the rest is an option 125 to merge it into.
 * What is foreign stays, ours is there once, and merging again changes nothing (EN-7). */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#include "libassoc/assoc.h"

/* An option taken apart by this target's own, plain reading of RFC 3925. */
struct parts {
        uint8_t *foreign,
                *suboptions; /* whole blocks of others; sub-options of 3561 that are not of the role */
        size_t foreign_size, suboptions_size;
        unsigned ours; /* sub-options of the role */
        bool other_role;
};

static void append(uint8_t *part, size_t *part_size, const uint8_t *data, size_t size)
{
        memcpy(part + *part_size, data, size);
        *part_size += size;
}

static void take_suboptions(struct parts *parts, const uint8_t *data, size_t size, unsigned first)
{
        for (size_t at = 0; at < size; at += 2u + data[at + 1]) {
                FUZZ_CHECK(size - at >= 2 && size - at - 2 >= data[at + 1]);
                if (data[at] >= first && data[at] < first + 3) {
                        parts->ours++;
                        continue;
                }
                if (data[at] >= 4 && data[at] <= 6)
                        parts->other_role = true;
                append(parts->suboptions, &parts->suboptions_size, data + at, 2u + data[at + 1]);
        }
}

static struct parts take_apart(const uint8_t *data, size_t size, enum assoc_role role)
{
        static const uint8_t enterprise[] = {0, 0, 0x0D, 0xE9};
        struct parts parts = {.foreign = malloc(size + 1), .suboptions = malloc(size + 1)};

        FUZZ_CHECK(parts.foreign != NULL && parts.suboptions != NULL);
        for (size_t at = 0; at < size; at += 5u + data[at + 4]) {
                FUZZ_CHECK(size - at >= 5 && size - at - 5 >= data[at + 4]);
                if (memcmp(data + at, enterprise, 4) == 0)
                        take_suboptions(&parts, data + at + 5, data[at + 4],
                                        role == ASSOC_ROLE_DEVICE ? 1 : 4);
                else
                        append(parts.foreign, &parts.foreign_size, data + at, 5u + data[at + 4]);
        }
        return parts;
}

static void done_parts(struct parts *parts)
{
        free(parts->foreign);
        free(parts->suboptions);
}

static void check_parts(const uint8_t *data, size_t size, const uint8_t *merged, size_t merged_size,
                        const struct assoc_identity *identity, enum assoc_role role)
{
        struct parts before = take_apart(data, size, role), after = take_apart(merged, merged_size, role);
        struct assoc_identity decoded;
        int err = assoc_option_decode(merged, merged_size, role, &decoded, NULL);

        FUZZ_CHECK(before.foreign_size == after.foreign_size);
        FUZZ_CHECK(memcmp(before.foreign, after.foreign, before.foreign_size) == 0);
        FUZZ_CHECK(before.suboptions_size == after.suboptions_size);
        FUZZ_CHECK(memcmp(before.suboptions, after.suboptions, before.suboptions_size) == 0);
        FUZZ_CHECK(after.ours == (identity->product_class[0] == '\0' ? 2u : 3u));
        if (role == ASSOC_ROLE_DEVICE && before.other_role)
                FUZZ_CHECK(err == -ENODATA);
        else
                FUZZ_CHECK(err == 0 && assoc_identity_equal(&decoded, identity));
        done_parts(&before);
        done_parts(&after);
}

static void check_again(const uint8_t *merged, size_t merged_size, const struct assoc_identity *identity,
                        enum assoc_role role)
{
        uint8_t *again = malloc(merged_size);
        size_t size;

        FUZZ_CHECK(again != NULL);
        FUZZ_CHECK(assoc_option_merge(merged, merged_size, identity, role, again, merged_size, &size) == 0);
        FUZZ_CHECK(size == merged_size && memcmp(again, merged, size) == 0);
        FUZZ_CHECK(assoc_option_merge(merged, merged_size, identity, role, again, size - 1, &size) ==
                   -ENOBUFS);
        free(again);
}

/* Bit 7 of the second byte: a gateway; bit 6: as long as can be; the rest: 1 to 64 bytes of serial number. */
static enum assoc_role make_identity(const uint8_t *data, struct assoc_identity *ret)
{
        bool longest = (data[1] & 0x40) != 0;

        memset(ret, 0, sizeof(*ret));
        snprintf(ret->oui, sizeof(ret->oui), "00D0%02X", data[0]);
        memset(ret->serial, 's', longest ? ASSOC_TEXT_MAX : 1u + (data[1] & 0x3F));
        memset(ret->product_class, 'c', longest ? ASSOC_TEXT_MAX : data[0] & 0x3F);
        return data[1] & 0x80 ? ASSOC_ROLE_GATEWAY : ASSOC_ROLE_DEVICE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct assoc_identity identity;
        enum assoc_role role;
        size_t room, merged_size;
        uint8_t *merged;
        int err;

        if (size < 2)
                return 0;
        role = make_identity(data, &identity);
        data += 2;
        size -= 2;
        room = size + ASSOC_BLOCK_MAX;
        merged = malloc(room);
        FUZZ_CHECK(merged != NULL);
        err = assoc_option_merge(data, size, &identity, role, merged, room, &merged_size);
        FUZZ_CHECK(err == 0 || err == -EBADMSG);
        if (err == 0) {
                check_parts(data, size, merged, merged_size, &identity, role);
                check_again(merged, merged_size, &identity, role);
        }
        free(merged);
        return 0;
}
