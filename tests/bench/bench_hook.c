/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_hook.c - what our hook adds to a run of dhcpcd's hooks, over a hook that is empty.
 *
 * A shell sources the one and the other in turn, as dhcpcd-run-hooks does, in a network namespace with
 * nothing but lo: a companion that is started asks nobody. The assoc-client that is run is the built one, but
 * keeps its files below bench-run, a link in the current folder to a folder in memory, as /run is. */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define LINK   "bench-run"
#define ROUNDS 101

static char folder[] = "/dev/shm/assoc-bench.XXXXXX";
static char program_path[PATH_MAX]; /* the folder with assoc-client in it */

/* Leaves the machine's network alone; false where that is not allowed. */
static bool enter_namespace(void)
{
        struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
        int fd;

        if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
                return false;
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
                bench_give_up("lo");
        close(fd);
        return true;
}

static void write_file(const char *name, const char *text)
{
        char path[PATH_MAX];
        FILE *file;

        snprintf(path, sizeof(path), LINK "/%s", name);
        file = fopen(path, "w");
        if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
                bench_give_up(path);
}

/* The hook as it is in the source, with the folder of the built program filled in. */
static void write_hook(const char *source)
{
        static const char mark[] = "@libexecdir@";
        char text[8192], hook[2 * sizeof(text)] = "", *pos = text, *found;
        FILE *file = fopen(source, "r");
        size_t size;

        if (file == NULL)
                bench_give_up(source);
        size = fread(text, 1, sizeof(text) - 1, file);
        fclose(file);
        text[size] = '\0';
        for (; (found = strstr(pos, mark)) != NULL; pos = found + strlen(mark)) {
                strncat(hook, pos, (size_t)(found - pos));
                strncat(hook, program_path, sizeof(hook) - strlen(hook) - 1);
        }
        strncat(hook, pos, sizeof(hook) - strlen(hook) - 1);
        write_file("60-assoc", hook);
}

static void make_folder(void)
{
        if (getcwd(program_path, sizeof(program_path) - sizeof("/tests/bench")) == NULL)
                bench_give_up("current folder");
        strcat(program_path, "/tests/bench");
        if (mkdtemp(folder) == NULL)
                bench_give_up(folder);
        unlink(LINK);
        if (symlink(folder, LINK) < 0)
                bench_give_up(LINK);
        write_file("identity.conf", "manufacturer-oui = 00D09E\nserial-number = BENCH-1\n");
        write_file("dhcpcd.conf", "");
        write_file("empty", "# nothing\n");
        write_hook(BENCH_HOOK);
}

static void remove_folder(void)
{
        pid_t child = fork();

        if (child == 0) {
                execlp("rm", "rm", "-rf", folder, NULL);
                _exit(127);
        }
        waitpid(child, NULL, 0);
        unlink(LINK);
}

struct variable {
        const char *name, *value;
};

/* What every ACK brings; the gateway's identity is apart. */
static const struct variable renewal[] = {
        {"reason", "RENEW"},
        {"protocol", "dhcp"},
        {"interface", "lo"},
        {"ifmetric", "7"},
        {"new_ip_address", "127.0.0.1"},
        {"new_dhcp_server_identifier", "127.0.0.1"},
        {NULL, NULL},
};

static const struct variable answer[] = {
        {"new_tr111_raw", "00000de90e0406303031314141050147060143"},
        {NULL, NULL},
};

static const struct variable carrier[] = {
        {"reason", "CARRIER"},
        {"protocol", "link"},
        {"interface", "lo"},
        {NULL, NULL},
};

static const struct variable stop[] = {{"reason", "STOP"}, {"interface", "lo"}, {NULL, NULL}};
static const struct variable none[] = {{NULL, NULL}};

static void set_variables(const struct variable *variable)
{
        for (; variable->name != NULL; variable++)
                setenv(variable->name, variable->value, 1);
}

static _Noreturn void become_shell(const char *hook, const struct variable *event,
                                   const struct variable *more)
{
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        char number[16];

        /* The end of the lease is another each time, as in life: so the record is written. */
        snprintf(number, sizeof(number), "%u", 600 + (unsigned)getpid() % 10000);
        clearenv();
        setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
        setenv("HOOK", hook, 1);
        setenv("new_dhcp_lease_time", number, 1);
        set_variables(event);
        set_variables(more);
        dup2(null, STDERR_FILENO);
        execlp("sh", "sh", "-c", ". \"./$HOOK\"", NULL);
        _exit(127);
}

/* One run of hooks: a shell that sources `hook` with these variables. Returns how long it took. */
static uint64_t run_hooks(const char *hook, const struct variable *event, const struct variable *more)
{
        uint64_t start = bench_now();
        int status;
        pid_t child;

        child = fork();
        if (child == 0)
                become_shell(hook, event, more);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
                bench_give_up("the shell's status");
        start = bench_now() - start;
        /* Companions that have come to their end. */
        while (waitpid(-1, NULL, WNOHANG) > 0)
                continue;
        return start;
}

static int compare(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return (x > y) - (x < y);
}

/* Median of what our hook takes longer, in milliseconds. */
static double added(const struct variable *event, const struct variable *more)
{
        static int64_t differences[ROUNDS];

        run_hooks(LINK "/empty", event, more);
        run_hooks(LINK "/60-assoc", event, more);
        for (int i = 0; i < ROUNDS; i++) {
                int64_t plain = (int64_t)run_hooks(LINK "/empty", event, more);

                differences[i] = (int64_t)run_hooks(LINK "/60-assoc", event, more) - plain;
        }
        qsort(differences, ROUNDS, sizeof(differences[0]), compare);
        return (double)differences[ROUNDS / 2] / 1e6;
}

static void figure(const char *name, const struct variable *event, const struct variable *more)
{
        double milliseconds = added(event, more);

        bench_figure(name, milliseconds, "ms", "at most 10", milliseconds <= 10);
}

/* What was measured has to have done something. */
static void expect_record(void)
{
        if (access(LINK "/assoc/gateway-info/lo.json", R_OK) < 0)
                bench_give_up(LINK "/assoc/gateway-info/lo.json");
}

int main(void)
{
        if (!enter_namespace()) {
                fprintf(stderr,
                        "bench_hook: not measured: no network namespace of its own is allowed here\n");
                return EXIT_SUCCESS;
        }
        /* A companion is nobody's child: it becomes ours, so that none is left when this ends. */
        if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
                bench_give_up("child subreaper");
        make_folder();
        atexit(remove_folder);
        figure("hook: added by a reason that is none of ours", carrier, none);
        figure("hook: added by a renewal, companion started", renewal, none);
        write_file("dhcpcd.conf", "vsio 3561 1,\"00D09E\"\nvsio 3561 2,\"BENCH-1\"\n");
        figure("hook: added by a renewal with the gateway's identity", renewal, answer);
        expect_record();
        /* It ends the last companion too. */
        run_hooks(LINK "/60-assoc", stop, none);
        while (wait(NULL) > 0)
                continue;
        return EXIT_SUCCESS;
}
