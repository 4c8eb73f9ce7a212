#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# assoc-easycwmp, spoken to as easycwmpd does: JSON lines in, JSON lines out, a prompt after `end`.

load assocctl_helper

setup()
{
	ctl_setup
	MS=InternetGatewayDevice.ManagementServer
	export ASSOC_EASYCWMP_SOCKET=$SOCKET
	ADAPTER=$top_builddir/dm-bridge/adapters/easycwmp/assoc-easycwmp
}

teardown()
{
	ctl_teardown
}

# A gateway with one device and an identity.
gateway_start()
{
	printf 'manufacturer-oui = 00D09E\nserial-number = GW-1\nproduct-class = HGW\n' >"$T/identity.conf"
	journal_bind 7 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
}

# speak LINE...: one process, as in a session of easycwmpd. What it says goes to $T/out.
speak()
{
	CTL_STATUS=0
	printf '%s\n' "$@" | "$ADAPTER" --json-input >"$T/out" 2>"$T/err" || CTL_STATUS=$?
}

# says LINE...: besides the first prompt.
says()
{
	expect 0 "$(printf '%s\n' 'easycwmp>' "$@")" ""
}

# command COMMAND CLASS [PARAMETER [ARGUMENT]]
command_line()
{
	printf '{ "command": "%s", "class": "%s"' "$1" "$2"
	[ $# -lt 3 ] || printf ', "parameter": "%s"' "$3"
	[ $# -lt 4 ] || printf ', "argument": "%s"' "$4"
	printf ' }'
}

END='{ "command": "end" }'

@test "easycwmp: a session begins with a prompt, and end is answered with one" {
	gateway_start
	speak "$END" '' "$END" '{ "command": "exit" }' "$END"
	says 'easycwmp>' 'easycwmp>'
	speak
	says
}

@test "easycwmp, D1_1: get value of a name and of a path" {
	gateway_start
	speak "$(command_line get value "$MS.ManageableDeviceNumberOfEntries")" "$(command_line get value "$MS.ManageableDevice.")" "$END"
	says "{\"parameter\":\"$MS.ManageableDeviceNumberOfEntries\",\"value\":\"1\",\"type\":\"xsd:unsignedInt\"}" \
		"{\"parameter\":\"$MS.ManageableDevice.7.ManufacturerOUI\",\"value\":\"00D09E\",\"type\":\"xsd:string\"}" \
		"{\"parameter\":\"$MS.ManageableDevice.7.SerialNumber\",\"value\":\"S-1\",\"type\":\"xsd:string\"}" \
		"{\"parameter\":\"$MS.ManageableDevice.7.ProductClass\",\"value\":\"STB\",\"type\":\"xsd:string\"}" 'easycwmp>'
}

@test "easycwmp: get of an unknown name is fault 9005 of that name" {
	gateway_start
	speak "$(command_line get value "$MS.Nothing")" "$(command_line get notification Nothing.)" "$(command_line get name Foo 0)" "$END"
	says "{\"parameter\":\"$MS.Nothing\",\"fault_code\":\"9005\"}" '{"parameter":"Nothing.","fault_code":"9005"}' \
		'{"parameter":"Foo","fault_code":"9005"}' 'easycwmp>'
}

@test "easycwmp: get name, with the next level and without" {
	gateway_start
	speak "$(command_line get name "" 1)" "$(command_line get name "$MS.STUNEnable" false)" \
		"$(command_line get name "$MS.URL" True)" "$(command_line get name "$MS.URL" maybe)" "$END"
	says '{"parameter":"InternetGatewayDevice.","writable":"0"}' "{\"parameter\":\"$MS.STUNEnable\",\"writable\":\"1\"}" \
		"{\"parameter\":\"$MS.URL\",\"fault_code\":\"9003\"}" "{\"parameter\":\"$MS.URL\",\"fault_code\":\"9003\"}" 'easycwmp>'
}

@test "easycwmp, D2_3: values are set by apply, and read" {
	gateway_start
	speak "$(command_line set value "$MS.STUNEnable" true)" "$(command_line set value "$MS.URL" 'http://acs/\"\u00e9')" \
		"$(command_line get value "$MS.STUNEnable")" '{ "command": "apply", "class": "value", "argument": "key" }' "$END" \
		"$(command_line get value "$MS.URL")" "$END"
	says "{\"parameter\":\"$MS.STUNEnable\",\"value\":\"false\",\"type\":\"xsd:boolean\"}" '{"status":"0"}' 'easycwmp>' \
		"{\"parameter\":\"$MS.URL\",\"value\":\"http://acs/\\\"é\",\"type\":\"xsd:string\"}" 'easycwmp>'
	ctl -s "$SOCKET" get "$MS.STUNEnable"
	expect 0 "$MS.STUNEnable=true" ""
}

@test "easycwmp, D2_3: each faulty value has its fault, nothing is set, and the next apply begins anew" {
	gateway_start
	speak "$(command_line set value "$MS.STUNEnable" 1)" "$(command_line set value "$MS.Nothing" 1)" "$(command_line set value "$MS.STUNServerPort" x)" \
		"$(command_line set value "$MS.STUNServerPort" 65536)" "$(command_line set value "$MS.NATDetected" 1)" "$(command_line apply value)" "$END" \
		"$(command_line get value "$MS.STUNEnable")" "$(command_line set value "$MS.STUNServerPort" 1)" "$(command_line apply value)" "$END"
	says "{\"parameter\":\"$MS.Nothing\",\"fault_code\":\"9005\"}" "{\"parameter\":\"$MS.STUNServerPort\",\"fault_code\":\"9006\"}" \
		"{\"parameter\":\"$MS.STUNServerPort\",\"fault_code\":\"9007\"}" "{\"parameter\":\"$MS.NATDetected\",\"fault_code\":\"9008\"}" 'easycwmp>' \
		"{\"parameter\":\"$MS.STUNEnable\",\"value\":\"false\",\"type\":\"xsd:boolean\"}" '{"status":"0"}' 'easycwmp>'
}

@test "easycwmp, D1_4: notification is set by apply, and 9009 where it is refused" {
	gateway_start
	speak "$(command_line set notification "$MS.STUNEnable" 2)" "$(command_line apply notification)" "$(command_line get notification "$MS.STUNEnable")" "$END" \
		"$(command_line set notification "$MS.ManageableDevice.7.SerialNumber" 2)" "$(command_line apply notification)" "$END" \
		"$(command_line set notification "$MS.URL" 3)" "$(command_line apply notification)" "$END"
	says '{"status":"0"}' "{\"parameter\":\"$MS.STUNEnable\",\"notification\":\"2\"}" 'easycwmp>' \
		"{\"parameter\":\"$MS.ManageableDevice.7.SerialNumber\",\"fault_code\":\"9009\"}" 'easycwmp>' '{"fault_code":"9003"}' 'easycwmp>'
}

@test "easycwmp, GW_11: check_value_change hands a device that joins over, once" {
	gateway_start
	ctl -s "$SOCKET" notify active "$MS.ManageableDeviceNumberOfEntries"
	speak '{ "command": "check_value_change" }' "$END"
	says 'easycwmp>'
	journal_bind 8 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
	has_two() { ctl -s "$SOCKET" get "$MS.ManageableDeviceNumberOfEntries" && grep -q '=2$' "$T/out"; }
	until_true has_two
	speak '{ "command": "update_value_change" }' '{ "command": "check_value_change" }' "$END" '{ "command": "check_value_change" }' "$END"
	says "{\"parameter\":\"$MS.ManageableDeviceNumberOfEntries\",\"value\":\"2\",\"notification\":\"2\",\"type\":\"xsd:unsignedInt\"}" \
		'easycwmp>' 'easycwmp>'
}

@test "easycwmp: what it asks before an Inform" {
	gateway_start
	speak '{ "command": "inform", "class": "parameter" }' "$END" '{ "command": "inform", "class": "device_id" }' "$END"
	says 'easycwmp>' '{"manufacturer":"00D09E","oui":"00D09E","product_class":"HGW","serial_number":"GW-1"}' 'easycwmp>'
}

@test "easycwmp: objects can't be added or deleted, and what is not ours is refused" {
	gateway_start
	speak "$(command_line add object "$MS.ManageableDevice.")" "$END" "$(command_line delete object "$MS.ManageableDevice.7.")" "$END" \
		'{ "command": "apply", "class": "service" }' "$END" '{ "command": "reboot" }' "$END"
	says '{"fault_code":"9005"}' 'easycwmp>' '{"fault_code":"9005"}' 'easycwmp>' 'easycwmp>' '{"fault_code":"9000"}' 'easycwmp>'
}

@test "easycwmp: lines that are no commands are passed over" {
	gateway_start
	speak 'nonsense' '[1]' '{}' '{"command": null}' $'\xff' "$(command_line get value "$MS.NATDetected")" "$END"
	says "{\"parameter\":\"$MS.NATDetected\",\"value\":\"false\",\"type\":\"xsd:boolean\"}" 'easycwmp>'
}

@test "easycwmp: without a daemon the answer is 9002, and a daemon that comes back is asked" {
	speak "$(command_line get value "$MS.URL")" "$(command_line set value "$MS.URL" x)" "$(command_line apply value)" '{ "command": "check_value_change" }' "$END"
	says "{\"parameter\":\"$MS.URL\",\"fault_code\":\"9002\"}" '{"fault_code":"9002"}' 'easycwmp>'
	gateway_start
	mkfifo "$T/in"
	"$ADAPTER" --json-input <"$T/in" >"$T/said" 2>&1 3>&- &
	echo $! >"$T/adapter.pid"
	exec 9>"$T/in"
	printf '%s\n' "$(command_line get value "$MS.NATDetected")" "$END" >&9
	until_true grep -q '"false"' "$T/said"
	kill -9 "$(cat "$T/daemon.pid")"
	while kill -0 "$(cat "$T/daemon.pid")" 2>/dev/null; do sleep 0.05; done
	daemon_start gateway
	printf '%s\n' "$(command_line get value "$MS.STUNServerPort")" "$END" >&9
	until_true grep -q '"3478"' "$T/said"
	exec 9>&-
}

@test "easycwmp: one command may stand on the command line; others are usage errors" {
	gateway_start
	"$ADAPTER" get value "$MS.NATDetected" >"$T/out"
	CTL_STATUS=0
	same out "{\"parameter\":\"$MS.NATDetected\",\"value\":\"false\",\"type\":\"xsd:boolean\"}" "$T/out"
	"$ADAPTER" --help | grep -q '^usage: assoc-easycwmp --json-input'
	run "$ADAPTER" --wrong
	[ "$status" = 2 ]
	run "$ADAPTER"
	[ "$status" = 2 ]
}
