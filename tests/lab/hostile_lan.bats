#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A LAN with a hostile host: floods of identities, of DHCPINFORMs from its own and from forged addresses, and of malformed
# options. Honest hosts are served as they are without our hook, and the table, the memory and the log stay bounded.
# alone: a flood fills the neighbour table that all namespaces share, and takes a core.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	FLOOD=$LAB_STAGE/../tests/lab/flood
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member hostile gateway
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# flood KIND COUNT RATE
flood()
{
	lab_net hostile "$FLOOD" eth0 "$@"
}

# device NAME SERIAL: an honest host that has a lease and an identity, and is listed.
device()
{
	lab_member "$1" gateway
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
	lab_until 5 listed "$2"
}

# The hook's own list, with as many pages as it takes.
serials()
{
	lab_kea_command gateway assoc-device-list '{"limit": 1000}' | jq -r '.arguments.devices[].serial'
}

listed()
{
	serials | grep -qx "$1"
}

counter()
{
	lab_kea_command gateway assoc-status | jq --arg name "$1" '.arguments.counters[$name]'
}

# Memory of Kea, in KiB.
memory()
{
	local pid
	read -r pid < "$LAB_DIR/hosts/gateway/run/kea"
	# shellcheck disable=SC2016 # awk's
	lab_exec gateway awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status"
}

# served HOST: exchanges (DISCOVER to ACK) that honest clients completed in 8 s of 50 a second, while the flood goes on.
served()
{
	local flood
	lab_spawn_net hostile flood "$FLOOD" eth0 mixed 100000 3000
	lab_net "$1" perfdhcp -4 -l eth0 -r 50 -R 20 -p 8 -W 1000000 -x t > "$BATS_TEST_TMPDIR/perfdhcp" 2>&1 || :
	lab_kill hostile flood KILL
	awk '/REQUEST-ACK/ { acks = 1 } acks && /^received packets:/ { print $3; exit }' "$BATS_TEST_TMPDIR/perfdhcp"
}

ROOMY='.Dhcp4.subnet4[0] += {"subnet": "192.0.0.0/16", "pools": [{"pool": "192.0.2.100 - 192.0.2.200"}, {"pool": "192.0.8.0 - 192.0.9.255"}]}'

@test "GW_13: honest clients are served under a flood as often with the hook as without it" {
	local without with
	lab_member honest gateway
	lab_net honest ip address add 192.0.2.250/16 dev eth0
	lab_kea gateway --set "$ROOMY"
	without=$(served honest)
	lab_kea_stop gateway
	lab_kea_config gateway --set "$ROOMY" --hook "$(lab_hook_parameters '{"max-devices": 64}')"
	lab_kea_start gateway
	with=$(served honest)
	echo "exchanges under the flood: $without without the hook, $with with it"
	# The flood did reach the hook.
	[ "$(counter identified)" -gt 5000 ]
	[ "$(counter informs-forged)" -gt 1000 ]
	[ "$without" -gt 0 ]
	[ $((100 * with)) -ge $((85 * without)) ]
}

@test "GW_13 GW_10 EN_6: 100,000 hostile requests leave memory, table and log bounded, and honest devices listed" {
	local before after lines entries
	lab_kea gateway --hook "$(lab_hook_parameters '{"max-devices": 64}')"
	device one HONEST-1
	device two HONEST-2
	flood mixed 20000 4000
	before=$(memory)
	flood mixed 80000 4000
	after=$(memory)
	echo "resident: $before KiB after 20000 requests, $after KiB after 100000"
	[ $((after - before)) -le 4096 ]
	entries=$(serials | wc -l)
	[ "$entries" -le 64 ]
	[ "$entries" -gt 32 ]
	listed HONEST-1
	listed HONEST-2
	lab_udhcpc_renew one
	listed HONEST-1
	[ "$(counter informs-forged)" -gt 10000 ]
	[ "$(counter invalid)" -gt 5000 ]
	[ "$(counter table-full)" -gt 1000 ]
	# A burst of each message, and then one a second or a minute.
	lines=$(lab_log gateway kea | grep -c ASSOC_)
	echo "lines in the log: $lines"
	[ "$lines" -le 600 ]
	lab_running gateway kea
}

@test "GW_10 GW_13: DHCPINFORMs alone fill half of the table, and a new honest device still gets its lease and its entry" {
	lab_kea gateway --hook "$(lab_hook_parameters '{"max-devices": 16}')"
	device one HONEST-1
	flood informs 4000 2000
	[ "$(serials | wc -l)" = 9 ]
	lab_logged gateway kea ASSOC_TABLE_FULL
	listed HONEST-1
	device late LATE-1
}

@test "GW_10: a DHCPINFORM that names an address outside the LAN, the gateway's or the broadcast address is noted nowhere" {
	local hex
	lab_kea gateway --hook "$(lab_hook_parameters)" --set '.Dhcp4.subnet4 += [{"id": 2, "subnet": "198.51.100.0/24",
		"pools": [{"pool": "198.51.100.10 - 198.51.100.20"}]}]'
	for hex in c6336407 c0000201 c00002ff c0000200 0a000001; do
		inform_from_itself "$hex"
	done
	lab_until 10 forged 5
	[ "$(serials)" = '' ]
	inform_from_itself c0000214
	lab_until 5 listed SELF
}

forged()
{
	[ "$(counter informs-forged)" = "$1" ]
}

# inform_from_itself HEX: a DHCPINFORM whose source address and ciaddr are both this.
inform_from_itself()
{
	local address
	address=$(printf '%d.%d.%d.%d' "0x${1:0:2}" "0x${1:2:2}" "0x${1:4:2}" "0x${1:6:2}")
	lab_net hostile ip address add "$address/32" dev eth0
	lab_send hostile "$(lab_dhcp_message "$(lab_mac hostile)" 8 "$(lab_tlv 125 "$(lab_option_125 00D09E SELF)")" "$1")" "$address"
	lab_net hostile ip address del "$address/32" dev eth0
}

@test "what a logger might take for its own stays text" {
	lab_kea gateway --hook "$(lab_hook_parameters)"
	device one '%1%2%s%n'
	lab_logged gateway kea '"%1%2%s%n"'
}
