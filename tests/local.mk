# SPDX-License-Identifier: BSD-2-Clause
# C tests use automake's plain driver: cmocka's TAP reports a skip as a failure.
# A folder's local.mk adds its .bats files to bats_tests; they run where bats is installed.
TEST_EXTENSIONS = .bats
BATS_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; top_builddir='$(abs_top_builddir)'; export top_srcdir top_builddir; \
	CC='$(CC)'; export CC;
bats_tests =
EXTRA_DIST += $(bats_tests)
if HAVE_BATS
TESTS += $(bats_tests)
endif
UNIT_LIBS = libassoc/libprivate.la libassoc/libassoc.la $(CMOCKA_LIBS) $(JSONC_LIBS)
include tests/unit/libassoc.mk
include tests/unit/private.mk
if GATEWAY_HOOK
include tests/unit/gateway-hook.mk
include tests/unit/neighbour.mk
endif
if CLIENT_HOOK
include tests/unit/client-hook.mk
endif
if DM_BRIDGE
include tests/unit/dm-bridge.mk
include tests/unit/stun.mk
include tests/unit/keepalive.mk
endif
include tests/cli/local.mk
include tests/oracle/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk
include tests/lab/local.mk
include tests/peers/local.mk
include tests/recipe/local.mk
