/* SPDX-License-Identifier: BSD-2-Clause */
/* companion.c - the process that asks the gateway by DHCPINFORM, beside a dhcpcd that can't (DV-9).
 *
 * inform.c decides, this file has the clock, the socket and the process. There is one companion per
 * interface; the next DHCP event ends it (slot.h), and so does its last try: it lives for minutes at most. */
#include "config.h"

#include "client-hook/companion.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "client-hook/dhcp_socket.h"
#include "client-hook/gateway_record.h"
#include "client-hook/log.h"
#include "client-hook/privilege.h"
#include "client-hook/slot.h"

/* A former companion ends within milliseconds of the event that replaced it. */
#define TAKE_OVER_MS      5000
#define TAKE_OVER_STEP_MS 100
/* Messages that are looked at before the clock is: whoever floods the LAN doesn't keep us from ending. */
#define RECEIVE_MAX 64

struct run {
        const struct companion *companion;
        struct inform inform;
        int socket;               /* -1: not open, for lack of the address */
        int port;                 /* holds port 68, -1 if a DHCP client has it */
        int watch;                /* of the slot */
        struct gateway_info info; /* what is to be recorded */
        int last_error;           /* of sending; logged once per kind */
};

static int64_t now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int random_number(uint32_t *ret)
{
        ssize_t size = getrandom(ret, sizeof(*ret), 0);

        return size == sizeof(*ret) ? 0 : size < 0 ? -errno : -EIO;
}

static const char *interface_of(const struct run *run)
{
        return run->companion->info.interface;
}

static void open_sockets(struct run *run)
{
        run->socket = dhcp_socket_open(interface_of(run), run->inform.settings.address);
        if (run->socket >= 0)
                run->port = dhcp_socket_hold_port(interface_of(run), run->inform.settings.address);
}

static void close_sockets(struct run *run)
{
        if (run->socket >= 0)
                close(run->socket);
        if (run->port >= 0)
                close(run->port);
        run->socket = run->port = -1;
}

static int send_message(struct run *run, int64_t now)
{
        const struct inform_settings *settings = &run->inform.settings;
        uint8_t message[INFORM_MESSAGE_MAX];
        size_t size;
        int err = inform_message(&run->inform, now, message, &size);

        if (err == 0 && run->socket < 0)
                open_sockets(run);
        if (err == 0 && run->socket < 0)
                return run->socket;
        return err < 0 ? err
                       : dhcp_socket_send(run->socket, settings->address, settings->server, message, size);
}

/* A route may be missing for a moment, a static address may not be up yet, the interface may be another one
 * of the same name by now: the next try may do better, with new sockets. */
static void send_inform(struct run *run, int64_t now)
{
        int err = send_message(run, now);

        if (err < 0)
                close_sockets(run);
        if (err < 0 && err != -EADDRNOTAVAIL && err != run->last_error)
                log_line(LOG_WARNING, "%s: DHCPINFORM not sent: %s", interface_of(run), strerror(-err));
        run->last_error = err;
}

/* Whether the exchange is over: an ACK came. */
static bool receive_all(struct run *run)
{
        uint8_t message[DHCP_SOCKET_MESSAGE_MAX];
        struct assoc_diagnosis why;
        char text[128];

        for (unsigned i = 0; i < RECEIVE_MAX; i++) {
                int size = dhcp_socket_receive(run->socket, message);

                if (size < 0 && size != -EINTR)
                        break;
                if (size <= 0)
                        continue;
                switch (inform_receive(&run->inform, message, (size_t)size, &run->info.identity, &why)) {
                case INFORM_IGNORED:
                        break;
                case INFORM_MALFORMED:
                        log_line(LOG_WARNING, "%s: the gateway's identity in the ACK is not valid: %s",
                                 interface_of(run), assoc_diagnosis_text(&why, text, sizeof(text)));
                        run->info.identity = (struct assoc_identity){0};
                        return true;
                case INFORM_ANSWERED:
                        return true;
                }
        }
        return false;
}

/* Take the slot, if it is still ours. */
static bool enter_slot(const struct run *run, struct slot *slot)
{
        int err = slot_open_existing(slot, run->companion->slots, interface_of(run));

        /* The interface is gone, and its slot with it. */
        if (err == -ENOENT)
                return false;
        if (err < 0) {
                log_line(LOG_ERR, "%s: %s: %s", interface_of(run), run->companion->slots, strerror(-err));
                return false;
        }
        if (slot->generation == run->companion->generation)
                return true;
        slot_close(slot);
        return false;
}

