# SPDX-License-Identifier: BSD-2-Clause
if CLIENT_HOOK
bats_tests += %D%/client_hook.bats %D%/client_program.bats
endif
if DM_BRIDGE
bats_tests += %D%/assocctl.bats %D%/assocctl_events.bats %D%/assocctl_kea.bats %D%/client_config.bats %D%/completion.bats %D%/connection_address.bats %D%/connection_request.bats %D%/dm_bridge.bats %D%/dm_bridge_service.bats %D%/easycwmp_adapter.bats %D%/rpc_examples.bats
endif
EXTRA_DIST += %D%/assocctl_helper.bash %D%/dm_bridge_helper.bash %D%/needs.bash
