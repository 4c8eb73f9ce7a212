// SPDX-License-Identifier: BSD-2-Clause
// kea_callouts.cc - between Kea's C++ hooks and gateway.h: fetch arguments, call C, put back one option.
// No policy here. Everything is made in load() and ended in unload(): Kea also opens the library only to
// look at it. No exception leaves a callout.
#include "config.h"

#include <dhcp/dhcp4.h>
#include <dhcp/iface_mgr.h>
#include <dhcp/option.h>
#include <dhcp/option_int.h>
#include <dhcp/pkt4.h>
#include <hooks/hooks.h>
#include <util/buffer.h>

#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "gateway-hook/gateway.h"
#include "gateway-hook/kea_commands.h"
#include "gateway-hook/kea_config.h"
#include "gateway-hook/kea_hook.h"
#include "gateway-hook/kea_leases.h"
#include "gateway-hook/kea_log.h"
#include "gateway-hook/kea_subnets.h"

using namespace isc::dhcp;
using namespace isc::hooks;

struct gateway* the_gateway;

namespace {

// Between load() and unload(), otherwise null.
Log* the_log;

// Our identity, which most responses share, as they share the options of Kea's configuration.
OptionPtr the_option;

// The neighbour watch's descriptor on Kea's main loop, or negative.
int the_watch = -1;

// Other hooks are loaded too. Then a response has left only after buffer4_send; a callout there costs each packet, so it is done without
// where nobody can come between.
bool the_company;

// Where a claim waits in the packet's context from pkt4_send to buffer4_send.
const char* const CLAIM = "claim";
typedef boost::shared_ptr<struct gateway_claim> ClaimPtr;

extern "C" void say(void* context, enum message message, const char* text) {
        try {
                static_cast<Log*>(context)->say(message, text);
        } catch (...) {
                // There is no other place to complain.
        }
}

// The value of all option 125 of a response. A vendor option can be longer than one option may be: it is packed
// unchecked, and the two bytes of its own header, of which the length may be cut, are left out.
std::vector<uint8_t> option_bytes(const Pkt4& packet) {
        std::vector<uint8_t> bytes;
        auto range = packet.options_.equal_range(ASSOC_OPTION);
        for (auto i = range.first; i != range.second; ++i) {
                isc::util::OutputBuffer buffer(0);
                i->second->pack(buffer, false);
                auto data = static_cast<const uint8_t*>(static_cast<const void*>(buffer.getData()));
                if (buffer.getLength() > 2)
                        bytes.insert(bytes.end(), data + 2, data + buffer.getLength());
        }
        return bytes;
}

// One generic option: Kea splits it if it is longer than 255 bytes (RFC 3396).
OptionPtr option_of(const uint8_t* bytes, size_t size) {
        return OptionPtr(new Option(Option::V4, ASSOC_OPTION, OptionBuffer(bytes, bytes + size)));
}

void replace_option(Pkt4& packet, const struct gateway_answer& answer) {
        if (answer.is_usual)
                return packet.addOption(the_option);
        while (packet.delOption(ASSOC_OPTION))
                ;
        packet.addOption(option_of(answer.option, answer.option_size));
}

// Not by getOption(): that makes a copy for a hook.
uint32_t lifetime_of(const Pkt4& response) {
        auto found = response.options_.find(DHO_DHCP_LEASE_TIME);
        if (found == response.options_.end())
                return 0;
        auto option = dynamic_cast<const OptionUint32*>(found->second.get());
        return option != nullptr ? option->getValue() : 0;
}

// What tells whether ciaddr can be the sender's address.
void fill_inform(const Pkt4& query, struct gateway_exchange* ret) {
        struct prefix subnet = subnet_of_ciaddr(query);

        ret->subnet = subnet.address;
        ret->subnet_length = subnet.length;
        ret->ciaddr_is_ours = is_own_address(query.getCiaddr());
}

void respond(const Pkt4& query, const Pkt4& response, struct gateway_answer* ret) {
        std::string interface = query.getIface();
        std::vector<uint8_t> option = option_bytes(response);
        HWAddrPtr hwaddr = query.getHWAddr();
        struct gateway_exchange exchange = {};

        exchange.query = query.data_.data();
        exchange.query_size = query.data_.size();
        exchange.query_type = query.getType();
        exchange.response_type = response.getType();
        exchange.interface = interface.c_str();
        exchange.giaddr = address_of(query.getGiaddr());
        exchange.ciaddr = address_of(query.getCiaddr());
        exchange.yiaddr = address_of(response.getYiaddr());
        exchange.source = address_of(query.getRemoteAddr());
        if (exchange.query_type == GATEWAY_INFORM)
                fill_inform(query, &exchange);
        if (hwaddr) {
                exchange.hwaddr = hwaddr->hwaddr_.data();
                exchange.hwaddr_size = hwaddr->hwaddr_.size();
        }
        exchange.option = option.data();
        exchange.option_size = option.size();
        if (exchange.response_type == GATEWAY_ACK)
                exchange.lifetime = lifetime_of(response);
        gateway_respond(the_gateway, &exchange, now(), ret);
}

OptionPtr usual_option() {
        size_t size;
        const uint8_t* bytes = gateway_option(the_gateway, &size);
        return option_of(bytes, size);
}

// What load() has made.
void end() {
        the_option.reset();
        gateway_free(the_gateway, now());
        the_gateway = nullptr;
        delete the_log;
        the_log = nullptr;
}

// Another hook has taken the event out of the server's hands: what the callout announces does not come about.
bool vetoed(CalloutHandle& handle) {
        CalloutHandle::CalloutNextStep status = handle.getStatus();
        return status == CalloutHandle::NEXT_STEP_DROP || status == CalloutHandle::NEXT_STEP_SKIP;
}

// Before Kea has sent the response. A DHCPINFORM is held against the lease database.
void commit(struct gateway_claim& claim) {
        if (claim.type == GATEWAY_CLAIM_DEVICE && claim.record.source == DEVICE_SOURCE_INFORM)
                guarded("lease database", [&claim] { claim.is_anothers = !add_lease(&claim.record); });
        gateway_commit(the_gateway, &claim, now());
}

// Whether a hook that comes after us in pkt4_send, or at buffer4_send, may keep a response back. During load() the
// configuration that names all libraries is not the current one yet.
bool has_company() {
        return CfgMgr::instance().getStagingCfg()->getHooksConfig().get().size() != 1;
}

// The response is packed and about to leave. Here DROP and SKIP both keep it back.
int on_buffer4_send(CalloutHandle& handle) {
        return guarded("buffer4_send", [&handle] {
                ClaimPtr claim;

                try {
                        handle.getContext(CLAIM, claim);
                } catch (const NoSuchCalloutContext&) {
                        return;
                }
                handle.deleteContext(CLAIM);
                if (claim && !vetoed(handle))
                        commit(*claim);
        });
}

} // namespace

