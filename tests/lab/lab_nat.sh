# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_nat.sh - an Internet with STUN servers, kernel NATs before it, and hosts behind them; sourced by lab.sh.
# Addresses: the Internet is 198.51.100.0/24, the LAN behind a NAT 192.0.2.0/24 if it is not told otherwise.
# Nothing of it leads to the machine's own network.

# Where the Internet's servers are, and from where others send.
export LAB_SERVER=198.51.100.2 LAB_SERVER_2=198.51.100.3 LAB_STRANGER=198.51.100.66

# lab_internet NAME: a host that is all servers of the Internet.
lab_internet()
{
	lab_host "$1" && lab_lan "$1" "$LAB_SERVER/24" &&
		lab_net "$1" ip address add "$LAB_SERVER_2/24" dev br0 &&
		lab_net "$1" ip address add "$LAB_STRANGER/24" dev br0
}

# lab_internet_peer NAME: lab_internet whose STUN server is tests/peers/stun_peer: what a manager has.
lab_internet_peer()
{
	lab_internet "$1" && lab_stun_peer "$1"
}

# lab_nat NAME UPSTREAM ADDRESS/BITS [ROUTER [LAN/BITS]]: a gateway with a LAN (br0, 192.0.2.1/24), whose wan0 is plugged into
# UPSTREAM's LAN, that masquerades. Without ROUTER it has no default route. UPSTREAM may be a NAT.
lab_nat()
{
	lab_host "$1" && lab_lan "$1" "${5:-192.0.2.1/24}" && lab_plug "$1" "$2" wan0 && lab_nat_setup "$@"
}

# lab_nat_setup as lab_nat: on a gateway that is there and has a wan0.
lab_nat_setup()
{
	lab_net "$1" ip address add "$3" dev wan0 || return 1
	[ -z "${4:-}" ] || lab_net "$1" ip route add default via "$4" || return 1
	lab_sysctl "$1" net/ipv4/ip_forward 1 && lab_nat_rules "$1"
}

# What home gateways do: everything goes out under one address, and in only what answers it.
lab_nat_rules()
{
	lab_net "$1" nft -f - <<-'RULES'
		table ip lab {
			chain leave {
				type nat hook postrouting priority srcnat
				oifname "wan0" masquerade
			}
			chain pass {
				type filter hook forward priority filter; policy drop
				ct state established,related accept
				iifname "br0" accept
			}
		}
	RULES
}

# lab_sysctl HOST NAME/WITH/SLASHES VALUE
lab_sysctl()
{
	# shellcheck disable=SC2016 # the host's shell expands it
	lab_exec "$1" sh -c 'echo "$2" > "/proc/sys/$1"' - "$2" "$3"
}

# lab_nat_timeouts NAT NEW USED: seconds that a binding lives, without and with answers more than 2 s after its first packet.
lab_nat_timeouts()
{
	lab_sysctl "$1" net/netfilter/nf_conntrack_udp_timeout "$2" &&
		lab_sysctl "$1" net/netfilter/nf_conntrack_udp_timeout_stream "$3"
}

# lab_nat_restart NAT: all bindings are gone.
lab_nat_restart()
{
	lab_net "$1" conntrack -F 2> /dev/null
}

# lab_nat_move NAT ADDRESS/BITS: it has this public address instead; the kernel forgets the bindings of the old one.
lab_nat_move()
{
	local router
	router=$(lab_net "$1" ip -json route show default | jq -r '.[0].gateway // empty')
	lab_net "$1" ip address flush dev wan0 && lab_net "$1" ip address add "$2" dev wan0 || return 1
	[ -z "$router" ] || lab_net "$1" ip route add default via "$router"
}

# lab_nat_loss NAT PERCENT: so many datagrams are lost, in each direction.
lab_nat_loss()
{
	lab_net "$1" nft -f - <<-RULES
		table ip loss {
			chain lose {
				type filter hook prerouting priority raw
				meta l4proto udp numgen random mod 100 < $2 counter drop
			}
		}
	RULES
}

# lab_behind HOST NAT [ADDRESS/BITS [ROUTER]]: a host on the NAT's LAN, with a fixed address and a default route.
lab_behind()
{
	lab_host "$1" && lab_plug "$1" "$2" && lab_net "$1" ip address add "${3:-192.0.2.10/24}" dev eth0 &&
		lab_net "$1" ip route add default via "${4:-192.0.2.1}"
}

