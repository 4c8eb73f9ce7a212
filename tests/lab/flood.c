/* SPDX-License-Identifier: BSD-2-Clause */
/* flood.c - a hostile host: DHCP requests from link-layer and IP addresses that are not its own, as fast as
 * asked. No real client would send them and perfdhcp can't (one option 125 for all, no DHCPINFORM), so they
 * are made here, on a packet socket.
 *
 *   flood INTERFACE KIND COUNT RATE
 *
 * KIND: identities (DHCPREQUESTs, each from another client with another identity, for 192.0.2.100 to .200),
 * informs (DHCPINFORMs from the address that they name), forged (DHCPINFORMs from another), malformed
 * (DHCPINFORMs whose option 125 is broken in many ways), mixed (all of these in turn). COUNT in all, RATE a
 * second. */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IP_AT = 14, UDP_AT = 34, DHCP_AT = 42, OPTIONS_AT = DHCP_AT + 240, FRAME_MAX = OPTIONS_AT + 256 };

enum { REQUEST = 3, INFORM = 8 };

struct frame {
        uint8_t bytes[FRAME_MAX];
        size_t size;
};

static uint32_t state = 2463534242U;

/* xorshift: the same flood each time. */
static uint32_t next_random(void)
{
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
}

static void put_be16(uint8_t *at, unsigned value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static void put_be32(uint8_t *at, uint32_t value)
{
        put_be16(at, value >> 16);
        put_be16(at + 2, value & 0xffff);
}

static void put(struct frame *frame, const void *data, size_t size)
{
        memcpy(frame->bytes + frame->size, data, size);
        frame->size += size;
}

static void put_option(struct frame *frame, uint8_t code, const void *data, uint8_t size)
{
        const uint8_t header[] = {code, size};

        put(frame, header, sizeof(header));
        put(frame, data, size);
}

static void put_address_option(struct frame *frame, uint8_t code, uint32_t address)
{
        uint8_t bytes[4];

        put_be32(bytes, address);
        put_option(frame, code, bytes, sizeof(bytes));
}

/* Enterprise 3561, OUI and a serial number that nobody had before. */
static void put_identity(struct frame *frame, bool broken)
{
        uint8_t option[64] = {0, 0, 0x0d, 0xe9, 0, 1, 6, 'B', 'A', 'D', 'B', 'A', 'D', 2};
        int length = snprintf((char *)option + 15, 32, "H%08x", next_random());
        uint8_t size = (uint8_t)(15 + length);

        option[4] = (uint8_t)(size - 5);
        option[14] = (uint8_t)length;
        /* A length, a code, a character: whatever it hits. */
        if (broken)
                option[4 + next_random() % 14] ^= (uint8_t)(1 + next_random() % 255);
        put_option(frame, 125, option, size);
}

static void begin(struct frame *frame, uint8_t type, uint32_t ciaddr)
{
        uint8_t *dhcp = frame->bytes + DHCP_AT;

        memset(frame, 0, sizeof(*frame));
        dhcp[0] = dhcp[1] = 1;
        dhcp[2] = 6;
        put_be32(dhcp + 4, next_random());
        put_be32(dhcp + 12, ciaddr);
        dhcp[28] = 0x02;
        dhcp[29] = 0xbd;
        put_be32(dhcp + 30, next_random());
        memcpy(dhcp + 236, "\x63\x82\x53\x63", 4);
        frame->size = OPTIONS_AT;
        put_option(frame, 53, &type, 1);
}

static uint16_t checksum(const uint8_t *data, size_t size)
{
        uint32_t sum = 0;

        for (size_t i = 0; i < size; i += 2)
                sum += (uint32_t)data[i] << 8 | data[i + 1];
        while (sum > 0xffff)
                sum = (sum & 0xffff) + (sum >> 16);
        return (uint16_t)~sum;
}

/* Ethernet, IP and UDP around it; UDP without checksum. */
static void finish(struct frame *frame, uint32_t source)
{
        uint8_t *ip = frame->bytes + IP_AT, *udp = frame->bytes + UDP_AT;

        put(frame, "\xff", 1);
        memset(frame->bytes, 0xff, 6);
        memcpy(frame->bytes + 6, frame->bytes + DHCP_AT + 28, 6);
        put_be16(frame->bytes + 12, ETHERTYPE_IP);
        ip[0] = 0x45;
        put_be16(ip + 2, (unsigned)(frame->size - IP_AT));
        ip[8] = 64;
        ip[9] = 17;
        put_be32(ip + 12, source);
        put_be32(ip + 16, UINT32_MAX);
        put_be16(ip + 10, checksum(ip, 20));
        put_be16(udp, 68);
        put_be16(udp + 2, 67);
        put_be16(udp + 4, (unsigned)(frame->size - UDP_AT));
}

static void make_request(struct frame *frame)
{
        begin(frame, REQUEST, 0);
        put_address_option(frame, 50, 0xc0000264 + next_random() % 101);
        put_address_option(frame, 54, 0xc0000201);
        put_identity(frame, false);
        finish(frame, 0);
}

static void make_inform(struct frame *frame, bool forged, bool broken)
{
        uint32_t address = 0xc0000202 + next_random() % 90;

        begin(frame, INFORM, address);
        put_identity(frame, broken);
        finish(frame, forged ? next_random() : address);
}

static void make(struct frame *frame, const char *kind, unsigned number)
{
        static const char *const kinds[] = {"identities", "informs", "forged", "malformed"};

        if (strcmp(kind, "mixed") == 0)
                kind = kinds[number % 4];
        if (strcmp(kind, "identities") == 0)
                make_request(frame);
        else if (strcmp(kind, "malformed") == 0)
                make_inform(frame, false, true);
        else
                make_inform(frame, strcmp(kind, "forged") == 0, false);
}

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
        struct sockaddr_ll where = {.sll_family = AF_PACKET};
        struct frame frame;
        unsigned count, rate;
        double start;
        int fd;

        if (argc != 5) {
                fprintf(stderr, "usage: flood INTERFACE KIND COUNT RATE\n");
                return 2;
        }
        count = (unsigned)strtoul(argv[3], NULL, 10);
        rate = (unsigned)strtoul(argv[4], NULL, 10);
        where.sll_ifindex = (int)if_nametoindex(argv[1]);
        fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (fd < 0 || where.sll_ifindex == 0 || rate == 0) {
                fprintf(stderr, "flood: %s: %s\n", argv[1], strerror(errno));
                return 1;
        }
        start = now();
        for (unsigned i = 0; i < count; i++) {
                make(&frame, argv[2], i);
                if (sendto(fd, frame.bytes, frame.size, 0, (struct sockaddr *)&where, sizeof(where)) < 0 &&
                    errno != ENOBUFS) {
                        fprintf(stderr, "flood: %s\n", strerror(errno));
                        return 1;
                }
                while (now() - start < (double)i / rate)
                        usleep(500);
        }
        printf("%u in %.1f s\n", count, now() - start);
        close(fd);
        return 0;
}