// What Kea looks up; libdhcp_assoc.sym names them too.
#pragma GCC visibility push(default)
extern "C" {

// The hook must be built for the very release that loads it.
int version() {
        return KEA_HOOKS_VERSION;
}

// gateway.h may be called from any thread.
int multi_threading_compatible() {
        return 1;
}

int load(LibraryHandle& handle) {
        char error[GATEWAY_ERROR_MAX] = "out of memory";

        try {
                isc::data::ConstElementPtr parameters = handle.getParameters();
                std::string text = parameters ? json_text(*parameters) : "null";
                the_log = new Log();
                register_commands(handle);
                the_company = has_company();
                if (the_company)
                        handle.registerCallout("buffer4_send", on_buffer4_send);
                if (gateway_new(text.c_str(), say, the_log, now(), &the_gateway, error, sizeof(error)) == 0) {
                        the_option = usual_option();
                        return 0;
                }
        } catch (const std::exception& exception) {
                std::strncpy(error, exception.what(), sizeof(error) - 1);
        } catch (...) {
                std::strncpy(error, "unknown exception", sizeof(error) - 1);
        }
        if (the_log != nullptr)
                say(the_log, MESSAGE_LOAD_FAILED, error);
        end();
        return 1;
}

int unload() {
        stop_lease_timer();
        if (the_watch >= 0)
                guarded("unload", [] { IfaceMgr::instance().deleteExternalSocket(the_watch); });
        the_watch = -1;
        end();
        return 0;
}

// The main loop is there, the interfaces are known and the lease database is open. Callbacks of the main loop run
// in the main thread, beside packet threads.
int dhcp4_srv_configured(CalloutHandle&) {
        guarded("dhcp4_srv_configured", [] {
                gateway_check_leases(the_gateway, ask_lease, now());
                start_lease_timer();
        });
        return guarded("dhcp4_srv_configured", [] {
                int fd = gateway_watch_start(the_gateway, now());
                if (fd < 0)
                        return;
                IfaceMgr::instance().addExternalSocket(fd, [](int) {
                        guarded("neighbour watch", [] { gateway_watch(the_gateway, now()); });
                });
                the_watch = fd;
        });
}

// The response is complete and not yet packed. DROP: it is not sent. SKIP: another hook has packed it already, so that nothing
// can be added any more; but it is sent, and the device gets its entry.
int pkt4_send(CalloutHandle& handle) {
        return guarded("pkt4_send", [&handle] {
                struct gateway_answer answer;
                Pkt4Ptr query, response;

                if (handle.getStatus() == CalloutHandle::NEXT_STEP_DROP)
                        return;
                handle.getArgument("query4", query);
                handle.getArgument("response4", response);
                if (!query || !response)
                        return;
                respond(*query, *response, &answer);
                if (answer.replace_option && handle.getStatus() != CalloutHandle::NEXT_STEP_SKIP)
                        replace_option(*response, answer);
                if (answer.claim.type == GATEWAY_CLAIM_NONE)
                        return;
                if (the_company)
                        handle.setContext(CLAIM, ClaimPtr(new struct gateway_claim(answer.claim)));
                else
                        commit(answer.claim);
        });
}

// A hook that says SKIP or DROP here, before us or after, leaves the lease as it was.
int lease4_release(CalloutHandle& handle) {
        return guarded("lease4_release", [&handle] { lease_given_up(handle, "release"); });
}

int lease4_decline(CalloutHandle& handle) {
        return guarded("lease4_decline", [&handle] { lease_given_up(handle, "decline"); });
}

// SKIP only says that another hook reclaims the lease: it has expired all the same.
int lease4_expire(CalloutHandle& handle) {
        return guarded("lease4_expire", [&handle] { lease_ended(handle, "expire"); });
}

// The server has answered a command. Those that change leases come with no callout of their own.
int command_processed(CalloutHandle& handle) {
        return guarded("command_processed", [&handle] {
                std::string name;
                isc::data::ConstElementPtr arguments;

                handle.getArgument("name", name);
                handle.getArgument("arguments", arguments);
                check_after_command(name, arguments);
        });
}

} // extern "C"
#pragma GCC visibility pop
