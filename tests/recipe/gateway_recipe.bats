#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# README's recipe for a gateway, followed to the letter on a Debian that has its Kea and nothing of ours (RECIPE_ROOT, made
# by `tools/release make RELEASE ROOT kea`). Only systemctl is a stand-in: no systemd runs in a lab host.
# The hosts beside it are of LAB_ROOT: that Debian has no DHCP client.
bats_require_minimum_version 1.5.0

setup_file()
{
	load ../lab/lab.sh
	load recipe.sh
	lab_start
	recipe_host gateway
	lab_lan gateway
	administered_kea
}

teardown_file()
{
	lab_stop
}

setup()
{
	load ../lab/lab.sh
	load recipe.sh
	PCAP=$BATS_TEST_TMPDIR/dhcp.pcap
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# Debian's own configuration, with what an administrator must have said in it, and its service.
administered_kea()
{
	sed -e 's/"interfaces": \[ \]/"interfaces": [ "br0" ]/' -e 's/192\.0\.2\.1 - /192.0.2.100 - /' \
		"$RECIPE_ROOT/etc/kea/kea-dhcp4.conf" | lab_write gateway /etc/kea/kea-dhcp4.conf
	lab_write gateway /usr/bin/systemctl 0755 < "$BATS_TEST_DIRNAME/systemctl"
	lab_exec gateway systemctl start kea-dhcp4-server
	lab_until 15 lab_kea_answers gateway
}

# host NAME [udhcpc ARGUMENT...]: a host of the LAN that has a lease; what was said on the way is in the capture.
host()
{
	local name=$1
	shift
	lab_host "$name"
	lab_plug "$name" gateway
	lab_capture "$name" eth0 "$PCAP"
	lab_udhcpc "$name" "$@"
	lab_capture_stop "$name" "$PCAP"
}

# told: who the gateway of the captured ACK says it is.
told()
{
	lab_packets "$PCAP" 'dhcp.option.dhcp == 5' dhcp.option.vi.tr111.gateway_manufacturer_oui \
		dhcp.option.vi.tr111.gateway_serial_number dhcp.option.vi.tr111.gateway_product_class | xargs
}

@test "the recipe for a gateway has ten lines or fewer" {
	block_is_short 'gateway recipe'
}

@test "before it Debian's Kea serves the LAN and says nothing of itself" {
	host before -x "0x7d:$(lab_option_125 00D09E EARLY-1)"
	[ -z "$(told)" ]
	nothing_of_ours gateway
}

@test "GW_2 GW_3 after it a device is told the identity in the recipe, and is listed" {
	follow gateway 'gateway recipe' > "$LAB_DIR/hosts/gateway/log/recipe" 2>&1
	lab_until 15 lab_kea_answers gateway
	host device -x "0x7d:$(lab_option_125 00D09E SETTOP-1)"
	[ "$(told)" = '00D09E GW0001 Home' ]
	lab_until 10 lab_listed gateway SETTOP-1
	run -0 follow gateway 'gateway recipe: look'
	[[ $output = *"SETTOP-1"*"$(lab_address device)"* ]]
	[[ $output != *EARLY-1* ]]
	# The one that was there before has its lease still, and is listed at its next renewal.
	lab_udhcpc_renew before
	lab_until 10 lab_listed gateway EARLY-1
	[ "$(lab_exec gateway stat -c %U "$LAB_JOURNAL")" = _kea ]
}
