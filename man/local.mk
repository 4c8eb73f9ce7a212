# SPDX-License-Identifier: BSD-2-Clause
dist_man_MANS += %D%/libassoc.3
if DM_BRIDGE
dist_man_MANS += %D%/assocctl.1 %D%/dm-bridge.8 %D%/dm-bridge.conf.5 %D%/dm-bridge-rpc.7
endif
if CLIENT_HOOK
dist_man_MANS += %D%/assoc-client-hook.8 %D%/assoc-client.8
endif
if GATEWAY_HOOK
dist_man_MANS += %D%/assoc-gateway-hook.8
endif
