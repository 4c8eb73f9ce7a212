/* SPDX-License-Identifier: BSD-2-Clause */
/* test_dhcpcd.c - what dhcpcd.conf says, and what the installed dhcpcd says it can. */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client-hook/dhcpcd.h"
#include "libassoc/file.h"
#include "tests/unit/scratch.h"

#define VSIO "vsio 3561 1,\"00D09E\"\nvsio 3561 2,\"S\"\n"

static const struct dhcpcd_link eth0 = {"eth0", NULL, NULL};

static bool sends(const char *text, const struct dhcpcd_link *link)
{
        /* Exact room, so that the sanitizers see a step beyond. */
        size_t size = strlen(text);
        char *copy = test_malloc(size + (size == 0));
        bool found;

        memcpy(copy, text, size);
        found = dhcpcd_conf_sends_identity(copy, size, link);
        test_free(copy);
        return found;
}

static void test_DV_9_an_oui_and_a_serial_number_by_vsio_are_an_identity(void **state)
{
        (void)state;
        assert_true(sends(VSIO, &eth0));
        assert_true(sends(" \tvsio\t3561  1,\"00D09E\"  \r\nvsio 0xde9 2,\"S\"", &eth0));
        assert_true(sends("vsio 4491 1,\"x\"\n" VSIO "vsio 3561 3,\"C\"\n", &eth0));
        assert_false(sends("", &eth0));
        assert_false(sends("vsio 3561 1,\"00D09E\"\n", &eth0));
        assert_false(sends("vsio 3561 2,\"S\"\nvsio 3561 25,\"usp\"\n", &eth0));
        assert_false(sends("vsio 4491 1,\"a\"\nvsio 4491 2,\"b\"\n", &eth0));
        assert_false(sends("#vsio 3561 1,\"00D09E\"\n; vsio 3561 2,\"S\"\n", &eth0));
        assert_false(sends("vsio6 3561 1,\"a\"\nvsio6 3561 2,\"b\"\n", &eth0));
        assert_false(sends("vsio\nvsio 3561\nvsio 3561x 1,a\nvsio 3561 1\nvsio 3561 ,2\n", &eth0));
}

static void test_DV_9_only_blocks_that_hold_for_the_interface_count(void **state)
{
        const struct dhcpcd_link home = {"wlan0", "home net", "family"};

        (void)state;
        assert_true(sends("interface eth0\n" VSIO, &eth0));
        assert_true(sends("interface eth*\n" VSIO "interface wlan0\nmetric 1\n", &eth0));
        assert_true(sends(VSIO "interface wlan0\nmetric 1\n", &eth0));
        assert_false(sends("interface wlan0\n" VSIO, &eth0));
        assert_false(sends("interface\n" VSIO, &eth0));
        assert_false(sends("interface eth0\nmetric 1\ninterface wlan0\n" VSIO, &eth0));
        assert_true(sends("ssid home net\n" VSIO, &home));
        assert_false(sends("ssid home\n" VSIO, &home));
        assert_false(sends("ssid home net\n" VSIO, &eth0));
        assert_true(sends("profile family\n" VSIO, &home));
        assert_false(sends("profile family\n" VSIO, &eth0));
}

static void a_line_that_is_too_long_is_cut_and_harms_nothing(void **state)
{
        static char text[3000];

        (void)state;
        memset(text, 'x', 2000);
        strcpy(text + 2000, "\n" VSIO);
        assert_true(sends(text, &eth0));
        memcpy(text, "vsio 3561 1,", 12);
        assert_true(sends(text, &eth0));
}

/* --- The program --- */

static char folder[PATH_MAX], cache[PATH_MAX];

/* A dhcpcd that counts its calls, and takes --vsio or not. */
static void install(const char *name, bool knows)
{
        char script[3 * PATH_MAX], path[PATH_MAX + 16];

        snprintf(script, sizeof(script),
                 "#!/bin/sh\necho called >> '%s/calls'\n[ \"$1 $2 $3\" = '--vsio 3561 1,\"00D09E\" -V' ] && "
                 "%s\n",
                 folder, knows ? "true" : "false");
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        assert_int_equal(file_replace(path, script, strlen(script), 0755), 0);
}

static size_t calls(void)
{
        char path[PATH_MAX + 16], text[1000];
        size_t size;

        snprintf(path, sizeof(path), "%s/calls", folder);
        return file_read(path, text, sizeof(text), &size) < 0 ? 0 : size / strlen("called\n");
}

