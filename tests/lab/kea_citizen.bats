#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hook as one of several in a real kea-dhcp4: control commands, Kea's own hooks beside it, two servers in high
# availability, and a thousand reloads. With and without multi-threading. Hooks that veto: lease_life.bats.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	lab_start
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# Kea's own hooks, and where Kea 2.7.9 and newer want run_script's scripts.
HOOKS=$(dirname "${LAB_HOOK:-/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_assoc.so}")
SCRIPT=/usr/share/kea/scripts/lab.sh

# library FILE [PARAMETERS]: a jq filter that loads one of Kea's hooks behind those that are there.
library()
{
	printf '.Dhcp4["hooks-libraries"] += [{"library": "%s", "parameters": %s}]' "$HOOKS/$1" "${2:-{\}}"
}

# A filter that puts our hook, which is the first, behind the others.
OURS_LAST='.Dhcp4["hooks-libraries"] |= .[1:] + .[:1]'

# device NAME SERIAL: a host that has a lease and an identity.
device()
{
	lab_member "$1" gateway
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
}

# told COMMAND [ARGUMENTS [FILTER]]: what Kea answers, as jq shows it in one line.
told()
{
	lab_kea_command gateway "$1" "${2:-{\}}" | jq -c "${3:-.}"
}

# --- control commands -----------------------------------------------------

# commands [lab_kea OPTION...]
commands()
{
	lab_gateway gateway '{}' "$@"
	[ "$(told assoc-device-list)" = '{"arguments":{"count":0,"devices":[]},"result":3,"text":"0 device(s) found."}' ]
	[ "$(lab_exec gateway assocctl devices --kea-socket "$LAB_KEA_SOCKET")" = 'no devices' ]
	device one ONE-1
	device two 'TWO-é"\b'
	lab_until 10 lab_listed gateway ONE-1
	lab_until 10 lab_listed gateway 'TWO-é"\b'
	[ "$(told assoc-device-list '{}' '[.result, .text, .arguments.count]')" = '[0,"2 device(s) found.",2]' ]
	[ "$(told assoc-device-list '{"limit": 1}' '.arguments.devices | map(.serial)')" = '["ONE-1"]' ]
	[ "$(told assoc-device-list '{"from": 1, "limit": 1}' '.arguments.devices | map(.instance)')" = '[2]' ]
	[ "$(told assoc-device-list '{"from": 2}' .result)" = 3 ]
	lab_exec gateway assocctl devices --json > "$BATS_TEST_TMPDIR/bridge"
	lab_exec gateway assocctl devices --json --kea-socket "$LAB_KEA_SOCKET" |
		diff "$BATS_TEST_TMPDIR/bridge" -
	lab_exec gateway assocctl devices > "$BATS_TEST_TMPDIR/bridge"
	lab_exec gateway assocctl devices --kea-socket "$LAB_KEA_SOCKET" | diff "$BATS_TEST_TMPDIR/bridge" -
	get_devices
	status_of_two
}

get_devices()
{
	local arguments
	for arguments in '{"instance": 2}' "{\"ip-address\": \"$(lab_address two)\"}" \
		'{"manufacturer-oui": "00d09e", "serial-number": "TWO-é\"\\b"}'; do
		[ "$(told assoc-device-get "$arguments" '[.result, .text, .arguments.instance, .arguments.bindings[0].address]')" = \
			"[0,\"Device found.\",2,\"$(lab_address two)\"]" ]
	done
	[ "$(told assoc-device-get '{"instance": 9}')" = '{"result":3,"text":"Device not found."}' ]
	[ "$(told assoc-device-get '{"ip-address": "192.0.2"}')" = \
		'{"result":1,"text":"argument '\''ip-address'\'': expected an IPv4 address, got \"192.0.2\""}' ]
	[ "$(told assoc-device-list '{"form": 1}' .text)" = \
		'"unknown argument \"form\", expected one of from, limit"' ]
}

status_of_two()
{
	told assoc-status '{}' '.arguments' | jq -e '
		.table.devices == 2 and .table.addresses == 2 and .table["max-devices"] == 1024 and
		.journal.state == "ok" and .journal.lines == 3 and .["neighbour-watch"].state == "running" and
		.counters.added == 2 and .counters.identified == 4 and .counters.answered == 4 and
		.["serial-number"] == "GATEWAY-1"'
}

