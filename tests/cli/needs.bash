# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# needs.bash - what a test can't do without. Who only builds may leave tests out; ./check installs all that they need, and
# counts one that is left out as failed (tools/check_count.bash).

# needs PROGRAM...
needs()
{
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# needs_root WHY
needs_root()
{
	[ "$(id -u)" = 0 ] || skip "needs root to $1"
}

# A container may forbid what strace does.
needs_strace()
{
	needs strace
	strace -f -o /dev/null true 2>/dev/null || skip "strace is not allowed here"
}
