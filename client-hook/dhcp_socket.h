/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp_socket.h - talks DHCP from an interface that dhcpcd keeps. */
#ifndef CLIENT_DHCP_SOCKET_H
#define CLIENT_DHCP_SOCKET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/** Longest message that is received; a longer one is not a DHCP server's answer to us. */
#define DHCP_SOCKET_MESSAGE_MAX 4096

/**
 * Open a socket that sends from `address`, port 68, over `interface` and receives what arrives there.
 * Returns a non-blocking file descriptor or a negative errno (-EADDRNOTAVAIL: the address is gone).
 */
int dhcp_socket_open(const char *interface, struct in_addr address);

/**
 * Take port 68 of `address` on `interface` if nobody has it (a static address: no DHCP client listens), and
 * leave what arrives there unread. Else the kernel would tell the server that nobody is there, although the
 * socket above got the answer. Whoever wants the port later gets it, and what arrives there, all the same.
 * Returns a file descriptor or a negative errno (-EADDRINUSE: somebody listens).
 */
int dhcp_socket_hold_port(const char *interface, struct in_addr address);

/**
 * Send `size` bytes (at most 1472) to port 67 of `server`, or to everyone if that is INADDR_ANY.
 * Returns 0 or a negative errno.
 */
int dhcp_socket_send(int fd, struct in_addr address, struct in_addr server, const uint8_t *message,
                     size_t size);

/**
 * Receive one message.
 * Returns its size, 0 for a packet that is none of ours, or a negative errno (-EAGAIN: there is no more).
 */
int dhcp_socket_receive(int fd, uint8_t buffer[DHCP_SOCKET_MESSAGE_MAX]);

/**
 * The link-layer address of `interface`, as a DHCP message carries it: htype, and up to 16 bytes.
 * Returns its size, 0 if it has none that fits, or a negative errno.
 */
int dhcp_socket_hwaddr(const char *interface, uint8_t *ret_htype, uint8_t ret[16]);

#endif