@test "control commands tell of devices and of the hook, as assocctl and dm-bridge do" {
	commands
}

@test "control commands tell of devices and of the hook with multi-threading" {
	commands --mt
}

@test "assocctl says when it is no Kea that answers, or one without the hook" {
	lab_host gateway
	lab_lan gateway
	lab_kea gateway
	lab_bridge gateway gateway
	run -1 lab_exec gateway assocctl devices --kea-socket "$LAB_KEA_SOCKET"
	[ "$output" = "assocctl: devices: expected a Kea that has loaded libdhcp_assoc.so, got: 'assoc-device-list' command not supported." ]
	run -1 lab_exec gateway assocctl devices --kea-socket "$LAB_BRIDGE_SOCKET"
	[[ $output = "assocctl: devices: expected an answer of Kea, got '"* ]]
	lab_kea_stop gateway
	run -3 lab_exec gateway assocctl devices --kea-socket "$LAB_KEA_SOCKET"
	[[ $output = "assocctl: devices: expected Kea at $LAB_KEA_SOCKET, got: "* ]]
}

@test "a gateway's identity beyond ASCII reaches the device as it stands in Kea's configuration" {
	lab_gateway gateway '{"serial-number": "Gé-1"}'
	lab_member device gateway
	lab_identity device 00D09E SETTOP-1
	lab_bridge device device
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA Gé-1 HomeGateway'
}

# --- beside Kea's own hooks -------------------------------------------------

# The script that run_script runs: a line for each event.
script()
{
	# shellcheck disable=SC2016 # the script expands it
	lab_write gateway "$SCRIPT" 0755 <<< '#!/bin/sh
echo "$1 ${LEASE4_ADDRESS:-}${LEASES4_AT0_ADDRESS:-}" >> /tmp/script-ran'
}

script_ran()
{
	lab_exec gateway grep -qF "$1" /tmp/script-ran
}

# beside [lab_kea OPTION...]: our hook and three of Kea's own do what each is there for.
beside()
{
	lab_host gateway
	lab_lan gateway
	script
	lab_kea gateway --hook "$(lab_hook_parameters)" --set "$(library libdhcp_lease_cmds.so)" \
		--set "$(library libdhcp_run_script.so "{\"name\": \"$SCRIPT\", \"sync\": false}")" \
		--set "$(library libdhcp_flex_option.so '{"options": [{"name": "domain-name", "add": "'"'lab.example'"'"}]}')" "$@"
	lab_bridge gateway gateway
	lab_member device gateway
	lab_identity device 00D09E SETTOP-1
	lab_bridge device device
	lab_dhcpcd_assoc device
	device box BOX-1
	lab_until 20 lab_listed gateway SETTOP-1
	lab_until 10 lab_listed gateway BOX-1
	lab_until 10 lab_knows device "$LAB_GATEWAY_IDENTITY"
	lab_until 10 script_ran "leases4_committed $(lab_address box)"
	lab_exec box grep -qx domain=lab.example /run/udhcpc/event
	[ "$(told lease4-get "{\"ip-address\": \"$(lab_address box)\"}" .result)" = 0 ]
	lab_udhcpc_release box
	lab_until 10 lab_not lab_listed gateway BOX-1
	lab_until 10 script_ran lease4_release
	lab_not lab_logged gateway kea ASSOC_CALLOUT_ERROR
}

@test "GW_2 GW_3 GW_6 lease_cmds, run_script, flex_option and the hook do their work side by side" {
	beside
}

@test "GW_2 GW_3 GW_6 likewise with multi-threading, and our hook the last" {
	beside --mt --set "$OURS_LAST"
}

# --- high availability --------------------------------------------------------

# ha NAME: the filter for one server of the pair. Lease updates come over HTTP, straight between the two.
ha()
{
	local parameters
	parameters=$(jq -cn --arg name "$1" '{"high-availability": [{
		"this-server-name": $name, "mode": "hot-standby",
		"heartbeat-delay": 500, "max-response-delay": 2000, "max-ack-delay": 1000, "max-unacked-clients": 0,
		"multi-threading": {"enable-multi-threading": true, "http-dedicated-listener": true,
			"http-listener-threads": 2, "http-client-threads": 2},
		"peers": [
			{"name": "gateway", "url": "http://192.0.2.1:8000/", "role": "primary", "auto-failover": true},
			{"name": "standby", "url": "http://192.0.2.2:8000/", "role": "standby", "auto-failover": true}
		]}]}')
	printf '%s | %s' "$(library libdhcp_lease_cmds.so)" "$(library libdhcp_ha.so "$parameters")"
}

