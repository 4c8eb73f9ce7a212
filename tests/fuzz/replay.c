/* SPDX-License-Identifier: BSD-2-Clause */
/* replay.c - main() of a fuzz target without libFuzzer: runs it over a corpus folder, with any compiler.
 *
 *   replay_TARGET                    the target's own corpus, as `make check` does
 *   replay_TARGET PATH...            these files and folders (a crash that libFuzzer left, for instance)
 *   replay_TARGET --unpack IN OUT    write the bytes of each file of IN to OUT, for libFuzzer to start from
 *
 * A file NAME.hex is text as bytes_parse() reads it; any other is taken as it is. Each input is tried whole
 * and at every prefix. */
#include "config.h"

#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/bytes.h"

#define INPUT_MAX 65536

static unsigned inputs;

static _Noreturn void die(const char *path, const char *what)
{
        fprintf(stderr, "replay: %s: %s\n", path, what);
        exit(1);
}

static bool has_suffix(const char *path, const char *suffix)
{
        size_t length = strlen(path), suffix_length = strlen(suffix);

        return length >= suffix_length && strcmp(path + length - suffix_length, suffix) == 0;
}

static size_t load(const char *path, uint8_t ret[INPUT_MAX])
{
        static char content[INPUT_MAX * 4];
        FILE *file = fopen(path, "rb");
        size_t length;
        int size;

        if (file == NULL)
                die(path, strerror(errno));
        length = fread(content, 1, sizeof(content), file);
        if (ferror(file) || !feof(file))
                die(path, "expected a readable file of at most 256 KiB");
        fclose(file);
        if (has_suffix(path, ".hex")) {
                size = bytes_parse(content, length, ret, INPUT_MAX);
                if (size < 0)
                        die(path, "expected hexadecimal pairs, \"text\" and # comments, at most 64 KiB");
                return (size_t)size;
        }
        if (length > INPUT_MAX)
                die(path, "expected at most 64 KiB");
        memcpy(ret, content, length);
        return length;
}

/* A copy of just the right size, so that a sanitizer sees a byte too many. */
static void run_one(const uint8_t *data, size_t size)
{
        uint8_t *copy = malloc(size > 0 ? size : 1);

        if (copy == NULL)
                die("input", strerror(errno));
        memcpy(copy, data, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
}

static void run_file(const char *path, const char *unpack_to)
{
        static uint8_t input[INPUT_MAX];
        size_t size = load(path, input);

        (void)unpack_to;
        printf("%s: %zu bytes\n", path, size);
        fflush(stdout);
        for (size_t prefix = 0; prefix <= size; prefix++)
                run_one(input, prefix);
        inputs++;
}

static void unpack_file(const char *path, const char *unpack_to)
{
        static uint8_t input[INPUT_MAX];
        size_t size = load(path, input);
        char name[PATH_MAX];
        FILE *file;

        snprintf(name, sizeof(name), "%s/%s", unpack_to, strrchr(path, '/') + 1);
        file = fopen(name, "wb");
        if (file == NULL || fwrite(input, 1, size, file) != size || fclose(file) != 0)
                die(name, strerror(errno));
}

static void each_file(const char *path, void (*visit)(const char *, const char *), const char *unpack_to)
{
        struct stat status;
        struct dirent *entry;
        DIR *folder;

        if (stat(path, &status) < 0)
                die(path, strerror(errno));
        if (!S_ISDIR(status.st_mode)) {
                visit(path, unpack_to);
                return;
        }
        folder = opendir(path);
        if (folder == NULL)
                die(path, strerror(errno));
        while ((entry = readdir(folder)) != NULL) {
                char name[PATH_MAX];

                if (entry->d_name[0] == '.')
                        continue;
                if (snprintf(name, sizeof(name), "%s/%s", path, entry->d_name) < (int)sizeof(name))
                        visit(name, unpack_to);
        }
        closedir(folder);
}

static void run_own_corpus(void)
{
        const char *top_srcdir = getenv("top_srcdir");
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/tests/corpus/" FUZZ_TARGET, top_srcdir == NULL ? "." : top_srcdir);
        each_file(path, run_file, NULL);
}

int main(int argc, char **argv)
{
        if (argc == 4 && strcmp(argv[1], "--unpack") == 0) {
                each_file(argv[2], unpack_file, argv[3]);
                return 0;
        }
        for (int i = 1; i < argc; i++)
                each_file(argv[i], run_file, NULL);
        if (argc == 1)
                run_own_corpus();
        /* An empty corpus would pass without having tried anything. */
        if (inputs == 0)
                die(FUZZ_TARGET, "expected at least one input, got none");
        return 0;
}
