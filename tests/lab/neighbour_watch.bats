#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The neighbour watch on a real Kea, which runs as Debian's unit runs it: user _kea, without CAP_NET_ADMIN.
# The device's DHCP client is ended after the lease, so that nothing but ARP can tell that the device is there.
# alone: the neighbour table is one for all namespaces, and a test here overflows its news.
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

# start_gateway ROUNDS [lab_kea OPTION...]: the lab's gateway with the shortest interval, 5 s, or INTERVAL; and
# with what MORE says as parameters of the hook.
start_gateway()
{
	local rounds=$1 watch
	shift
	watch=$(jq -cn --argjson rounds "$rounds" --argjson interval "${INTERVAL:-5}" --argjson more "${MORE:-{\}}" \
		'{"neighbour-watch": {$interval, $rounds}} + $more')
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
	lab_member "$1" gateway
	get_lease "$1" "$2"
}

get_lease()
{
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

# What the gateway's kernel says of its neighbours, a line each with the time.
watch_kernel()
{
	lab_spawn_net gateway kernel ip -ts monitor neigh
	# It says nothing when it begins: a neighbour of ours does.
	lab_until 5 heard_of_nobody
}

heard_of_nobody()
{
	lab_net gateway ip neigh replace 192.0.2.250 lladdr 02:00:00:00:00:fa dev "${LAN:-br0}" nud permanent
	lab_net gateway ip neigh delete 192.0.2.250 dev "${LAN:-br0}"
	lab_logged gateway kernel 192.0.2.250
}

# times_heard ADDRESS STATE: how often the kernel has said so.
times_heard()
{
	grep -F -e "$1 " "$LAB_DIR/hosts/gateway/log/kernel" | grep -cwF -e "$2" || :
}

# heard ADDRESS STATE TIMES: that often at least?
heard()
{
	[ "$(times_heard "$1" "$2")" -ge "$3" ]
}

# is_neighbour ADDRESS STATE...: does the kernel call it that now?
is_neighbour()
{
	local address=$1 state nud=()
	shift
	for state; do
		nud+=(nud "$state")
	done
	[ -n "$(lab_net gateway ip neigh show to "$address" "${nud[@]}")" ]
}

# address_hex ADDRESS
address_hex()
{
	local bytes
	IFS=. read -ra bytes <<< "$1"
	printf '%02x' "${bytes[@]}"
}

# The gateway speaks with the device, so that it has been heard since its lease.
speak_with()
{
	lab_until 20 lab_net gateway ping -q -c 1 -W 5 "$1"
}

# Milliseconds since 1970 of the last line of a log of the gateway's that holds this text.
logged_at()
{
	local stamp
	stamp=$(grep -F -e "$2" "$LAB_DIR/hosts/gateway/log/$1" | tail -n 1 |
		grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}\.[0-9]+' | head -n 1)
	date -d "${stamp/T/ }" +%s%3N
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
	out=$(date +%s%3N)
	lab_cable device out
	lab_until 20 is_away A1
	lab_logged gateway kea ASSOC_DEVICE_AWAY
	echo "# loss noticed after $(($(logged_at kea ASSOC_DEVICE_AWAY) - out)) ms, at most 20000" >&3
	lab_cable device in
	lab_until 15 lab_listed gateway A1
	lab_logged gateway kea ASSOC_DEVICE_BACK
	[ "$(lab_instance gateway A1)" = "$entry" ]
	[ "$(requests)" = "$before" ]
}

@test "GW_8: the return is noticed within 1 s of the neighbour's answer" {
	start_gateway 1
	associate device A1
	address=$(lab_address device)
	lab_cable device out
	lab_until 15 is_away A1
	watch_kernel
	lab_cable device in
	lab_until 15 heard "$address" REACHABLE 1
	lab_until 1 lab_listed gateway A1
	answered=$(grep -F -e "$address " "$LAB_DIR/hosts/gateway/log/kernel" | grep -m 1 -wF REACHABLE)
	echo "$answered" > "$LAB_DIR/hosts/gateway/log/answered"
	echo "# return noticed $(($(logged_at kea ASSOC_DEVICE_BACK) - $(logged_at answered REACHABLE))) ms after the answer, at most 1000" >&3
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

@test "GW_7: another host that took the address of an absent device does not keep it in the table" {
	start_gateway 2
	associate device A1
	address=$(lab_address device)
	speak_with "$address"
	lab_cable device out
	lab_member other gateway
	lab_net other ip address add "$address/24" dev eth0
	speak_with "$address"
	lab_until 30 is_away A1
	is_neighbour "$address" reachable stale delay probe
}

@test "GW_4: a device that is silent for all rounds but the last is never away" {
	start_gateway 3
	associate device A1
	address=$(lab_address device)
	speak_with "$address"
	watch_kernel
	for sleep in 1 2; do
		failed=$(times_heard "$address" FAILED)
		lab_net device ip link set eth0 arp off
		lab_until 30 heard "$address" FAILED $((failed + 2))
		answered=$(times_heard "$address" REACHABLE)
		lab_net device ip link set eth0 arp on
		lab_until 15 heard "$address" REACHABLE $((answered + 1))
	done
	lab_listed gateway A1
	lab_not in_journal '"away":true'
}

@test "GW_7: what a bridge forgets is looked for at once, and not taken for lost" {
	INTERVAL=3600
	start_gateway 1
	# Ports that come up hasten nudges too, the last time after some 15 s: before there is a device.
	lab_member device gateway
	lab_member asleep gateway
	sleep 16
	get_lease device A1
	get_lease asleep A2
	mac=$(lab_mac device)
	lab_net asleep ip link set eth0 arp off
	watch_kernel
	lab_until 5 forgotten "$(lab_mac asleep)"
	lab_until 5 forgotten "$mac"
	lab_until 10 is_away A2
	lab_until 5 heard "$(lab_address device)" REACHABLE 1
	lab_listed gateway A1
	lab_not in_journal '"serial":"A1".*"away":true'
}

# forgotten MAC: the bridge forgets where that is.
forgotten()
{
	local port
	port=$(lab_net gateway bridge fdb show br br0 | awk -v mac="$1" '$1 == mac && /master br0/ && !/permanent/ { print $3; exit }')
	[ -n "$port" ] && lab_net gateway bridge fdb del "$1" dev "$port" master
}

@test "GW_7: a loss while netlink overflows, for Kea is busy, is noticed after it" {
	start_gateway 1
	associate device A1
	address=$(lab_address device)
	speak_with "$address"
	lab_cable device out
	lab_until 15 is_neighbour "$address" delay probe incomplete
	lab_signal gateway kea STOP
	lab_not is_away A1
	flood_of_neighbours | lab_net gateway ip -batch -
	lab_until 15 is_neighbour "$address" failed
	lab_signal gateway kea CONT
	lab_until 15 is_away A1
	# Column 9 counts what the socket could not hold.
	lab_net gateway cat /proc/net/netlink | awk '$2 == 0 && $9 > 0 { found = 1 } END { exit !found }'
	lab_cable device in
	lab_until 15 lab_listed gateway A1
}

flood_of_neighbours()
{
	seq 8000 | awk '{ printf "neigh replace 10.%d.%d.1 lladdr 02:00:00:00:01:00 nud permanent dev br0\n", $1 / 256, $1 % 256 }'
}

@test "GW_4 GW_7: while the kernel's table of neighbours is full nobody is lost, it is logged, and it is looked again soon" {
	start_gateway 1
	associate device A1
	lab_host other
	lab_net other ip link add br9 type bridge
	lab_net other ip link set br9 up
	fill_table
	lab_cable device out
	for try in $(seq 60); do
		fill_table
		! lab_logged gateway kea ASSOC_WATCH_ERROR || break
	done
	lab_logged gateway kea 'ASSOC_WATCH_ERROR No buffer space available'
	lab_not is_away A1
	lab_host_stop other
	lab_until 20 is_away A1
}

# Elsewhere: all namespaces share one table. What has been there for 5 s gives way to others.
fill_table()
{
	seq 2500 | awk '{ printf "neigh replace 10.9.%d.%d lladdr 02:00:00:00:01:00 nud reachable dev br9\n", $1 / 250, $1 % 250 + 1 }' |
		lab_net other ip -force -batch - > /dev/null 2>&1 || :
}

@test "GW_4: a relayed client that renews its lease past the relay is not watched" {
	MORE='{"relayed": true}'
	start_gateway 1 --set '.Dhcp4.subnet4 += [{"id": 2, "subnet": "198.51.100.0/24",
		"pools": [{"pool": "198.51.100.20 - 198.51.100.30"}]}]'
	associate device A1
	lab_member relay gateway
	# What stands for the far side may answer no ARP: nobody there is a neighbour.
	lab_exec relay sh -c 'echo 8 > /proc/sys/net/ipv4/conf/eth0/arp_ignore'
	lab_net relay ip address add 198.51.100.20/24 dev eth0
	lab_net relay ip route add 192.0.2.1 dev eth0
	lab_net relay ip neigh add 192.0.2.1 lladdr "$(lab_mac gateway br0)" dev eth0 nud permanent
	option=$(lab_tlv 125 "$(lab_option_125 00D09E R1)")
	lab_send relay "$(lab_dhcp_message 02:ee:00:00:00:01 3 "$(lab_tlv 50 c6336414)$(lab_tlv 54 c0000201)$option" \
		00000000 c6336401)" 198.51.100.20
	lab_until 5 lab_listed gateway R1
	lab_not in_journal '"serial":"R1".*"interface":"br0"'
	lab_dhcp_message 02:ee:00:00:00:01 3 "$option" c6336414 | xxd -r -p |
		lab_net relay socat -u - UDP4-DATAGRAM:192.0.2.1:67,bind=198.51.100.20:68
	lab_until 5 in_journal '"serial":"R1".*"interface":"br0"'
	lab_cable device out
	lab_until 15 is_away A1
	sleep 6
	lab_listed gateway R1
	[ -z "$(lab_net gateway ip neigh show to 198.51.100.20)" ]
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

@test "GW_4 GW_7: an interface that is renamed keeps its devices, and they can be lost there" {
	LAN=lan0
	start_gateway 3 --set '.Dhcp4["interfaces-config"].interfaces = ["lan0"] | .Dhcp4.subnet4[0].interface = "lan0"'
	lab_udhcpc device -x "0x7d:$(lab_option_125 00D09E P1)"
	lab_until 5 lab_listed gateway P1
	lab_udhcpc_stop device KILL
	address=$(lab_address device)
	speak_with "$address"
	watch_kernel
	printf 'link set %s\n' 'lan0 down' 'lan0 name lan9' 'lan9 up' | lab_net gateway ip -batch -
	answered=$(times_heard "$address" REACHABLE)
	lab_until 60 heard "$address" REACHABLE $((answered + 3))
	lab_listed gateway P1
	lab_not in_journal '"away":true'
	lab_net device ip link set eth0 arp off
	lab_until 40 is_away P1
}

@test "GW_10 GW_8: a DHCPINFORM over a lease without end is away when it is lost, and returns" {
	start_gateway 1 --set '.Dhcp4["valid-lifetime"] = 4294967295'
	lab_member device gateway
	lab_udhcpc device
	lab_udhcpc_stop device KILL
	address=$(lab_address device)
	lab_send device "$(lab_dhcp_message "$(lab_mac device)" 8 "$(lab_tlv 125 "$(lab_option_125 00D09E N1)")" \
		"$(address_hex "$address")")" "$address"
	lab_until 5 lab_listed gateway N1
	lab_cable device out
	lab_until 15 is_away N1
	lab_not in_journal '"reason":"lost"'
	lab_cable device in
	lab_until 15 lab_listed gateway N1
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
