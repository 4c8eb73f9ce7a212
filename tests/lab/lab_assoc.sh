# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_assoc.sh - our own programs in the lab: a gateway and a device ready made,
# dm-bridge, and what assocctl says of both tables; sourced by lab.sh.

# Files of ours in a host, for this library and the tests.
export LAB_HOOK=/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_assoc.so
export LAB_JOURNAL=/var/lib/kea/kea-leases4.csv.devices
export LAB_BRIDGE_SOCKET=/run/dm-bridge/dm-bridge.sock

# The identity in the gateway's hook parameters, as lab_gateway_info tells it.
export LAB_GATEWAY_IDENTITY='0011AA GATEWAY-1 HomeGateway'

# lab_hook_parameters [JSON]: the lab gateway's identity, and what else JSON says.
lab_hook_parameters()
{
	jq -cn --argjson more "${1:-{\}}" '{
		"manufacturer-oui": "0011AA", "serial-number": "GATEWAY-1", "product-class": "HomeGateway"
	} + $more'
}

# lab_gateway NAME [HOOK_JSON [lab_kea OPTION...]]: a host with bridge, Kea with our hook, dm-bridge.
lab_gateway()
{
	local name=$1 parameters
	parameters=$(lab_hook_parameters "${2:-}") || return 1
	shift $(($# < 2 ? 1 : 2))
	lab_host "$name" && lab_lan "$name" && lab_kea "$name" --hook "$parameters" "$@" &&
		lab_bridge "$name" gateway
}

# lab_member NAME GATEWAY: a host on the gateway's LAN, nothing running in it.
lab_member()
{
	lab_host "$1" && lab_plug "$1" "$2"
}

# --- dm-bridge ------------------------------------------------------------

# lab_bridge HOST ROLE: configure dm-bridge for gateway, device or both, and start it; returns when it answers.
lab_bridge()
{
	jq -n --arg role "$2" '{$role}' | lab_write "$1" /etc/dm-bridge.conf
	lab_bridge_start "$1"
}

# lab_bridge_start HOST: with the configuration that is there.
lab_bridge_start()
{
	lab_exec "$1" install -d -m 0755 /run/dm-bridge
	lab_spawn "$1" dm-bridge dm-bridge -c /etc/dm-bridge.conf || return 1
	lab_until_ready "$1" dm-bridge 10 lab_exec "$1" assocctl status
}

# lab_bridge_stop HOST [SIGNAL]
lab_bridge_stop()
{
	lab_kill "$1" dm-bridge "${2:-TERM}"
}

# --- the gateway's table --------------------------------------------------

# lab_devices GATEWAY: one "OUI serial class" a line, by instance number.
lab_devices()
{
	lab_exec "$1" assocctl --json devices | jq -r '.[] | select(.present) | "\(.oui) \(.serial) \(.class)"'
}

# lab_listed GATEWAY SERIAL: does the table hold a device with this serial number?
lab_listed()
{
	[ -n "$(lab_instance "$1" "$2")" ]
}

# lab_instance GATEWAY SERIAL: its instance number, nothing if it is not listed.
lab_instance()
{
	lab_exec "$1" assocctl --json devices |
		jq --arg serial "$2" '.[] | select(.present and .serial == $serial) | .instance'
}

# lab_bound GATEWAY SERIAL: the addresses that the device is bound to, one a line.
lab_bound()
{
	lab_exec "$1" assocctl --json devices |
		jq -r --arg serial "$2" '.[] | select(.serial == $serial) | .bindings[].address'
}

# --- the device -----------------------------------------------------------

# lab_identity HOST OUI SERIAL [CLASS]: write the device's identity file.
lab_identity()
{
	{
		printf 'manufacturer-oui = %s\nserial-number = %s\n' "$2" "$3"
		[ -z "${4:-}" ] || printf 'product-class = %s\n' "$4"
	} | lab_write "$1" /etc/assoc/identity.conf
}

# lab_dhcpcd_assoc HOST [LINE...]: dhcpcd set up for its generation: it sends the host's identity itself if it can.
lab_dhcpcd_assoc()
{
	local host=$1 client=dhcpcd-old lines
	shift
	! lab_knows_vsio "$host" || client=dhcpcd
	mapfile -t lines < <(lab_exec "$host" assocctl client-config "$client")
	lab_dhcpcd "$host" "${lines[@]}" "$@"
}

# lab_dhcpcd_old HOST [LINE...]: likewise as if it could not.
lab_dhcpcd_old()
{
	local host=$1
	shift
	lab_dhcpcd "$host" 'define 125 request binhex tr111_raw' "$@"
}

# lab_knows_vsio HOST: can the host's dhcpcd send option 125?
lab_knows_vsio()
{
	# shellcheck disable=SC2016 # the host's shell expands it
	lab_exec "$1" sh -c '[ "$(printf "%s\n" 10.2.0 "$(dhcpcd --version | sed -n "s/^dhcpcd //p")" | sort -V | head -n 1)" = 10.2.0 ]'
}

# lab_gateway_info HOST: GatewayInfo's three values in one line, "  " when all are empty.
lab_gateway_info()
{
	lab_exec "$1" assocctl --json get Device.GatewayInfo.ManufacturerOUI Device.GatewayInfo.SerialNumber \
		Device.GatewayInfo.ProductClass | jq -r '[.[].value] | join(" ")'
}

# lab_knows HOST IDENTITY: does the device's GatewayInfo hold "OUI serial class"?
lab_knows()
{
	[ "$(lab_gateway_info "$1")" = "$2" ]
}

# --- the manager ----------------------------------------------------------

# lab_parameters HOST PATH: all below it, as one JSON object of names and values.
lab_parameters()
{
	lab_exec "$1" assocctl --json get "$2" | jq 'map({(.name): .value}) | add'
}

# lab_associated DEVICE GATEWAY: what a manager may believe (TR-111 1.2.3): the gateway that the device names is this one, and this one
# names the device, in all elements.
lab_associated()
{
	local device gateway
	device=$(lab_parameters "$1" Device.) && gateway=$(lab_parameters "$2" InternetGatewayDevice.) || return 1
	jq -en --argjson device "$device" --argjson gateway "$gateway" '
		def identity($of; $at): [$of[$at + ("ManufacturerOUI", "SerialNumber", "ProductClass")]];
		identity($device; "Device.DeviceInfo.") as $is
		| identity($device; "Device.GatewayInfo.") == identity($gateway; "InternetGatewayDevice.DeviceInfo.")
		and any($gateway | keys[] | select(test("ManageableDevice\\.[0-9]+\\.SerialNumber$")) | rtrimstr("SerialNumber");
			identity($gateway; .) == $is)' > /dev/null
}
