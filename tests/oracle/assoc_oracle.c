/* SPDX-License-Identifier: BSD-2-Clause */
/* assoc_oracle.c - libassoc's side of a comparison with an independent dissector; used by tshark.bats.
 *
 *   assoc_oracle encode ROLE OUI SERIAL CLASS   print a DHCPv4 message that carries this identity, as corpus
 * text assoc_oracle merge ROLE OUI SERIAL CLASS FILE  the same, merged into the option 125 of a message
 *   assoc_oracle decode ROLE FILE               print the identity that a message carries: OUI|SERIAL|CLASS
 *   assoc_oracle pcap FILE                      write a message as a capture of one IPv4 packet
 *
 * ROLE is device or gateway; FILE is text as bytes_parse() reads it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libassoc/assoc.h"
#include "tests/bytes.h"

#define MESSAGE_MAX 1400
#define FIXED_SIZE  240

static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};

static _Noreturn void die(const char *what, int code)
{
        fprintf(stderr, "assoc_oracle: %s (%d)\n", what, code);
        exit(1);
}

static enum assoc_role role_of(const char *name)
{
        if (strcmp(name, "device") != 0 && strcmp(name, "gateway") != 0)
                die("expected device or gateway", 0);
        return strcmp(name, "device") == 0 ? ASSOC_ROLE_DEVICE : ASSOC_ROLE_GATEWAY;
}

static size_t load(const char *path, uint8_t ret[MESSAGE_MAX])
{
        static char text[8 * MESSAGE_MAX];
        FILE *file = fopen(path, "r");
        int size;

        if (file == NULL)
                die(path, -1);
        size = bytes_parse(text, fread(text, 1, sizeof(text), file), ret, MESSAGE_MAX);
        fclose(file);
        if (size < 0)
                die(path, size);
        return (size_t)size;
}

static void print_bytes(const uint8_t *data, size_t size)
{
        for (size_t i = 0; i < size; i++)
                printf("%02x", data[i]);
}

/* A DISCOVER or an ACK with one option 125. */
static void print_message(enum assoc_role role, const uint8_t *option, size_t size)
{
        if (size > UINT8_MAX)
                die("option too long for one instance", (int)size);
        printf("%02x 01 06 00 12345678 00*20 02 00 00 00 00 01 00*202\n", role == ASSOC_ROLE_DEVICE ? 1 : 2);
        print_bytes(cookie, sizeof(cookie));
        printf("\n35 01 %02x\n7d %02x ", role == ASSOC_ROLE_DEVICE ? 1 : 5, (unsigned)size);
        print_bytes(option, size);
        printf("\nff\n");
}

static int encode(char **args)
{
        enum assoc_role role = role_of(args[0]);
        struct assoc_identity identity;
        uint8_t option[ASSOC_BLOCK_MAX];
        size_t size;
        int err = assoc_identity_set(&identity, args[1], args[2], args[3], NULL);

        if (err == 0)
                err = assoc_option_encode(&identity, role, option, sizeof(option), &size);
        if (err < 0)
                die("encode", err);
        print_message(role, option, size);
        return 0;
}

static int merge(char **args)
{
        enum assoc_role role = role_of(args[0]);
        struct assoc_identity identity;
        uint8_t message[MESSAGE_MAX], before[MESSAGE_MAX], after[MESSAGE_MAX];
        size_t message_size = load(args[4], message), before_size, after_size;
        int err = assoc_identity_set(&identity, args[1], args[2], args[3], NULL);

        if (err == 0)
                err = assoc_message_option(message, message_size, ASSOC_OPTION, before, sizeof(before),
                                           &before_size, NULL);
        if (err == 0)
                err = assoc_option_merge(before, before_size, &identity, role, after, sizeof(after),
                                         &after_size);
        if (err < 0)
                die("merge", err);
        print_message(role, after, after_size);
        return 0;
}

static int decode(char **args)
{
        struct assoc_identity identity;
        uint8_t message[MESSAGE_MAX];
        size_t size = load(args[1], message);
        int err = assoc_message_decode(message, size, role_of(args[0]), &identity, NULL);

        if (err < 0)
                die("decode", err);
        printf("%s|%s|%s\n", identity.oui, identity.serial, identity.product_class);
        return 0;
}

static void put_le32(uint8_t *out, uint32_t value)
{
        for (unsigned i = 0; i < 4; i++)
                out[i] = (uint8_t)(value >> (8 * i));
}

static void put_be16(uint8_t *out, size_t value)
{
        out[0] = (uint8_t)(value >> 8);
        out[1] = (uint8_t)value;
}

/* A capture file of raw IPv4 (link type 101) with one UDP datagram from port 68 to 67; checksums are left
 * out. */
static int pcap(char **args)
{
        uint8_t file_header[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4}, record[16] = {0};
        uint8_t packet[28 + MESSAGE_MAX] = {0x45, [8] = 64, [9] = 17, [12] = 192, 0, 2, 1, 192, 0, 2, 2};
        size_t size = load(args[0], packet + 28);

        put_le32(file_header + 16, sizeof(packet));
        put_le32(file_header + 20, 101);
        put_le32(record + 8, (uint32_t)(28 + size));
        put_le32(record + 12, (uint32_t)(28 + size));
        put_be16(packet + 2, 28 + size);
        put_be16(packet + 20, 68);
        put_be16(packet + 22, 67);
        put_be16(packet + 24, 8 + size);
        fwrite(file_header, 1, sizeof(file_header), stdout);
        fwrite(record, 1, sizeof(record), stdout);
        fwrite(packet, 1, 28 + size, stdout);
        return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
        static const struct {
                const char *name;
                int args;
                int (*run)(char **args);
        } commands[] = {{"encode", 4, encode}, {"merge", 5, merge}, {"decode", 2, decode}, {"pcap", 1, pcap}};

        for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
                if (strcmp(argv[1], commands[i].name) == 0 && argc == 2 + commands[i].args)
                        return commands[i].run(argv + 2);
        fprintf(stderr, "usage: see assoc_oracle.c\n");
        return 2;
}
