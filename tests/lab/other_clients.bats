#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016,SC2046,SC2086,SC1003 # udhcpc's arguments are words; identities look like a shell's
# DHCP clients that are not dhcpcd, configured by what `assocctl client-config` prints, before the real Kea with our hook:
# the gateway learns exactly who the device is, and the device who the gateway is.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_identity device 00D09E SERIAL-1 SetTopBox
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# What a shell, a configuration file's reader or a client might trip over, 64 bytes and one that is taken for an address.
HOSTILE_SERIAL='a"b\c $(touch /owned) `touch /owned` '\''%n #; é,=1"'
HOSTILE_CLASS='$HOME*\'
LONG_SERIAL=$(printf '\\"%.0s' {1..32})
LONG_CLASS=$(printf 'é%.0s' {1..32})

# kea [HOOK_JSON [lab_kea OPTION...]]: with our hook; leases of LIFETIME s.
kea()
{
	local parameters
	parameters=$(lab_hook_parameters "${1:-}")
	shift $(($# < 1 ? 0 : 1))
	lab_kea gateway --hook "$parameters" --set '.Dhcp4["valid-lifetime"] = '"${LIFETIME:-600}" "$@"
}

# dnsmasq_with OPTION...: a server that sends what it is told to.
dnsmasq_with()
{
	lab_spawn gateway dnsmasq dnsmasq -d -C /dev/null --port=0 --interface=br0 --bind-interfaces \
		--dhcp-authoritative --dhcp-leasefile=/run/leases "$@"
}

# The lines of client-config that are no comments.
client_config()
{
	lab_exec device assocctl client-config "$1" | grep -v '^#'
}

# --- the clients: start_CLIENT, stop_CLIENT; the lease is not given back ---

start_udhcpc()
{
	lab_udhcpc_script | lab_write device /run/udhcpc/script 0755
	lab_spawn device udhcpc env ASSOC_UDHCPC_SCRIPT=/run/udhcpc/script busybox udhcpc -f -i eth0 -t "${TRIES:-20}" -T 1 \
		-A 1 ${ARGUMENTS-$(client_config udhcpc)}
}

stop_udhcpc()
{
	lab_udhcpc_stop device
}

start_dhclient()
{
	{
		lab_exec device cat /etc/dhcp/dhclient.conf
		client_config dhclient
		printf '%s\n' 'retry 2;' 'initial-interval 1;' 'backoff-cutoff 2;'
	} | lab_write device /run/dhclient.conf
	lab_spawn device dhclient dhclient -d -cf /run/dhclient.conf -lf /run/dhclient.leases -pf /run/dhclient.pid eth0
}

stop_dhclient()
{
	lab_kill device dhclient
	lab_exec device rm -f /run/dhclient.leases
	lab_net device ip address flush dev eth0
}

# It takes a read-only /sys for a sign that there is no udev.
start_networkd()
{
	printf '%s\n' '[Match]' Name=eth0 '[Network]' DHCP=ipv4 LinkLocalAddressing=no |
		lab_write device /etc/systemd/network/50-lan.network
	client_config networkd | lab_write device /etc/systemd/network/50-lan.network.d/assoc.conf
	lab_exec device sh -c 'mount -o remount,ro /sys
		for dir in "" links leases lldp; do
			install -d -o systemd-network -g systemd-network "/run/systemd/netif/$dir"
		done'
	lab_spawn device networkd env SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-networkd
}

stop_networkd()
{
	lab_kill device networkd
	lab_net device ip address flush dev eth0
}

# The generation that is installed.
start_dhcpcd()
{
	local version kind=dhcpcd
	version=$(lab_exec device dhcpcd --version | sed -n 's/^dhcpcd \([0-9.]*\).*/\1/p')
	[ "$(printf '%s\n' "$version" 10.2.0 | sort -V | head -n 1)" = 10.2.0 ] || kind=dhcpcd-old
	mapfile -t lines < <(client_config "$kind")
	lab_dhcpcd device "${lines[@]}"
}

stop_dhcpcd()
{
	lab_dhcpcd_stop device
	lab_net device ip address flush dev eth0
}

# --- what is known --------------------------------------------------------

# known SERIAL CLASS: does the gateway's journal hold exactly this device?
known()
{
	lab_exec gateway cat "$LAB_JOURNAL" | jq -se --arg serial "$1" --arg class "$2" \
		'any(.[]; .type == "bind" and .oui == "00D09E" and .serial == $serial and .class == $class)'
}

record()
{
	lab_exec device cat /run/assoc/gateway-info/eth0.json
}

# recorded OUI SERIAL CLASS
recorded()
{
	[ "$(record | jq -r '"\(.oui)|\(.serial)|\(.class)"')" = "$1|$2|$3" ]
}

# recorded_by REASON
recorded_by()
{
	[ "$(record | jq -r .reason)" = "$1" ]
}

no_record()
{
	lab_not lab_exec device test -e /run/assoc/gateway-info/eth0.json
}

# every_identity CLIENT: each arrives as it is, and no shell has looked at it.
every_identity()
{
	local client=$1
	kea
	set -- "$HOSTILE_SERIAL" "$HOSTILE_CLASS" "$LONG_SERIAL" "$LONG_CLASS" 192.0.2.1 00:11:22:33 0x41 ''
	while [ $# -gt 0 ]; do
		lab_identity device 00d09e "$1" "$2"
		"start_$client"
		lab_until 20 known "$1" "$2"
		"stop_$client"
		shift 2
	done
	lab_exec device test ! -e /owned
}

@test "DV_1 udhcpc, as client-config says, sends exactly the identity" {
	every_identity udhcpc
}

@test "DV_1 dhclient, as client-config says, sends exactly the identity" {
	lab_needs device dhclient
	every_identity dhclient
}

@test "DV_1 systemd-networkd, as client-config says, sends exactly the identity" {
	lab_needs device /lib/systemd/systemd-networkd
	every_identity networkd
}

@test "DV_9 dhcpcd, as client-config says, gets exactly the identity to the gateway" {
	every_identity dhcpcd
}

# requests_of CLIENT: DISCOVER and REQUEST hold the identity.
requests_of()
{
	local type
	kea
	lab_capture gateway br0 "$LAB_DIR/cap"
	"start_$1"
	lab_until 20 known SERIAL-1 SetTopBox
	lab_capture_stop gateway "$LAB_DIR/cap"
	for type in 1 3; do
		[ "$(lab_packets "$LAB_DIR/cap" "dhcp.option.dhcp == $type" dhcp.option.vi.tr111.device_serial_number \
			dhcp.option.vi.tr111.device_product_class | sort -u)" = $'SERIAL-1\tSetTopBox' ]
	done
}

@test "DV_1 udhcpc's DISCOVER and REQUEST hold the identity" {
	requests_of udhcpc
}

@test "DV_1 dhclient's DISCOVER and REQUEST hold the identity" {
	lab_needs device dhclient
	requests_of dhclient
}

@test "DV_1 systemd-networkd's DISCOVER and REQUEST hold the identity" {
	lab_needs device /lib/systemd/systemd-networkd
	requests_of networkd
}

# --- GatewayInfo ----------------------------------------------------------

# learns_and_forgets CLIENT: a gateway with a name of its own kind, from the first ACK over a renewal to the release.
learns_and_forgets()
{
	local before
	LIFETIME=12 kea "$(jq -cn --arg serial "$HOSTILE_SERIAL" --arg class "$HOSTILE_CLASS" \
		'{"serial-number": $serial, "product-class": $class}')"
	"start_$1"
	lab_until 20 recorded 0011AA "$HOSTILE_SERIAL" "$HOSTILE_CLASS"
	before=$(record | jq .expires)
	[ "$before" -gt 0 ]
	lab_until 25 recorded_by renew
	recorded 0011AA "$HOSTILE_SERIAL" "$HOSTILE_CLASS"
	[ "$(record | jq .expires)" -gt "$before" ]
	lab_exec device test ! -e /owned
	"release_$1"
	lab_until 10 no_record
}

release_udhcpc()
{
	lab_udhcpc_release device
}

release_dhclient()
{
	lab_exec device dhclient -r -cf /run/dhclient.conf -lf /run/dhclient.leases -pf /run/dhclient.pid eth0
}

@test "DV_2 DV_5 udhcpc records the gateway, keeps it over a renewal, and forgets it with a release" {
	learns_and_forgets udhcpc
}

@test "DV_2 DV_5 dhclient records the gateway, keeps it over a renewal, and forgets it with a release" {
	lab_needs device dhclient
	learns_and_forgets dhclient
}

# expires CLIENT: the server is gone until the lease is over, and comes back.
expires()
{
	LIFETIME=8 kea
	"start_$1"
	lab_until 20 recorded 0011AA GATEWAY-1 HomeGateway
	lab_kea_stop gateway
	lab_until 40 no_record
	lab_kea_start gateway
	lab_until 60 recorded 0011AA GATEWAY-1 HomeGateway
}

@test "DV_5 udhcpc's lease that runs out takes the record with it, and a new one brings it back" {
	expires udhcpc
}

@test "DV_5 dhclient's lease that runs out takes the record with it, and a new one brings it back" {
	lab_needs device dhclient
	expires dhclient
}

# survives CLIENT: what a broken gateway sends empties the record, with a lease all the same; every one of several.
survives()
{
	local client=$1 value
	for value in 00:00:0d:e9:ff:04:06:30:30 00:00:0d:e9 00 \
		00:00:0d:e9:08:04:06:30:30:31:31:41:47 00:00:0d:e9:04:05:02:0a:24 00:00:0d:e9:06:05:04:c3:28:00:22; do
		dnsmasq_with --dhcp-range=192.0.2.100,192.0.2.110,600 --dhcp-option-force=125,"$value"
		"start_$client"
		lab_until 20 recorded '' '' ''
		lab_until 5 lab_address device
		"stop_$client"
		lab_kill gateway dnsmasq
		lab_exec device rm -r /run/assoc/gateway-info
	done
	lab_exec device test ! -e /owned
}

@test "EN_6 udhcpc before a gateway whose option is broken has a lease and an empty record" {
	survives udhcpc
}

@test "EN_6 dhclient before a gateway whose option is broken has a lease and an empty record" {
	lab_needs device dhclient
	survives dhclient
}

# What the client hands over of option 125, as hexadecimal digits.
handed_over_udhcpc()
{
	lab_exec device sed -n 's/^opt125=//p' /run/udhcpc/event
}

handed_over_dhclient()
{
	lab_exec device sed -n 's/^ *option assoc-raw \(.*\);$/\1/p' /run/dhclient.leases |
		tr ':' '\n' | while read -r byte; do printf '%02x' "0x$byte"; done
}

# among_others CLIENT SIZE: the answer holds our enterprise behind another with that many bytes of its own.
among_others()
{
	local theirs
	theirs=$(printf '%0*d' "$2" 7)
	kea "" --set '.Dhcp4["option-def"] += [{name: "theirs", code: 250, space: "vendor-4491", type: "string"}] |
		.Dhcp4["option-data"] += [{name: "vivso-suboptions", data: "4491", "always-send": true},
			{name: "theirs", space: "vendor-4491", data: "'"$theirs"'", "always-send": true}]'
	"start_$1"
	lab_until 20 recorded 0011AA GATEWAY-1 HomeGateway
	[[ $("handed_over_$1") = "$(lab_block "$(lab_tlv 250 "$(lab_hex "$theirs")")" 4491)$(lab_block '' | cut -c1-8)"* ]]
}

@test "DV_2 udhcpc records a gateway whose identity comes beside another enterprise's data" {
	among_others udhcpc 20
}

@test "DV_2 dhclient records a gateway whose identity comes beside another enterprise's data" {
	lab_needs device dhclient
	among_others dhclient 20
}

@test "EN_5 dhclient records a gateway whose option is longer than 255 bytes" {
	lab_needs device dhclient
	among_others dhclient 230
}

@test "EN_5 udhcpc records a gateway whose option is longer than 255 bytes" {
	among_others udhcpc 230
}

@test "DV_8 udhcpc's nak takes the record with it" {
	dnsmasq_with --dhcp-range=192.0.2.100,192.0.2.100,600 --dhcp-option-force=125,00:00:0d:e9:03:05:01:47
	start_udhcpc
	lab_until 20 recorded '' G ''
	lab_kill gateway dnsmasq
	lab_exec gateway rm /run/leases
	# The new server sends no option 125: a record would come back empty at most.
	dnsmasq_with --dhcp-range=192.0.2.120,192.0.2.120,600
	lab_signal device udhcpc USR1
	lab_until 20 lab_logged device udhcpc 'udhcpc event: nak'
	lab_until 20 lab_logged device udhcpc 'udhcpc event: bound 192.0.2.120'
	lab_not recorded '' G ''
}

@test "DV_8 udhcpc without a server tells of leasefail, and no record is there" {
	TRIES=1 start_udhcpc
	lab_until 20 lab_udhcpc_event device leasefail
	no_record
	kea
	lab_until 20 recorded 0011AA GATEWAY-1 HomeGateway
}

@test "DV_9 udhcpc that was not told who the device is learns its gateway all the same" {
	kea
	ARGUMENTS='-s /usr/libexec/udhcpc-assoc' start_udhcpc
	lab_until 20 recorded 0011AA GATEWAY-1 HomeGateway
	known SERIAL-1 SetTopBox
}

@test "DV_2 Debian's own script of udhcpc is run too" {
	kea
	lab_udhcpc_script | lab_write device /etc/udhcpc/default.script 0755
	lab_exec device mkdir -p /run/udhcpc
	lab_spawn device udhcpc busybox udhcpc -f -i eth0 -T 1 -A 1 $(client_config udhcpc)
	lab_until 20 recorded 0011AA GATEWAY-1 HomeGateway
	lab_udhcpc_bound device
}

@test "DV_3 udhcpc behind a gateway that takes no part has an empty record" {
	lab_kea gateway
	start_udhcpc
	lab_until 20 recorded '' '' ''
}

@test "DV_9 what networkd keeps to itself can be asked for, as the manual shows" {
	lab_needs device /lib/systemd/systemd-networkd
	kea
	start_networkd
	lab_until 20 lab_address device
	no_record
	lab_exec device env reason=BOUND interface=eth0 "new_ip_address=$(lab_address device)" \
		new_dhcp_lease_time=600 /usr/libexec/assoc-client -f event
	recorded 0011AA GATEWAY-1 HomeGateway
}
