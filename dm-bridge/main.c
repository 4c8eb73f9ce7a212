/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - dm-bridge: options, configuration, and then daemon.c. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "dm-bridge/configuration.h"
#include "dm-bridge/daemon.h"
#include "dm-bridge/log.h"

#define EXIT_USAGE 2

struct options {
        const char *file;
        bool check_only;
};

static void print_usage(FILE *stream)
{
        fputs("usage: dm-bridge [-c FILE] [--check-config]\n"
              "\n"
              "  -c, --config FILE  configuration (default " CONFIGURATION_FILE ")\n"
              "      --check-config read the configuration, say what is wrong with it, and end\n"
              "  -h, --help         this text\n"
              "  -V, --version      the version\n",
              stream);
}

/* Returns -1 to go on, otherwise the status to exit with. */
static int read_options(int argc, char **argv, struct options *ret)
{
        static const struct option table[] = {
                {"config", required_argument, NULL, 'c'},
                {"check-config", no_argument, NULL, 'k'},
                {"help", no_argument, NULL, 'h'},
                {"version", no_argument, NULL, 'V'},
                {NULL, 0, NULL, 0},
        };
        int option;

        while ((option = getopt_long(argc, argv, "c:hV", table, NULL)) != -1) {
                switch (option) {
                case 'c':
                        ret->file = optarg;
                        break;
                case 'k':
                        ret->check_only = true;
                        break;
                case 'h':
                        print_usage(stdout);
                        return EXIT_SUCCESS;
                case 'V':
                        puts("dm-bridge " PACKAGE_VERSION);
                        return EXIT_SUCCESS;
                default:
                        print_usage(stderr);
                        return EXIT_USAGE;
                }
        }
        if (optind == argc)
                return -1;
        fprintf(stderr, "dm-bridge: expected no further argument, got '%s'\n", argv[optind]);
        print_usage(stderr);
        return EXIT_USAGE;
}

int main(int argc, char **argv)
{
        static struct configuration config;
        struct options options = {.file = CONFIGURATION_FILE};
        char error[CONFIGURATION_ERROR_MAX];
        int status = read_options(argc, argv, &options);

        if (status >= 0)
                return status;
        if (configuration_load(options.file, &config, error, sizeof(error)) < 0) {
                log_line("%s", error);
                return EXIT_FAILURE;
        }
        if (options.check_only)
                return EXIT_SUCCESS;
        return daemon_run(options.file, &config);
}
