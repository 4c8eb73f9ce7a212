#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # identities look like a shell's
# Our device behind gateways that are not ours: dnsmasq set up as its contribution CPE-WAN describes, and a Kea without our
# hook that was told the gateway's identity. What is checked is GatewayInfo itself, as dm-bridge shows it.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	lab_member device gateway
	lab_identity device 00D09E SERIAL-1 SetTopBox
	lab_bridge device device
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# dnsmasq_conf [LINE...]: serve addresses, and what these lines say.
dnsmasq_conf()
{
	printf '%s\n' port=0 interface=br0 bind-interfaces dhcp-authoritative dhcp-leasefile=/run/leases \
		"dhcp-range=192.0.2.100,192.0.2.110,${LIFETIME:-600}" "$@" | lab_write gateway /etc/dnsmasq-lab.conf
}

dnsmasq_start()
{
	lab_spawn gateway dnsmasq dnsmasq -d --log-dhcp -C /etc/dnsmasq-lab.conf
	lab_until_ready gateway dnsmasq 5 lab_logged gateway dnsmasq 'IP range'
}

# cpe_wan OUI SERIAL CLASS [OPTION]: the contribution's lines; OPTION is dhcp-option or dhcp-option-force.
cpe_wan()
{
	local code=4 option=${4:-dhcp-option} value
	for value in "$1" "$2" "$3"; do
		value=${value//\\/\\\\}
		printf '%s=tag:cpewan-id,vi-encap:3561,%d,"%s"\n' "$option" "$((code++))" "${value//\"/\\\"}"
	done
}

# dnsmasq_cpe_wan OUI SERIAL CLASS [OPTION]
dnsmasq_cpe_wan()
{
	local lines
	mapfile -t lines < <(cpe_wan "$@")
	dnsmasq_conf "${lines[@]}"
	dnsmasq_start
}

# static_kea [CODE=VALUE...]: a Kea that sends these sub-options of 3561 to whoever sends 3561.
static_kea()
{
	local options='[]' option
	for option in "$@"; do
		options=$(jq -c --arg code "${option%%=*}" --arg data "${option#*=}" '. + [{
			space: "vendor-3561", code: ($code | tonumber), "csv-format": true, data: $data, "always-send": true
		}]' <<< "$options")
	done
	lab_kea gateway --set '
		.Dhcp4["option-def"] = [(4, 5, 6, 11) | {name: "sub-\(.)", code: ., space: "vendor-3561", type: "string"}] |
		.Dhcp4["option-data"] += '"$options"' | .Dhcp4["valid-lifetime"] = '"${LIFETIME:-600}" "${KEA_MORE[@]}"
}

udhcpc()
{
	local arguments
	read -ra arguments < <(lab_exec device assocctl client-config udhcpc | grep -v '^#')
	lab_udhcpc_script | lab_write device /run/udhcpc/script 0755
	lab_spawn device udhcpc env ASSOC_UDHCPC_SCRIPT=/run/udhcpc/script busybox udhcpc -f -i eth0 -t 20 -T 1 -A 1 \
		"${arguments[@]}"
}

record_is_there()
{
	lab_exec device test -s /run/assoc/gateway-info/eth0.json
}

# No process of ours is left in the device.
at_rest()
{
	lab_not lab_exec device pgrep -x assoc-client
}

# nothing_learnt: an ACK was dealt with, and named no gateway.
nothing_learnt()
{
	record_is_there && at_rest && lab_knows device '  '
}

informs()
{
	lab_packets "$1" 'dhcp.option.dhcp == 8' ip.src | wc -l
}

# told COUNT: so many times dhcpcd's device has told dnsmasq who it is, and all is done about it: in a DHCPINFORM after each lease, or,
# from 10.2 on, in the request itself.
told()
{
	local how=DHCPREQUEST
	! lab_log gateway dnsmasq | grep -q ' DHCPINFORM' || how=DHCPINFORM
	[ "$(lab_log gateway dnsmasq | grep -c " $how")" -ge "$1" ] && at_rest
}

# --- dnsmasq --------------------------------------------------------------

@test "DV_2 dnsmasq as CPE-WAN says: dhcpcd's device knows its gateway" {
	dnsmasq_cpe_wan 0011AA 'GW "1" $(id) \ é' HomeGateway
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA GW "1" $(id) \ é HomeGateway'
}

@test "DV_2 dnsmasq as CPE-WAN says: udhcpc's device knows its gateway by the first ACK" {
	dnsmasq_cpe_wan 0011AA GATEWAY-1 HomeGateway
	lab_capture gateway br0 "$LAB_DIR/cap"
	udhcpc
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ "$(informs "$LAB_DIR/cap")" = 0 ]
}

