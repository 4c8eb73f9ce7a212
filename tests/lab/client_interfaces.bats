#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A device with several interfaces and addresses, and with interfaces that come and go (DV-7).
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	load lab_client.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_identity device 00D09E SERIAL-1 SetTopBox
	note_reasons
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# A second gateway, on eth1.
second_gateway()
{
	lab_host second
	lab_lan second 198.51.100.1/24
	lab_plug device second eth1
	KEA_MORE+=(--set '.Dhcp4.subnet4 = [{id: 1, subnet: "198.51.100.0/24", interface: "br0",
		pools: [{pool: "198.51.100.100 - 198.51.100.200"}], "option-data": [{name: "routers", data: "198.51.100.1"}]}]')
	tr111_kea_on second 4=0022BB 5=GATEWAY-2
	KEA_MORE=()
}

# dhcpcd_on INTERFACE...: with the configuration that is there; none: on all.
dhcpcd_on()
{
	lab_exec device mkdir -p /run/dhcpcd /var/lib/dhcpcd
	lab_spawn device dhcpcd dhcpcd -B -d -f /etc/dhcpcd.conf "$@"
}

# configure LINE...: nodev, for no udev tells of a lab's interfaces.
configure()
{
	local client=dhcpcd-old
	! lab_knows_vsio device || client=dhcpcd
	{
		printf '%s\n' ipv4only noipv4ll noarp nodelay nodev 'option domain_name_servers'
		lab_exec device assocctl client-config "$client"
		[ $# = 0 ] || printf '%s\n' "$@"
	} | lab_write device /etc/dhcpcd.conf
}

both_recorded()
{
	recorded 0011AA GATEWAY-1 '' eth0 && recorded 0022BB GATEWAY-2 '' eth1
}

metric_of()
{
	record "$1" | jq .metric
}

@test "DV_7 each interface has its record, and the lowest metric is shown" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	second_gateway
	configure
	lab_bridge device device
	dhcpcd_on eth0 eth1
	lab_until 30 both_recorded
	lab_knows device '0011AA GATEWAY-1 '
	[ "$(metric_of eth0)" = "$(lab_net device ip -json route show default dev eth0 | jq '.[0].metric')" ]
	[ "$(metric_of eth0)" -lt "$(metric_of eth1)" ]
	lab_cable device out eth0
	lab_until 15 lab_knows device '0022BB GATEWAY-2 '
	lab_cable device in eth0
	lab_until 20 lab_knows device '0011AA GATEWAY-1 '
}

@test "DV_7 the metric that dhcpcd.conf gives decides" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	second_gateway
	configure 'interface eth1' 'metric 50'
	lab_bridge device device
	dhcpcd_on eth0 eth1
	lab_until 30 both_recorded
	[ "$(metric_of eth1)" = 50 ]
	lab_knows device '0022BB GATEWAY-2 '
}

@test "DV_7 an interface without default route is shown only if there is no other" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	second_gateway
	configure 'interface eth0' 'nogateway'
	lab_bridge device device
	dhcpcd_on eth0 eth1
	lab_until 30 both_recorded
	[ "$(metric_of eth0)" = 4294967295 ]
	lab_knows device '0022BB GATEWAY-2 '
	lab_cable device out eth1
	lab_until 15 lab_knows device '0011AA GATEWAY-1 '
}

@test "DV_7 DV_9 of several addresses the leased one asks" {
	lab_net device ip address add 192.0.2.7/24 dev eth0
	lab_net device ip address add 192.0.2.8/32 dev eth0
	lab_capture gateway br0 "$LAB_DIR/cap"
	tr111_kea 4=0011AA 5=GATEWAY-1
	lab_dhcpcd_old device
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ "$(lab_packets "$LAB_DIR/cap" 'dhcp.option.dhcp == 8' ip.src dhcp.ip.client | sort -u)" = \
		"$(printf '192.0.2.100\t192.0.2.100')" ]
}

@test "DV_7 a renamed interface takes its record along" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	configure 'allowinterfaces eth0 wan0'
	dhcpcd_on
	lab_until 20 recorded 0011AA GATEWAY-1 ''
	lab_net device ip link set eth0 down
	lab_net device ip link set eth0 name wan0
	lab_net device ip link set wan0 up
	lab_until 30 recorded 0011AA GATEWAY-1 '' wan0
	no_record eth0
	[ "$(lab_exec device sh -c 'cd /run/assoc/client && ls eth0.* 2> /dev/null')" = "" ]
}

@test "DV_7 an interface that vanishes under a killed dhcpcd is forgotten with the next event" {
	tr111_kea 4=0011AA 5=GATEWAY-1
	second_gateway
	configure
	dhcpcd_on eth0 eth1
	lab_until 30 both_recorded
	lab_until 5 at_rest
	lab_dhcpcd_stop device KILL
	lab_unplug device eth1
	recorded 0022BB GATEWAY-2 '' eth1
	dhcpcd_on eth0
	lab_until 30 no_record eth1
	lab_until 20 recorded 0011AA GATEWAY-1 ''
}
