#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from make check
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and shares nothing
# assocctl: every command's whole output and exit status, with the real dm-bridge; a fake one only for what the real
# one never says.

setup()
{
	load assocctl_helper
	ctl_setup
}

teardown()
{
	ctl_teardown
}

KNOWN='devices, gateway, get, set, names, attributes, notify, watch, ack, status, stun, request, encode, decode, client-config'

# The command line

@test "assocctl --help prints the usage on standard output" {
	ctl --help
	sed -i 's|(/.*/dm-bridge/|(RUN/dm-bridge/|; s|(/.*/assoc/|(ETC/assoc/|' "$T/out"
	expect 0 "usage: assocctl [-s SOCKET] [-T SECONDS] [--json] COMMAND [ARGUMENT...]

Commands:
  devices                  list the devices that the gateway knows
  gateway                  show the gateway that the device is associated with
  get NAME...              print values of parameters; NAME may be a path that ends in a dot
  set NAME=VALUE...        write parameters, all or none
  names [PATH]             list parameters and objects
  attributes NAME...       print which changes of parameters are told to the ACS
  notify off|passive|active NAME...
                           set which changes of parameters are told to the ACS
  watch                    print events as they come
  ack SEQ                  forget events up to that number
  status                   show how the daemon does
  stun                     show at which address the ACS reaches this host
  request --user USER --password-file FILE HOST:PORT
                           send a UDP connection request to a host, as its ACS would
  encode --role ROLE --oui OUI --serial SERIAL
                           print an identity as option 125, in hexadecimal digits
  decode --role ROLE [HEX | -]
                           print the identity in option 125; '-': from standard input
  client-config CLIENT     print what to configure in dhcpcd, dhcpcd-old, udhcpc, dhclient or networkd

Options, before or after the command:
  -s, --socket SOCKET      the daemon's socket (RUN/dm-bridge/dm-bridge.sock)
  -T, --timeout SECONDS    how long to wait for the daemon (5)
      --json               print JSON in one line
      --kea-socket PATH    ask Kea itself, at its control socket
      --next-level         only the children of PATH
      --role ROLE          whose identity: device or gateway
      --oui OUI            manufacturer OUI, six hexadecimal digits
      --serial SERIAL      serial number, at most 64 bytes
      --class CLASS        product class, at most 64 bytes (none)
      --merge HEX          merge into this value of option 125
      --message            the input is a whole DHCPv4 message
  -i, --identity FILE      the device's identity (ETC/assoc/identity.conf)
      --by WHO             who writes: acs or local (local)
      --value-file FILE    the value of NAME is in FILE; '-': standard input
      --since SEQ          only events after that number
      --user USER          ConnectionRequestUsername of the host
      --password-file FILE its ConnectionRequestPassword is in FILE; '-': standard input
      --copies NUMBER      how often it is sent, 1 to 100 (3)
      --source PORT        the port that it is sent from (any)
  -h, --help               print this and exit
  -V, --version            print the version and exit" ""
}

@test "the help of a command lists that command and its own options" {
	ctl names --help
	sed -i 's|(/.*/dm-bridge/|(RUN/dm-bridge/|' "$T/out"
	expect 0 "usage: assocctl [-s SOCKET] [-T SECONDS] [--json] COMMAND [ARGUMENT...]

Command:
  names [PATH]             list parameters and objects

Options, before or after the command:
  -s, --socket SOCKET      the daemon's socket (RUN/dm-bridge/dm-bridge.sock)
  -T, --timeout SECONDS    how long to wait for the daemon (5)
      --json               print JSON in one line
      --next-level         only the children of PATH
  -h, --help               print this and exit
  -V, --version            print the version and exit" ""
}

@test "assocctl --version prints the version" {
	ctl --version
	expect 0 "assocctl $(sed -n 's/^AC_INIT(\[[^]]*\], \[\([^]]*\)\].*/\1/p' "$top_srcdir/configure.ac")" ""
}

@test "the man page has every command and every option" {
	ctl --help
	sed -n 's/^  \([a-z-]\{1,\}\) .*/\1/p' "$T/out" >"$T/commands"
	sed -n 's/^  .* --\([a-z-]\{1,\}\) .*  .*/\1/p' "$T/out" >"$T/options"
	[ "$(wc -l <"$T/commands")" -ge 7 ] && [ "$(wc -l <"$T/options")" -ge 12 ]
	while read -r name; do
		grep -Eq "^(\.It )?\.?Cm $name\b" "$top_srcdir/man/assocctl.1" || {
			echo "not in the man page: $name"
			return 1
		}
	done <"$T/commands"
	while read -r name; do
		grep -Eq -- "(Fl|,) -$name\b" "$top_srcdir/man/assocctl.1" || {
			echo "not in the man page: --$name"
			return 1
		}
	done <"$T/options"
}

