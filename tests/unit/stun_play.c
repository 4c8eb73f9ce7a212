/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_play.c - a STUN client without a network: the test plays server and clock. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/stun_play.h"

#include <arpa/inet.h>
#include <string.h>

/* More actions than this at one time, or more ticks that change nothing, have no end. */
#define ENOUGH 64

static void play_random(void *context, uint8_t *bytes, size_t size)
{
        struct stun_play *play = context;

        for (size_t i = 0; i < size; i++) {
                play->random = play->random * 6364136223846793005u + 1442695040888963407u;
                bytes[i] = (uint8_t)(play->random >> 56);
        }
}

struct stun_address play_address(const char *address, uint16_t port)
{
        struct stun_address made = {.port = port};

        assert_int_equal(inet_pton(AF_INET, address, &made.address), 1);
        return made;
}

static void note_sent(struct stun_play *play, const struct stun_action *action)
{
        struct play_sent *sent = &play->sent[play->count++ % PLAY_SENT];

        *sent = (struct play_sent){play->now, action->port, action->to, {0}, action->size};
        memcpy(sent->bytes, action->bytes, action->size);
        if (play->watch != NULL)
                play->watch(play, sent);
}

void play_drain(struct stun_play *play)
{
        struct stun_action action;
        unsigned taken = 0;

        while (stun_client_next(&play->client, &action)) {
                assert_true(++taken < ENOUGH);
                play->resolves += action.type == STUN_RESOLVE;
                play->bindings += action.type == STUN_BINDING;
                if (action.type == STUN_SEND)
                        note_sent(play, &action);
        }
        assert_true(stun_client_deadline(&play->client) > play->now);
}

static void advance(struct stun_play *play, int64_t until)
{
        int64_t deadline = stun_client_deadline(&play->client);

        if (deadline > until) {
                play->now = until;
                return;
        }
        play->now = deadline;
        stun_client_tick(&play->client, play->now);
        play_drain(play);
}

void play_run(struct stun_play *play, int64_t milliseconds)
{
        int64_t until = play->now + milliseconds;

        while (play->now < until)
                advance(play, until);
}

const struct play_sent *play_next_request(struct stun_play *play, int64_t milliseconds)
{
        int64_t until = play->now + milliseconds;
        struct play_sent before = *play_last(play);

        while (play->now < until) {
                advance(play, until);
                if (memcmp(before.bytes + 4, play_last(play)->bytes + 4, STUN_TRANSACTION_SIZE) != 0)
                        return play_last(play);
        }
        return NULL;
}

const struct play_sent *play_last(const struct stun_play *play)
{
        assert_true(play->count > 0);
        return &play->sent[(play->count - 1) % PLAY_SENT];
}

void play_configure(struct stun_play *play)
{
        assert_int_equal(stun_client_configure(&play->client, &play->settings, play->now), 0);
        play_drain(play);
}

void play_begin(struct stun_play *play, const char *username, const char *password, enum stun_policy policy)
{
        *play = (struct stun_play){.now = PLAY_START, .watch = play->watch};
        play->server = play_address("203.0.113.5", 3478);
        play->local = play_address(PLAY_LOCAL, 7547);
        play->settings = (struct stun_settings){.enabled = true,
                                                .policy = policy,
                                                .server = "stun.example:3478",
                                                .username = username,
                                                .password = password,
                                                .minimum_ms = PLAY_MINIMUM,
                                                .maximum_ms = PLAY_MINIMUM};
        stun_client_init(&play->client, play_random, play);
        stun_client_local(&play->client, &play->local, play->now);
        play_configure(play);
        stun_client_server(&play->client, &play->server, play->now);
        play_drain(play);
}

void play_receive(struct stun_play *play, enum stun_port port, const struct stun_answer *answer)
{
        stun_client_received(&play->client, port, &play->server, answer->bytes, answer->size, play->now);
        play_drain(play);
}

void play_mapped(struct stun_play *play, const char *address, uint16_t port)
{
        struct stun_answer answer = stun_answer_mapped(play_last(play)->bytes, address, port);

        play_receive(play, play_last(play)->port, &answer);
}

void play_error(struct stun_play *play, unsigned code)
{
        struct stun_answer answer = stun_answer_error(play_last(play)->bytes, code);

        play_receive(play, play_last(play)->port, &answer);
}

struct stun_report play_report(const struct stun_play *play)
{
        struct stun_report report;

        stun_client_report(&play->client, &report, play->now);
        return report;
}

bool play_has(const struct stun_play *play, uint16_t attribute)
{
        return stun_has(play_last(play)->bytes, play_last(play)->size, attribute);
}

bool play_is_signed(const struct stun_play *play, const char *password, enum stun_dialect dialect)
{
        return stun_is_signed(play_last(play)->bytes, play_last(play)->size, password, dialect);
}

void play_become_bound(struct stun_play *play, uint16_t port)
{
        play_mapped(play, PLAY_PUBLIC, port);
        if (play_has(play, ATTRIBUTE_CHANGE))
                play_mapped(play, PLAY_PUBLIC, port);
        assert_int_equal(play_report(play).state, STUN_STATE_BOUND);
}

void play_assert_contact(const struct stun_play *play, bool nat_detected, const char *address, uint16_t port)
{
        struct stun_report report = play_report(play);
        struct stun_address expected = play_address(address, port);

        assert_true(report.has_request_address);
        assert_int_equal(report.nat_detected, nat_detected);
        assert_true(stun_address_equals(&report.request_address, &expected));
}

void play_set_local(struct stun_play *play, const char *address, uint16_t port)
{
        struct stun_address local = {.port = port};

        if (address != NULL)
                local = play_address(address, port);
        stun_client_local(&play->client, address != NULL ? &local : NULL, play->now);
        play_drain(play);
}

void play_set_server(struct stun_play *play, const char *address)
{
        if (address != NULL)
                play->server = play_address(address, 3478);
        stun_client_server(&play->client, address != NULL ? &play->server : NULL, play->now);
        play_drain(play);
}
