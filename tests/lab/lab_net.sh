# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_net.sh - the lab's cables, bridge and packet captures; sourced by lab.sh.
# Interfaces are made inside the hosts' namespaces, never in the machine's.

# lab_lan GATEWAY [ADDRESS/BITS]: give the gateway its LAN, the bridge br0.
lab_lan()
{
	lab_net "$1" ip link add br0 type bridge || return 1
	lab_net "$1" ip address add "${2:-192.0.2.1/24}" dev br0
	lab_net "$1" ip link set br0 up
}

# The next unused number of the lab: ports and link-layer addresses are counted from 1.
lab_next_number()
{
	local file=$LAB_DIR/number number=0
	[ ! -s "$file" ] || read -r number < "$file"
	echo $((number + 1)) | tee "$file"
}

# lab_plug HOST GATEWAY [INTERFACE [MAC]]: a cable from the host's INTERFACE (eth0) to a port of the gateway's bridge. The port's
# own address is above those of the ports before it: the bridge has the lowest, which its neighbours know already.
lab_plug()
{
	local host=$1 gateway=$2 interface=${3:-eth0} number
	number=$(lab_next_number)
	lab_net "$gateway" ip link add "port$number" address "$(printf 'fe:00:00:00:00:%02x' "$number")" type veth peer name "$interface" \
		address "${4:-$(printf '02:00:00:00:00:%02x' "$number")}" netns "$(lab_pid "$host")" || return 1
	echo "$gateway port$number" > "$LAB_DIR/hosts/$host/cable.$interface"
	lab_net "$gateway" ip link set "port$number" master br0 up
	lab_net "$host" ip link set "$interface" up
	lab_until 10 lab_has_carrier "$host" "$interface" && lab_until 10 lab_forwards "$gateway" "port$number"
}

# A busy kernel takes its time to let a new port take part; what is sent before is lost.
lab_forwards()
{
	lab_net "$1" bridge link show dev "$2" | grep -q 'state forwarding'
}

# lab_unplug HOST [INTERFACE]: the undo of lab_plug; the interface is gone.
lab_unplug()
{
	local file=$LAB_DIR/hosts/$1/cable.${2:-eth0} gateway port
	read -r gateway port < "$file" || return 1
	rm "$file"
	lab_net "$gateway" ip link delete "$port"
}

# lab_cable HOST in|out [INTERFACE]: push in or pull out the cable; the interface stays.
lab_cable()
{
	local gateway port state=up
	[ "$2" = in ] || state=down
	read -r gateway port < "$LAB_DIR/hosts/$1/cable.${3:-eth0}" || return 1
	lab_net "$gateway" ip link set "$port" "$state"
}

lab_has_carrier()
{
	lab_net "$1" ip link show dev "$2" | grep -q LOWER_UP
}

# lab_mac HOST [INTERFACE]: the link-layer address.
lab_mac()
{
	lab_net "$1" ip -json link show dev "${2:-eth0}" | jq -r '.[0].address'
}

# lab_address HOST [INTERFACE]: the IPv4 address; fails when there is none.
lab_address()
{
	lab_net "$1" ip -json -4 address show dev "${2:-eth0}" | jq -er '[.[].addr_info[]?.local][0]'
}

# lab_capture HOST INTERFACE FILE: record DHCP, or what LAB_CAPTURED says; returns when the recording is on.
lab_capture()
{
	local tag
	tag=capture-$(basename "$3")
	echo "$2" > "$LAB_DIR/hosts/$1/$tag"
	# 0x88b5 is the Ethernet type for experiments: lab_capture_stop marks the end with it.
	lab_spawn_net "$1" "$tag" tcpdump -n -U --immediate-mode -Z root -i "$2" -w "$3" \
		"${LAB_CAPTURED:-udp port 67 or udp port 68} or ether proto 0x88b5" || return 1
	lab_until 10 lab_logged "$1" "$tag" 'listening on'
}

# lab_capture_stop HOST FILE: the undo; all that was on the wire before is in the file when it returns.
lab_capture_stop()
{
	local tag interface mark
	tag=capture-$(basename "$2")
	read -r interface < "$LAB_DIR/hosts/$1/$tag" || return 1
	mark="end-of-capture-$$-$RANDOM-padded-to-the-least-size-of-an-ethernet-frame"
	printf '\377\377\377\377\377\377\002\377\377\377\377\377\210\265%s' "$mark" |
		lab_net "$1" socat -u - "INTERFACE:$interface"
	lab_until 5 grep -qaF "$mark" "$2"
	lab_kill "$1" "$tag" INT
}

# lab_packets FILE FILTER [FIELD...]: what tshark sees in a capture: one line a packet, fields separated by tabs.
lab_packets()
{
	local file=$1 filter=$2 fields=() field
	shift 2
	for field in "$@"; do
		fields+=(-e "$field")
	done
	[ "$#" = 0 ] || fields=(-T fields "${fields[@]}")
	tshark -n -r "$file" -Y "$filter" "${fields[@]}" 2> /dev/null
}

# lab_captured FILE FILTER: is there such a packet? To be waited for while the capture runs.
lab_captured()
{
	[ -n "$(lab_packets "$1" "$2")" ]
}
