// SPDX-License-Identifier: BSD-2-Clause
// kea_log.h - the hook's words in Kea's log.
#ifndef GATEWAY_KEA_LOG_H
#define GATEWAY_KEA_LOG_H

#include <log/logger.h>
#include <log/message_initializer.h>

#include <memory>
#include <vector>

#include "gateway-hook/messages.h"

// Kea's log: one name a message, whose text is all argument.
class Log {
public:
        Log();
        void say(enum message message, const char* text);

private:
        std::vector<const char*> values_;
        isc::log::Logger logger_;
        std::unique_ptr<isc::log::MessageInitializer> initializer_;
};

#endif