@test "DV_2 dnsmasq that forces the option answers a device that did not ask for it" {
	dnsmasq_cpe_wan 0011AA GATEWAY-1 HomeGateway dhcp-option-force
	lab_dhcpcd device
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
}

@test "DV_3 what dnsmasq was not told is empty" {
	dnsmasq_conf 'dhcp-option=tag:cpewan-id,vi-encap:3561,5,"GATEWAY-1"'
	dnsmasq_start
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device ' GATEWAY-1 '
}

@test "DV_3 dnsmasq without CPE-WAN is a gateway that takes no part" {
	dnsmasq_conf
	dnsmasq_start
	lab_dhcpcd_assoc device
	lab_until 20 nothing_learnt
}

@test "DV_9 dnsmasq answers the DHCPINFORM of an address that it did not lease" {
	dnsmasq_cpe_wan 0011AA GATEWAY-1 HomeGateway
	lab_net device ip address add 192.0.2.77/24 dev eth0
	lab_exec device env reason=BOUND interface=eth0 new_ip_address=192.0.2.77 /usr/libexec/assoc-client -f event
	lab_knows device '0011AA GATEWAY-1 HomeGateway'
}

@test "DV_2 another enterprise in dnsmasq's answer does no harm, before or after ours" {
	local lines others='dhcp-option-force=vi-encap:9,1,"theirs"'
	mapfile -t lines < <(cpe_wan 0011AA GATEWAY-1 HomeGateway)
	dnsmasq_conf "$others" "${lines[@]}" 'dhcp-option-force=vi-encap:4491,2,"theirs too"'
	dnsmasq_start
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
	udhcpc_instead
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
}

# The same device with another client: nothing is known at first.
udhcpc_instead()
{
	lab_dhcpcd_release device
	lab_until 5 lab_knows device '  '
	udhcpc
}

@test "DV_5 DV_6 behind dnsmasq a renewal keeps the values, and what the gateway changed comes with the next" {
	# dnsmasq leases for two minutes at least: so the renewals are asked for.
	dnsmasq_cpe_wan 0011AA GATEWAY-1 HomeGateway
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
	lab_exec device dhcpcd -N eth0
	lab_until 20 told 2
	lab_knows device '0011AA GATEWAY-1 HomeGateway'
	lab_kill gateway dnsmasq
	dnsmasq_cpe_wan 0022BB GATEWAY-2 ''
	lab_exec device dhcpcd -N eth0
	lab_until 20 lab_knows device '0022BB GATEWAY-2 '
	lab_dhcpcd_release device
	lab_until 5 lab_knows device '  '
}

# --- Kea with a static identity -------------------------------------------

@test "DV_2 a Kea that was told the gateway's identity: dhcpcd's device knows its gateway" {
	static_kea 4=0011AA 5='GW \"1\" $(id)' 6=HomeGateway
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA GW \"1\" $(id) HomeGateway'
}

@test "DV_2 a Kea that was told the gateway's identity: udhcpc's device knows its gateway by the first ACK" {
	static_kea 4=0011AA 5=GATEWAY-1 6=HomeGateway
	lab_capture gateway br0 "$LAB_DIR/cap"
	udhcpc
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
	lab_capture_stop gateway "$LAB_DIR/cap"
	[ "$(informs "$LAB_DIR/cap")" = 0 ]
}

@test "DV_2 the identity that a Kea sends to everyone is known before the companion has asked" {
	KEA_MORE=(--set '.Dhcp4["option-data"] += [{name: "vivso-suboptions", data: "3561", "always-send": true}] |
		.Dhcp4["client-classes"] = [{name: "DROP", test: "pkt4.msgtype == 8"}]')
	static_kea 4=0011AA 5=GATEWAY-1 6=HomeGateway
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA GATEWAY-1 HomeGateway'
}

@test "DV_3 sub-options of 3561 that say nothing of the gateway leave GatewayInfo empty" {
	static_kea 11=http://acs.example/
	lab_dhcpcd_assoc device
	lab_until 20 nothing_learnt
	udhcpc_instead
	lab_until 20 record_is_there
	lab_knows device '  '
}

@test "DV_2 the address of an ACS beside the gateway's identity does no harm" {
	static_kea 11=http://acs.example/ 4=0011aa 6=HomeGateway
	lab_dhcpcd_assoc device
	lab_until 20 lab_knows device '0011AA  HomeGateway'
}

@test "EN_6 an identity that breaks the rules leaves GatewayInfo empty, and the lease stays" {
	static_kea 4=0011AA 5="$(printf '%065d' 1)"
	lab_dhcpcd_assoc device
	lab_until 20 nothing_learnt
	lab_address device
}
