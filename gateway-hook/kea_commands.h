// SPDX-License-Identifier: BSD-2-Clause
// kea_commands.h - the control commands of gateway.h, as commands of Kea.
#ifndef GATEWAY_KEA_COMMANDS_H
#define GATEWAY_KEA_COMMANDS_H

#include <hooks/hooks.h>

// From load() only; Kea forgets them when it unloads the library.
void register_commands(isc::hooks::LibraryHandle& handle);

#endif