static int setup(void **state)
{
        if (scratch_make(state) < 0)
                return -1;
        scratch_path(state, "", folder);
        folder[strlen(folder) - 1] = '\0';
        scratch_path(state, "run/client/dhcpcd", cache);
        setenv("PATH", folder, 1);
        return 0;
}

static void test_DV_9_the_installed_dhcpcd_is_asked_once(void **state)
{
        (void)state;
        install("dhcpcd", true);
        assert_true(dhcpcd_knows_vsio(cache));
        assert_true(dhcpcd_knows_vsio(cache));
        assert_int_equal(calls(), 1);
}

static void test_DV_9_another_dhcpcd_is_asked_again(void **state)
{
        (void)state;
        install("dhcpcd", false);
        assert_false(dhcpcd_knows_vsio(cache));
        assert_false(dhcpcd_knows_vsio(cache));
        assert_int_equal(calls(), 1);
        install("dhcpcd", true);
        assert_true(dhcpcd_knows_vsio(cache));
        assert_int_equal(calls(), 2);
}

static void a_damaged_cache_is_replaced(void **state)
{
        char long_text[4000];

        (void)state;
        install("dhcpcd", true);
        assert_true(dhcpcd_knows_vsio(cache));
        assert_int_equal(file_replace(cache, "x", 1, 0644), 0);
        assert_true(dhcpcd_knows_vsio(cache));
        memset(long_text, '1', sizeof(long_text));
        assert_int_equal(file_replace(cache, long_text, sizeof(long_text), 0644), 0);
        assert_true(dhcpcd_knows_vsio(cache));
        assert_int_equal(calls(), 3);
        assert_true(dhcpcd_knows_vsio(cache));
        assert_int_equal(calls(), 3);
}

static void without_a_cache_the_answer_is_the_same(void **state)
{
        (void)state;
        install("dhcpcd", true);
        assert_true(dhcpcd_knows_vsio("/proc/nowhere/dhcpcd"));
        assert_true(dhcpcd_knows_vsio("dhcpcd.cache"));
}

static void no_dhcpcd_at_all_knows_nothing(void **state)
{
        char path[2 * PATH_MAX];

        (void)state;
        assert_false(dhcpcd_knows_vsio(cache));
        /* The first in PATH is the one, empty parts are none, and a folder is no program. */
        install("other", true);
        snprintf(path, sizeof(path), "::/nowhere:%s", folder);
        setenv("PATH", path, 1);
        assert_false(dhcpcd_knows_vsio(cache));
        install("dhcpcd", true);
        assert_true(dhcpcd_knows_vsio(cache));
}

static void test_DV_9_both_the_program_and_its_configuration_count(void **state)
{
        char conf[PATH_MAX];

        scratch_path(state, "dhcpcd.conf", conf);
        install("dhcpcd", true);
        assert_false(dhcpcd_sends_identity(conf, cache, &eth0));
        assert_int_equal(file_replace(conf, "duid\n", 5, 0644), 0);
        assert_false(dhcpcd_sends_identity(conf, cache, &eth0));
        /* What is not configured needs no asking. */
        assert_int_equal(calls(), 0);
        assert_int_equal(file_replace(conf, VSIO, strlen(VSIO), 0644), 0);
        assert_true(dhcpcd_sends_identity(conf, cache, &eth0));
        install("dhcpcd", false);
        assert_false(dhcpcd_sends_identity(conf, cache, &eth0));
}

#define SCRATCH_TEST(function) cmocka_unit_test_setup_teardown(function, setup, remove_scratch)

/* The shell that removes is found again. */
static int remove_scratch(void **state)
{
        setenv("PATH", "/usr/bin:/bin", 1);
        return scratch_remove(state);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_DV_9_an_oui_and_a_serial_number_by_vsio_are_an_identity),
                cmocka_unit_test(test_DV_9_only_blocks_that_hold_for_the_interface_count),
                cmocka_unit_test(a_line_that_is_too_long_is_cut_and_harms_nothing),
                SCRATCH_TEST(test_DV_9_the_installed_dhcpcd_is_asked_once),
                SCRATCH_TEST(test_DV_9_another_dhcpcd_is_asked_again),
                SCRATCH_TEST(a_damaged_cache_is_replaced),
                SCRATCH_TEST(without_a_cache_the_answer_is_the_same),
                SCRATCH_TEST(no_dhcpcd_at_all_knows_nothing),
                SCRATCH_TEST(test_DV_9_both_the_program_and_its_configuration_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
