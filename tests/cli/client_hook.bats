#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# The hook 60-assoc as dhcpcd-run-hooks uses it: sourced by dash, with a stand-in for assoc-client.
bats_require_minimum_version 1.5.0

setup()
{
	HOOK=$BATS_TEST_TMPDIR/60-assoc
	sed "s|@libexecdir@|$BATS_TEST_TMPDIR|g" "$top_srcdir/client-hook/60-assoc.in" > "$HOOK"
	CALLS=$BATS_TEST_TMPDIR/calls
	: > "$CALLS"
	stand_in 0
}

# stand_in STATUS: an assoc-client that notes its arguments and dhcpcd's variables.
stand_in()
{
	cat > "$BATS_TEST_TMPDIR/assoc-client" <<-STAND_IN
	#!/bin/sh
	printf '%s|' "\$@" "\${reason-}" "\${interface-}" "\${new_tr111_raw-}" >> '$CALLS'
	echo >> '$CALLS'
	exit $1
	STAND_IN
	chmod +x "$BATS_TEST_TMPDIR/assoc-client"
}

# source_hook [NAME=VALUE...]: as dhcpcd-run-hooks does, with nothing else in the environment.
source_hook()
{
	# shellcheck disable=SC2016 # for dash
	env -i PATH="$PATH" HOOK="$HOOK" "$@" dash -c '. "$HOOK"; echo "went on with $?"'
}

@test "the built hook has its paths filled in" {
	run ! grep -F '@' "$top_builddir/client-hook/60-assoc"
	dash -n "$top_builddir/client-hook/60-assoc"
}

@test "DV_8 assoc-client is called for each reason that matters and for no other" {
	local reason
	for reason in BOUND RENEW REBIND REBOOT INFORM EXPIRE EXPIRED NAK FAIL RELEASE STOP DEPARTED STATIC \
		TIMEOUT RECONFIGURE PREINIT CARRIER NOCARRIER NOCARRIER_ROAMING IPV4LL 3RDPARTY STOPPED TEST DUMP \
		UNKNOWN ROUTERADVERT BOUND6 EXPIRE6 STOP6 '' 'BOUND RENEW' '*'; do
		source_hook reason="$reason" interface=eth0 > /dev/null
	done
	[ "$(cut -d'|' -f2 "$CALLS" | tr '\n' ' ')" = \
		'BOUND RENEW REBIND REBOOT INFORM EXPIRE EXPIRED NAK FAIL RELEASE STOP DEPARTED STATIC ' ]
}

@test "no shell looks at hostile values on their way" {
	local hostile="\$(touch $BATS_TEST_TMPDIR/owned)\`touch $BATS_TEST_TMPDIR/owned\`; touch $BATS_TEST_TMPDIR/owned \"' * \\"
	source_hook reason=BOUND interface="$hostile" new_tr111_raw="$hostile"
	[ "$(cat "$CALLS")" = "event|BOUND|$hostile|$hostile|" ]
	source_hook reason="$hostile" interface=eth0
	[ ! -e "$BATS_TEST_TMPDIR/owned" ]
	[ "$(wc -l < "$CALLS")" = 1 ]
}

# shellcheck disable=SC2016 # for dash
@test "set -eu in dhcpcd-run-hooks is survived, whatever is unset or fails" {
	local status
	for status in 0 1 2; do
		stand_in "$status"
		run -0 env -i PATH="$PATH" HOOK="$HOOK" dash -euc '. "$HOOK"; echo on'
		[ "$output" = on ]
		run -0 env -i PATH="$PATH" HOOK="$HOOK" reason=BOUND dash -euc '. "$HOOK"; echo on'
		[ "$output" = on ]
		run -0 env -i PATH="$PATH" HOOK="$HOOK" reason=STOP dash -euc '. "$HOOK"; echo on'
		[ "$output" = on ]
	done
}

@test "the hook leaves no variable, function, option or argument behind" {
	# shellcheck disable=SC2016 # for dash
	run -0 env -i PATH="$PATH" HOOK="$HOOK" T="$BATS_TEST_TMPDIR" reason=BOUND interface=eth0 IFS=x dash -c '
		set -- one two
		{ set; set +o; echo "$*"; } > "$T/before"
		. "$HOOK"
		{ set; set +o; echo "$*"; } > "$T/after"
		command -v assoc_hook || :'
	[ "$output" = "" ]
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	[ -s "$CALLS" ]
}

@test "a missing assoc-client is one line in the log at BOUND, and DHCP goes on" {
	rm "$BATS_TEST_TMPDIR/assoc-client"
	# shellcheck disable=SC2016 # for dash
	run -0 env -i PATH="$PATH" HOOK="$HOOK" dash -euc '
		syslog() { echo "log: $*"; }
		for reason in BOUND RENEW STOP; do . "$HOOK"; done'
	[ "$output" = "log: err 60-assoc: $BATS_TEST_TMPDIR/assoc-client is not installed" ]
	run -0 source_hook reason=BOUND
	[ "$output" = 'went on with 0' ]
}

@test "dhcpcd's own dhcpcd-run-hooks runs the hook" {
	local run_hooks=/usr/lib/dhcpcd/dhcpcd-run-hooks
	# Since dhcpcd 10.5.
	[ -r "$run_hooks" ] || run_hooks=/usr/libexec/dhcpcd-run-hooks
	[ -r "$run_hooks" ] || skip "dhcpcd is not installed"
	sed -e "s|/etc/dhcpcd.exit-hook|$HOOK|" -e 's|/etc/dhcpcd.enter-hook|/nonexistent|' \
		-e 's|/usr/lib[^ ]*/dhcpcd-hooks/\*|/nonexistent|' \
		"$run_hooks" > "$BATS_TEST_TMPDIR/run-hooks"
	run -0 env -i PATH="$PATH" reason=BOUND interface=eth0 new_tr111_raw=00 dash "$BATS_TEST_TMPDIR/run-hooks"
	[ "$(cat "$CALLS")" = 'event|BOUND|eth0|00|' ]
	run -0 env -i PATH="$PATH" reason=BOUND interface=eth0 skip_hooks=assoc dash "$BATS_TEST_TMPDIR/run-hooks"
	[ "$(wc -l < "$CALLS")" = 1 ]
}