@test "no command is a usage error that lists the commands" {
	ctl
	expect 2 "" "assocctl: expected a command ($KNOWN), got none"
}

@test "an unknown command is a usage error that lists the commands" {
	ctl $'de\evices'
	expect 2 "" "assocctl: expected a command ($KNOWN), got 'de\\x1bvices'"
}

@test "an unknown option is a usage error" {
	ctl devices --wide
	expect 2 "" "assocctl: expected an option that --help lists, got '--wide'"
	ctl -x devices
	expect 2 "" "assocctl: expected an option that --help lists, got '-x'"
}

@test "an option without its value, and a flag with one, are usage errors" {
	ctl devices -T
	expect 2 "" "assocctl: --timeout: expected SECONDS, got nothing"
	ctl devices --socket
	expect 2 "" "assocctl: --socket: expected SOCKET, got nothing"
	ctl devices --json=yes
	expect 2 "" "assocctl: --json: expected no value, got '--json=yes'"
}

@test "an option of another command is a usage error" {
	ctl devices --next-level
	expect 2 "" "assocctl: devices: expected no --next-level: it has no meaning here"
	ctl encode --role device --oui 00D09E --serial S --json
	expect 2 "" "assocctl: encode: expected no --json: it has no meaning here"
}

@test "a timeout out of range is a usage error" {
	for seconds in 0 3601 -1 5s 99999999999999999999 ''; do
		ctl -T "$seconds" devices
		expect 2 "" "assocctl: --timeout: expected 1 to 3600 seconds, got '$seconds'"
	done
}

@test "too few and too many arguments are usage errors" {
	ctl get
	expect 2 "" "assocctl: get: expected NAME..., got nothing"
	ctl devices all
	expect 2 "" "assocctl: devices: expected no argument, got 'all'"
	ctl names A. B.
	expect 2 "" "assocctl: names: expected no further argument, got 'B.'"
}

@test "output that cannot be written is a failure" {
	CTL_STATUS=0
	: >"$T/out"
	"$top_builddir/dm-bridge/assocctl" --help >/dev/full 2>"$T/err" || CTL_STATUS=$?
	expect 1 "" "assocctl: standard output: No space left on device"
}

# No daemon

@test "a missing socket is no daemon" {
	ctl -s "$SOCKET" devices
	expect 3 "" "assocctl: devices: expected dm-bridge at $SOCKET, got: No such file or directory"
}

@test "a socket that nobody listens on is no daemon" {
	mute_start
	kill -9 "$(cat "$T/mute.pid")"
	wait "$(cat "$T/mute.pid")" || :
	rm "$T/mute.pid"
	ctl -s "$SOCKET" status
	expect 3 "" "assocctl: status: expected dm-bridge at $SOCKET, got: Connection refused"
}

@test "a daemon that does not answer in time is no daemon" {
	mute_start
	ctl -s "$SOCKET" -T 1 status
	expect 3 "" "assocctl: status: expected an answer from dm-bridge within 1 s, got none"
}

@test "a daemon that dribbles without end is no daemon" {
	fake_run 'while printf x; do sleep 0.1; done'
	ctl -s "$SOCKET" -T 1 status
	expect 3 "" "assocctl: status: expected an answer from dm-bridge within 1 s, got none"
}

@test "a socket path that does not fit is refused" {
	long=$(printf '/%0200d' 0)
	ctl -s "$long" status
	expect 1 "" "assocctl: status: expected a socket path of 1 to 107 bytes, got 201"
	ctl -s "" status
	expect 1 "" "assocctl: status: expected a socket path of 1 to 107 bytes, got 0"
}

# A daemon that makes no sense

@test "a closed connection is a failure, with and without the start of a reply" {
	: >"$T/reply"
	fake_start
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected a reply, got 0 bytes and the end of the connection"
	printf '{"jsonrpc"' >"$T/reply"
	fake_start
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected a reply, got 10 bytes and the end of the connection"
}

@test "a garbled reply is a failure that shows it escaped" {
	fake_answer $'HTTP/1.1 \e[31m400'
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected a JSON-RPC 2.0 reply to request 1, got 'HTTP/1.1 \\x1b[31m400'"
}

