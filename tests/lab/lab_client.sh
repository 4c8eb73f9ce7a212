# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_client.sh - a device with our client hook, before servers that are not ours; for the client_*.bats, after lab.sh.
# The one device is "device", with the interface eth0 unless said otherwise.

# tr111_kea_on GATEWAY [CODE=VALUE...]: a stock Kea with these sub-options of 3561, sent to whoever sends 3561; leases of
# LIFETIME s; KEA_MORE: further arguments of lab_kea.
tr111_kea_on()
{
	local gateway=$1 options='[]' option
	shift
	for option in "$@"; do
		options=$(jq -c --arg code "${option%%=*}" --arg data "${option#*=}" '. + [{
			space: "vendor-3561", code: ($code | tonumber), "csv-format": true, data: $data, "always-send": true
		}]' <<< "$options")
	done
	lab_kea "$gateway" --set '
		.Dhcp4["option-def"] = [range(4; 7) | {name: "gateway-\(.)", code: ., space: "vendor-3561", type: "string"}] |
		.Dhcp4["option-data"] += '"$options"' | .Dhcp4["valid-lifetime"] = '"${LIFETIME:-600}" "${KEA_MORE[@]}"
}

tr111_kea()
{
	tr111_kea_on gateway "$@"
}

# record [INTERFACE]
record()
{
	lab_exec device cat "/run/assoc/gateway-info/${1:-eth0}.json"
}

# recorded OUI SERIAL CLASS [INTERFACE]
recorded()
{
	[ "$(record "${4:-eth0}" | jq -r '"\(.oui)|\(.serial)|\(.class)"')" = "$1|$2|$3" ]
}

# recorded_by REASON: is this the reason in the record?
recorded_by()
{
	[ "$(record | jq -r .reason)" = "$1" ]
}

# no_record [INTERFACE]
no_record()
{
	lab_not lab_exec device test -e "/run/assoc/gateway-info/${1:-eth0}.json"
}

# No process of ours is left in the device.
at_rest()
{
	lab_not lab_exec device pgrep -x assoc-client
}

one_companion()
{
	[ "$(lab_exec device pgrep -cx assoc-client)" = 1 ]
}

# Take the device's syslog; logged PRIORITY TEXT: how often was this logged?
device_syslog()
{
	lab_spawn device syslog socat -u UNIX-RECV:/dev/log,unlink-early -
	lab_until 5 lab_exec device test -S /dev/log
}

logged()
{
	lab_log device syslog | grep -ao '<[0-9]*>[^<]*' | grep -c "^<$1>.*assoc-client\[[0-9]*\]: $2"
}

# device_event NAME=VALUE...: what dhcpcd would tell of an interface with this address.
device_event()
{
	lab_exec device env interface=eth0 protocol=dhcp new_ip_address=192.0.2.77 new_dhcp_lease_time=600 \
		new_dhcp_server_identifier=192.0.2.1 "$@" /usr/libexec/assoc-client event
}

# Has the device sent no ICMP at all?
sent_no_icmp()
{
	# shellcheck disable=SC2016 # awk expands it
	[ "$(lab_exec device awk '$1 == "Icmp:" && !column { for (i = 2; i <= NF; i++) if ($i == "OutMsgs") column = i; next }
		$1 == "Icmp:" { print $column }' /proc/net/snmp)" = 0 ]
}

# Note the reasons for which dhcpcd runs its hooks, after ours; reason_seen REASON [INTERFACE]: was this one there?
note_reasons()
{
	# shellcheck disable=SC2016 # the hook's shell expands it
	echo 'echo "$interface $reason" >> /run/reasons' | lab_write device /etc/dhcpcd.exit-hook
	lab_exec device sh -c ': > /run/reasons'
}

reason_seen()
{
	lab_exec device grep -qx "${2:-eth0} $1" /run/reasons
}

forget_reasons()
{
	lab_exec device sh -c ': > /run/reasons'
}

# The other end of eth0's cable, from gateway to gateway. The interface stays, and has no carrier for a moment.
move_cable()
{
	local from port
	read -r from port < "$LAB_DIR/hosts/device/cable.eth0"
	lab_net "$from" ip link set "$port" netns "$(lab_pid "$1")"
	lab_net "$1" ip link set "$port" master br0 up
	echo "$1 $port" > "$LAB_DIR/hosts/device/cable.eth0"
	lab_until 5 lab_has_carrier device eth0
}

# watch_values: note each change of what dm-bridge shows; watched: the different values in a row, one a line.
watch_values()
{
	# shellcheck disable=SC2016 # the device's shell expands it
	lab_spawn device watch sh -c 'while :; do
		assocctl --json get Device.GatewayInfo. | jq -r "[.[].value] | join(\"|\")"
	done'
	lab_until 10 watched_any
}

watched_any()
{
	[ -n "$(watched)" ]
}

watched()
{
	lab_log device watch | uniq
}
