/* SPDX-License-Identifier: BSD-2-Clause */
/* lan.h - a LAN to test the neighbour watch on: the gateway's interface is real and so is its kernel, the
 * devices at the other end of the cable are played by the test. Nothing of it is seen outside: it lies in a
 * network namespace of the process. */
#ifndef TESTS_LAN_H
#define TESTS_LAN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/** The gateway's interface, 192.0.2.1/24. */
#define LAN_INTERFACE "lan0"

/** The address 192.0.2.`host`. */
struct in_addr lan_address(uint8_t host);

/** Go into a network namespace of one's own, once and for good. Returns 0 or a negative errno: this machine
 * does not let us. */
int lan_enter(void);

/** Run `ip` with these arguments, as printf(). Returns whether it succeeded. */
__attribute__((format(printf, 1, 2))) bool lan_ip(const char *format, ...);

/**
 * Make the interface and its cable. The kernel's patience with a neighbour there becomes: `reachable` that
 * one which answered is believed, about, then `delay` until it is probed, three times `probe` apart; all in
 * milliseconds. Returns whether it could be done.
 */
bool lan_make(unsigned reachable, unsigned delay, unsigned probe);

/** The undo of lan_make(). */
void lan_remove(void);

/** From now on lan_play() answers for 192.0.2.`host` from this link-layer address, NULL: not at all. */
void lan_answer(uint8_t host, const uint8_t hwaddr[6]);

/** How often the gateway has asked for 192.0.2.`host`, by broadcast or directly. */
unsigned lan_asked(uint8_t host);

/** How often the gateway has asked for anybody else. */
unsigned lan_asked_strangers(void);

/** A device says something on its own, so that bridges learn where it is. */
void lan_announce(uint8_t host, const uint8_t hwaddr[6]);

/** A descriptor that is readable when lan_play() has something to answer; never blocks. */
int lan_fd(void);
void lan_play(void);

#endif
