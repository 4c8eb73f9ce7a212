#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The neighbour watch on a real Kea, which runs as Debian's unit runs it: user _kea, without CAP_NET_ADMIN.
# The device's DHCP client is ended after the lease, so that nothing but ARP can tell that the device is there.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	export TMPDIR=$BATS_TEST_TMPDIR
	lab_start
}

teardown()
{
	lab_stop
}

# start_gateway ROUNDS [lab_kea OPTION...]: the lab's gateway with the shortest interval, 5 s.
start_gateway()
{
	local rounds=$1 watch
	shift
	watch=$(jq -cn --argjson rounds "$rounds" '{"neighbour-watch": {"interval": 5, $rounds}}')
	lab_host gateway
	if [ -n "${LAN:-}" ]; then
		plug_in_directly
	else
		lab_lan gateway
	fi
	hasten_arp "${LAN:-br0}"
	lab_kea_config gateway --hook "$(lab_hook_parameters "$watch")" "$@"
	lab_kea_start gateway
	lab_until 5 lab_logged gateway kea ASSOC_WATCH_STARTED
	lab_bridge gateway gateway
}

# The kernel's own patience, 8 s by default: about 2 s here.
hasten_arp()
{
	lab_net gateway ip ntable change name arp_cache dev "$1" delay_probe 1000 retrans 300 base_reachable 2000
}

# A device with a lease; its client is gone, its address stays.
associate()
{
	lab_host "$1"
	lab_plug "$1" gateway
	lab_udhcpc "$1" -x "0x7d:$(lab_option_125 00D09E "$2")"
	lab_until 5 lab_listed gateway "$2"
	lab_udhcpc_stop "$1" KILL
}

# A cable without a bridge: the gateway's lan0 is the device's eth0.
plug_in_directly()
{
	lab_alive device || lab_host device
	lab_net gateway ip link add lan0 type veth peer name eth0 address 02:00:00:00:00:09 netns "$(lab_pid device)"
	lab_net gateway ip address add 192.0.2.1/24 dev lan0
	lab_net gateway ip link set lan0 up
	lab_net device ip link set eth0 up
	lab_until 5 lab_has_carrier device eth0
}

# is_away SERIAL: does the gateway remember the device, without showing it?
is_away()
{
	[ "$(lab_exec gateway assocctl --json devices |
		jq --arg serial "$1" '[.[] | select(.serial == $serial and (.present | not)) | .bindings[].away]')" = "$(jq -n '[true]')" ]
}

in_journal()
{
	lab_exec gateway grep -q -e "$1" "$LAB_JOURNAL"
}

# DHCP that Kea has seen so far.
requests()
{
	lab_kea_command gateway statistic-get '{"name": "pkt4-received"}' | jq '.arguments["pkt4-received"][0][0]'
}

@test "GW_7 GW_8: on a bridge, an unplugged device is away within interval x rounds + 10 s, and back without DHCP" {
	start_gateway 2 --mt
	associate device A1
	before=$(requests)
	entry=$(lab_instance gateway A1)
	lab_cable device out
	lab_until 20 is_away A1
	lab_logged gateway kea ASSOC_DEVICE_AWAY
	lab_cable device in
	lab_until 15 lab_listed gateway A1
	lab_logged gateway kea ASSOC_DEVICE_BACK
	[ "$(lab_instance gateway A1)" = "$entry" ]
	[ "$(requests)" = "$before" ]
}

@test "GW_8: the return is noticed within 1 s of the neighbour's answer" {
	start_gateway 1
	associate device A1
	lab_cable device out
	lab_until 15 is_away A1
	lab_cable device in
	lab_net gateway ping -q -c 1 -W 5 "$(lab_address device)"
	lab_until 1 lab_listed gateway A1
}

@test "GW_8: another link-layer address on the same IP address does not bring the device back" {
	start_gateway 1
	associate device A1
	address=$(lab_address device)
	lab_cable device out
	lab_until 15 is_away A1
	lab_member other gateway
	lab_net other ip address add "$address/24" dev eth0
	lab_net gateway ping -q -c 1 -W 5 "$address"
	sleep 7
	is_away A1
}

@test "GW_4: a device that sleeps shorter than its rounds is never away" {
	start_gateway 3
	associate device A1
	lab_net device ip link set eth0 arp off
	lab_until 15 sh -c "nsenter --target $(lab_pid gateway) --net ip neigh show nud failed | grep -q br0"
	sleep 2
	lab_net device ip link set eth0 arp on
	sleep 12
	lab_listed gateway A1
	lab_not in_journal '"away":true'
}

@test "GW_7: a device that falls silent, with its link up, is away after its rounds" {
	start_gateway 2
	associate device A1
	associate awake A2
	lab_net device ip link set eth0 arp off
	lab_until 25 is_away A1
	lab_listed gateway A2
}

@test "GW_10: a device that has only informed is removed when it is lost" {
	start_gateway 1
	lab_member device gateway
	lab_net device ip address add 192.0.2.20/24 dev eth0
	option=$(lab_option_125 00D09E N1)
	lab_send device "$(lab_dhcp_message "$(lab_mac device)" 8 "$(lab_tlv 125 "$option")" c0000214)" 192.0.2.20
	lab_until 5 lab_listed gateway N1
	sleep 7
	lab_listed gateway N1
	lab_cable device out
	lab_until 15 in_journal '"reason":"lost"'
	lab_until 2 lab_not lab_listed gateway N1
	[ -z "$(lab_bound gateway N1)" ]
}

@test "GW_7 GW_8: a plain interface that loses its link, vanishes and comes back with another index" {
	LAN=lan0
	start_gateway 1 --set '.Dhcp4["interfaces-config"].interfaces = ["lan0"] | .Dhcp4.subnet4[0].interface = "lan0"'
	lab_udhcpc device -x "0x7d:$(lab_option_125 00D09E P1)"
	lab_until 5 lab_listed gateway P1
	lab_udhcpc_stop device KILL
	address=$(lab_address device)
	lab_net device ip link set eth0 down
	lab_until 15 is_away P1
	lab_net device ip link set eth0 up
	lab_until 15 lab_listed gateway P1
	lab_net gateway ip link delete lan0
	lab_until 15 is_away P1
	lab_net gateway ip link add unused type bridge
	plug_in_directly
	lab_net device ip address add "$address/24" dev eth0
	lab_until 15 lab_listed gateway P1
	lab_running gateway kea
}

@test "GW_8: what is away is still away, and still looked for, after Kea reads its configuration again" {
	start_gateway 1 --mt
	associate device A1
	lab_cable device out
	lab_until 15 is_away A1
	lab_kea_reload gateway
	is_away A1
	lab_cable device in
	lab_until 15 lab_listed gateway A1
}

@test "GW_4: nothing is watched when the watch is off" {
	lab_gateway gateway '{"neighbour-watch": {"enabled": false}}'
	lab_not lab_logged gateway kea ASSOC_WATCH_STARTED
}
