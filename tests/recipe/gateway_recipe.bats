#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# README's recipe for a gateway, followed to the letter on a Debian that has its Kea and nothing of ours (LAB_ROOT, made by
# `tools/release make RELEASE ROOT kea`). Only systemctl is a stand-in: no systemd runs in a lab host.
# The hosts beside it are of this machine: that Debian has no DHCP client.
bats_require_minimum_version 1.5.0

CLONE=/root/tr111-assoc
RECIPE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

setup_file()
{
	load ../lab/lab.sh
	lab_start
	lab_host gateway
	lab_lan gateway
	administered_kea
	fresh_clone
}

teardown_file()
{
	lab_stop
}

setup()
{
	load ../lab/lab.sh
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
		"$LAB_ROOT/etc/kea/kea-dhcp4.conf" | lab_write gateway /etc/kea/kea-dhcp4.conf
	lab_write gateway /usr/bin/systemctl 0755 < "$BATS_TEST_DIRNAME/systemctl"
	lab_exec gateway systemctl start kea-dhcp4-server
	lab_until 15 lab_kea_answers gateway
}

# What git knows and what is new.
fresh_clone()
{
	local top
	top=$(cd "$LAB_LIBRARY/../.." && pwd)
	lab_exec gateway mkdir -p "$CLONE"
	(cd "$top" && git ls-files -co --exclude-standard --deduplicate | tar -cf - -T - --ignore-failed-read) |
		tar -C "$(lab_path gateway "$CLONE")" -xf -
}

# block NAME: the lines of code below README's mark of that name.
block()
{
	awk -v mark="<!-- $1 -->" '
		$0 == mark { on = 1; next }
		on && /^\t/ { print substr($0, 2); seen = 1; next }
		on && seen { exit }' "$LAB_LIBRARY/../../README.md"
}

# follow NAME: as the administrator's shell does, in the clone. apt-get needs the machine's network.
follow()
{
	block "$1" | lab_write gateway /run/recipe
	nsenter --target "$(lab_pid gateway)" --mount --uts --pid -- env -i "PATH=$RECIPE_PATH" HOME=/root \
		env -C "$CLONE" bash -e /run/recipe < /dev/null 3>&-
}

# host NAME [udhcpc ARGUMENT...]: a host of the LAN that has a lease; what was said on the way is in the capture.
host()
{
	local name=$1
	shift
	LAB_ROOT=/ lab_host "$name"
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

@test "the recipe has ten lines or fewer" {
	[ "$(block 'gateway recipe' | wc -l)" -gt 3 ]
	[ "$(block 'gateway recipe' | wc -l)" -le 10 ]
	[ "$(block 'gateway recipe: look' | wc -l)" = 1 ]
}

@test "before it Debian's Kea serves the LAN and says nothing of itself" {
	host before -x "0x7d:$(lab_option_125 00D09E EARLY-1)"
	[ -z "$(told)" ]
	lab_not lab_exec gateway sh -c 'command -v gcc || command -v assocctl'
}

@test "GW_2 GW_3 after it a device is told the identity in the recipe, and is listed" {
	follow 'gateway recipe' > "$LAB_DIR/hosts/gateway/log/recipe" 2>&1
	lab_until 15 lab_kea_answers gateway
	host device -x "0x7d:$(lab_option_125 00D09E SETTOP-1)"
	[ "$(told)" = '00D09E GW0001 Home' ]
	lab_until 10 lab_listed gateway SETTOP-1
	run -0 follow 'gateway recipe: look'
	[[ $output = *"SETTOP-1"*"$(lab_address device)"* ]]
	[[ $output != *EARLY-1* ]]
	# The one that was there before has its lease still, and is listed at its next renewal.
	lab_udhcpc_renew before
	lab_until 10 lab_listed gateway EARLY-1
	[ "$(lab_exec gateway stat -c %U "$LAB_JOURNAL")" = _kea ]
}
