/* SPDX-License-Identifier: BSD-2-Clause */
/* packet.c - inputs for the codec's tests, each with a PROT_NONE page behind it. */
#include "config.h"

#include "tests/unit/packet.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/bytes.h"

#define PACKET_MAX 65536

/* Each mapping begins with this. */
struct mapping {
        struct mapping *next;
        size_t size;
};

static struct mapping *mappings;

struct packet packet_new(size_t size)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t room = (sizeof(struct mapping) + size + page - 1) / page * page;
        uint8_t *start = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        struct mapping *mapping = (void *)start;

        assert_ptr_not_equal(start, MAP_FAILED);
        assert_int_equal(mprotect(start + room, page, PROT_NONE), 0);
        *mapping = (struct mapping){.next = mappings, .size = room + page};
        mappings = mapping;
        return (struct packet){.data = start + room - size, .size = size};
}

static struct packet packet_copy(const uint8_t *data, size_t size)
{
        struct packet packet = packet_new(size);

        memcpy(packet.data, data, size);
        return packet;
}

static size_t parse(const char *text, uint8_t *buffer, size_t room)
{
        int size = bytes_parse(text, strlen(text), buffer, room);

        if (size < 0)
                fail_msg("the test's own bytes are wrong: %s", text);
        return (size_t)size;
}

struct packet packet_of(const char *text)
{
        static uint8_t buffer[PACKET_MAX];

        return packet_copy(buffer, parse(text, buffer, sizeof(buffer)));
}

struct packet packet_prefix(const struct packet *packet, size_t size)
{
        return packet_copy(packet->data, size);
}

struct packet packet_message(const char *options, const char *file, const char *sname)
{
        static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};
        static uint8_t buffer[PACKET_MAX];

        memset(buffer, 0, 240);
        buffer[0] = 1;
        if (sname != NULL)
                parse(sname, buffer + 44, 64);
        if (file != NULL)
                parse(file, buffer + 108, 128);
        memcpy(buffer + 236, cookie, sizeof(cookie));
        return packet_copy(buffer, 240 + parse(options, buffer + 240, sizeof(buffer) - 240));
}

int packet_teardown(void **state)
{
        (void)state;
        while (mappings != NULL) {
                struct mapping *next = mappings->next;

                munmap(mappings, mappings->size);
                mappings = next;
        }
        return 0;
}

void assert_decodes(const struct packet *packet, enum assoc_role role, const char *oui, const char *serial,
                    const char *product_class)
{
        struct assoc_identity identity;

        assert_int_equal(assoc_option_decode(packet->data, packet->size, role, &identity, NULL), 0);
        assert_string_equal(identity.oui, oui);
        assert_string_equal(identity.serial, serial);
        assert_string_equal(identity.product_class, product_class);
}

void assert_refused(const struct packet *packet, enum assoc_role role, int err, enum assoc_fault fault,
                    uint8_t code)
{
        struct assoc_identity identity, untouched;
        struct assoc_diagnosis why = {0};

        memset(&identity, 0x5A, sizeof(identity));
        untouched = identity;
        assert_int_equal(assoc_option_decode(packet->data, packet->size, role, &identity, &why), err);
        assert_int_equal(why.fault, fault);
        assert_int_equal(why.code, code);
        assert_memory_equal(&identity, &untouched, sizeof(identity));
}
