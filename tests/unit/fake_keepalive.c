/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_keepalive.c - a keepalive that does what the test says, and remembers what it was told. */
#include "config.h"

#include "tests/unit/fake_keepalive.h"

struct fake_keepalive fake_keepalive;

static void wait_for(enum keepalive_action action, int64_t due)
{
        fake_keepalive.action = action;
        fake_keepalive.due = due;
}

void keepalive_start(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now)
{
        (void)keepalive;
        fake_keepalive.started++;
        fake_keepalive.waits = false;
        fake_keepalive.settings = *settings;
        wait_for(KEEPALIVE_REFRESH, now);
}

void keepalive_set(struct keepalive *keepalive, const struct keepalive_settings *settings, int64_t now)
{
        (void)keepalive;
        (void)now;
        fake_keepalive.settings = *settings;
}

int64_t keepalive_deadline(const struct keepalive *keepalive)
{
        (void)keepalive;
        return fake_keepalive.due;
}

enum keepalive_action keepalive_tick(struct keepalive *keepalive, int64_t now)
{
        enum keepalive_action action = fake_keepalive.action;

        (void)keepalive;
        if (now < fake_keepalive.due)
                return KEEPALIVE_WAIT;
        if (action == KEEPALIVE_REFRESH)
                fake_keepalive.waits = true;
        wait_for(KEEPALIVE_WAIT, INT64_MAX);
        return action;
}

void keepalive_requested(struct keepalive *keepalive, int64_t now)
{
        (void)keepalive;
        (void)now;
        fake_keepalive.requested++;
        fake_keepalive.broken |= fake_keepalive.waits;
        fake_keepalive.waits = true;
        wait_for(KEEPALIVE_WAIT, INT64_MAX);
}

static void outcome(int64_t now)
{
        fake_keepalive.broken |= !fake_keepalive.waits;
        fake_keepalive.waits = false;
        wait_for(KEEPALIVE_REFRESH, now + fake_keepalive.settings.minimum_ms);
}

void keepalive_refreshed(struct keepalive *keepalive, int64_t now, bool rebound)
{
        (void)keepalive;
        fake_keepalive.refreshed++;
        fake_keepalive.rebound += rebound;
        outcome(now);
}

void keepalive_unanswered(struct keepalive *keepalive, int64_t now)
{
        (void)keepalive;
        fake_keepalive.unanswered++;
        outcome(now);
}

void keepalive_disturbed(struct keepalive *keepalive, int64_t now)
{
        (void)keepalive;
        (void)now;
        fake_keepalive.disturbed++;
}

void keepalive_probed(struct keepalive *keepalive, int64_t now, enum probe_answer answer)
{
        (void)keepalive;
        fake_keepalive.probed++;
        fake_keepalive.answer = answer;
        wait_for(KEEPALIVE_REFRESH, now);
}

void keepalive_report(const struct keepalive *keepalive, int64_t now, struct keepalive_report *ret)
{
        (void)keepalive;
        *ret = (struct keepalive_report){.next_ms = fake_keepalive.due - now};
}

const char *keepalive_phase_name(enum keepalive_phase phase)
{
        (void)phase;
        return "fake";
}