static bool is_cancelled(const struct run *run)
{
        struct slot slot;

        if (!enter_slot(run, &slot))
                return true;
        slot_close(&slot);
        return false;
}

static bool slot_changed(const struct run *run)
{
        char events[1024];

        while (read(run->watch, events, sizeof(events)) > 0)
                continue;
        return is_cancelled(run);
}

/* Returns true when there is something to record: an answer, or that none came. */
static bool converse(struct run *run)
{
        for (;;) {
                struct pollfd ready[] = {{.fd = run->watch, .events = POLLIN}, {.events = POLLIN}};
                int64_t now = now_ms(), wait;
                uint32_t random = 0;

                (void)random_number(&random);
                switch (inform_tick(&run->inform, now, random)) {
                case INFORM_GIVE_UP:
                        return !run->companion->only_answer;
                case INFORM_SEND:
                        send_inform(run, now);
                        break;
                case INFORM_WAIT:
                        break;
                }
                ready[1].fd = run->socket;
                wait = run->inform.deadline - now;
                if (poll(ready, 2, wait > 0 ? (int)wait : 0) < 0 && errno != EINTR)
                        return false;
                if (ready[0].revents != 0 && slot_changed(run))
                        return false;
                if (ready[1].revents != 0 && receive_all(run))
                        return true;
        }
}

static void record_answer(const struct run *run)
{
        struct slot slot;
        int err;

        if (!enter_slot(run, &slot))
                return;
        err = gateway_record_store(run->companion->records, &run->info);
        if (err < 0)
                log_line(LOG_ERR, "%s: %s: %s", interface_of(run), run->companion->records, strerror(-err));
        slot_close(&slot);
}

static int exchange(struct run *run)
{
        const struct companion *companion = run->companion;
        uint32_t xid;
        int err = random_number(&xid);

        if (err < 0)
                return err;
        run->watch = slot_watch(companion->slots, interface_of(run));
        if (run->watch < 0)
                return run->watch == -ENOENT ? 0 : run->watch;
        inform_init(&run->inform, &companion->inform, xid, now_ms());
        /* After the watch is set, so that no change is missed. */
        if (!is_cancelled(run) && converse(run))
                record_answer(run);
        close_sockets(run);
        close(run->watch);
        return 0;
}

/* Of many events in a row, only the last one's companion waits on. */
static int take_over(const struct run *run)
{
        for (int waited = 0;; waited += TAKE_OVER_STEP_MS) {
                int role = slot_become_companion(run->companion->slots, interface_of(run), TAKE_OVER_STEP_MS);

                if (role != -EBUSY || waited >= TAKE_OVER_MS)
                        return role;
                if (is_cancelled(run))
                        return -ECANCELED;
        }
}

static int companion_run(const struct companion *companion)
{
        struct run run = {.companion = companion, .socket = -1, .port = -1, .info = companion->info};
        int role, err;

        privilege_keep_network();
        role = take_over(&run);
        if (role == -ECANCELED)
                return 0;
        err = role < 0 ? role : exchange(&run);
        if (err < 0)
                log_line(LOG_ERR, "%s: can't ask the gateway: %s", companion->info.interface, strerror(-err));
        if (role >= 0)
                close(role);
        return err;
}

/* Leave dhcpcd's session, folder and descriptors, which it may want to close. */
static void detach(void)
{
        int null = open("/dev/null", O_RDWR);

        if (null >= 0) {
                dup2(null, STDIN_FILENO);
                dup2(null, STDOUT_FILENO);
                dup2(null, STDERR_FILENO);
        }
        (void)close_range(STDERR_FILENO + 1, ~0U, 0);
        if (chdir("/") < 0)
                log_line(LOG_WARNING, "chdir /: %s", strerror(errno));
}

/* In the first child: be nobody's child and lead no session, then do the work. */
static _Noreturn void become_daemon(const struct companion *companion)
{
        pid_t child;

        setsid();
        child = fork();
        if (child != 0)
                _exit(child < 0);
        detach();
        _exit(companion_run(companion) < 0);
}

int companion_start(const struct companion *companion, bool foreground)
{
        int status;
        pid_t child;

        if (foreground)
                return companion_run(companion);
        child = fork();
        if (child == 0)
                become_daemon(companion);
        while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
                continue;
        if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
                return 0;
        log_line(LOG_ERR, "%s: can't start a process to ask the gateway", companion->info.interface);
        return -EAGAIN;
}
