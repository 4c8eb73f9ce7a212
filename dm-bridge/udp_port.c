/* SPDX-License-Identifier: BSD-2-Clause */
/* udp_port.c - a UDP socket on the event loop.
 * The socket is udp_socket.c's; what the datagrams mean is its owner's business. */
#include "config.h"

#include "dm-bridge/udp_port.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "dm-bridge/udp_socket.h"

struct udp_port {
        uv_poll_t poll;
        struct udp_port_handler handler;
        struct stun_address name;
        int fd;
        bool closed;
};

static void take(struct udp_port *port)
{
        /* One for all: a datagram is dealt with before the next is read. */
        static uint8_t buffer[UDP_PORT_SIZE_MAX];

        for (int i = 0; i < UDP_PORT_BATCH && !port->closed; i++) {
                struct stun_address from;
                size_t size;

                if (udp_socket_receive(port->fd, buffer, sizeof(buffer), &size, &from) < 0)
                        return;
                port->handler.received(port->handler.context, &from, buffer,
                                       size < sizeof(buffer) ? size : sizeof(buffer));
        }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
        struct udp_port *port = poll->data;

        (void)status;
        (void)events;
        take(port);
        if (!port->closed && port->handler.rest != NULL)
                port->handler.rest(port->handler.context);
}

static void on_closed(uv_handle_t *handle)
{
        struct udp_port *port = handle->data;

        close(port->fd);
        free(port);
}

int udp_port_open(struct udp_port **ret, uv_loop_t *loop, const struct stun_address *at,
                  const struct udp_port_handler *handler)
{
        struct udp_port *port = calloc(1, sizeof(*port));
        int err;

        if (port == NULL)
                return -ENOMEM;
        port->handler = *handler;
        port->fd = udp_socket_open(at);
        err = port->fd < 0 ? port->fd : udp_socket_name(port->fd, &port->name);
        if (err == 0)
                err = uv_poll_init(loop, &port->poll, port->fd);
        if (err < 0) {
                if (port->fd >= 0)
                        close(port->fd);
                free(port);
                return err;
        }
        port->poll.data = port;
        err = uv_poll_start(&port->poll, UV_READABLE, on_readable);
        if (err < 0)
                udp_port_close(port);
        else
                *ret = port;
        return err;
}

struct stun_address udp_port_name(const struct udp_port *port)
{
        return port->name;
}

int udp_port_send(const struct udp_port *port, const struct stun_address *to, const uint8_t *bytes,
                  size_t size)
{
        return udp_socket_send(port->fd, to, bytes, size);
}

void udp_port_close(struct udp_port *port)
{
        if (port == NULL || port->closed)
                return;
        port->closed = true;
        uv_close((uv_handle_t *)&port->poll, on_closed);
}
