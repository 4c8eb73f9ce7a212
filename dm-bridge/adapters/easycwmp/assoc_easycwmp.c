/* SPDX-License-Identifier: BSD-2-Clause */
/* assoc_easycwmp.c - speaks easycwmp's protocol for data model scripts on standard input and output, and asks
 * dm-bridge. One JSON object a line in, any number of them out, and a prompt after `end`.
 * What the commands do stands in commands.c. */
#include "config.h"

#include <errno.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dm-bridge/adapters/easycwmp/commands.h"
#include "libassoc/json_strict.h"

#define DEFAULT_SOCKET ASSOC_RUNSTATEDIR "/dm-bridge/dm-bridge.sock"
#define PROMPT         "easycwmp>"
/* A longer line is no command of easycwmp. */
#define LINE_MAX_BYTES (256 * 1024)

static const char usage[] =
        "usage: assoc-easycwmp --json-input\n"
        "       assoc-easycwmp get value|name|notification NAME [NEXT-LEVEL]\n"
        "       assoc-easycwmp inform parameter|device_id\n"
        "       assoc-easycwmp check_value_change | update_value_change\n"
        "\n"
        "Speaks easycwmp's protocol for data model scripts, and answers with what dm-bridge knows.\n"
        "Environment: ASSOC_EASYCWMP_SOCKET  the daemon's socket (" DEFAULT_SOCKET ")\n";

static const char *member(struct json_object *object, const char *key)
{
        struct json_object *value;

        return json_object_object_get_ex(object, key, &value) && value != NULL ? json_object_get_string(value)
                                                                               : NULL;
}

static int end(void)
{
        puts(PROMPT);
        return fflush(stdout) == 0 ? 0 : -EPIPE;
}

/* Returns 1: it was `exit`. */
static int take_object(struct easycwmp *easycwmp, struct json_object *object)
{
        const struct easycwmp_request request = {.command = member(object, "command"),
                                                 .class = member(object, "class"),
                                                 .parameter = member(object, "parameter"),
                                                 .argument = member(object, "argument")};

        if (request.command == NULL)
                return 0;
        if (strcmp(request.command, "exit") == 0)
                return 1;
        if (strcmp(request.command, "end") == 0)
                return end();
        easycwmp_handle(easycwmp, &request);
        return 0;
}

/* A line that is no JSON is passed over, as easycwmp's own script does. */
static int take_line(struct easycwmp *easycwmp, const char *line, size_t length)
{
        struct json_tokener *tokener = json_tokener_new();
        struct json_object *object;
        size_t used;
        int err = 0;

        if (tokener == NULL)
                return -ENOMEM;
        object = json_strict_parse(tokener, line, length, &used);
        if (json_tokener_get_error(tokener) == json_tokener_success && used == length &&
            json_object_is_type(object, json_type_object))
                err = take_object(easycwmp, object);
        json_object_put(object);
        json_tokener_free(tokener);
        return err;
}

static int take_lines(struct easycwmp *easycwmp)
{
        char *line = NULL;
        size_t room = 0;
        ssize_t length;
        int err = end();

        while (err == 0 && (length = getline(&line, &room, stdin)) > 0) {
                if (line[length - 1] == '\n')
                        length--;
                if (length > 0 && length <= LINE_MAX_BYTES)
                        err = take_line(easycwmp, line, (size_t)length);
        }
        free(line);
        return err < 0 ? err : 0;
}

/* One command from the command line, as the script of easycwmp takes it too. */
static int take_arguments(struct easycwmp *easycwmp, int argc, char **argv)
{
        const struct easycwmp_request request = {.command = argv[1],
                                                 .class = argc > 2 ? argv[2] : NULL,
                                                 .parameter = argc > 3 ? argv[3] : NULL,
                                                 .argument = argc > 4 ? argv[4] : NULL};

        easycwmp_handle(easycwmp, &request);
        return fflush(stdout) == 0 ? 0 : -EPIPE;
}

int main(int argc, char **argv)
{
        const char *socket = getenv("ASSOC_EASYCWMP_SOCKET");
        struct easycwmp easycwmp = {.socket = socket != NULL ? socket : DEFAULT_SOCKET};
        int err;

        if (argc == 2 && strcmp(argv[1], "--help") == 0) {
                fputs(usage, stdout);
                return fflush(stdout) == 0 ? 0 : 1;
        }
        if (argc < 2 || (argv[1][0] == '-' && strcmp(argv[1], "--json-input") != 0)) {
                fputs(usage, stderr);
                return 2;
        }
        err = strcmp(argv[1], "--json-input") == 0 ? take_lines(&easycwmp)
                                                   : take_arguments(&easycwmp, argc, argv);
        easycwmp_done(&easycwmp);
        return err < 0 ? 1 : 0;
}
