#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# assoc-client on the command line: whole output and status.
bats_require_minimum_version 1.5.0

setup()
{
	CLIENT=$top_builddir/client-hook/assoc-client
	IDENTITY=$BATS_TEST_TMPDIR/identity.conf
	RUN=$BATS_TEST_TMPDIR/assoc
}

# client ARGUMENT...: with nothing in the environment but NAME=VALUE of the array event.
client()
{
	env -i PATH="$PATH" "${event[@]}" "$CLIENT" -i "$IDENTITY" -r "$RUN" "$@"
}

# The record without what depends on the time.
record()
{
	sed 's/"expires":[1-9][0-9]*/"expires":N/' "$RUN/gateway-info/none0.json"
}

event_ack()
{
	event=(reason=BOUND protocol=dhcp interface=none0 ifmetric=7 new_dhcp_lease_time=60 new_ip_address=192.0.2.7
		new_dhcp_server_identifier=192.0.2.1 "$@")
}

@test "check prints what a good identity file says" {
	printf '# me\nserial-number=S 1\nmanufacturer-oui=00d09e\n' > "$IDENTITY"
	run -0 --separate-stderr client check
	[ "$output" = $'manufacturer-oui = 00D09E\nserial-number = S 1' ]
	[ "$stderr" = "" ]
}

@test "the example identity file is good" {
	IDENTITY=$top_srcdir/client-hook/identity.conf.example
	run -0 --separate-stderr client check
	[ "$output" = $'manufacturer-oui = 00D09E\nserial-number = SERIAL-1\nproduct-class = SetTopBox' ]
}

@test "check says in one line what is wrong with a bad one" {
	printf 'serial-number = 1\n\nmanufacturer-oui = 0OD09E\n' > "$IDENTITY"
	run -1 --separate-stderr client check
	[ "$output" = "" ]
	[ "$stderr" = "assoc-client: $IDENTITY:3: manufacturer-oui: expected six hexadecimal digits, got '0OD09E'" ]
	rm "$IDENTITY"
	run -1 --separate-stderr client check
	[ "$stderr" = "assoc-client: $IDENTITY: No such file or directory" ]
}

@test "usage errors are on stderr with status 2, --help on stdout with 0" {
	run -0 --separate-stderr client --help
	[ "$stderr" = "" ]
	[[ $output = "usage: assoc-client "* ]]
	local usage=$output
	run -2 --separate-stderr client
	[ "$output" = "" ]
	[ "$stderr" = $'assoc-client: expected a command, got nothing\n'"$usage" ]
	run -2 --separate-stderr client $'fly\e'
	[ "$stderr" = $'assoc-client: expected a command, got \'fly\\x1B\'\n'"$usage" ]
	run -2 --separate-stderr client check again
	[ "$stderr" = $'assoc-client: expected one command only, got \'again\'\n'"$usage" ]
	run -2 --separate-stderr client --fly
	[[ $stderr = *"unrecognized option '--fly'"*"$usage" ]]
}

@test "the version is libassoc's" {
	run -0 client --version
	[[ $output = "assoc-client "[0-9]*.[0-9]*.[0-9]* ]]
}

@test "DV_2 an ACK that dhcpcd got answered is recorded" {
	event_ack new_tr111_raw=00000de90e0406303031314141050147060143
	run -0 --separate-stderr client event
	[ "$output" = "" ]
	[ "$(record)" = '{"interface":"none0","metric":4294967295,"oui":"0011AA","serial":"G","class":"C","expires":N,"reason":"bound"}' ]
}

@test "DV_3 an element that is missing is recorded as empty" {
	event_ack new_tr111_raw=00000de90e0406303031314141050147060143
	client event
	event_ack new_tr111_raw=00000de903050148 reason=RENEW
	run -0 --separate-stderr client event
	[ "$output" = "" ]
	[ "$(record)" = '{"interface":"none0","metric":4294967295,"oui":"","serial":"H","class":"","expires":N,"reason":"renew"}' ]
}

@test "EN_6 a malformed option empties the record with one clear line" {
	event_ack new_tr111_raw=00000de9ff0406303031314141
	run -0 --separate-stderr client event
	[ "$(record)" = '{"interface":"none0","metric":4294967295,"oui":"","serial":"","class":"","expires":N,"reason":"bound"}' ]
	[[ $stderr = "assoc-client: none0: the gateway's identity in the ACK is not valid: "* ]]
	event_ack new_tr111_raw=zz
	run -0 --separate-stderr client event
	[ "${stderr_lines[0]}" = "assoc-client: none0: new_tr111_raw: expected pairs of hexadecimal digits, got 2 characters of something else" ]
}

@test "DV_9 without an identity nothing is asked, the record is empty, and one line says why" {
	event_ack
	run -0 --separate-stderr client event
	[ "$(record)" = '{"interface":"none0","metric":4294967295,"oui":"","serial":"","class":"","expires":N,"reason":"bound"}' ]
	[ "$stderr" = "assoc-client: none0: no identity to send: $IDENTITY: No such file or directory" ]
	[ ! -e "$RUN/client/none0.companion" ]
}

@test "DV_5 the record is gone with the lease" {
	local reason
	for reason in EXPIRE EXPIRED NAK FAIL RELEASE STOP DEPARTED STATIC; do
		event_ack new_tr111_raw=00000de90e0406303031314141050147060143
		client event
		[ -e "$RUN/gateway-info/none0.json" ]
		event=(reason="$reason" interface=none0)
		run -0 --separate-stderr client event
		[ "$output" = "" ]
		[ ! -e "$RUN/gateway-info/none0.json" ]
	done
}

@test "a missing define is hinted at once a lease" {
	printf 'serial-number=1\n' > "$IDENTITY"
	event_ack new_vivso_enterprise_number=3561
	run -0 --separate-stderr client event
	[ "${stderr_lines[0]}" = "assoc-client: none0: the ACK has an option 125, but dhcpcd.conf lacks 'define 125 request binhex tr111_raw'" ]
	event_ack new_vivso_enterprise_number=3561 reason=RENEW
	run -0 --separate-stderr client event
	[[ $stderr != *define* ]]
}

@test "a wrong environment is one line that names the variable" {
	event=()
	run -1 --separate-stderr client event
	[ "$stderr" = "assoc-client: reason: expected the DHCP client's reason for running its script, but it is not set" ]
	event_ack interface=../../../etc/passwd
	run -1 --separate-stderr client event
	[ "$stderr" = "assoc-client: interface: expected the name of a network interface, got '../../../etc/passwd'" ]
	event_ack ifmetric=many
	run -1 --separate-stderr client event
	[ "$stderr" = "assoc-client: ifmetric: expected 0 to 4294967295, got 'many'" ]
	[ ! -e "$RUN" ]
}
