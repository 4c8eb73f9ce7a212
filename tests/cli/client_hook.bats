#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154,SC2016 # top_srcdir and top_builddir come from make check; scripts in quotes are for dash
# The hooks 60-assoc and dhclient-assoc as dhcpcd-run-hooks and dhclient-script use them: sourced by a shell that is not
# ours. And udhcpc-assoc, which udhcpc runs. A stand-in takes the place of assoc-client.
bats_require_minimum_version 1.5.0
load needs

setup()
{
	local name
	T=$BATS_TEST_TMPDIR
	for name in 60-assoc dhclient-assoc udhcpc-assoc; do
		sed "s|@libexecdir@|$T|g" "$top_srcdir/client-hook/$name.in" > "$T/$name"
	done
	chmod +x "$T/udhcpc-assoc"
	HOOKS="$T/60-assoc $T/dhclient-assoc"
	CALLS=$T/calls
	: > "$CALLS"
	stand_in 0
	HOSTILE="\$(touch $T/owned)\`touch $T/owned\`; touch $T/owned
\"' * \\ é \${HOOK} %s $(printf '%0300d' 7)"
}

# stand_in STATUS: an assoc-client that notes its arguments and some of a client's variables.
stand_in()
{
	cat > "$T/assoc-client" <<-STAND_IN
	#!/bin/sh
	printf '%s|' "\$@" "\${reason-}" "\${interface-}" "\${new_tr111_raw-}\${new_assoc_raw-}\${opt125-}" >> '$CALLS'
	echo >> '$CALLS'
	exit $1
	STAND_IN
	chmod +x "$T/assoc-client"
}

# source_hook HOOK [NAME=VALUE...]: as the clients' scripts do, with nothing else in the environment.
source_hook()
{
	local hook=$1
	shift
	env -i PATH="$PATH" HOOK="$hook" "$@" dash -c '. "$HOOK"; echo "went on with $?"'
}

# word HOOK: what the hook says to assoc-client.
word()
{
	[ "$1" = "$T/60-assoc" ] && echo event || echo dhclient
}

@test "the built hooks have their paths filled in" {
	local name
	for name in 60-assoc assoc udhcpc-assoc; do
		run ! grep -F '@libexecdir' "$top_builddir/client-hook/$name"
		dash -n "$top_builddir/client-hook/$name"
	done
	[ -x "$top_builddir/client-hook/udhcpc-assoc" ]
}

@test "DV_8 assoc-client is called for each reason of dhcpcd that matters and for no other" {
	local reason
	for reason in BOUND RENEW REBIND REBOOT INFORM EXPIRE EXPIRED NAK FAIL RELEASE STOP DEPARTED STATIC \
		TIMEOUT RECONFIGURE PREINIT CARRIER NOCARRIER NOCARRIER_ROAMING IPV4LL 3RDPARTY STOPPED TEST DUMP \
		UNKNOWN ROUTERADVERT BOUND6 EXPIRE6 STOP6 '' 'BOUND RENEW' '*'; do
		source_hook "$T/60-assoc" reason="$reason" interface=eth0 > /dev/null
	done
	[ "$(cut -d'|' -f1,2 "$CALLS" | tr '\n' ' ')" = 'event|BOUND event|RENEW event|REBIND event|REBOOT event|INFORM '\
'event|EXPIRE event|EXPIRED event|NAK event|FAIL event|RELEASE event|STOP event|DEPARTED event|STATIC ' ]
}

@test "DV_8 assoc-client is called for each reason of dhclient that matters and for no other" {
	local reason
	for reason in BOUND RENEW REBIND REBOOT EXPIRE FAIL RELEASE STOP \
		TIMEOUT PREINIT MEDIUM ARPCHECK ARPSEND NBI PREINIT6 BOUND6 EXPIRE6 DEPREF6 STOP6 '' 'BOUND RENEW' '*'; do
		source_hook "$T/dhclient-assoc" reason="$reason" interface=eth0 > /dev/null
	done
	[ "$(cut -d'|' -f1,2 "$CALLS" | tr '\n' ' ')" = 'dhclient|BOUND dhclient|RENEW dhclient|REBIND dhclient|REBOOT '\
'dhclient|EXPIRE dhclient|FAIL dhclient|RELEASE dhclient|STOP ' ]
}

