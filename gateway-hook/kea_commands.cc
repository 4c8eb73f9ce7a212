// SPDX-License-Identifier: BSD-2-Clause
// kea_commands.cc - the control commands of gateway.h, as commands of Kea.
// Kea calls them in its main thread.
#include "config.h"

#include "gateway-hook/kea_commands.h"

#include <cc/data.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "gateway-hook/kea_hook.h"

using isc::data::ConstElementPtr;
using isc::data::Element;

namespace {

typedef std::unique_ptr<char, decltype(&std::free)> Text;

ConstElementPtr answer_to(const ConstElementPtr& command) {
        std::string name = command->get("command")->stringValue();
        ConstElementPtr given = command->get("arguments");
        std::string arguments = given ? json_text(*given) : "{}";
        Text answer(gateway_command(the_gateway, name.c_str(), arguments.c_str()), std::free);
        if (!answer)
                throw std::bad_alloc();
        return Element::fromJSON(answer.get());
}

int run_command(isc::hooks::CalloutHandle& handle) {
        ConstElementPtr answer =
                Element::fromJSON("{\"result\": 1, \"text\": \"the association hook failed; see the log\"}");
        guarded("command", [&handle, &answer] {
                ConstElementPtr command;
                handle.getArgument("command", command);
                answer = answer_to(command);
        });
        handle.setArgument("response", answer);
        return 0;
}

} // namespace

void register_commands(isc::hooks::LibraryHandle& handle) {
        for (const char* const* name = gateway_command_names; *name != nullptr; name++)
                handle.registerCommandCallout(*name, run_command);
}
