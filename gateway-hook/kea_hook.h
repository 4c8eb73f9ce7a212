// SPDX-License-Identifier: BSD-2-Clause
// kea_hook.h - what the C++ files between Kea and gateway.h share.
#ifndef GATEWAY_KEA_HOOK_H
#define GATEWAY_KEA_HOOK_H

#include <asiolink/io_address.h>
#include <cc/data.h>

#include <arpa/inet.h>

#include <cstring>
#include <ctime>
#include <exception>
#include <string>

#include "gateway-hook/gateway.h"
#include "libassoc/kea_json.h"

// Between load() and unload(), otherwise null.
extern struct gateway* the_gateway;

inline int64_t now() {
        return std::time(nullptr);
}

inline struct in_addr address_of(const isc::asiolink::IOAddress& address) {
        struct in_addr result;
        result.s_addr = htonl(address.toUint32());
        return result;
}

// An element as JSON, with its text in UTF-8.
inline std::string json_text(const isc::data::Element& element) {
        std::string text = element.str();
        kea_json_restore(&text[0]);
        text.resize(std::strlen(text.c_str()));
        return text;
}

// Run a callout's body: what it throws ends here. Kea goes on with the packet in any case.
template <typename Body> int guarded(const char* event, Body body) {
        try {
                if (the_gateway != nullptr)
                        body();
        } catch (const std::exception& error) {
                gateway_complain(the_gateway, event, error.what(), now());
        } catch (...) {
                gateway_complain(the_gateway, event, "unknown exception", now());
        }
        return 0;
}

#endif
