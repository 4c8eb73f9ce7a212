#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# assocctl's commands that change the daemon, and what it tells of changes; against the real daemon.

load assocctl_helper

setup()
{
	ctl_setup
	MS=InternetGatewayDevice.ManagementServer
}

teardown()
{
	ctl_teardown
}

# watch_start [ARGUMENT...]: events go to $T/events.
watch_start()
{
	"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" watch "$@" > "$T/events" 2> "$T/watch.err" 3>&- &
	echo $! > "$T/watch.pid"
}

events()
{
	diff -u <(printf '%s\n' "$@") "$T/events"
}

# Somebody is connected besides the one who asks.
is_watched()
{
	ctl -s "$SOCKET" --json status
	jq -e '.clients > 1' "$T/out" > /dev/null
}

# daemon_kill SIGNAL
daemon_kill()
{
	kill "-$1" "$(cat "$T/daemon.pid")"
	while kill -0 "$(cat "$T/daemon.pid")" 2> /dev/null; do sleep 0.05; done
}

@test "D2_3: set writes all parameters or none, and they are there after a kill -9" {
	daemon_start gateway
	ctl -s "$SOCKET" set "$MS.STUNEnable=1" "$MS.URL=http://acs.example/?a=b" "$MS.STUNServerPort=3479"
	expect 0 "" ""
	daemon_kill KILL
	daemon_start gateway
	ctl -s "$SOCKET" get "$MS.STUNEnable" "$MS.URL" "$MS.STUNServerPort"
	expect 0 "$MS.STUNEnable=true
$MS.URL=http://acs.example/?a=b
$MS.STUNServerPort=3479" ""
	ctl -s "$SOCKET" set "$MS.STUNServerPort=1" "$MS.STUNEnable=perhaps" "$MS.Nothing=1" "$MS.NATDetected=1"
	expect 1 "" "assocctl: set: $MS.STUNEnable: expected 0, 1, false or true, got 'perhaps' (fault 9006)
assocctl: set: $MS.Nothing: no such parameter (fault 9005)
assocctl: set: $MS.NATDetected: the parameter is read-only (fault 9008)"
	ctl -s "$SOCKET" get "$MS.STUNServerPort"
	expect 0 "$MS.STUNServerPort=3479" ""
}

@test "D2_3: what can't be written down is refused and not set" {
	daemon_start gateway
	mkdir "$T/state.new"
	ctl -s "$SOCKET" set "$MS.STUNServerPort=1"
	expect 1 "" "assocctl: set: the state can't be written: Is a directory (error 9002)"
	ctl -s "$SOCKET" get "$MS.STUNServerPort"
	expect 0 "$MS.STUNServerPort=3478" ""
}

@test "D2_1: set reads a password from a file or standard input, and nobody reads it back" {
	daemon_start gateway
	echo 'pass word' > "$T/password"
	ctl -s "$SOCKET" set --value-file "$T/password" "$MS.STUNPassword"
	expect 0 "" ""
	printf 'other' | ctl -s "$SOCKET" set --value-file - "$MS.ConnectionRequestPassword"
	expect 0 "" ""
	ctl -s "$SOCKET" get "$MS.STUNPassword" "$MS.ConnectionRequestPassword"
	expect 0 "$MS.STUNPassword=
$MS.ConnectionRequestPassword=" ""
	grep -q '"value":"pass word"' "$T/state"
	grep -q '"value":"other"' "$T/state"
	[ "$(stat -c %a "$T/state")" = 600 ]
	ctl -s "$SOCKET" set --value-file "$T/none" "$MS.STUNPassword"
	expect 1 "" "assocctl: set: --value-file: $T/none: No such file or directory"
	head -c 2000 /dev/zero | ctl -s "$SOCKET" set --value-file - "$MS.STUNPassword"
	expect 1 "" "assocctl: set: --value-file: -: File too large"
}

@test "set: mistakes on the command line are told" {
	ctl -s "$SOCKET" set "$MS.URL"
	expect 2 "" "assocctl: set: expected NAME=VALUE, got '$MS.URL'"
	ctl -s "$SOCKET" set --value-file - a b
	expect 2 "" "assocctl: set: --value-file: expected one NAME, got 2"
	ctl -s "$SOCKET" notify loudly "$MS.URL"
	expect 2 "" "assocctl: notify: expected off, passive or active, got 'loudly'"
	ctl -s "$SOCKET" ack x
	expect 2 "" "assocctl: ack: SEQ: expected a whole number, got 'x'"
	ctl -s "$SOCKET" watch --since -1
	expect 2 "" "assocctl: watch: --since: expected a whole number, got '-1'"
	daemon_start gateway
	ctl -s "$SOCKET" set --by me "$MS.URL=x"
	expect 1 "" 'assocctl: set: by: expected "acs" or "local" (error -32602)'
}