# lab_public HOST INTERNET ADDRESS: a host on the Internet itself.
lab_public()
{
	lab_member "$1" "$2" && lab_readdress "$1" "$3/24" "$LAB_SERVER"
}

# lab_readdress HOST ADDRESS/BITS ROUTER: it has this address, and no other.
lab_readdress()
{
	lab_net "$1" ip address flush dev eth0 && lab_net "$1" ip address add "$2" dev eth0 &&
		lab_net "$1" ip route add default via "$3"
}

# --- STUN servers of the Internet -------------------------------------------

# lab_stun_peer HOST [ADDRESS [PORT]]: tests/peers/stun_peer, which has its commands from lab_peer.
lab_stun_peer()
{
	[ -n "${LAB_PEER:-}" ] || LAB_PEER=$LAB_STAGE/../tests/peers/stun_peer
	lab_write "$1" /usr/bin/stun_peer 0755 < "$LAB_PEER" && lab_exec "$1" mkfifo /run/stun_peer || return 1
	# shellcheck disable=SC2016 # the host's shell expands it
	lab_spawn "$1" stun_peer sh -c 'exec stun_peer "$@" <> /run/stun_peer' - "${2:-$LAB_SERVER}" "${3:-3478}"
	lab_until_ready "$1" stun_peer 10 lab_logged "$1" stun_peer listening
}

# lab_peer HOST COMMAND...: a command of stun_peer, see tests/peers/stun_peer.c.
lab_peer()
{
	local host=$1
	shift
	echo "$*" > "$(lab_path "$host" /run/stun_peer)"
}

# lab_peer_saw HOST FILTER: what jq makes of each of its events, a line each.
lab_peer_saw()
{
	lab_log "$1" stun_peer | jq -r "$2"
}

# lab_peer_count HOST CONDITION: of how many of its events that is true.
lab_peer_count()
{
	lab_log "$1" stun_peer | jq -s "map(select($2)) | length"
}

# lab_stund HOST: Debian's stun-server, which has two addresses and honours RESPONSE-ADDRESS.
lab_stund()
{
	lab_spawn_net "$1" stund stund -h "$LAB_SERVER" -a "$LAB_SERVER_2" || return 1
	lab_until_ready "$1" stund 10 lab_listens "$1" "$LAB_SERVER:3478"
}

# lab_coturn HOST [OPTION...]: coturn as a STUN server; it ignores RESPONSE-ADDRESS.
lab_coturn()
{
	local host=$1
	shift
	lab_spawn_net "$host" coturn turnserver -n --stun-only --no-cli --no-tls --no-dtls --no-tcp --no-tcp-relay \
		--listening-ip="$LAB_SERVER" --listening-port=3478 --log-file=stdout --pidfile="$LAB_DIR/coturn.pid" \
		--userdb="$LAB_DIR/turndb" "$@" || return 1
	lab_until_ready "$host" coturn 15 lab_listens "$host" "$LAB_SERVER:3478"
}

# lab_names HOST NAME=ADDRESS...: a name server for these and no other names.
lab_names()
{
	local host=$1 name names=()
	shift
	for name; do
		names+=("--address=/${name%=*}/${name#*=}")
	done
	lab_spawn_net "$host" dnsmasq dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts --pid-file= --user=root \
		--bind-interfaces --listen-address="$LAB_SERVER" --log-queries "${names[@]}" || return 1
	lab_until_ready "$host" dnsmasq 10 lab_listens "$host" "$LAB_SERVER:53"
}

# lab_listens HOST ADDRESS:PORT: does somebody wait for datagrams there?
lab_listens()
{
	lab_net "$1" ss -Hulna | awk '{ print $4 }' | grep -qxF -e "$2" -e "0.0.0.0:${2#*:}"
}

# lab_capture_udp HOST INTERFACE FILE [FILTER]: record UDP; lab_capture_stop ends it.
lab_capture_udp()
{
	LAB_CAPTURED="udp ${4:+and ($4)}" lab_capture "$1" "$2" "$3"
}

# --- the CPE ----------------------------------------------------------------

# What a manager knows of it; the peer's users have the same names.
export LAB_CPE_USER=CPE57689 LAB_CPE_PASSWORD=password

