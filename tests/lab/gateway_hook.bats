#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The hook in a real kea-dhcp4: its parameters, option 125 beside the administrator's, and the journal.
# No dm-bridge here: what the hook noted is read from the journal itself.
bats_require_minimum_version 1.5.0

setup()
{
	load lab.sh
	PCAP=$BATS_TEST_TMPDIR/dhcp.pcap
	lab_start
	lab_host gateway
	lab_lan gateway
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_stop
}

# gateway [HOOK_JSON [lab_kea OPTION...]]
gateway()
{
	local parameters
	parameters=$(lab_hook_parameters "${1:-}")
	shift $(($# < 1 ? 0 : 1))
	lab_kea gateway --hook "$parameters" "$@"
}

# device NAME SERIAL [udhcpc ARGUMENT...]: a host that has a lease and an identity.
device()
{
	local name=$1 serial=$2
	shift 2
	lab_member "$name" gateway
	lab_udhcpc "$name" -x "0x7d:$(lab_option_125 00D09E "$serial")" "$@"
}

# bindings [JOURNAL]: what the journal says is bound now, a compact object a line, by address.
bindings()
{
	lab_exec gateway cat "${1:-$LAB_JOURNAL}" | jq -cn '
		reduce inputs as $line ({};
			if $line.type == "bind" then .[$line.address] = $line
			elif $line.type == "unbind" then del(.[$line.address])
			else . end) | to_entries | sort_by(.key)[].value'
}

# bound SERIAL FILTER: is there a binding of this device for which the jq filter holds?
bound()
{
	bindings | jq -se --arg serial "$1" 'any(.[] | select(.serial == $serial); '"${2:-true}"')'
}

# ended REASON: did a binding end for this reason?
ended()
{
	lab_exec gateway grep -qF "\"reason\":\"$1\"" "$LAB_JOURNAL"
}

# reply_option MAC TYPE: option 125 of the reply of this type as hex, its instances joined.
reply_option()
{
	tshark -n -r "$PCAP" -Y "dhcp.type == 2 && dhcp.hw.mac_addr == $1 && dhcp.option.dhcp == $2" \
		-T json -x 2> /dev/null | jq -r '
		[.[0]._source.layers.udp_raw?, .[0]._source.layers.dhcp_raw[0]] | last' | option_125_of
}

# Standard input: a message as hex. Its instances of option 125, joined (RFC 3396), found without our own code.
option_125_of()
{
	local message rest code size
	read -r message
	rest=${message:480}
	while [ -n "$rest" ]; do
		code=$((16#${rest:0:2}))
		if [ "$code" = 0 ]; then
			rest=${rest:2}
			continue
		fi
		[ "$code" != 255 ] || break
		size=$((2 * 16#${rest:2:2}))
		[ "$code" != 125 ] || printf '%s' "${rest:4:size}"
		rest=${rest:4 + size}
	done
}

# Our sub-options as they are on the wire.
OURS=$(printf '0406%s0509%s060b%s' 303031314141 474154455741592d31 486f6d6547617465776179)

# address_hex HOST: its IPv4 address as eight digits.
address_hex()
{
	local bytes
	IFS=. read -ra bytes <<< "$(lab_address "$1")"
	printf '%02x' "${bytes[@]}"
}

# inform MAC ADDRESS_HEX SERIAL [GIADDR]: a DHCPINFORM with an identity from host crafter.
inform()
{
	lab_send crafter "$(lab_dhcp_message "$1" 8 "$(lab_tlv 125 "$(lab_option_125 00D09E "$3")")" "$2" "${4:-}")"
}

# request MAC ADDRESS_HEX SERIAL [GIADDR]: likewise a DHCPREQUEST for an address that our server offered.
request()
{
	lab_send crafter "$(lab_dhcp_message "$1" 3 \
		"$(lab_tlv 50 "$2")$(lab_tlv 54 c0000201)$(lab_tlv 125 "$(lab_option_125 00D09E "$3")")" "" "${4:-}")"
}

# Another enterprise's option, as an administrator configures it: vivso with 4491 and its sub-option 250.
OTHER_ENTERPRISE='.Dhcp4["option-def"] += [{"name": "their-text", "code": 250, "space": "vendor-4491", "type": "string"}] |
	.Dhcp4["option-data"] += [
		{"name": "vivso-suboptions", "data": "4491", "always-send": true},
		{"name": "their-text", "space": "vendor-4491", "data": "theirs", "always-send": true}]'
ACS_URL='.Dhcp4["option-def"] += [{"name": "acs-url", "code": 11, "space": "vendor-3561", "type": "string"}] |
	.Dhcp4["option-data"] += [{"name": "acs-url", "space": "vendor-3561", "data": "http://acs/", "always-send": true}]'

@test "GW_3 the hook notes a device in the journal, with its lease" {
	gateway
	device box BOX-1
	lab_until 5 bound BOX-1 '.instance == 1 and .interface == "br0" and .source == "lease" and .away == false'
	bound BOX-1 ".address == \"$(lab_address box)\" and .hwaddr == \"$(lab_mac box)\""
	bound BOX-1 '.expires - .since == 3600'
	lab_logged gateway kea ASSOC_DEVICE_ADDED
}

@test "GW_3 the hook works with what this release's Kea does by default" {
	# Packet threads since 2.4. Since 3.0 an early renewal leaves the lease as it was, and says how much of it is left.
	gateway '{}' --set 'del(.Dhcp4["multi-threading"], .Dhcp4["cache-max-age"])'
	device box BOX-1
	lab_until 5 bound BOX-1 '.source == "lease" and .expires - .since == 3600'
	lab_udhcpc_renew box
	bound BOX-1 '.instance == 1 and .expires - .since >= 3600 and .expires - .since < 3700'
	lab_udhcpc_release box
	lab_until 5 ended release
}

@test "Kea finds the hook in the folder of its own hooks, and so by its name alone where a release allows that" {
	lab_exec gateway test -e "$(dirname "$LAB_HOOK")/libdhcp_lease_cmds.so"
	[[ $(lab_exec gateway kea-dhcp4 -v) != 2.[2-5].* ]] || return 0
	gateway '{}' --set '.Dhcp4["hooks-libraries"][0].library = "libdhcp_assoc.so"'
	device box BOX-1
	lab_until 5 bound BOX-1
	lab_kea_stop gateway
	lab_exec gateway cp "$LAB_HOOK" /opt/libdhcp_assoc.so
	lab_kea_config gateway --hook "$(lab_hook_parameters)" --set '.Dhcp4["hooks-libraries"][0].library = "/opt/libdhcp_assoc.so"'
	run ! lab_kea_try gateway
	[[ $output = *"invalid path specified: '/opt'"* ]]
}

@test "EN_7 the administrator's option 125 of another enterprise and ours reach the device in one option" {
	gateway '{}' --set "$OTHER_ENTERPRISE"
	lab_member box gateway
	lab_capture box eth0 "$PCAP"
	lab_udhcpc box -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	lab_capture_stop box "$PCAP"
	local theirs
	theirs=$(lab_block "$(lab_tlv 250 "$(lab_hex theirs)")" 4491)
	[ "$(reply_option "$(lab_mac box)" 2)" = "$theirs$(lab_block "$OURS")" ]
	[ "$(reply_option "$(lab_mac box)" 5)" = "$theirs$(lab_block "$OURS")" ]
}

@test "EN_7 ours is merged into the administrator's own block of enterprise 3561" {
	gateway '{}' --set "$ACS_URL"
	lab_member box gateway
	lab_capture box eth0 "$PCAP"
	lab_udhcpc box -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	lab_capture_stop box "$PCAP"
	[ "$(reply_option "$(lab_mac box)" 5)" = "$(lab_block "$(lab_tlv 11 "$(lab_hex http://acs/)")$OURS")" ]
}

@test "EN_7 GW_2 a host with enterprise 3561 but no identity gets the administrator's sub-option and not ours" {
	gateway '{}' --set "$ACS_URL"
	lab_member plain gateway
	lab_capture plain eth0 "$PCAP"
	lab_udhcpc plain -x "0x7d:$(lab_block "$(lab_tlv 15 00)")"
	lab_capture_stop plain "$PCAP"
	[ "$(reply_option "$(lab_mac plain)" 5)" = "$(lab_block "$(lab_tlv 11 "$(lab_hex http://acs/)")")" ]
	[ -z "$(bindings)" ]
}

@test "EN_5 EN_7 an option that grows over 255 bytes arrives whole in several instances" {
	local text
	text=$(printf '%0240d' 7)
	gateway '{}' --set "$OTHER_ENTERPRISE" --set '.Dhcp4["option-data"][1].data = "'"$text"'"'
	lab_member box gateway
	lab_capture box eth0 "$PCAP"
	lab_udhcpc box -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	lab_capture_stop box "$PCAP"
	[ "$(reply_option "$(lab_mac box)" 5)" = \
		"$(lab_block "$(lab_tlv 250 "$(lab_hex "$text")")" 4491)$(lab_block "$OURS")" ]
}

@test "GW_10 a DHCPINFORM from an address without lease adds an entry, answered with our identity" {
	gateway
	lab_member crafter gateway
	lab_net crafter ip address add 192.0.2.50/24 dev eth0
	lab_capture crafter eth0 "$PCAP"
	inform "$(lab_mac crafter)" c0000232 STATIC-1
	lab_until 5 bound STATIC-1 '.address == "192.0.2.50" and .source == "inform" and .expires == 0'
	lab_until 5 lab_captured "$PCAP" 'dhcp.option.dhcp == 5'
	lab_capture_stop crafter "$PCAP"
	[ "$(reply_option "$(lab_mac crafter)" 5)" = "$(lab_block "$OURS")" ]
	lab_kea_stop gateway KILL
	lab_kea_start gateway
	bound STATIC-1 '.instance == 1'
}

@test "GW_10 GW_6 what a DHCPINFORM told of a leased address ends with the lease" {
	gateway
	lab_member crafter gateway
	lab_udhcpc crafter
	inform "$(lab_mac crafter)" "$(address_hex crafter)" COMPANION-1
	lab_until 5 bound COMPANION-1 '.source == "inform" and .expires > .since + 3590'
	# The plain renewal of a dhcpcd that can't send option 125 is no change of identity.
	lab_udhcpc_renew crafter
	bound COMPANION-1
	lab_udhcpc_release crafter
	lab_until 5 ended release
	lab_not bound COMPANION-1
}

@test "GW_10 a DHCPINFORM of somebody else does not take a leased address" {
	gateway
	device box BOX-1
	lab_member crafter gateway
	lab_net crafter ip address add "$(lab_address box)/24" dev eth0
	inform 02:ee:00:00:00:01 "$(address_hex box)" THIEF-1
	lab_until 5 lab_logged gateway kea ASSOC_INFORM_REFUSED
	bound BOX-1
	lab_not bound THIEF-1
}

@test "GW_1 a relayed request is no device of the LAN unless the parameter relayed says so" {
	gateway
	lab_member crafter gateway
	request 02:ee:00:00:00:01 c0000296 RELAYED-1 c0000209
	lab_until 5 lab_lease_of gateway 02:ee:00:00:00:01
	lab_kea_config gateway --hook "$(lab_hook_parameters '{"relayed": true}')"
	lab_kea_reload gateway
	lab_not bound RELAYED-1
	request 02:ee:00:00:00:02 c0000297 RELAYED-2 c0000209
	lab_until 5 bound RELAYED-2
}

@test "GW_1 a request on an interface that the parameter interfaces does not name is not inspected" {
	gateway '{"interfaces": ["br7"]}'
	lab_member box gateway
	lab_capture box eth0 "$PCAP"
	lab_udhcpc box -x "0x7d:$(lab_option_125 00D09E BOX-1)"
	lab_capture_stop box "$PCAP"
	[ -z "$(reply_option "$(lab_mac box)" 5)" ]
	[ -z "$(bindings)" ]
	lab_kea_config gateway --hook "$(lab_hook_parameters '{"interfaces": ["br7", "br0"]}')"
	lab_kea_reload gateway
	lab_udhcpc_renew box
	bound BOX-1
}

@test "GW_3 a host that asks again without its identity leaves the table" {
	gateway
	device box BOX-1
	lab_until 5 bound BOX-1
	lab_udhcpc_stop box
	lab_udhcpc box
	lab_until 5 ended unidentified
	[ -z "$(bindings)" ]
}

@test "GW_5 a lease that runs out ends the entry while Kea runs" {
	gateway '{}' --set '.Dhcp4["valid-lifetime"] = 2'
	device box BOX-1
	lab_until 5 bound BOX-1
	lab_udhcpc_stop box KILL
	lab_until 10 ended expire
	[ -z "$(bindings)" ]
	lab_logged gateway kea ASSOC_DEVICE_REMOVED
}

@test "GW_6 a declined lease ends the entry" {
	gateway
	lab_member crafter gateway
	request 02:ee:00:00:00:01 c0000296 DECLINED-1
	lab_until 5 bound DECLINED-1
	lab_send crafter "$(lab_dhcp_message 02:ee:00:00:00:01 4 "$(lab_tlv 50 c0000296)$(lab_tlv 54 c0000201)")"
	lab_until 5 ended decline
	[ -z "$(bindings)" ]
}

@test "GW_13 past max-devices and max-per-client devices get their lease and no entry" {
	gateway '{"max-devices": 2, "max-per-client": 1}'
	lab_member crafter gateway
	device one ONE-1
	lab_until 5 bound ONE-1
	lab_net crafter ip address add 192.0.2.50/24 dev eth0
	inform "$(lab_mac one)" c0000232 ONE-2
	lab_until 5 lab_logged gateway kea ASSOC_CLIENT_LIMIT
	device two TWO-1
	device three THREE-1
	lab_until 5 lab_logged gateway kea ASSOC_TABLE_FULL
	[ "$(bindings | jq -r .serial | sort | xargs)" = "ONE-1 TWO-1" ]
}

@test "GW_12 a reload and a kill -9 keep instance numbers, and none is given twice" {
	gateway
	device one ONE-1
	device two TWO-1
	lab_until 5 bound TWO-1
	lab_udhcpc_release one
	lab_until 5 ended release
	lab_kea_reload gateway
	lab_kea_stop gateway KILL
	lab_kea_start gateway
	bound TWO-1 '.instance == 2'
	lab_udhcpc_renew two
	bound TWO-1 '.instance == 2'
	device three THREE-1
	lab_until 5 bound THREE-1 '.instance == 3'
}

@test "GW_12 after kill -9 within a line the rest of the journal is there" {
	gateway
	device one ONE-1
	lab_until 5 bound ONE-1
	lab_kea_stop gateway KILL
	lab_exec gateway sh -c "printf '{\"type\":\"unbind\",\"addr' >> $LAB_JOURNAL"
	lab_kea_start gateway
	bound ONE-1 '.instance == 1'
	device two TWO-1
	lab_until 5 bound TWO-1 '.instance == 2'
}

@test "GW_12 packet threads write a whole journal under load" {
	# perfdhcp plays a relay. All its clients have one identity: one entry, many bindings.
	gateway '{"max-devices": 500, "relayed": true}' --mt
	lab_member crowd gateway
	lab_net crowd ip address add 192.0.2.9/24 dev eth0
	lab_net crowd timeout 30 perfdhcp -4 -r 200 -R 100 -n 400 -o "125,$(lab_option_125 00D09E CROWD-1)" \
		-W 1000000 -l eth0 > "$BATS_TEST_TMPDIR/perfdhcp"
	bound_often()
	{
		[ "$(bindings | wc -l)" = 100 ]
	}
	lab_until 10 bound_often
	bindings | jq -se 'all(.instance == 1)'
	lab_kea_reload gateway
	lab_until 10 lab_logged gateway kea '1 devices at 100 addresses'
	lab_not lab_logged gateway kea ASSOC_JOURNAL_SKIPPED
	lab_not lab_logged gateway kea ASSOC_CALLOUT_ERROR
}

@test "a journal on a full disk does not stop DHCP, and is whole when there is room again" {
	lab_exec gateway sh -c 'mkdir /run/small && mount -t tmpfs -o size=8k small /run/small'
	# Short leases: of long ones not each renewal is written down.
	gateway '{"journal": "/run/small/devices"}' --set '.Dhcp4["valid-lifetime"] = 30'
	lab_exec gateway sh -c 'cat /dev/zero > /run/small/filler' 2> /dev/null || :
	device one ONE-1
	device two TWO-1
	device three THREE-1
	device four FOUR-1
	lab_until 5 lab_address four
	# The header's page has room for a few lines, and a lease's end moves only from second to second.
	renewed_in_vain()
	{
		lab_udhcpc_renew one
		lab_logged gateway kea ASSOC_JOURNAL_ERROR || { sleep 1; false; }
	}
	lab_until 60 renewed_in_vain
	lab_exec gateway rm /run/small/filler
	renewed_and_rewritten()
	{
		lab_udhcpc_renew one
		lab_logged gateway kea ASSOC_JOURNAL_REWRITTEN
	}
	lab_until 15 renewed_and_rewritten
	[ "$(bindings /run/small/devices | jq -r .serial | sort | xargs)" = "FOUR-1 ONE-1 THREE-1 TWO-1" ]
}

# A renewal within the second of the lease before changes nothing, and so writes nothing.
renewed_and_bound()
{
	lab_udhcpc_renew "$1"
	bound "$2" '.instance == 1'
}

@test "the journal is written and rewritten in a folder that Kea can't list" {
	gateway
	lab_exec gateway chmod 0310 /var/lib/kea
	lab_kea_reload gateway
	device box BOX-1
	lab_until 5 bound BOX-1
	lab_exec gateway rm "$LAB_JOURNAL"
	lab_until 10 renewed_and_bound box BOX-1
	[ "$(lab_exec gateway stat -c '%U:%G %a' "$LAB_JOURNAL")" = '_kea:_kea 640' ]
	lab_kea_reload gateway
	lab_not lab_logged gateway kea ASSOC_JOURNAL_ERROR
}

# refused HOOK_JSON TEXT: Kea does not start with these parameters and says why.
refused()
{
	lab_kea_config gateway --hook "$1"
	run ! lab_kea_try gateway
	grep -F "ASSOC_LOAD_FAILED $2" <<< "$output"
}

@test "bad parameters are refused with one line that names the key, what was expected and what came" {
	refused '{}' "parameter 'manufacturer-oui': expected six hexadecimal digits, got nothing: it is required"
	refused '{"manufacturer-oui": "0011AA"}' \
		"parameter 'serial-number': expected 1 to 64 bytes of text, got nothing: it is required"
	refused "$(lab_hook_parameters '{"manufacturer-oui": "0011A"}')" \
		"parameter 'manufacturer-oui': expected six hexadecimal digits, got \"0011A\""
	refused "$(lab_hook_parameters '{"max-devices": "many"}')" \
		"parameter 'max-devices': expected a whole number from 1 to 65536, got \"many\""
	refused "$(lab_hook_parameters '{"jornal": "/x"}')" 'unknown parameter "jornal", expected one of '
	refused "$(lab_hook_parameters '{"journal": "/dev/null"}')" \
		'journal /dev/null: expected a regular file'
}

@test "a journal of another version or another program is refused and left as it is" {
	lab_write gateway "$LAB_JOURNAL" 0666 <<< '{"journal":"tr111-devices","version":2,"next":1}'
	refused "$(lab_hook_parameters)" "journal $LAB_JOURNAL: expected format version 1, got 2"
	lab_exec gateway grep -q '"version":2' "$LAB_JOURNAL"
	lab_write gateway "$LAB_JOURNAL" 0666 <<< 'address,hwaddr'
	refused "$(lab_hook_parameters)" "journal $LAB_JOURNAL: expected a journal of devices, got some other file"
	[ "$(lab_exec gateway cat "$LAB_JOURNAL")" = address,hwaddr ]
}