@test "JSON that is no reply to the request is a failure" {
	while IFS= read -r reply; do
		fake_answer "$reply"
		ctl -s "$SOCKET" devices
		shown=$reply
		[ ${#shown} -le 60 ] || shown=${shown:0:60}...
		expect 1 "" "assocctl: devices: expected a JSON-RPC 2.0 reply to request 1, got '$shown'"
	done <<-'END'
		7
		[]
		null
		{}
		{"jsonrpc":"2.0","id":1}
		{"jsonrpc":"2.0","id":2,"result":[]}
		{"jsonrpc":"2.0","id":"1","result":[]}
		{"jsonrpc":"2.0","id":null,"result":[]}
		{"jsonrpc":"2.0","result":[]}
		{"jsonrpc":"1.0","id":1,"result":[]}
		{"id":1,"result":[]}
		{"jsonrpc":"2.0","id":1,"result":[]} []
		{"jsonrpc":"2.0","id":1,"result":[],"error":{"code":1,"message":"both"}}
		{"jsonrpc":"2.0","id":1,"error":"text"}
		{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"m"}}
		{"jsonrpc":"2.0","id":1,"error":{"code":1}}
	END
}

@test "a reply that is not UTF-8 or nests without end is a failure" {
	fake_answer $'{"jsonrpc":"2.0","id":1,"result":["\xff"]}'
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected a JSON-RPC 2.0 reply to request 1, got '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"\\xff\"]}'"
	fake_answer "$(printf '%01000d' 0 | tr 0 '[')"
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected a JSON-RPC 2.0 reply to request 1, got '$(printf '%060d' 0 | tr 0 '[')...'"
}

@test "a result of the wrong type is a failure" {
	fake_result '{}'
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: expected array as result of 'devices', got object"
	fake_result 'null'
	ctl -s "$SOCKET" status
	expect 1 "" "assocctl: status: expected object as result of 'status', got null"
}

@test "elements of a result that are of the wrong type show as unknown" {
	fake_result '[7,{"instance":"x","oui":5,"bindings":[null]}]'
	ctl -s "$SOCKET" devices
	expect 0 "#  OUI  SERIAL  CLASS  ADDRESS  MAC  INTERFACE  SINCE                BY  STATE
0  -    -       -      -        -    -          1970-01-01 00:00:00  -   -
0  -    -       -      -        -    -          1970-01-01 00:00:00  -   -" ""
}

@test "an error of the protocol is a failure with its code" {
	fake_answer '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"too many\u001b clients"}}'
	ctl -s "$SOCKET" devices
	expect 1 "" "assocctl: devices: too many\\x1b clients (error -32000)"
}

@test "a long reply is taken whole and printed unchanged" {
	awk 'BEGIN { printf "["; for (i = 1; i < 30000; i++) printf "%s{\"instance\":%d,\"serial\":\"a/b é\",\"x\":[1.50,null,true]}", (i > 1 ? "," : ""), i; printf "]" }' >"$T/result"
	{
		printf '{"jsonrpc":"2.0","id":1,"result":'
		cat "$T/result"
		echo '}'
	} >"$T/reply"
	fake_start
	ctl -s "$SOCKET" devices --json
	[ "$(wc -c <"$T/out")" -gt 1000000 ]
	echo >>"$T/result"
	cmp "$T/out" "$T/result"
	[ "$CTL_STATUS" = 0 ]
	[ ! -s "$T/err" ]
}

@test "a reply without bound is refused" {
	fake_run 'cat /dev/zero'
	ctl -s "$SOCKET" -T 60 devices
	expect 1 "" "assocctl: devices: expected a reply of at most 67108864 bytes, got more"
}

@test "a request that the daemon would not take is not sent" {
	mute_start
	name=$(printf '%030000d' 0)
	ctl -s "$SOCKET" -T 2 get "$name" "$name" "$name"
	expect 1 "" "assocctl: get: expected a request of at most 65536 bytes, got 90070"
}

# devices

@test "D1_3: devices lists each binding of each device" {
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	journal_bind 1 00D09E S-1 STB 192.0.2.6 02:00:00:00:00:02 inform true
	journal_bind 3 0A0B0C 'Gerät 機器' '' 192.0.2.17 02:00:00:00:00:03 lease true
	daemon_start gateway
	ctl -s "$SOCKET" devices
	expect 0 "#  OUI     SERIAL      CLASS  ADDRESS     MAC                INTERFACE  SINCE                BY      STATE
1  00D09E  S-1         STB    192.0.2.5   02:00:00:00:00:01  br0        2023-11-14 22:13:20  lease   present
1  00D09E  S-1         STB    192.0.2.6   02:00:00:00:00:02  br0        2023-11-14 22:13:20  inform  away
3  0A0B0C  Gerät 機器  -      192.0.2.17  02:00:00:00:00:03  br0        2023-11-14 22:13:20  lease   away" ""
}

@test "devices --json prints the daemon's result" {
	journal_bind 1 00D09E S/1 '' 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" devices --json
	expect 0 '[{"instance":1,"oui":"00D09E","serial":"S/1","class":"","present":true,"since":1700000000,"bindings":[{"address":"192.0.2.5","hwaddr":"02:00:00:00:00:01","interface":"br0","source":"lease","away":false,"expires":0}]}]' ""
	cp "$T/out" "$T/after"
	ctl --json --socket="$SOCKET" devices
	expect 0 "$(cat "$T/after")" ""
}

@test "devices says so when there are none" {
	daemon_start gateway
	ctl -s "$SOCKET" devices
	expect 0 "no devices" ""
	ctl -s "$SOCKET" --json devices
	expect 0 "[]" ""
}

@test "a serial number cannot steer or deceive the terminal" {
	fake_result '[{"instance":1,"oui":"00D09E","serial":"a\u001b[2J\u202eb\\\u009b\u200b","class":"x","since":0,"bindings":[]}]'
	ctl -s "$SOCKET" devices
	expect 0 '#  OUI     SERIAL                             CLASS  ADDRESS  MAC  INTERFACE  SINCE                BY  STATE
1  00D09E  a\x1b[2J\u{202e}b\\\u{9b}\u{200b}  x      -        -    -          1970-01-01 00:00:00  -   -' ""
}

# gateway

@test "DV_7: gateway shows the interface with the lowest metric first, the others below" {
	gateway_record wlan0 600 0A0B0C GW-2 ''
	gateway_record eth0 100 00D09E GW-1 HGW
	daemon_start device
	ctl -s "$SOCKET" gateway
	expect 0 "OUI         00D09E
serial      GW-1
class       HGW
interface   eth0
metric      100
expires in  never
reason      bound

Not in use:
INTERFACE  METRIC  OUI     SERIAL  CLASS  EXPIRES  REASON
wlan0      600     0A0B0C  GW-2    -      never    bound" ""
	ctl -s "$SOCKET" gateway --json
	expect 0 '[{"interface":"eth0","metric":100,"oui":"00D09E","serial":"GW-1","class":"HGW","active":true,"expires_in":null,"reason":"bound"},{"interface":"wlan0","metric":600,"oui":"0A0B0C","serial":"GW-2","class":"","active":false,"expires_in":null,"reason":"bound"}]' ""
}

@test "DV_3: gateway shows elements that were not sent as empty" {
	gateway_record eth0 100 00D09E '' ''
	daemon_start device
	ctl -s "$SOCKET" gateway
	expect 0 "OUI         00D09E
serial      (empty)
class       (empty)
interface   eth0
metric      100
expires in  never
reason      bound" ""
}

@test "DV_3: gateway says so when the gateway takes no part" {
	gateway_record eth0 100 '' '' ''
	daemon_start device
	ctl -s "$SOCKET" gateway
	expect 0 "no gateway identity
OUI         (empty)
serial      (empty)
class       (empty)
interface   eth0
metric      100
expires in  never
reason      bound" ""
}

@test "gateway says so when nothing was learnt" {
	daemon_start device
	ctl -s "$SOCKET" gateway
	expect 0 "no gateway identity" ""
}

@test "gateway shows how long the identity still counts" {
	fake_result '[{"interface":"eth0","metric":1,"oui":"00D09E","serial":"S","class":"C","active":true,"expires_in":93784,"reason":"renew"}]'
	ctl -s "$SOCKET" gateway
	expect 0 "OUI         00D09E
serial      S
class       C
interface   eth0
metric      1
expires in  1 d 2 h 3 min 4 s
reason      renew" ""
}

# get

@test "D1_1: get prints a parameter's name and value" {
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" get InternetGatewayDevice.ManagementServer.ManageableDeviceNumberOfEntries
	expect 0 "InternetGatewayDevice.ManagementServer.ManageableDeviceNumberOfEntries=1" ""
}

@test "D1_3: get prints all parameters below a path" {
	journal_bind 7 00D09E 'S\\1' '' 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" get InternetGatewayDevice.ManagementServer.ManageableDevice.
	expect 0 "InternetGatewayDevice.ManagementServer.ManageableDevice.7.ManufacturerOUI=00D09E
InternetGatewayDevice.ManagementServer.ManageableDevice.7.SerialNumber=S\\\\1
InternetGatewayDevice.ManagementServer.ManageableDevice.7.ProductClass=" ""
}

@test "D1_5: get prints GatewayInfo, as JSON too" {
	gateway_record eth0 100 00D09E GW-1 HGW
	daemon_start device
	ctl -s "$SOCKET" get Device.GatewayInfo.SerialNumber Device.GatewayInfo.ProductClass
	expect 0 "Device.GatewayInfo.SerialNumber=GW-1
Device.GatewayInfo.ProductClass=HGW" ""
	ctl -s "$SOCKET" get --json Device.GatewayInfo.SerialNumber
	expect 0 '[{"name":"Device.GatewayInfo.SerialNumber","value":"GW-1","type":"string"}]' ""
}

@test "D2_3: get names every parameter that does not exist, and prints no other" {
	daemon_start device
	ctl -s "$SOCKET" get Device.GatewayInfo.SerialNumber Device.Nothing -- --json
	expect 1 "" "assocctl: get: Device.Nothing: no such parameter or object (fault 9005)
assocctl: get: --json: no such parameter or object (fault 9005)"
}

@test "get shows control characters in a value escaped" {
	fake_result '[{"name":"A.B","value":"a\nb\u0000c\u007f","type":"string"}]'
	ctl -s "$SOCKET" get A.B
	expect 0 'A.B=a\x0ab\x00c\x7f' ""
}

@test "get asks for the names it was given" {
	fake_result '[]'
	ctl -s "$SOCKET" get 'A."B' C.
	expect 0 "" ""
	[ "$(cat "$T/request")" = '{"jsonrpc":"2.0","id":1,"method":"get","params":{"names":["A.\"B","C."]}}' ]
}

# names

@test "names lists the whole tree" {
	gateway_record eth0 100 00D09E GW-1 HGW
	daemon_start device
	ctl -s "$SOCKET" names
	expect 0 "Device.                                                               read-only
Device.DeviceInfo.                                                    read-only
Device.DeviceInfo.ManufacturerOUI                                     read-only
Device.DeviceInfo.SerialNumber                                        read-only
Device.DeviceInfo.ProductClass                                        read-only
Device.ManagementServer.                                              read-only
Device.ManagementServer.URL                                           writable
Device.ManagementServer.ConnectionRequestUsername                     writable
Device.ManagementServer.ConnectionRequestPassword                     writable
Device.ManagementServer.UDPConnectionRequestAddress                   read-only
Device.ManagementServer.UDPConnectionRequestAddressNotificationLimit  writable
Device.ManagementServer.STUNEnable                                    writable
Device.ManagementServer.STUNServerAddress                             writable
Device.ManagementServer.STUNServerPort                                writable
Device.ManagementServer.STUNUsername                                  writable
Device.ManagementServer.STUNPassword                                  writable
Device.ManagementServer.STUNMaximumKeepAlivePeriod                    writable
Device.ManagementServer.STUNMinimumKeepAlivePeriod                    writable
Device.ManagementServer.NATDetected                                   read-only
Device.GatewayInfo.                                                   read-only
Device.GatewayInfo.ManufacturerOUI                                    read-only
Device.GatewayInfo.SerialNumber                                       read-only
Device.GatewayInfo.ProductClass                                       read-only" ""
}

@test "names --next-level lists the children of a path, itself not included" {
	journal_bind 7 00D09E S-1 '' 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	ctl -s "$SOCKET" names --next-level
	expect 0 "InternetGatewayDevice.  read-only" ""
	ctl -s "$SOCKET" names InternetGatewayDevice. --next-level
	expect 0 "InternetGatewayDevice.DeviceInfo.        read-only
InternetGatewayDevice.ManagementServer.  read-only" ""
	ctl -s "$SOCKET" names --next-level --json InternetGatewayDevice.ManagementServer.ManageableDevice.
	expect 0 '[{"name":"InternetGatewayDevice.ManagementServer.ManageableDevice.7.","writable":false}]' ""
}

@test "names of a path that does not exist is refused" {
	daemon_start device
	ctl -s "$SOCKET" names Device.Nothing.
	expect 1 "" "assocctl: names: Device.Nothing.: no such parameter or object (fault 9005)"
}

@test "names tells what can be written" {
	fake_result '[{"name":"A.B","writable":true},{"name":"A.Long","writable":false},{"name":"A.C"}]'
	ctl -s "$SOCKET" names A.
	expect 0 "A.B     writable
A.Long  read-only
A.C     -" ""
}

# status

@test "status shows roles, sources and counters" {
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	MORE=', "udp-address": "127.0.0.1"'
	daemon_start gateway
	ctl -s "$SOCKET" status
	version=$(sed -n 's/^AC_INIT(\[[^]]*\], \[\([^]]*\)\].*/\1/p' "$top_srcdir/configure.ac")
	sed -i 's/^\(uptime  *\)[0-9]* s$/\1N s/; s/\(127\.0\.0\.1\):[0-9]*$/\1:PORT/' "$T/out"
	expect 0 "version          $version
uptime           N s
roles            gateway
root             InternetGatewayDevice.
journal          $T/journal: ok, 1 entries, 1 bindings, 0 skipped
listening        127.0.0.1:PORT
address          127.0.0.1:PORT
nat_detected     false
stun             disabled
last_accepted    never
datagrams        none
clients          1
requests         1
faults           0
protocol_errors  0
dropped_clients  0" ""
}

@test "status shows sources and counters that it does not know" {
	fake_result '{"version":"9","uptime":61,"roles":[],"sources":{"stun":{"path":"p","state":"lost","lost":3,"x":null}},"counters":{"new":5},"odd":null,"list":["a",null]}'
	ctl -s "$SOCKET" status
	expect 0 "version  9
uptime   1 min 1 s
roles    -
stun     p: lost, 3 lost
new      5
odd      -
list     a, -" ""
}

@test "stun shows where the ACS reaches this host, what was learnt, and when the next request leaves" {
	fake_result '{"state":"refused","last_error":420,"dialect":"rfc5389","server":"192.0.2.1:3478","local":"10.0.0.2:7547","mapped":"203.0.113.7:40001","address":"203.0.113.7:40001","nat_detected":true,"next_ms":1290,"keepalive":{"phase":"searching","alive_ms":60000,"dead_ms":121000,"period_ms":48000,"probes":0,"trials":2},"counters":{"requests":7,"probes":0,"new":1}}'
	ctl -s "$SOCKET" stun
	expect 0 "state         refused, error 420
server        192.0.2.1:3478, rfc5389
local         10.0.0.2:7547
mapped        203.0.113.7:40001
address       203.0.113.7:40001, behind NAT
next request  in 1.2 s
keep-alive    searching, alive after 1 min, dead after 2 min 1 s, refreshed after 48 s
trials        2 trials
messages      7 requests, 1 new" ""
}

@test "stun shows as little as there is while it is off" {
	MORE=', "udp-address": "127.0.0.1"'
	daemon_start device
	ctl -s "$SOCKET" stun
	sed -i 's/:[0-9]*$/:PORT/' "$T/out"
	expect 0 "state         disabled
server        -
local         127.0.0.1:PORT
mapped        -
address       127.0.0.1:PORT
next request  -
keep-alive    -
trials        -
messages      -" ""
	ctl -s "$SOCKET" stun --json
	jq -e '.state == "disabled" and .next_ms == null and .counters.requests == 0' "$T/out"
}

@test "stun shows nothing wrong of a result that it does not know" {
	fake_result '{"state":7,"keepalive":null,"counters":[],"next_ms":"soon"}'
	ctl -s "$SOCKET" stun
	expect 0 "state         -
server        -
local         -
mapped        -
address       -
next request  -
keep-alive    -
trials        -
messages      -" ""
}

@test "request: mistakes on the command line are told" {
	echo secret >"$T/password"
	request() { ctl request --user u --password-file "$T/password" "$@"; }
	request --copies 0 127.0.0.1:1
	expect 2 "" "assocctl: request: --copies: expected 1 to 100, got '0'"
	request --source 65536 127.0.0.1:1
	expect 2 "" "assocctl: request: --source: expected a port, 0 to 65535, got '65536'"
	request 127.0.0.1:0
	expect 2 "" "assocctl: request: port: expected 1 to 65535, got '0'"
	request 127.0.0.1:x
	expect 2 "" "assocctl: request: port: expected a whole number, got 'x'"
	request :7547
	expect 2 "" "assocctl: request: expected HOST or HOST:PORT, got ':7547'"
	ctl request --user "$(printf '%0257d' 0)" --password-file "$T/password" 127.0.0.1:1
	expect 2 "" "assocctl: request: --user: expected at most 256 bytes, got more"
	ctl request --user u --password-file "$T/none" 127.0.0.1:1
	expect 1 "" "assocctl: request: --password-file: $T/none: No such file or directory"
	ctl request --user u 127.0.0.1:1
	expect 2 "" "assocctl: request: expected --password-file FILE, got none"
}

# encode and decode: without a daemon

ZEROS=$(printf '%0472d' 0) # a DHCPv4 header

@test "EN_2: encode writes a device's identity in sub-options 1 to 3, the OUI in upper case" {
	ctl encode --role device --oui 00d09e --serial S-1 --class STB
	expect 0 00000de91201063030443039450203532d310303535442 ""
}

@test "EN_2: encode writes a gateway's identity in sub-options 4 to 6" {
	ctl encode --role gateway --oui 00D09E --serial S-1 --class STB
	expect 0 00000de91204063030443039450503532d310603535442 ""
}

@test "EN_8: encode without a product class, or with an empty one, sends none" {
	ctl encode --role device --oui 00D09E --serial S-1
	expect 0 00000de90d01063030443039450203532d31 ""
	ctl encode --role device --oui 00D09E --serial S-1 --class ''
	expect 0 00000de90d01063030443039450203532d31 ""
}

@test "EN_7: encode --merge keeps another enterprise's data" {
	ctl encode --role gateway --oui 00D09E --serial S-1 --merge '00:00:00:09:03:c0:ff:ee'
	expect 0 0000000903c0ffee00000de90d04063030443039450503532d31 ""
}

@test "encode refuses what is not an identity" {
	ctl encode --role device --oui 00D09 --serial S
	expect 1 "" "assocctl: encode: ManufacturerOUI: expected 6 hexadecimal digits, got 5 bytes"
	ctl encode --role device --oui 00D09E --serial ''
	expect 1 "" "assocctl: encode: SerialNumber: expected a value, got none"
	ctl encode --role device --oui 00D09E --serial S --class "$(printf '%065d' 0)"
	expect 1 "" "assocctl: encode: ProductClass: expected at most 64 bytes, got 65 bytes"
}

@test "encode refuses to merge into what is no option 125" {
	ctl encode --role device --oui 00D09E --serial S --merge 000000
	expect 1 "" "assocctl: encode: --merge: expected a value of option 125, got bytes whose lengths do not add up"
	ctl encode --role device --oui 00D09E --serial S --merge 00zz
	expect 1 "" "assocctl: encode: --merge: expected pairs of hexadecimal digits, got 'z' at character 3"
	ctl encode --role device --oui 00D09E --serial S --merge "$(printf '%08194d' 0)"
	expect 1 "" "assocctl: encode: --merge: expected at most 4096 bytes, got more"
}

@test "encode and decode without a required option are usage errors" {
	ctl encode --role device --serial S
	expect 2 "" "assocctl: encode: expected --oui OUI, got none"
	ctl decode 00
	expect 2 "" "assocctl: decode: expected --role ROLE, got none"
	ctl decode --role router 00
	expect 2 "" "assocctl: decode: --role: expected device or gateway, got 'router'"
}

@test "decode prints an identity, as JSON too" {
	ctl decode --role device 00000de91201063030443039450203532d310303535442
	expect 0 "oui=00D09E
serial=S-1
class=STB" ""
	ctl decode --role device 00000de91201063030443039450203532d310303535442 --json
	expect 0 '{"oui":"00D09E","serial":"S-1","class":"STB"}' ""
}

@test "decode reads hexadecimal digits however they are written" {
	for hex in 00000DE90D01063030443039450203532D31 \
		0x00000de90d01063030443039450203532d31 \
		'00 00 0d e9 0d 01 06 30 30 44 30 39 45 02 03 53 2d 31' \
		$'00:00:0d:e9:0d:01:06:30:30:44:30:39:45\n:02:03:53:2d:31\n' \
		'0x00 0x00 0x0D 0xE9 0X0d 0106 303044303945 0203 532d31'; do
		ctl decode --role device "$hex"
		expect 0 "oui=00D09E
serial=S-1
class=" ""
		ctl decode --role device - <<<"$hex"
		expect 0 "oui=00D09E
serial=S-1
class=" ""
	done
}

@test "decode says where hexadecimal digits go wrong" {
	ctl decode --role device '00 0'
	expect 1 "" "assocctl: decode: HEX: expected pairs of hexadecimal digits, got half a pair at the end"
	ctl decode --role device 000x00
	expect 1 "" "assocctl: decode: HEX: expected pairs of hexadecimal digits, got 'x' at character 4"
	ctl decode --role device <<<'0 0'
	expect 1 "" "assocctl: decode: standard input: expected pairs of hexadecimal digits, got ' ' at character 2"
	ctl decode --role device $'0\xff'
	expect 1 "" "assocctl: decode: HEX: expected pairs of hexadecimal digits, got '\\xff' at character 2"
	ctl decode --role device < <(head -c 131074 /dev/zero | tr '\0' 0)
	expect 1 "" "assocctl: decode: standard input: expected at most 65536 bytes, got more"
	ctl decode --role device < <(head -c 1000000 /dev/zero | tr '\0' ' ')
	expect 1 "" "assocctl: decode: standard input: expected at most 393216 characters, got more"
}

@test "decode of no identity fails" {
	ctl decode --role device ''
	expect 1 "" "assocctl: decode: no device identity: option 125: expected an identity of enterprise 3561, got none"
	ctl decode --role gateway 00000de90d01063030443039450203532d31
	expect 1 "" "assocctl: decode: no gateway identity: option 125: expected an identity of enterprise 3561, got none"
}

@test "EN_6: decode of a malformed identity fails and says why" {
	ctl decode --role device 00000de90d01063030443039450203532d
	expect 1 "" "assocctl: decode: not a valid device identity: option 125: expected as much data as its length says, got only 12 bytes"
	ctl decode --role device 00000de90d01063030443039470203532d31
	expect 1 "" "assocctl: decode: not a valid device identity: ManufacturerOUI: expected 6 hexadecimal digits, got something else at offset 5"
}

@test "EN_9: decode of a TR-124 router's option is no device" {
	ctl decode --role device 00000de91301063030443039450203532d3104044d4f444c
	expect 1 "" "assocctl: decode: no device identity: sub-option 4: expected 1 to 3 of a device only, got a TR-124 router's as well"
}

@test "EN_5: decode --message finds the identity in a whole message" {
	ctl decode --message --role device - <<<"$ZEROS 63825363 350101 7d12 00000de90d 01063030443039450203532d31 ff"
	expect 0 "oui=00D09E
serial=S-1
class=" ""
	ctl decode --message --role device <<<"$ZEROS 63825363 350101 ff"
	expect 1 "" "assocctl: decode: no device identity: option 125: expected an identity of enterprise 3561, got none"
}

@test "what encode writes, decode reads" {
	for role in device gateway; do
		for serial in S '~!@#$%^&*()' 'Gerät 機器' "$(printf '%064d' 0)"; do
			hex=$("$top_builddir/dm-bridge/assocctl" encode --role $role --oui 0A0B0C --serial "$serial" --class "$serial")
			ctl decode --role $role "$hex"
			expect 0 "oui=0A0B0C
serial=$serial
class=$serial" ""
		done
	done
}

# Each command of the man page's EXAMPLES with `$` before it, in order: what it prints, where that is shown, else that
# it succeeds. A device joins before `watch`, which goes on until somebody ends it.
run_example()
{
	[ -n "$command" ] || return 0
	count=$((count + 1))
	CTL_STATUS=0
	PATH="$T/bin:$PATH" bash -c "set -o pipefail; $command" >"$T/out" 2>"$T/err" || CTL_STATUS=$?
	[ -n "$output" ] || cp "$T/out" "$T/shown"
	expect 0 "${output:-$(cat "$T/shown")}" "" || {
		echo "in the example: $command"
		return 1
	}
	[[ $command != *notify* ]] || journal_bind 2 00D09E S-2 STB 192.0.2.6 02:00:00:00:00:02 lease false
}

@test "the man page's examples give what it says" {
	needs jq
	journal_bind 1 00D09E S-1 STB 192.0.2.5 02:00:00:00:00:01 lease false
	daemon_start gateway
	mkdir "$T/bin"
	cat >"$T/bin/assocctl" <<-END
		#!/bin/bash
		if [ "\$1" = watch ]; then
			timeout 2 "$top_builddir/dm-bridge/assocctl" -s "$SOCKET" "\$@" || [ \$? = 124 ]
		else
			"$top_builddir/dm-bridge/assocctl" -s "$SOCKET" "\$@"
		fi
	END
	chmod +x "$T/bin/assocctl"
	sed -n '/^\.Bd/,/^\.Ed/p' "$top_srcdir/man/assocctl.1" | sed '/^\.Bd/d; s/\\e/\\/g' >"$T/examples"
	count=0 command='' output=''
	while IFS= read -r line; do
		case $line in
		'$ '*) command=${line#??} ;;
		'# '*) ;;
		'  '*) command+=$'\n'$line ;;
		.Ed)
			run_example
			command='' output=''
			;;
		*) output+=${output:+$'\n'}$line ;;
		esac
	done <"$T/examples"
	[ "$count" -ge 15 ]
}
