# SPDX-License-Identifier: BSD-2-Clause
if CLIENT_HOOK
bats_tests += %D%/client_hook.bats %D%/client_program.bats
endif
