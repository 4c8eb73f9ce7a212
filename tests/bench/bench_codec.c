/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_codec.c - what it costs to find an identity in a DISCOVER, and to write one.
 *
 * Both are held against plain code that a careful programmer would write by hand for the same 548 bytes:
 * - the plain walk visits every option with its bounds checked and adds its code and length up; it looks at
 * no value. Decoding does that, joins option 125 and validates three elements byte by byte.
 * - the plain write copies every option, code, length and value, into a message with its bounds checked; the
 *   value of option 125 is there already. Encoding does that but makes the value of option 125 from an
 * identity, validated first. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libassoc/assoc.h"
#include "tests/allocations.h"
#include "tests/bench/bench.h"

#define MESSAGE_SIZE 548
#define FIXED_SIZE   240
#define CALLS        2000

static const struct assoc_identity identity = {"00D09E", "CP0412JTK1M", "SetTopBox"};
static uint8_t discover[MESSAGE_SIZE];

/* The options of the DISCOVER as the writers take them. */
struct option {
        uint8_t code, size;
        const uint8_t *value;
};

static struct option options[64];
static size_t option_count;

/* Options that a set-top box or a phone may well send, with lengths of their kind; a last one fills up. */
static const struct {
        uint8_t code, size;
} layout[] = {
        {53, 1},  {61, 7},  {50, 4},  {57, 2},  {12, 11}, {81, 14}, {60, 24}, {55, 18},
        {51, 4},  {54, 4},  {116, 1}, {93, 2},  {94, 3},  {97, 17}, {77, 8},  {124, 14},
        {125, 0}, {145, 1}, {82, 18}, {118, 4}, {43, 16}, {255, 0},
};

static void write_option(uint8_t **pos, uint8_t code, uint8_t size, const uint8_t *value)
{
        *(*pos)++ = code;
        *(*pos)++ = size;
        if (value != NULL)
                memcpy(*pos, value, size);
        else
                memset(*pos, code, size);
        options[option_count++] = (struct option){.code = code, .size = size, .value = *pos};
        *pos += size;
}

static void make_discover(void)
{
        static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};
        uint8_t block[ASSOC_BLOCK_MAX], *pos = discover + FIXED_SIZE;
        size_t block_size;

        discover[0] = 1;
        memcpy(discover + FIXED_SIZE - sizeof(cookie), cookie, sizeof(cookie));
        if (assoc_option_encode(&identity, ASSOC_ROLE_DEVICE, block, sizeof(block), &block_size) < 0)
                abort();
        for (size_t i = 0; layout[i].code != 255; i++) {
                if (layout[i].code == ASSOC_OPTION)
                        write_option(&pos, ASSOC_OPTION, (uint8_t)block_size, block);
                else
                        write_option(&pos, layout[i].code, layout[i].size, NULL);
        }
        write_option(&pos, 224, (uint8_t)(discover + MESSAGE_SIZE - 1 - pos - 2), NULL);
        *pos = 255;
}

static void plain_walk(void)
{
        const uint8_t *pos = discover + FIXED_SIZE, *end = discover + MESSAGE_SIZE;
        unsigned sum = 0;

        while (pos < end && *pos != 255) {
                if (*pos == 0) {
                        pos++;
                        continue;
                }
                if (end - pos < 2 || end - pos - 2 < pos[1])
                        abort();
                sum += pos[0] + pos[1];
                pos += 2 + pos[1];
        }
        bench_use(sum);
}

static void decode(void)
{
        struct assoc_identity found;

        if (assoc_message_decode(discover, sizeof(discover), ASSOC_ROLE_DEVICE, &found, NULL) != 0)
                abort();
        bench_use(&found);
}

static uint8_t *put_option(uint8_t *pos, const uint8_t *end, const struct option *option)
{
        if (end - pos < 2 || end - pos - 2 < option->size)
                abort();
        pos[0] = option->code;
        pos[1] = option->size;
        memcpy(pos + 2, option->value, option->size);
        return pos + 2 + option->size;
}

static void plain_write(void)
{
        uint8_t message[MESSAGE_SIZE], *pos = message;

        for (size_t i = 0; i < option_count; i++)
                pos = put_option(pos, message + sizeof(message), &options[i]);
        bench_use(message);
}

static void encode(void)
{
        uint8_t message[MESSAGE_SIZE], *pos = message;
        uint8_t block[ASSOC_BLOCK_MAX];
        size_t size;

        for (size_t i = 0; i < option_count; i++) {
                struct option option = options[i];

                if (option.code == ASSOC_OPTION) {
                        if (assoc_option_encode(&identity, ASSOC_ROLE_DEVICE, block, sizeof(block), &size) !=
                            0)
                                abort();
                        option.value = block;
                        option.size = (uint8_t)size;
                }
                pos = put_option(pos, message + sizeof(message), &option);
        }
        bench_use(message);
}

static void count_allocations(const char *name, void (*function)(void))
{
        unsigned long before = allocations_count();

        function();
        if (allocations_counted())
                bench_figure(name, (double)(allocations_count() - before), "allocations", "0",
                             allocations_count() == before);
}

int main(void)
{
        struct bench_pair pair;

        make_discover();
        pair = bench_compare(plain_walk, decode, CALLS);
        bench_note("codec: plain walk over a 548-byte DISCOVER", pair.plain, "ns");
        bench_note("codec: decode a 548-byte DISCOVER", pair.measured, "ns");
        bench_figure("codec: decode against plain walk", pair.ratio, "times", "at most 2", pair.ratio <= 2);
        pair = bench_compare(plain_write, encode, CALLS);
        bench_note("codec: plain write of a 548-byte DISCOVER", pair.plain, "ns");
        bench_note("codec: encode a 548-byte DISCOVER", pair.measured, "ns");
        bench_figure("codec: encode against plain write", pair.ratio, "times", "at most 2", pair.ratio <= 2);
        /* bench_note() has let stdio take its buffer by now. */
        count_allocations("codec: allocations of a decode", decode);
        count_allocations("codec: allocations of an encode", encode);
        return 0;
}
