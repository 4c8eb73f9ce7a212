/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcpcd.c - asks the installed dhcpcd what it can do.
 * The option itself is tried, not the version compared: whoever built it may have added or left it out. */
#include "config.h"

#include "client-hook/dhcpcd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client-hook/folder.h"
#include "libassoc/file.h"

#define DEFAULT_PATH "/usr/sbin:/usr/bin:/sbin:/bin"
#define CACHE_MAX    128

static bool find_in_folder(const char *folder, size_t length, char path[PATH_MAX], struct stat *ret)
{
        int written = snprintf(path, PATH_MAX, "%.*s/dhcpcd", (int)length, folder);

        return length > 0 && written > 0 && written < PATH_MAX && stat(path, ret) == 0 &&
               S_ISREG(ret->st_mode) && (ret->st_mode & 0111) != 0;
}

static bool find_program(char path[PATH_MAX], struct stat *ret)
{
        const char *folder = getenv("PATH");

        if (folder == NULL)
                folder = DEFAULT_PATH;
        for (;;) {
                size_t length = strcspn(folder, ":");

                if (find_in_folder(folder, length, path, ret))
                        return true;
                if (folder[length] == '\0')
                        return false;
                folder += length + 1;
        }
}

static int spawn_quietly(const char *path, char **words, pid_t *ret)
{
        static char search[] = "PATH=" DEFAULT_PATH;
        char *environment[] = {search, NULL};
        posix_spawn_file_actions_t files;
        int err = posix_spawn_file_actions_init(&files);

        if (err != 0)
                return -err;
        for (int fd = 0; fd <= 2 && err == 0; fd++)
                err = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
        if (err == 0)
                err = posix_spawn(ret, path, &files, NULL, words, environment);
        posix_spawn_file_actions_destroy(&files);
        return -err;
}

/* -V prints the names of variables and ends; a dhcpcd that does not know an option ends with an error. */
static int ask(const char *path, bool *ret)
{
        static char name[] = "dhcpcd", option[] = "--vsio", value[] = "3561 1,\"00D09E\"", print[] = "-V";
        char *words[] = {name, option, value, print, NULL};
        int status, err;
        pid_t child;

        err = spawn_quietly(path, words, &child);
        if (err < 0)
                return err;
        while (waitpid(child, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        if (!WIFEXITED(status))
                return -EIO;
        *ret = WEXITSTATUS(status) == 0;
        return 0;
}

/* Whoever replaces the program makes another file of it. */
static void format_answer(const struct stat *program, bool can, char line[CACHE_MAX])
{
        snprintf(line, CACHE_MAX, "%ju %ju %jd %jd.%09ld %s\n", (uintmax_t)program->st_dev,
                 (uintmax_t)program->st_ino, (intmax_t)program->st_size, (intmax_t)program->st_mtim.tv_sec,
                 program->st_mtim.tv_nsec, can ? "vsio" : "none");
}

static bool read_cache(const char *cache, const struct stat *program, bool *ret)
{
        char found[CACHE_MAX + 1], line[CACHE_MAX];
        size_t size;

        if (file_read(cache, found, CACHE_MAX, &size) < 0)
                return false;
        found[size] = '\0';
        for (int can = 0; can <= 1; can++) {
                format_answer(program, can, line);
                *ret = can;
                if (strcmp(found, line) == 0)
                        return true;
        }
        return false;
}

/* Without a cache it is asked again, that is all. */
static void write_cache(const char *cache, const struct stat *program, bool can)
{
        char line[CACHE_MAX], folder[PATH_MAX];
        const char *slash = strrchr(cache, '/');
        int length =
                snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 0 : (int)(slash - cache), cache);

        format_answer(program, can, line);
        if (length > 0 && length < (int)sizeof(folder) && folder_make(folder) == 0)
                (void)file_replace(cache, line, strlen(line), 0644);
}

bool dhcpcd_knows_vsio(const char *cache)
{
        char path[PATH_MAX];
        struct stat program;
        bool can = false;

        if (!find_program(path, &program))
                return false;
        if (read_cache(cache, &program, &can))
                return can;
        if (ask(path, &can) < 0)
                return false;
        write_cache(cache, &program, can);
        return can;
}

bool dhcpcd_sends_identity(const char *conf, const char *cache, const struct dhcpcd_link *link)
{
        char text[DHCPCD_CONF_MAX];
        size_t size;

        return file_read(conf, text, sizeof(text), &size) == 0 &&
               dhcpcd_conf_sends_identity(text, size, link) && dhcpcd_knows_vsio(cache);
}
