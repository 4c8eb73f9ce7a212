/* SPDX-License-Identifier: BSD-2-Clause */
/* lan.c - a LAN to test the neighbour watch on: ARP, and what it takes to have some. */
#include "config.h"

#include "tests/lan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The other end of the cable. */
#define CABLE "cable0"

struct arp_frame {
        struct ether_header ethernet;
        struct ether_arp arp;
};
_Static_assert(sizeof(struct arp_frame) == 42, "no gap between the headers");

static struct {
        bool answers;
        uint8_t hwaddr[6];
        unsigned asked;
} hosts[256];

static unsigned asked_strangers;
static int cable = -1;

struct in_addr lan_address(uint8_t host)
{
        return (struct in_addr){htonl(UINT32_C(0xC0000200) + host)};
}

/* --- Namespace and interface --- */

static int write_file(const char *path, const char *text)
{
        int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

        if (fd < 0)
                return -errno;
        if (write(fd, text, strlen(text)) < 0)
                err = -errno;
        close(fd);
        return err;
}

/* Whoever is not root becomes it in a user namespace, and there alone. */
static int become_root(void)
{
        char map[64];
        uid_t uid = geteuid();
        gid_t gid = getegid();
        int err;

        if (unshare(CLONE_NEWUSER) < 0)
                return -errno;
        err = write_file("/proc/self/setgroups", "deny");
        snprintf(map, sizeof(map), "0 %u 1", uid);
        if (err == 0)
                err = write_file("/proc/self/uid_map", map);
        snprintf(map, sizeof(map), "0 %u 1", gid);
        return err == 0 ? write_file("/proc/self/gid_map", map) : err;
}

int lan_enter(void)
{
        int err = geteuid() != 0 ? become_root() : 0;

        if (err < 0)
                return err;
        if (unshare(CLONE_NEWNET) < 0)
                return -errno;
        return lan_ip("link set lo up") ? 0 : -ENOENT;
}

bool lan_ip(const char *format, ...)
{
        char command[512] = "PATH=$PATH:/usr/sbin:/sbin; ip ";
        size_t used = strlen(command);
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(command + used, sizeof(command) - used, format, arguments);
        va_end(arguments);
        return system(command) == 0; /* NOLINT: the commands are the tests' own */
}

static int open_cable(void)
{
        struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP)};
        int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ARP));

        if (fd < 0)
                return -errno;
        address.sll_ifindex = (int)if_nametoindex(CABLE);
        if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
                close(fd);
                return -errno;
        }
        return fd;
}

bool lan_make(unsigned reachable, unsigned delay, unsigned probe)
{
        memset(hosts, 0, sizeof(hosts));
        asked_strangers = 0;
        if (!lan_ip("link add " LAN_INTERFACE " type veth peer name " CABLE) ||
            !lan_ip("address add 192.0.2.1/24 dev " LAN_INTERFACE) ||
            !lan_ip("ntable change name arp_cache dev " LAN_INTERFACE
                    " base_reachable %u delay_probe %u retrans %u",
                    reachable, delay, probe) ||
            !lan_ip("link set " CABLE " up") || !lan_ip("link set " LAN_INTERFACE " up"))
                return false;
        cable = open_cable();
        return cable >= 0;
}

void lan_remove(void)
{
        if (cable >= 0)
                close(cable);
        cable = -1;
        (void)lan_ip("link delete " CABLE " 2> /dev/null");
}

/* --- The devices --- */

void lan_answer(uint8_t host, const uint8_t hwaddr[6])
{
        hosts[host].answers = hwaddr != NULL;
        if (hwaddr != NULL)
                memcpy(hosts[host].hwaddr, hwaddr, 6);
}

unsigned lan_asked(uint8_t host)
{
        return hosts[host].asked;
}

unsigned lan_asked_strangers(void)
{
        return asked_strangers;
}

/* From a device to the gateway, which asked; or to all. */
static void send_arp(uint8_t host, const uint8_t hwaddr[6], const struct ether_arp *request)
{
        struct arp_frame frame = {.ethernet.ether_type = htons(ETHERTYPE_ARP)};
        struct in_addr address = lan_address(host);

        memset(frame.ethernet.ether_dhost, 0xff, 6);
        memcpy(frame.ethernet.ether_shost, hwaddr, 6);
        frame.arp.ea_hdr.ar_hrd = htons(ARPHRD_ETHER);
        frame.arp.ea_hdr.ar_pro = htons(ETHERTYPE_IP);
        frame.arp.ea_hdr.ar_hln = 6;
        frame.arp.ea_hdr.ar_pln = 4;
        frame.arp.ea_hdr.ar_op = htons(request != NULL ? ARPOP_REPLY : ARPOP_REQUEST);
        memcpy(frame.arp.arp_sha, hwaddr, 6);
        memcpy(frame.arp.arp_spa, &address, 4);
        memcpy(frame.arp.arp_tpa, &address, 4);
        if (request != NULL) {
                memcpy(frame.ethernet.ether_dhost, request->arp_sha, 6);
                memcpy(frame.arp.arp_tha, request->arp_sha, 6);
                memcpy(frame.arp.arp_tpa, request->arp_spa, 4);
        }
        (void)!send(cable, &frame, sizeof(frame), 0);
}

void lan_announce(uint8_t host, const uint8_t hwaddr[6])
{
        send_arp(host, hwaddr, NULL);
}

int lan_fd(void)
{
        return cable;
}

static void answer(const struct ether_arp *request)
{
        struct in_addr wanted, first = lan_address(0);
        uint8_t host;

        memcpy(&wanted, request->arp_tpa, sizeof(wanted));
        host = (uint8_t)ntohl(wanted.s_addr);
        if (ntohl(wanted.s_addr) - ntohl(first.s_addr) > UINT8_MAX) {
                asked_strangers++;
                return;
        }
        hosts[host].asked++;
        if (hosts[host].answers)
                send_arp(host, hosts[host].hwaddr, request);
}

void lan_play(void)
{
        struct arp_frame frame;

        while (recv(cable, &frame, sizeof(frame), 0) >= (ssize_t)sizeof(frame)) {
                if (frame.arp.ea_hdr.ar_op == htons(ARPOP_REQUEST))
                        answer(&frame.arp);
        }
}
