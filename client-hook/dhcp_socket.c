/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp_socket.c - talks DHCP from an interface that dhcpcd keeps.
 *
 * A raw socket, not UDP: the kernel gives a datagram to one of the UDP sockets bound to port 68, so ours
 * could take the ACK that dhcpcd waits for, or dhcpcd's take ours. A raw socket gets a copy, after the host's
 * own packet filter. */
#include "config.h"

#include "client-hook/dhcp_socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client-hook/udp.h"

#define PORT_SERVER        67
#define PORT_CLIENT        68
#define SEND_MAX           1472
#define IP_HEADER_SIZE_MAX 60

/* Wake us for UDP to port 68 only, however busy the device is. Offsets count from the IP header. */
static int attach_filter(int fd)
{
        static struct sock_filter code[] = {
                BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
                BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PORT_CLIENT, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
                BPF_STMT(BPF_RET | BPF_K, 0),
        };
        struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

        return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno : 0;
}

static int prepare(int fd, const char *interface, struct in_addr address)
{
        struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr = address};
        int on = 1;
        int err = attach_filter(fd);

        if (err < 0)
                return err;
        if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface) + 1) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
            bind(fd, (const struct sockaddr *)&local, sizeof(local)) < 0)
                return -errno;
        return 0;
}

int dhcp_socket_open(const char *interface, struct in_addr address)
{
        int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
        int err;

        if (fd < 0)
                return -errno;
        err = prepare(fd, interface, address);
        if (err < 0) {
                close(fd);
                return err;
        }
        return fd;
}

int dhcp_socket_hold_port(const char *interface, struct in_addr address)
{
        struct sockaddr_in local = {
                .sin_family = AF_INET, .sin_port = htons(PORT_CLIENT), .sin_addr = address};
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int on = 1, err = 0;

        if (fd < 0)
                return -errno;
        /* Bound alone, shared from then on: of several sockets the kernel prefers the latest. */
        if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface) + 1) < 0 ||
            bind(fd, (const struct sockaddr *)&local, sizeof(local)) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
                err = -errno;
        if (err == 0)
                return fd;
        close(fd);
        return err;
}

int dhcp_socket_send(int fd, struct in_addr address, struct in_addr server, const uint8_t *message,
                     size_t size)
{
        struct sockaddr_in remote = {.sin_family = AF_INET, .sin_addr = server};
        uint8_t datagram[UDP_HEADER_SIZE + SEND_MAX];

        if (size > SEND_MAX)
                return -EMSGSIZE;
        if (server.s_addr == INADDR_ANY)
                remote.sin_addr.s_addr = INADDR_BROADCAST;
        memcpy(datagram + UDP_HEADER_SIZE, message, size);
        udp_put_header(datagram, size, address, PORT_CLIENT, remote.sin_addr, PORT_SERVER);
        if (sendto(fd, datagram, UDP_HEADER_SIZE + size, 0, (const struct sockaddr *)&remote,
                   sizeof(remote)) < 0)
                return -errno;
        return 0;
}

int dhcp_socket_receive(int fd, uint8_t buffer[DHCP_SOCKET_MESSAGE_MAX])
{
        uint8_t packet[IP_HEADER_SIZE_MAX + UDP_HEADER_SIZE + DHCP_SOCKET_MESSAGE_MAX];
        ssize_t received = recv(fd, packet, sizeof(packet), MSG_TRUNC);
        const uint8_t *payload;
        size_t size;

        if (received < 0)
                return -errno;
        if ((size_t)received > sizeof(packet))
                return 0;
        payload = udp_find_payload(packet, (size_t)received, PORT_CLIENT, &size);
        if (payload == NULL || size > DHCP_SOCKET_MESSAGE_MAX)
                return 0;
        memcpy(buffer, payload, size);
        return (int)size;
}

int dhcp_socket_hwaddr(const char *interface, uint8_t *ret_htype, uint8_t ret[16])
{
        struct ifreq request = {0};
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int err;

        if (fd < 0)
                return -errno;
        strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
        err = ioctl(fd, SIOCGIFHWADDR, &request) < 0 ? -errno : 0;
        close(fd);
        if (err < 0)
                return err;
        *ret_htype = (uint8_t)request.ifr_hwaddr.sa_family;
        if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER && request.ifr_hwaddr.sa_family != ARPHRD_IEEE802)
                return 0;
        memcpy(ret, request.ifr_hwaddr.sa_data, 6);
        return 6;
}
