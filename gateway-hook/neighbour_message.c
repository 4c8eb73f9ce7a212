/* SPDX-License-Identifier: BSD-2-Clause */
/* neighbour_message.c - what a netlink message says of a neighbour or a link. */
#include "config.h"

#include "gateway-hook/neighbour_message.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

static enum neighbour_message_type type_of_state(uint16_t state)
{
        if (state & NUD_FAILED)
                return NEIGHBOUR_MESSAGE_FAILED;
        if (state & NUD_REACHABLE)
                return NEIGHBOUR_MESSAGE_REACHABLE;
        return state & NUD_STALE ? NEIGHBOUR_MESSAGE_STIRRED : NEIGHBOUR_MESSAGE_NONE;
}

static void read_hwaddr(struct nlattr *attribute, struct neighbour_message *ret)
{
        if (attribute == NULL || nla_len(attribute) > RECORD_HWADDR_MAX)
                return;
        ret->hwaddr_size = (size_t)nla_len(attribute);
        memcpy(ret->hwaddr, nla_data(attribute), ret->hwaddr_size);
}

static void read_neighbour(struct nlmsghdr *message, struct neighbour_message *ret)
{
        const struct ndmsg *header = nlmsg_data(message);
        struct nlattr *attributes[NDA_MAX + 1];

        if (nlmsg_parse(message, sizeof(*header), attributes, NDA_MAX, NULL) < 0)
                return;
        if (header->ndm_family == AF_BRIDGE) {
                read_hwaddr(attributes[NDA_LLADDR], ret);
                if (ret->hwaddr_size > 0)
                        ret->type = NEIGHBOUR_MESSAGE_MOVED;
                return;
        }
        /* RTM_DELNEIGH is no evidence: the kernel forgets whom it does not need. */
        if (message->nlmsg_type != RTM_NEWNEIGH || header->ndm_family != AF_INET ||
            (header->ndm_flags & NTF_PROXY) != 0 || attributes[NDA_DST] == NULL ||
            nla_len(attributes[NDA_DST]) != sizeof(ret->address))
                return;
        memcpy(&ret->address, nla_data(attributes[NDA_DST]), sizeof(ret->address));
        ret->ifindex = header->ndm_ifindex;
        ret->type = type_of_state(header->ndm_state);
        read_hwaddr(attributes[NDA_LLADDR], ret);
}

static void read_link(struct nlmsghdr *message, struct neighbour_message *ret)
{
        const struct ifinfomsg *header = nlmsg_data(message);
        struct nlattr *attributes[IFLA_MAX + 1];

        /* A radio tells of every scan, and that moves no link. */
        if (nlmsg_parse(message, sizeof(*header), attributes, IFLA_MAX, NULL) < 0 ||
            attributes[IFLA_WIRELESS] != NULL)
                return;
        ret->type = NEIGHBOUR_MESSAGE_LINK;
        ret->ifindex = header->ifi_index;
        if (attributes[IFLA_IFNAME] != NULL)
                nla_strlcpy(ret->name, attributes[IFLA_IFNAME], sizeof(ret->name));
        if (attributes[IFLA_MASTER] != NULL && nla_len(attributes[IFLA_MASTER]) == sizeof(uint32_t))
                ret->master = (int)nla_get_u32(attributes[IFLA_MASTER]);
}

void neighbour_message_read(struct nlmsghdr *message, struct neighbour_message *ret)
{
        memset(ret, 0, sizeof(*ret));
        switch (message->nlmsg_type) {
        case RTM_NEWNEIGH:
        case RTM_DELNEIGH:
                read_neighbour(message, ret);
                break;
        case RTM_NEWLINK:
        case RTM_DELLINK:
                read_link(message, ret);
                break;
        default:
                break;
        }
}
