// SPDX-License-Identifier: BSD-2-Clause
// kea_log.cc - the hook's words in Kea's log.
#include "config.h"

#include "gateway-hook/kea_log.h"

#include <log/macros.h>

Log::Log() : logger_("assoc-hooks") {
        for (int i = 0; i < MESSAGE_COUNT; i++) {
                values_.push_back(message_name(static_cast<enum message>(i)));
                values_.push_back("%1");
        }
        values_.push_back(nullptr);
        initializer_.reset(new isc::log::MessageInitializer(values_.data()));
        isc::log::MessageInitializer::loadDictionary(true);
}

void Log::say(enum message message, const char* text) {
        switch (message_severity(message)) {
        case MESSAGE_DEBUG:
                LOG_DEBUG(logger_, isc::log::DBGLVL_TRACE_BASIC, message_name(message)).arg(text);
                break;
        case MESSAGE_INFO:
                LOG_INFO(logger_, message_name(message)).arg(text);
                break;
        case MESSAGE_WARN:
                LOG_WARN(logger_, message_name(message)).arg(text);
                break;
        case MESSAGE_ERROR:
                LOG_ERROR(logger_, message_name(message)).arg(text);
                break;
        }
}
