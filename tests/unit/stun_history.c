/* SPDX-License-Identifier: BSD-2-Clause */
/* stun_history.c - a STUN client, with its real keepalive, to which anything happens in any order. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/stun_history.h"
#include "tests/unit/stun_play.h"

/* What an onlooker knows. */
struct history {
        struct stun_play play;
        const struct history_choice *choice;
        struct history_tally *tally;
        /* The last request of each port, its copies, and whether a 401 has answered it. */
        struct play_sent last[2];
        unsigned copies[2];
        bool unauthorized[2];
        /* The last request that counts for the minimum period. */
        bool has_counted;
        int64_t counted_at;
        struct stun_address counted_to, counted_local;
};

static struct history history;

static unsigned random_below(unsigned limit)
{
        return history.choice->below(history.choice->context, limit);
}

/* --- What is checked of all that leaves --- */

static bool has(const struct play_sent *sent, uint16_t type)
{
        return stun_has(sent->bytes, sent->size, type);
}

static void check_attributes(const struct stun_play *play, const struct play_sent *sent)
{
        bool primary = sent->port == STUN_PRIMARY, integrity = has(sent, ATTRIBUTE_INTEGRITY);
        bool named = play->settings.username != NULL && play->settings.username[0] != '\0';

        assert_int_equal(has(sent, ATTRIBUTE_BINDING), primary);
        assert_int_equal(has(sent, ATTRIBUTE_RESPONSE_ADDRESS), !primary);
        assert_true(!primary || !has(sent, ATTRIBUTE_CHANGE_REQUEST));
        assert_true(primary || !has(sent, ATTRIBUTE_CHANGE));
        assert_int_equal(has(sent, ATTRIBUTE_USERNAME), named && (primary || integrity));
        assert_true(!integrity || history.unauthorized[sent->port]); /* BD-6 */
}

/* KA-1 and its exceptions: KA-3, BD-7, BD-5, another server. */
static void check_period(const struct stun_play *play, const struct play_sent *sent)
{
        if (sent->port == STUN_SECONDARY || has(sent, ATTRIBUTE_CHANGE))
                return;
        if (has(sent, ATTRIBUTE_INTEGRITY) || !history.has_counted ||
            !stun_address_equals(&sent->to, &history.counted_to) ||
            !stun_address_equals(&play->local, &history.counted_local)) {
                history.tally->exempt++;
        } else {
                history.tally->counted++;
                assert_true(sent->at - history.counted_at >= play->settings.minimum_ms);
        }
        history.has_counted = true;
        history.counted_at = sent->at;
        history.counted_to = sent->to;
        history.counted_local = play->local;
}

static void check_probe(const struct stun_play *play, const struct play_sent *sent)
{
        struct stun_report report = play_report(play);
        size_t size;
        const uint8_t *value = stun_attribute(sent->bytes, sent->size, ATTRIBUTE_RESPONSE_ADDRESS, &size);

        assert_int_equal(size, 8);
        assert_int_equal(value[2] << 8 | value[3], report.mapped.port);
        assert_memory_equal(value + 4, &report.mapped.address, 4);
}

static void check_sent(const struct stun_play *play, const struct play_sent *sent)
{
        struct play_sent *last = &history.last[sent->port];
        struct stun_report report = play_report(play);

        assert_true(report.has_server && report.has_local && play->settings.enabled);
        assert_true(stun_address_equals(&sent->to, &report.server));
        if (memcmp(last->bytes + 4, sent->bytes + 4, STUN_TRANSACTION_SIZE) == 0) {
                assert_int_equal(last->size, sent->size);
                assert_memory_equal(last->bytes, sent->bytes, sent->size);
                assert_true(++history.copies[sent->port] <= STUN_COPIES);
                return;
        }
        check_attributes(play, sent);
        check_period(play, sent);
        if (sent->port == STUN_SECONDARY)
                check_probe(play, sent);
        history.tally->changes += has(sent, ATTRIBUTE_CHANGE);
        history.tally->probes += sent->port == STUN_SECONDARY;
        history.copies[sent->port] = 1;
        history.unauthorized[sent->port] = false;
        *last = *sent;
}

/* --- What happens --- */

static void pass_time(void)
{
        static const int64_t times[] = {0, 1, 20, 150, 1000, 9500, 30000, 120000, 600000};

        play_run(&history.play, times[random_below(sizeof(times) / sizeof(times[0]))]);
}

/* Mostly the same address. */
static struct stun_answer random_mapped(const struct play_sent *request)
{
        uint16_t port = random_below(4) > 0 ? 40000 : (uint16_t)(40000 + random_below(4));
        const char *address = random_below(8) > 0 ? PLAY_PUBLIC : PLAY_LOCAL;

        return random_below(3) > 0 ? stun_answer_mapped(request->bytes, address, port)
                                   : stun_answer_xor_mapped(request->bytes, address, port);
}

static struct stun_answer random_error(const struct play_sent *request)
{
        static const unsigned errors[] = {401, 401, 401, 401, 400, 420, 430, 431, 432, 500, 600};
        unsigned code = errors[random_below(sizeof(errors) / sizeof(errors[0]))];
        struct stun_answer answer;

