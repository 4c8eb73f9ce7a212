/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_fixture.c - the STUN client of the tests that play server, clock and keepalive. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/stun_fixture.h"

#include <string.h>

struct stun_play play;

void begin_with(const char *username, const char *password, enum stun_policy policy)
{
        memset(&fake_keepalive, 0, sizeof(fake_keepalive));
        play_begin(&play, username, password, policy);
}

void begin_as(const char *username, const char *password)
{
        begin_with(username, password, STUN_POLICY_RFC3489);
}

int begin(void **state)
{
        (void)state;
        begin_as(NULL, NULL);
        return 0;
}

int end(void **state)
{
        (void)state;
        assert_false(fake_keepalive.broken);
        return 0;
}

enum stun_state state_now(void)
{
        return play_report(&play).state;
}

bool is_new_since(const struct play_sent *before)
{
        return memcmp(before->bytes + 4, play_last(&play)->bytes + 4, STUN_TRANSACTION_SIZE) != 0;
}

void assert_asked_at_once(size_t count)
{
        assert_int_equal(play.count, count + 1);
        assert_int_equal(play_last(&play)->at, play.now);
        assert_true(stun_address_equals(&play_last(&play)->to, &play.server));
        assert_false(play_has(&play, ATTRIBUTE_CHANGE));
}
