#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# tshark.bats - Wireshark's dissector, which shares no line with us, reads what we write and what others sent.

setup() {
        command -v tshark > /dev/null || skip "tshark is not installed"
        tshark -G fields 2> /dev/null | grep -q 'dhcp\.option\.vi\.tr111\.gateway_product_class' ||
                skip "this tshark does not know TR-111"
        oracle=$top_builddir/tests/oracle/assoc_oracle
        corpus=$top_srcdir/tests/corpus/message
        cd "$BATS_TEST_TMPDIR"
}

# dissect ROLE FILE: OUI|SERIAL|CLASS as tshark reads the message in FILE. It shows a device's OUI as a number.
dissect() {
        "$oracle" pcap "$2" > message.pcap
        tshark -r message.pcap -T fields -E separator='|' -e dhcp.option.vi.tr111."$1"_manufacturer_oui \
                -e dhcp.option.vi.tr111."$1"_serial_number -e dhcp.option.vi.tr111."$1"_product_class 2> /dev/null |
                awk -F '|' -v OFS='|' -v role="$1" 'role == "device" { $1 = sprintf("%06X", $1) } { print }'
}

# agree ROLE FILE: both read the same from FILE, and it is not nothing.
agree() {
        ours=$("$oracle" decode "$1" "$2")
        theirs=$(dissect "$1" "$2")
        echo "$2: ours '$ours', tshark's '$theirs'"
        [ -n "$ours" ] && [ "$ours" = "$theirs" ]
}

@test "EN_1 EN_2 a device that we encode is dissected to the same fields" {
        "$oracle" encode device 00D09E FT-000123 MediaTV > message.hex
        [ "$(dissect device message.hex)" = "00D09E|FT-000123|MediaTV" ]
        "$oracle" encode device 00D09E FT-000123 "" > message.hex
        [ "$(dissect device message.hex)" = "00D09E|FT-000123|" ]
}

@test "EN_1 EN_2 a gateway that we encode is dissected to the same fields" {
        "$oracle" encode gateway 0004ED HGW-77 "Home Gateway" > message.hex
        [ "$(dissect gateway message.hex)" = "0004ED|HGW-77|Home Gateway" ]
}

@test "EN_4 the longest identity is dissected whole" {
        long=$(printf '%064d' 7)
        "$oracle" encode gateway FFFFFF "$long" "$long" > message.hex
        [ "$(dissect gateway message.hex)" = "FFFFFF|$long|$long" ]
}

@test "EN_1 tshark finds nothing malformed in what we encode" {
        "$oracle" encode device 00D09E FT-000123 MediaTV > message.hex
        "$oracle" pcap message.hex > message.pcap
        # This dissector gives the end option the type 0, and a field of its own.
        [ "$(tshark -r message.pcap -T fields -e dhcp.option.type -e dhcp.option.end 2> /dev/null)" = "53,125,0	255" ]
        [ -z "$(tshark -r message.pcap -Y '_ws.malformed || _ws.expert' 2> /dev/null)" ]
}

@test "EN_7 what we merge is dissected beside the other enterprise's block" {
        "$oracle" encode gateway 0004ED HGW-77 "" | sed 's/^7d .*/7d 15 0000118b 05 01 03 "abc" 00000de9 06 0b 04 "http"/' > before.hex
        "$oracle" merge gateway 0004ED HGW-77 HG before.hex > message.hex
        [ "$(dissect gateway message.hex)" = "0004ED|HGW-77|HG" ]
        [ "$(tshark -r message.pcap -T fields -e dhcp.option.vi.enterprise 2> /dev/null)" = "4491,3561" ]
}

@test "EN_5 what busybox udhcpc sent is decoded as tshark does" {
        agree device "$corpus/udhcpc_discover.hex"
        [ "$ours" = "00D09E|FT-000123|MediaTV" ]
}

@test "EN_5 the corpus is decoded as tshark does, where it stands in one piece" {
        for name in discover no_end_option pads_everywhere overload_out_of_range; do
                agree device "$corpus/$name.hex"
        done
}
