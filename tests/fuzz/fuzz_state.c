/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_state.c - the input is the state file. A load that fails says why in one line and changes nothing; one
 * that succeeds leaves values that could have been written, and what is saved then loads back to the same. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dm-bridge/changes.h"
#include "dm-bridge/rpc.h"
#include "dm-bridge/state.h"
#include "libassoc/file.h"
#include "tests/unit/bridge_fixture.h"

#define CLOCK INT64_C(1800000000)

static struct configuration config;
static char folder[32], path[64];

static void clean_up(void)
{
        unlink(path);
        rmdir(folder);
}

/* In memory where there is such a place: a saved file waits for the disk. */
static void make_folder_once(void)
{
        if (folder[0] != '\0')
                return;
        snprintf(folder, sizeof(folder), "%s/fuzz-state.XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        FUZZ_CHECK(mkdtemp(folder) != NULL);
        snprintf(path, sizeof(path), "%s/state", folder);
        atexit(clean_up);
}

static void start(struct bridge *bridge)
{
        fixture_init(bridge, &config, BRIDGE_ROLE_GATEWAY | BRIDGE_ROLE_DEVICE);
}

/* The bridge as its file would be. */
static size_t dump(const struct bridge *bridge, char *ret)
{
        size_t size;

        FUZZ_CHECK(state_save(bridge, path, CLOCK) == 0);
        FUZZ_CHECK(file_read(path, ret, STATE_SIZE_MAX, &size) == 0);
        return size;
}

static int load(struct bridge *bridge, const void *data, size_t size, char *error)
{
        FILE *file = fopen(path, "wb");

        FUZZ_CHECK(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
        return state_load(bridge, path, CLOCK, error, STATE_ERROR_MAX);
}

static void check_error(const char *error)
{
        FUZZ_CHECK(error[0] != '\0' && strlen(error) < STATE_ERROR_MAX);
        for (; *error != '\0'; error++)
                FUZZ_CHECK(*error >= ' ' && *error <= '~');
}

/* What is read-only keeps nothing; what is written is in its canonical form. */
static void check_values(const struct bridge *bridge)
{
        for (size_t i = 0; i < bridge->notify.count; i++) {
                const struct parameter *parameter = model_watch(i, "", NULL, NULL);
                const char *text, *expected;
                char again[MODEL_VALUE_MAX];

                if (parameter->value == VALUE_NONE)
                        continue;
                text = bridge->values.text[parameter->value];
                FUZZ_CHECK(value_check(parameter, text, strlen(text), again, &expected) == 0);
                FUZZ_CHECK(strcmp(text, again) == 0);
        }
}

/* Nothing that is off is told. */
static void check_events(struct bridge *bridge)
{
        struct notify_event event = {0};

        while (notify_next(&bridge->notify, event.seq, &event)) {
                FUZZ_CHECK(event.seq <= bridge->notify.sequence);
                if (event.type == NOTIFY_VALUE_CHANGE)
                        FUZZ_CHECK(bridge->notify.watches[event.watch].notification != NOTIFICATION_OFF);
        }
}

static void check_round_trip(const struct bridge *bridge)
{
        static char saved[STATE_SIZE_MAX], again[STATE_SIZE_MAX];
        char error[STATE_ERROR_MAX] = "";
        struct bridge other;
        size_t size = dump(bridge, saved);

        start(&other);
        FUZZ_CHECK(state_load(&other, path, CLOCK, error, sizeof(error)) == 0);
        FUZZ_CHECK(dump(&other, again) == size && memcmp(saved, again, size) == 0);
        bridge_done(&other);
}

static void check_unchanged(const struct bridge *bridge, const struct bridge *before)
{
        FUZZ_CHECK(memcmp(&bridge->values, &before->values, sizeof(before->values)) == 0);
        FUZZ_CHECK(memcmp(&bridge->notify, &before->notify, sizeof(before->notify)) == 0);
        FUZZ_CHECK(bridge->members.count == before->members.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char error[STATE_ERROR_MAX] = "";
        struct bridge bridge, before;
        int err;

        make_folder_once();
        start(&bridge);
        before = bridge;
        err = load(&bridge, data, size, error);
        FUZZ_CHECK(err == 0 || err == -EBADMSG);
        if (err < 0) {
                check_error(error);
                check_unchanged(&bridge, &before);
        } else {
                check_values(&bridge);
                check_events(&bridge);
                check_round_trip(&bridge);
        }
        bridge_done(&bridge);
        return 0;
}
