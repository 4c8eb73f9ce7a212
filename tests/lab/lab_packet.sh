# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_packet.sh - option 125 and whole DHCP requests as hex, made without any of
# our own code, for what no real client would send; sourced by lab.sh.

# lab_hex TEXT: the bytes of TEXT as hex.
lab_hex()
{
	printf '%s' "$1" | xxd -p | tr -d '\n'
}

# lab_tlv CODE HEX: code, length, data; sub-options and options look the same.
lab_tlv()
{
	printf '%02x%02x%s' "$1" $((${#2} / 2)) "$2"
}

# lab_block HEX [ENTERPRISE]: a block of option 125 (enterprise 3561) with these sub-options.
lab_block()
{
	printf '%08x%02x%s' "${2:-3561}" $((${#1} / 2)) "$1"
}

# lab_identity_hex OUI SERIAL [CLASS]: sub-options 1 to 3.
lab_identity_hex()
{
	lab_tlv 1 "$(lab_hex "$1")"
	lab_tlv 2 "$(lab_hex "$2")"
	[ -z "${3:-}" ] || lab_tlv 3 "$(lab_hex "$3")"
}

# lab_option_125 OUI SERIAL [CLASS]: the value of the option, as for udhcpc -x 0x7d:HEX.
lab_option_125()
{
	lab_block "$(lab_identity_hex "$@")"
}

# lab_dhcp_message MAC TYPE [OPTIONS [CIADDR [GIADDR]]]: a client's message as hex, addresses as hex too.
# Types: 1 DISCOVER, 3 REQUEST, 4 DECLINE, 7 RELEASE, 8 INFORM. The broadcast flag is set.
lab_dhcp_message()
{
	local zeros
	zeros=$(printf '%0512d' 0)
	printf '01010600%04x%04x00008000' "$RANDOM" "$RANDOM"
	printf '%s%s%s' "${4:-00000000}" "${zeros:0:16}" "${5:-00000000}"
	printf '%s%s' "${1//:/}" "${zeros:0:20}"
	printf '%s63825363%s%sff' "${zeros:0:384}" "$(lab_tlv 53 "$(printf '%02x' "$2")")" "${3:-}"
}

# lab_send HOST HEX [SOURCE]: send it as a broadcast from port 68; SOURCE is the host's address, if it has one.
lab_send()
{
	xxd -r -p <<< "$2" | lab_net "$1" socat -u - \
		"UDP4-DATAGRAM:255.255.255.255:67,bind=${3:-0.0.0.0}:68,broadcast,reuseaddr,so-bindtodevice=eth0"
}
