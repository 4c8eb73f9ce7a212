#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# ./demo as a user drives it: usage, keep, exec, stop, a second one beside it, Ctrl-C.
# It runs the stage under test, and has a folder of its own for what it keeps.
# shellcheck disable=SC2154 # bats sets stderr and stderr_lines
bats_require_minimum_version 1.5.0

setup_file()
{
	export ASSOC_BUILD=$BATS_FILE_TMPDIR/build TMPDIR=$BATS_FILE_TMPDIR
	if [ -z "${LAB_STAGE:-}" ]; then
		echo "lab_demo.bats: expected LAB_STAGE, got nothing" >&2
		return 1
	fi
}

teardown_file()
{
	"$BATS_TEST_DIRNAME/../../demo" --stop
}

setup()
{
	load lab.sh
	cd "$BATS_TEST_DIRNAME/../.." || return 1
}

labs()
{
	find "$TMPDIR" -maxdepth 1 -name 'assoc-lab.*' | sort
}

@test "--help tells the usage on standard output with status 0" {
	run --separate-stderr ./demo --help
	[ "$status" = 0 ]
	[ "${lines[0]}" = 'usage: ./demo            build, run the demo, take it down' ]
	[ "$stderr" = '' ]
}

@test "an unknown option is a usage error that names it" {
	run --separate-stderr ./demo --kep
	[ "$status" = 2 ]
	[ "$output" = '' ]
	[ "${stderr_lines[0]}" = "demo: expected --keep, --exec, --stop or --help, got '--kep'" ]
}

@test "an argument too many and a missing command are usage errors" {
	run -2 ./demo --keep it
	[ "${lines[0]}" = "demo: --keep takes no argument, got 'it'" ]
	run -2 ./demo --exec gateway
	[ "${lines[0]}" = "demo: --exec: expected HOST COMMAND, got 'gateway'" ]
}

@test "--exec without a kept demo fails, --stop has nothing to do" {
	run -1 ./demo --exec gateway true
	[ "$output" = 'demo: no demo is kept; start one: ./demo --keep' ]
	run -0 ./demo --stop
	[ "$output" = 'No demo is kept.' ]
}

@test "one that is interrupted (Ctrl-C) leaves nothing behind" {
	labs > "$BATS_TEST_TMPDIR/before"
	env --default-signal=INT setsid ./demo > "$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
	local demo=$! status=0
	lab_until 60 grep -q '^device' "$BATS_TEST_TMPDIR/output"
	[ -n "$(labs)" ]
	# The terminal sends it to the whole group.
	kill -INT -- "-$demo"
	wait "$demo" || status=$?
	[ "$status" = 130 ]
	labs | diff "$BATS_TEST_TMPDIR/before" -
}

@test "GW_11: --keep shows two devices, one gateway and the event of a third, and leaves the demo running" {
	run -0 ./demo --keep
	[ "$(grep -c ' ok$' <<< "$output")" -ge 10 ]
	[[ $output = *SETTOP-1*PHONE-7*GATEWAY-1*'gateway# assocctl watch'$'\n''1 active '*NumberOfEntries=3$'\n'*'device# assocctl watch'$'\n'*' connection request, 1 since the last ack'* ]]
	run -0 ./demo --exec gateway assocctl --json devices
	[ "$(jq length <<< "$output")" = 3 ]
}

@test "CB_5 CR_5: --keep has shown a connection request that passed two NATs" {
	run -0 ./demo --exec device assocctl --json get Device.ManagementServer.UDPConnectionRequestAddress \
		Device.ManagementServer.NATDetected
	[ "$(jq -r 'map(.value) | join(" ")' <<< "$output")" = '198.51.100.1:7547 true' ]
	run -0 ./demo --exec device assocctl --json status
	[ "$(jq '.connection.datagrams | .accepted, .copy' <<< "$output")" = $'1\n2' ]
}

@test "--exec passes the command's status and arguments on" {
	run -7 ./demo --exec plain sh -c 'exit 7'
	run -0 ./demo --exec plain printf '%s|' 'a b' '' c
	[ "$output" = 'a b||c|' ]
	run -1 ./demo --exec nobody true
	[ "$output" = "lab: there is no host 'nobody'" ]
}

@test "a second --keep is refused, a second demo beside the kept one passes" {
	run -1 ./demo --keep
	[ "$output" = 'demo: a demo is kept already; take it down first: ./demo --stop' ]
	run -0 ./demo
	./demo --exec gateway assocctl status
}

@test "--stop takes the kept demo down" {
	[ -n "$(labs)" ]
	local kept
	read -r kept < "$ASSOC_BUILD/demo.lab"
	run -0 ./demo --stop
	[ "$output" = 'The demo is down.' ]
	[ ! -e "$kept" ]
	[ ! -e "$ASSOC_BUILD/demo.lab" ]
}

@test "a demo whose check fails says so and ends with status 1" {
	# A device whose client does nothing never learns its gateway.
	cp -r "$LAB_STAGE" "$BATS_TEST_TMPDIR/stage"
	: > "$BATS_TEST_TMPDIR/stage/usr/libexec/assoc-client"
	labs > "$BATS_TEST_TMPDIR/before"
	LAB_STAGE=$BATS_TEST_TMPDIR/stage run -1 ./demo
	[[ $output = *FAILED* ]]
	[[ $output = *"demo: '"*"' failed; all output: "* ]]
	labs | diff "$BATS_TEST_TMPDIR/before" -
}