# server HOST
server()
{
	lab_kea "$1" --hook "$(lab_hook_parameters)" --mt --set "$(ha "$1")"
}

in_state()
{
	[ "$(lab_kea_command "$1" status-get | jq -r '.arguments["high-availability"][0]["ha-servers"].local.state')" = "$2" ]
}

knows_lease()
{
	[ "$(lab_kea_command "$1" lease4-get "{\"ip-address\": \"$2\"}" | jq .result)" = 0 ]
}

@test "GW_2 GW_3 two servers in hot standby: the active one has the table, and the other takes over" {
	local address
	lab_host gateway
	lab_lan gateway
	lab_host standby
	lab_lan standby 192.0.2.2/24
	lab_plug standby gateway
	lab_net standby ip link set eth0 master br0
	server gateway
	server standby
	lab_until 30 in_state gateway hot-standby
	lab_until 30 in_state standby hot-standby
	lab_bridge gateway gateway
	lab_bridge standby gateway
	device box BOX-1
	lab_until 10 lab_listed gateway BOX-1
	address=$(lab_address box)
	lab_until 10 knows_lease standby "$address"
	lab_not lab_listed standby BOX-1
	lab_kea_stop gateway KILL
	lab_until 30 in_state standby partner-down
	lab_udhcpc_stop box KILL
	lab_udhcpc box -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	[ "$(lab_address box)" = "$address" ]
	lab_until 10 lab_listed standby BOX-1
	lab_not lab_logged standby kea ASSOC_CALLOUT_ERROR
}

# --- reloads ------------------------------------------------------------------

# reload N: read the configuration again so many times.
reload()
{
	local i socket
	socket=$(lab_path gateway "$LAB_KEA_SOCKET")
	for ((i = 0; i < $1; i++)); do
		echo '{"command": "config-reload"}' | socat -t 10 - "UNIX-CONNECT:$socket" | grep -q '"result": 0'
	done
}

# of_kea FILE: /proc's file of the process.
of_kea()
{
	lab_path gateway "/proc/$(cat "$LAB_DIR/hosts/gateway/run/kea")/$1"
}

resident()
{
	awk '$1 == "VmRSS:" { print $2 * 1024 }' "$(of_kea status)"
}

open_files()
{
	find "$(of_kea fd)" -mindepth 1 | wc -l
}

# growth N: bytes by which Kea grew over N reloads; the first few fill caches and are not counted.
growth()
{
	local before
	reload 20
	before=$(resident)
	reload "$1"
	echo $(($(resident) - before))
}

# A reload frees and allocates the same again; a byte that is not freed shows in the resident size, which counts whole
# pages. 64 bytes a reload is less than any object of ours is big, with malloc's own part, and more than the 16 KiB (16
# bytes a reload) by which Kea alone was seen to settle.
MARGIN=64

@test "a thousand reloads of the configuration leak neither memory nor descriptors" {
	local with without files
	lab_gateway gateway '{}' --set '.Dhcp4.loggers[0].severity = "WARN"'
	device box BOX-1
	lab_until 10 lab_listed gateway BOX-1
	reload 1
	files=$(open_files)
	with=$(growth 1000)
	[ "$(open_files)" = "$files" ]
	lab_listed gateway BOX-1
	[ "$(lab_instance gateway BOX-1)" = 1 ]
	lab_kea_config gateway --set '.Dhcp4.loggers[0].severity = "WARN"'
	without=$(growth 300)
	echo "# growth per reload: $((with / 1000)) bytes with the hook, $((without / 300)) without" >&3
	[ $((with / 1000)) -le $((without / 300 + MARGIN)) ]
}