        if (code == 600 && random_below(10) > 0)
                code = 500; /* nothing would happen any more */
        answer = stun_answer_error(request->bytes, code);
        history.unauthorized[request->port] |= code == 401;
        if (code == 420)
                stun_answer_add(&answer, 0x000A, random_below(2) > 0 ? "\0\3\0\3" : "\0\2\0\3", 4);
        return answer;
}

static void sign(struct stun_answer *answer)
{
        if (history.play.settings.password != NULL && random_below(8) > 0)
                stun_answer_sign(answer, history.play.settings.password, play_report(&history.play).dialect);
}

static void answer(void)
{
        const struct play_sent *request = &history.last[random_below(3) == 0];
        struct stun_answer made;

        if (request->size == 0)
                return;
        made = random_below(5) > 0 ? random_mapped(request) : random_error(request);
        if (has(request, ATTRIBUTE_INTEGRITY))
                sign(&made);
        play_receive(&history.play, random_below(4) > 0 ? STUN_PRIMARY : STUN_SECONDARY, &made);
}

/* All is well for a while: each request is answered as it should be. */
static void peace(void)
{
        for (unsigned i = random_below(12); i > 0; i--) {
                const struct play_sent *request = play_next_request(&history.play, 3600000);
                struct stun_answer made;

                if (request == NULL)
                        return;
                made = stun_answer_mapped(request->bytes, PLAY_PUBLIC, 40000);
                if (has(request, ATTRIBUTE_INTEGRITY))
                        sign(&made);
                play_run(&history.play, 20);
                play_receive(&history.play, STUN_PRIMARY, &made);
        }
}

static void spoilt_answer(void)
{
        const struct play_sent *request = &history.last[random_below(2)];
        struct stun_answer made = random_mapped(request);

        if (random_below(4) == 0)
                stun_answer_add(&made, 0x7f01, "\0\0\0\0", 4);
        for (unsigned i = random_below(6); i > 0; i--)
                made.bytes[random_below((unsigned)made.size)] ^= (uint8_t)(1u << random_below(8));
        if (random_below(4) == 0)
                made.size = random_below((unsigned)made.size + 1);
        play_receive(&history.play, random_below(2) > 0 ? STUN_PRIMARY : STUN_SECONDARY, &made);
}

static void noise(void)
{
        struct stun_answer made = {.size = random_below(sizeof(made.bytes) + 1)};

        for (size_t i = 0; i < made.size; i++)
                made.bytes[i] = (uint8_t)random_below(256);
        play_receive(&history.play, random_below(2) > 0 ? STUN_PRIMARY : STUN_SECONDARY, &made);
        stun_client_disturbed(&history.play.client, history.play.now);
        play_drain(&history.play);
}

static void another_local(void)
{
        struct stun_play *play = &history.play;

        if (random_below(2) > 0)
                stun_client_local(&play->client, NULL, play->now);
        play_drain(play);
        play->local = play_address(PLAY_LOCAL, (uint16_t)(7547 + random_below(2)));
        stun_client_local(&play->client, &play->local, play->now);
        play_drain(play);
}

static void another_server(void)
{
        struct stun_play *play = &history.play;

        if (random_below(3) == 0)
                stun_client_server(&play->client, NULL, play->now);
        play_drain(play);
        play->server = play_address("203.0.113.5", (uint16_t)(3478 + random_below(2)));
        stun_client_server(&play->client, &play->server, play->now);
        play_drain(play);
}

static void other_settings(void)
{
        static const char *const texts[] = {NULL, "", "CPE57", "CPE57689"};
        static const int64_t periods[] = {0, 1000, 5000, 20000, 30000, 300000};
        struct stun_settings *settings = &history.play.settings;

        switch (random_below(6)) {
        case 0:
                settings->enabled = !settings->enabled;
                break;
        case 1:
                settings->username = texts[random_below(4)];
                break;
        case 2:
                settings->password = texts[random_below(4)];
                break;
        case 3:
                settings->minimum_ms = periods[random_below(6)];
                break;
        case 4:
                settings->maximum_ms = random_below(2) > 0 ? -1 : periods[random_below(6)];
                break;
        default:
                settings->policy = random_below(2) > 0 ? STUN_POLICY_AUTO : STUN_POLICY_RFC3489;
        }
        play_configure(&history.play);
        settings->enabled = true;
        play_configure(&history.play);
}

static void happen(void)
{
        unsigned kind = random_below(100);

        if (kind < 30)
                pass_time();
        else if (kind < 40)
                peace();
        else if (kind < 80)
                answer();
        else if (kind < 85)
                spoilt_answer();
        else if (kind < 90)
                noise();
        else if (kind < 93)
                another_local();
        else if (kind < 96)
                another_server();
        else
                other_settings();
}

void stun_history(const struct history_choice *choice, struct history_tally *tally)
{
        history = (struct history){.choice = choice, .tally = tally, .play.watch = check_sent};
        play_begin(&history.play, "CPE57689", "password", STUN_POLICY_AUTO);
        while (choice->goes_on(choice->context)) {
                happen();
                if (!play_report(&history.play).has_server)
                        another_server();
        }
}