@test "no shell looks at hostile values on their way" {
	local hook
	for hook in $HOOKS; do
		: > "$CALLS"
		source_hook "$hook" reason=BOUND interface="$HOSTILE" new_tr111_raw="$HOSTILE"
		[ "$(cat "$CALLS")" = "$(word "$hook")|BOUND|$HOSTILE|$HOSTILE|" ]
		: > "$CALLS"
		source_hook "$hook" reason="$HOSTILE" interface=eth0
		source_hook "$hook" reason="BOUND$HOSTILE" interface=eth0
		[ ! -s "$CALLS" ]
	done
	[ ! -e "$T/owned" ]
}

@test "no value reaches a command line" {
	local hook
	needs_strace
	export reason interface=eth0 new_tr111_raw=$HOSTILE new_assoc_raw=$HOSTILE new_host_name=$HOSTILE
	for hook in $HOOKS; do
		for reason in BOUND RENEW STOP; do
			HOOK=$hook strace -f -qq -s 100000 -e trace=execve -o "$T/trace" dash -euc '. "$HOOK"'
			grep -c execve "$T/trace"
			grep -F "execve(\"$T/assoc-client\", [\"$T/assoc-client\", \"$(word "$hook")\"], " "$T/trace"
			run ! grep -F owned "$T/trace"
		done
	done
}

@test "set -eu in the client's script is survived, whatever is unset or fails" {
	local hook status reason
	for hook in $HOOKS; do
		for status in 0 1 2 126 255; do
			stand_in "$status"
			run -0 env -i PATH="$PATH" HOOK="$hook" dash -euc '. "$HOOK"; echo on'
			[ "$output" = on ]
			for reason in BOUND RENEW STOP PREINIT "$HOSTILE"; do
				run -0 env -i PATH="$PATH" HOOK="$hook" reason="$reason" dash -euc '. "$HOOK"; echo on'
				[ "$output" = on ]
			done
		done
	done
}

@test "an assoc-client that is killed does no harm" {
	local hook
	printf '#!/bin/sh\nkill -KILL "$$"\n' > "$T/assoc-client"
	for hook in $HOOKS; do
		run -0 env -i PATH="$PATH" HOOK="$hook" reason=BOUND dash -euc '. "$HOOK"; echo on'
		[ "${lines[-1]}" = on ]
	done
}

@test "the hooks leave no variable, function, option or argument behind" {
	local hook options
	for hook in $HOOKS; do
		for options in -c -euc -fCc -ac; do
			rm -f "$T/before" "$T/after"
			run -0 env -i PATH="$PATH" HOOK="$hook" T="$T" reason=BOUND interface="$HOSTILE" \
				new_tr111_raw="$HOSTILE" IFS=x dash "$options" '
				set -- one two
				{ set; set +o; echo "$*"; trap; umask; } > "$T/before"
				. "$HOOK"
				{ set; set +o; echo "$*"; trap; umask; } > "$T/after"
				command -v assoc_hook || :'
			[ "$output" = "" ]
			diff "$T/before" "$T/after"
		done
	done
	[ "$(grep -c BOUND "$CALLS")" = 8 ]
}

@test "a missing assoc-client is one line in dhcpcd's log at BOUND, and DHCP goes on" {
	rm "$T/assoc-client"
	run -0 env -i PATH="$PATH" HOOK="$T/60-assoc" dash -euc '
		syslog() { echo "log: $*"; }
		for reason in BOUND RENEW STOP; do . "$HOOK"; done'
	[ "$output" = "log: err 60-assoc: $T/assoc-client is not installed" ]
	run -0 source_hook "$T/60-assoc" reason=BOUND
	[ "$output" = 'went on with 0' ]
}

@test "a missing assoc-client means nothing to dhclient" {
	rm "$T/assoc-client"
	run -0 env -i PATH="$PATH" HOOK="$T/dhclient-assoc" dash -euc '
		for reason in BOUND RENEW STOP; do . "$HOOK"; done; echo on'
	[ "$output" = on ]
}

