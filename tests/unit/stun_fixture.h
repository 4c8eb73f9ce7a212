/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_fixture.h - the STUN client of the tests that play server, clock and keepalive: all three are new for
 * each test. */
#ifndef TESTS_STUN_FIXTURE_H
#define TESTS_STUN_FIXTURE_H

#include "tests/unit/fake_keepalive.h"
#include "tests/unit/stun_play.h"

/** The one under test. */
extern struct stun_play play;

/** A test's setup: a client without credentials that knows RFC 3489 alone; and its teardown. */
int begin(void **state);
int end(void **state);

/** Begin anew; begin_as is of RFC 3489 too. */
void begin_as(const char *username, const char *password);
void begin_with(const char *username, const char *password, enum stun_policy policy);

enum stun_state state_now(void);

/** Whether the last datagram belongs to another transaction. */
bool is_new_since(const struct play_sent *before);

/** A request has left since `count`, at this very moment. */
void assert_asked_at_once(size_t count);

#endif
