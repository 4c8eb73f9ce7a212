#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What a hostile or clumsy client may put into option 125: it gets its lease, but is
# neither answered as a device nor listed; and what is odd but right is accepted.
bats_require_minimum_version 1.5.0

setup_file()
{
	load lab.sh
	lab_start
	lab_gateway gateway
	lab_member client gateway
}

teardown_file()
{
	lab_stop
}

setup()
{
	load lab.sh
	PCAP=$BATS_TEST_TMPDIR/dhcp.pcap
	OUI=$(lab_tlv 1 "$(lab_hex 00D09E)")
	SERIAL=$(lab_tlv 2 "$(lab_hex BAD-1)")
}

teardown()
{
	[ -n "${BATS_TEST_COMPLETED:-}" ] || lab_dump_logs
	lab_udhcpc_stop client
}

# leased_with OPTION_125: the client gets a lease though it sends this; $ANSWERED is then the
# types (2 OFFER, 5 ACK) of the replies that held any option 125.
leased_with()
{
	lab_capture client eth0 "$PCAP"
	lab_udhcpc client -x "0x7d:$1"
	lab_capture_stop client "$PCAP"
	lab_address client
	# A capture without the exchange would prove nothing.
	[ "$(lab_packets "$PCAP" 'dhcp.option.type == 125 && dhcp.type == 1' dhcp.option.dhcp | sort -u | paste -sd ' ')" = '1 3' ]
	[ "$(lab_packets "$PCAP" 'dhcp.type == 2' dhcp.option.dhcp | sort -u | paste -sd ' ')" = '2 5' ]
	ANSWERED=$(lab_packets "$PCAP" 'dhcp.type == 2 && dhcp.option.type == 125' dhcp.option.dhcp | sort -u | paste -sd ' ')
}

listed_so()
{
	[ "$(lab_devices gateway)" = "$1" ]
}

# refused OPTION_125: leased, but no device. A good device that comes later is listed alone: the gateway did look.
refused()
{
	leased_with "$1"
	[ "$ANSWERED" = '' ]
	lab_udhcpc_stop client
	lab_udhcpc client -x "0x7d:$(lab_option_125 00D09E GOOD-1)"
	lab_until 10 lab_listed gateway GOOD-1
	listed_so '00D09E GOOD-1 '
	lab_udhcpc_release client
	lab_until 10 listed_so ''
}

# accepted OPTION_125 LINE: leased, answered in OFFER and ACK, listed as LINE.
accepted()
{
	leased_with "$1"
	[ "$ANSWERED" = '2 5' ]
	lab_until 10 listed_so "$2"
	lab_udhcpc_release client
	lab_until 10 listed_so ''
}

repeated()
{
	printf "%0$2d" 0 | tr 0 "$1"
}

@test "EN_3 an identity without serial number is no identity" {
	refused "$(lab_block "$OUI")"
}

@test "EN_3 an empty serial number counts as missing" {
	refused "$(lab_block "$OUI$(lab_tlv 2 '')")"
}

@test "EN_6 an OUI of five digits is refused" {
	refused "$(lab_block "$(lab_tlv 1 "$(lab_hex 0D09E)")$SERIAL")"
}

@test "EN_6 an OUI of three bytes, as an unquoted vsio line sends it, is refused" {
	refused "$(lab_block "$(lab_tlv 1 00d09e)$SERIAL")"
}

@test "EN_6 an OUI with a letter beyond F is refused" {
	refused "$(lab_block "$(lab_tlv 1 "$(lab_hex 00D09G)")$SERIAL")"
}

@test "EN_4 EN_6 a serial number of 65 characters is refused" {
	refused "$(lab_option_125 00D09E "$(repeated S 65)")"
}

@test "EN_6 a control character in the product class is refused" {
	refused "$(lab_block "$OUI$SERIAL$(lab_tlv 3 "$(lab_hex Box)0a")")"
}

@test "EN_6 an embedded NUL is refused" {
	refused "$(lab_block "$OUI$(lab_tlv 2 "$(lab_hex BAD)00$(lab_hex X)")")"
}

@test "EN_6 a sub-option that runs past its block is refused" {
	refused "$(lab_block "${OUI}02ff$(lab_hex BAD-1)")"
}

@test "EN_6 a block that runs past the option is refused" {
	refused "00000de9ff$OUI$SERIAL"
}

@test "EN_6 an option that ends within the enterprise number is refused" {
	refused "00000d"
}

@test "EN_9 a TR-124 router, which sends sub-option 4, is no device" {
	refused "$(lab_block "$OUI$SERIAL$(lab_tlv 3 "$(lab_hex Model)")$(lab_tlv 4 "$(lab_hex SN-1)")")"
}

@test "EN_10 two serial numbers that differ are refused" {
	refused "$(lab_block "$OUI$SERIAL$(lab_tlv 2 "$(lab_hex BAD-2)")")"
}

@test "EN_1 the same sub-options of another enterprise are no identity" {
	refused "$(lab_block "$OUI$SERIAL" 9)"
}

@test "EN_6 a lower-case OUI and one trailing NUL are accepted, and tidied" {
	accepted "$(lab_block "$(lab_tlv 1 "$(lab_hex 00d09e)00")$(lab_tlv 2 "$(lab_hex TIDY-1)00")")" '00D09E TIDY-1 '
}

@test "EN_4 EN_8 a serial number of 64 characters and an empty product class are accepted" {
	accepted "$(lab_block "$OUI$(lab_tlv 2 "$(lab_hex "$(repeated S 64)")")$(lab_tlv 3 '')")" \
		"00D09E $(repeated S 64) "
}

@test "EN_5 blocks of other enterprises around ours and unknown sub-options are skipped" {
	accepted "$(lab_block 0101ff 2636)$(lab_block "$(lab_tlv 99 beef)$(lab_identity_hex 00D09E AMONG-1 Box)")$(lab_block '' 9)" \
		'00D09E AMONG-1 Box'
}

@test "EN_10 two serial numbers that agree are accepted" {
	accepted "$(lab_block "$OUI$SERIAL$SERIAL")" '00D09E BAD-1 '
}

@test "EN_6 shell and terminal magic in a serial number stays text" {
	# shellcheck disable=SC2016 # it must stay as it is
	local serial='$(id)`id`;"|'\''<&>'
	accepted "$(lab_option_125 00D09E "$serial")" "00D09E $serial "
}
