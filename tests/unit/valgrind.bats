#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# The hook's C core neither leaks nor touches what is not its own: its tests once more, under valgrind.

# programs: the test programs of the hook's make files. Two are left out because they would take minutes, and the
# sanitized build runs them: test_neighbour waits for a real kernel, test_journal_history loads thousands of journals.
programs()
{
	sed 's/#.*//' "$top_srcdir/tests/unit/gateway-hook.mk" "$top_srcdir/tests/unit/neighbour.mk" |
		grep -o '%D%/test_[a-z_]*' | sed 's|%D%|tests/unit|' | sort -u | grep -vxE 'tests/unit/test_(neighbour|journal_history)'
}

# What the C library holds of a thread is in a child, too, that is forked while the thread runs, and nobody's there.
suppressions()
{
	cat <<-'END'
		{
			a thread's storage
			Memcheck:Leak
			match-leak-kinds: possible
			...
			fun:_dl_allocate_tls
			...
			fun:pthread_create*
		}
	END
}

# tested PROGRAM: it passes, and valgrind finds nothing.
tested()
{
	local log=$BATS_TEST_TMPDIR/log
	suppressions >"$BATS_TEST_TMPDIR/suppressions"
	"$top_builddir/libtool" --mode=execute valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
		--suppressions="$BATS_TEST_TMPDIR/suppressions" --error-exitcode=99 "$top_builddir/$1" >"$log" 2>&1 </dev/null && return
	echo "$1 under valgrind:"
	grep -v '^\[ *\(OK\|RUN\)' "$log" | tail -n 60
	return 1
}

@test "the tests of the hook's C core pass under valgrind, and nothing leaks" {
	! grep -q '^INSTRUMENT_CFLAGS = *[^ ]' "$top_builddir/Makefile" || skip "valgrind can't run an instrumented build"
	command -v valgrind >/dev/null || skip "valgrind is not installed"
	local program failed=
	[ "$(programs | wc -l)" -ge 10 ]
	for program in $(programs); do
		tested "$program" || failed="$failed $program"
	done
	[ -z "$failed" ]
}