@test "dhcpcd's own dhcpcd-run-hooks runs the hook" {
	local run_hooks
	for run_hooks in /usr/lib/dhcpcd/dhcpcd-run-hooks /usr/libexec/dhcpcd-run-hooks ''; do
		[ ! -r "$run_hooks" ] || break
	done
	# As with needs: ./check installs it.
	[ -n "$run_hooks" ] || skip "dhcpcd is not installed"
	sed -e "s|/etc/dhcpcd.exit-hook|$T/60-assoc|" -e 's|/etc/dhcpcd.enter-hook|/nonexistent|' \
		-e 's|/usr/lib[a-z/]*/dhcpcd-hooks/\*|/nonexistent|' \
		"$run_hooks" > "$T/run-hooks"
	run -0 env -i PATH="$PATH" reason=BOUND interface=eth0 new_tr111_raw=00 dash "$T/run-hooks"
	[ "$(cat "$CALLS")" = 'event|BOUND|eth0|00|' ]
	run -0 env -i PATH="$PATH" reason=BOUND interface=eth0 skip_hooks=assoc dash "$T/run-hooks"
	[ "$(wc -l < "$CALLS")" = 1 ]
}

# --- udhcpc ---------------------------------------------------------------

# own_script STATUS: the script that udhcpc-assoc stands before.
own_script()
{
	cat > "$T/own" <<-OWN
	#!/bin/sh
	printf '%s|' "own" "\$@" "\${interface-}" "\${opt125-}" >> '$CALLS'
	echo >> '$CALLS'
	exit $1
	OWN
	chmod +x "$T/own"
}

@test "udhcpc's own script is run first, with its arguments and values, and its status counts" {
	local status
	for status in 0 3; do
		: > "$CALLS"
		own_script "$status"
		run -"$status" env -i ASSOC_UDHCPC_SCRIPT="$T/own" interface=eth0 opt125=00 "$T/udhcpc-assoc" bound
		[ "$output" = "" ]
		[ "$(cat "$CALLS")" = $'own|bound|eth0|00|\nudhcpc|bound||eth0|00|' ]
	done
}

@test "udhcpc's address does not hang on assoc-client" {
	local status
	own_script 0
	for status in 1 2 255; do
		stand_in "$status"
		run -0 env -i ASSOC_UDHCPC_SCRIPT="$T/own" "$T/udhcpc-assoc" renew
	done
	rm "$T/assoc-client"
	run -0 env -i ASSOC_UDHCPC_SCRIPT="$T/own" "$T/udhcpc-assoc" renew
	[ "$output" = "" ]
	[ "$(grep -c '^own' "$CALLS")" = 4 ]
}

@test "a script of udhcpc that is missing is an error, and assoc-client is told all the same" {
	run -127 env -i ASSOC_UDHCPC_SCRIPT="$T/none" interface=eth0 "$T/udhcpc-assoc" bound
	[[ $output = *"$T/none: not found"* ]]
	[ "$(cat "$CALLS")" = 'udhcpc|bound||eth0||' ]
}

@test "no shell looks at what udhcpc was told, and no value reaches a command line" {
	own_script 0
	env -i ASSOC_UDHCPC_SCRIPT="$T/own" interface=eth0 opt125="$HOSTILE" hostname="$HOSTILE" message="$HOSTILE" \
		"$T/udhcpc-assoc" bound
	[ "$(cat "$CALLS")" = "own|bound|eth0|$HOSTILE|
udhcpc|bound||eth0|$HOSTILE|" ]
	[ ! -e "$T/owned" ]
	needs_strace
	export ASSOC_UDHCPC_SCRIPT="$T/own" interface=eth0 opt125=$HOSTILE message=$HOSTILE
	strace -f -qq -s 100000 -e trace=execve -o "$T/trace" "$T/udhcpc-assoc" nak
	grep -F "execve(\"$T/assoc-client\", [\"$T/assoc-client\", \"udhcpc\", \"nak\"], " "$T/trace"
	run ! grep -F owned "$T/trace"
}
