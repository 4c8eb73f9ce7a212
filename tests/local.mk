# SPDX-License-Identifier: BSD-2-Clause
# C tests use automake's plain driver: cmocka's TAP reports a skip as a failure.
UNIT_LIBS = libassoc/libassoc.la libassoc/libprivate.la $(CMOCKA_LIBS) $(JSONC_LIBS)
include tests/unit/libassoc.mk
include tests/unit/private.mk
if GATEWAY_HOOK
include tests/unit/gateway-hook.mk
endif
if CLIENT_HOOK
include tests/unit/client-hook.mk
endif
if DM_BRIDGE
include tests/unit/dm-bridge.mk
include tests/cli/local.mk
endif
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/lab/local.mk