@test "D1_4: notify sets attributes, and attributes prints them, after a restart too" {
	journal_bind 7 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" notify active "$MS.ManageableDeviceNumberOfEntries" "$MS.STUNEnable"
	expect 0 "" ""
	ctl -s "$SOCKET" notify passive "$MS.ManageableDevice."
	expect 0 "" ""
	ctl -s "$SOCKET" notify active "$MS.ManageableDevice.7.SerialNumber"
	expect 1 "" "assocctl: notify: $MS.ManageableDevice.7.SerialNumber: active notification is not supported here (fault 9009)"
	daemon_kill KILL
	daemon_start gateway
	ctl -s "$SOCKET" attributes "$MS.ManageableDeviceNumberOfEntries" "$MS.STUNEnable" "$MS.URL" "$MS.ManageableDevice.7.SerialNumber"
	expect 0 "$MS.ManageableDeviceNumberOfEntries  active
$MS.STUNEnable                       active
$MS.URL                              off
$MS.ManageableDevice.7.SerialNumber  passive" ""
	ctl -s "$SOCKET" attributes --json "$MS.URL"
	expect 0 "[{\"name\":\"$MS.URL\",\"notification\":0}]" ""
}

@test "GW_11: watch shows a device that joins and one that leaves, and again until ack" {
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" notify active "$MS.ManageableDeviceNumberOfEntries"
	watch_start
	journal_bind 2 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
	until_true events "1 active $MS.ManageableDeviceNumberOfEntries=2"
	echo '{"type":"unbind","address":"192.0.2.5","reason":"release"}' >> "$T/journal"
	until_true events "1 active $MS.ManageableDeviceNumberOfEntries=2" "2 active $MS.ManageableDeviceNumberOfEntries=1"
	# It has left before it was saved; killed in between it would be told again under another number.
	until_true grep -q '"sequence": *2,' "$T/state"
	kill "$(cat "$T/watch.pid")"
	daemon_kill KILL
	daemon_start gateway
	watch_start --json
	until_true events "{\"jsonrpc\":\"2.0\",\"method\":\"value_change\",\"params\":{\"name\":\"$MS.ManageableDeviceNumberOfEntries\",\"value\":\"1\",\"type\":\"unsignedInt\",\"notification\":2,\"seq\":2}}"
	kill "$(cat "$T/watch.pid")"
	ctl -s "$SOCKET" ack 2
	expect 0 "" ""
	# Numbers that a daemon that was killed may have given away are not given again.
	ctl -s "$SOCKET" ack 1003
	expect 1 "" "assocctl: ack: seq: expected the number of an event, 0 to 1002 (error -32602)"
	daemon_kill KILL
	daemon_start gateway
	watch_start
	journal_bind 3 00D09E S-3 STB 192.0.2.7 02:00:00:00:00:03 lease false
	until_true events "2003 active $MS.ManageableDeviceNumberOfEntries=2"
}

@test "GW_11: changes that come faster than the limit are told as one when it ends" {
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" set "$MS.ManageableDeviceNotificationLimit=3"
	ctl -s "$SOCKET" notify active "$MS.ManageableDeviceNumberOfEntries"
	watch_start
	journal_bind 2 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
	until_true events "1 active $MS.ManageableDeviceNumberOfEntries=2"
	journal_bind 3 00D09E S-3 STB 192.0.2.7 02:00:00:00:00:03 lease false
	journal_bind 4 00D09E S-4 STB 192.0.2.8 02:00:00:00:00:04 lease false
	until_true events "1 active $MS.ManageableDeviceNumberOfEntries=2" "2 active $MS.ManageableDeviceNumberOfEntries=4"
}

@test "DV_4: GatewayInfo is active from the start, and again when the ACS URL is set" {
	MS=Device.ManagementServer
	daemon_start device
	watch_start
	gateway_record eth0 100 00D09E GW-1 HGW
	until_true events "1 active Device.GatewayInfo.ManufacturerOUI=00D09E" "2 active Device.GatewayInfo.SerialNumber=GW-1" \
		"3 active Device.GatewayInfo.ProductClass=HGW"
	ctl -s "$SOCKET" notify off Device.GatewayInfo.
	ctl -s "$SOCKET" set --by acs "$MS.URL=http://acs.example/"
	ctl -s "$SOCKET" attributes Device.GatewayInfo.SerialNumber
	expect 0 "Device.GatewayInfo.SerialNumber  active" ""
}

@test "what the ACS sets itself is no event, and what others set is one" {
	daemon_start gateway
	ctl -s "$SOCKET" notify passive "$MS.STUNEnable"
	watch_start
	ctl -s "$SOCKET" set --by acs "$MS.STUNEnable=1"
	ctl -s "$SOCKET" set "$MS.STUNEnable=0"
	until_true events "1 passive $MS.STUNEnable=false"
}

@test "watch ends with a word when the daemon does, and quietly when nobody reads it" {
	daemon_start device
	watch_start
	until_true is_watched
	daemon_kill TERM
	until_true grep -qx 'assocctl: watch: the daemon has hung up' "$T/watch.err"
	ctl -s "$SOCKET" watch
	[ "$CTL_STATUS" = 3 ]
}

@test "a damaged state is set aside with a clear line, and the daemon starts with defaults" {
	echo '{"format": "dm-bridge-state", "version": 1, "parameters": {"ManagementServer.STUNServerPort": {"value": "x"}}}' > "$T/state"
	daemon_start gateway
	grep -qF "state $T/state: damaged: ManagementServer.STUNServerPort: expected 0 to 65535; set aside as PATH.damaged, starting with defaults" "$T/log"
	[ -e "$T/state.damaged" ]
	ctl -s "$SOCKET" get "$MS.STUNServerPort"
	expect 0 "$MS.STUNServerPort=3478" ""
}