# lab_cpe HOST [JSON]: dm-bridge on a device that has its credentials, and what else JSON says in its configuration; STUN is off.
# Its events are in the log "events", a line of JSON each.
lab_cpe()
{
	jq -n --argjson more "${2:-{\}}" '{"role": "device", "request-interval": 0} + $more' |
		lab_write "$1" /etc/dm-bridge.conf
	lab_bridge_start "$1" && lab_cpe_set "$1" "ConnectionRequestUsername=$LAB_CPE_USER" &&
		lab_cpe_secret "$1" ConnectionRequestPassword "$LAB_CPE_PASSWORD" && lab_cpe_watch "$1"
}

# lab_cpe_watch HOST: again, where dm-bridge was started again.
lab_cpe_watch()
{
	lab_spawn "$1" events assocctl --json watch
	lab_until_ready "$1" events 10 lab_cpe_is_watched "$1"
}

lab_cpe_is_watched()
{
	[ "$(lab_status "$1" .clients)" -ge 2 ]
}

# lab_cpe_set HOST NAME=VALUE...: parameters of ManagementServer, as the manager writes them.
lab_cpe_set()
{
	local host=$1
	shift
	lab_exec "$host" assocctl set "${@/#/Device.ManagementServer.}"
}

# lab_cpe_secret HOST NAME VALUE
lab_cpe_secret()
{
	lab_exec "$1" assocctl set --value-file - "Device.ManagementServer.$2" <<< "$3"
}

# lab_cpe_stun HOST [NAME=VALUE...]: what the manager writes to turn STUN on, with the peer's user; the last of equal names counts.
lab_cpe_stun()
{
	local host=$1 value
	shift
	local -A values=()
	for value in STUNServerAddress="$LAB_SERVER" STUNUsername="$LAB_CPE_USER" "$@" STUNEnable=1; do
		values[${value%%=*}]=$value
	done
	lab_cpe_secret "$host" STUNPassword "$LAB_CPE_PASSWORD" && lab_cpe_set "$host" "${values[@]}"
}

# lab_cpe_get HOST NAME: a parameter of ManagementServer.
lab_cpe_get()
{
	lab_exec "$1" assocctl --json get "Device.ManagementServer.$2" | jq -r '.[0].value'
}

# lab_cpe_is HOST ADDRESS NAT_DETECTED: are those UDPConnectionRequestAddress and NATDetected?
lab_cpe_is()
{
	[ "$(lab_cpe_get "$1" UDPConnectionRequestAddress) $(lab_cpe_get "$1" NATDetected)" = "$2 $3" ]
}

# lab_status HOST FILTER: what jq finds in dm-bridge's status.
lab_status()
{
	lab_exec "$1" assocctl --json status | jq -r "$2"
}

# lab_verdict HOST NAME [NUMBER]: so many datagrams had that verdict; without NUMBER it is printed.
lab_verdict()
{
	if [ "$#" = 3 ]; then
		[ "$(lab_verdict "$1" "$2")" = "$3" ]
	else
		lab_status "$1" ".connection.datagrams.$2"
	fi
}

# lab_cpe_woken HOST: how many connection requests it told its agent, since lab_cpe_watch.
lab_cpe_woken()
{
	lab_log "$1" events | jq -s 'map(select(.method == "connection_request")) | length'
}

# lab_cpe_woken_is HOST NUMBER
lab_cpe_woken_is()
{
	[ "$(lab_cpe_woken "$1")" = "$2" ]
}

# lab_cpe_request INTERNET TO [COPIES [TS [ID [USER [PASSWORD]]]]]: the manager's connection request, from its STUN server's port.
# TO, and "-" as TS or ID: see tests/peers/stun_peer.c.
lab_cpe_request()
{
	lab_peer "$1" request "$2" "${3:-3}" "${4:--}" "${5:--}" "${6:-$LAB_CPE_USER}" "${7:-$LAB_CPE_PASSWORD}"
}

# lab_cpe_wakes HOST INTERNET TO: such a request in three copies wakes HOST's agent once.
lab_cpe_wakes()
{
	local woken
	woken=$(lab_cpe_woken "$1")
	# Two in one second need two timestamps.
	lab_cpe_request "$2" "$3" 3 "$(date +%s%3N)"
	lab_until 5 lab_cpe_woken_is "$1" $((woken + 1))
}
