#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# README's recipe for a device, followed to the letter on a Debian that has its dhcpcd and nothing of ours (RECIPE_ROOT, made
# by `tools/release make RELEASE ROOT dhcpcd`), behind a gateway that is set up (LAB_ROOT, LAB_STAGE).
bats_require_minimum_version 1.5.0

setup_file()
{
	load ../lab/lab.sh
	load recipe.sh
	lab_start
	lab_gateway gateway
	recipe_host device
	lab_plug device gateway
	administered_dhcpcd
}

teardown_file()
{
	lab_stop
}

setup()
{
	load ../lab/lab.sh
	load recipe.sh
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
}

# Debian's own configuration, which a lab host forgets, and dhcpcd as its service runs it: for all interfaces. No udev runs
# in a lab host to tell that they are ready; and this gateway knows no name server, which apt-get needs.
administered_dhcpcd()
{
	lab_write device /etc/resolv.conf.head < /etc/resolv.conf
	{ cat "$RECIPE_ROOT/etc/dhcpcd.conf" && echo nodev; } | lab_write device /etc/dhcpcd.conf
	lab_spawn device dhcpcd dhcpcd -B
	lab_until 60 lab_address device
}

# listed: the one device that the gateway lists, as "OUI serial class address".
listed()
{
	lab_exec gateway assocctl --json devices |
		jq -r '.[] | select(.present) | "\(.oui) \(.serial) \(.class) \(.bindings | map(.address) | join(","))"'
}

@test "the recipe for a device has ten lines or fewer" {
	block_is_short 'device recipe'
}

@test "before it Debian's dhcpcd has a lease and says nothing of the device" {
	nothing_of_ours device
	lab_address device
	[ -z "$(listed)" ]
}

@test "DV_5 DV_9 after it the gateway lists the device, and the device knows its gateway" {
	follow device 'device recipe' > "$LAB_DIR/hosts/device/log/recipe" 2>&1
	lab_until 60 lab_listed gateway STB0001
	[ "$(listed)" = "00D09E STB0001 Set-Top $(lab_address device)" ]
	lab_until 30 lab_knows device "$LAB_GATEWAY_IDENTITY"
	run -0 follow device 'device recipe: look'
	[[ $output = *eth0* && $output = *0011AA* && $output = *GATEWAY-1* && $output = *HomeGateway* ]]
}

@test "DV_5 DV_9 a later lease is in its place too" {
	lab_cable device out
	lab_until 30 lab_knows device '  '
	lab_cable device in
	lab_until 60 lab_knows device "$LAB_GATEWAY_IDENTITY"
	[ "$(listed)" = "00D09E STB0001 Set-Top $(lab_address device)" ]
}
