# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# lab_dhcp.sh - Kea, dhcpcd and udhcpc in a host of the lab; sourced by lab.sh.

LAB_KEA_SOCKET=/run/kea/kea4-ctrl-socket

# --- Kea ------------------------------------------------------------------

# lab_kea GATEWAY [OPTION...]: configure and start kea-dhcp4 on br0.
#   --hook JSON    load our hook with these parameters, e.g. "$(lab_hook_parameters)"
#   --mt           with several packet threads
#   --set FILTER   change the configuration by a jq filter, e.g. '.Dhcp4["valid-lifetime"] = 4'
lab_kea()
{
	lab_kea_config "$@" && lab_kea_start "$1"
}

# lab_kea_config GATEWAY [OPTION...]: only write the configuration (then: lab_kea_start or lab_kea_reload).
lab_kea_config()
{
	local gateway=$1 config
	shift
	config=$(lab_kea_default_config)
	while [ "$#" -gt 0 ]; do
		case $1 in
		--hook)
			config=$(jq --argjson parameters "$2" --arg library "$LAB_HOOK" '.Dhcp4["hooks-libraries"] +=
				[{"library": $library, "parameters": $parameters}]' <<< "$config") || return 1
			shift
			;;
		--mt)
			config=$(jq '.Dhcp4["multi-threading"] = {"enable-multi-threading": true,
				"thread-pool-size": 4, "packet-queue-size": 64}' <<< "$config")
			;;
		--set)
			config=$(jq "$2" <<< "$config") || return 1
			shift
			;;
		*)
			lab_say "lab_kea_config: expected --hook, --mt or --set, got '$1'"
			return 1
			;;
		esac
		shift
	done
	lab_write "$gateway" /etc/kea/kea-dhcp4.conf <<< "$config"
}

# What releases have different defaults for is said: packet threads (on since 2.4), renewals that leave the lease as it is (3.0).
lab_kea_default_config()
{
	jq -n --arg socket "$LAB_KEA_SOCKET" '{"Dhcp4": {
		"interfaces-config": {"interfaces": ["br0"]},
		"control-socket": {"socket-type": "unix", "socket-name": $socket},
		"lease-database": {"type": "memfile", "persist": true, "lfc-interval": 0,
			"name": "/var/lib/kea/kea-leases4.csv"},
		"expired-leases-processing": {"reclaim-timer-wait-time": 1, "flush-reclaimed-timer-wait-time": 1,
			"hold-reclaimed-time": 0},
		"valid-lifetime": 3600,
		"cache-max-age": 0,
		"multi-threading": {"enable-multi-threading": false},
		"hooks-libraries": [],
		"subnet4": [{"id": 1, "subnet": "192.0.2.0/24", "interface": "br0",
			"pools": [{"pool": "192.0.2.100 - 192.0.2.200"}],
			"option-data": [{"name": "routers", "data": "192.0.2.1"}]}],
		"loggers": [{"name": "kea-dhcp4", "severity": "INFO",
			"output_options": [{"output": "stdout", "flush": true}]}]
	}}'
}

# lab_kea_start GATEWAY [CMD...]: start with the configuration that is there; returns when packets are served.
# CMD, e.g. strace, runs it.
lab_kea_start()
{
	local gateway=$1 as_kea=()
	shift
	lab_kea_folders "$gateway" && lab_as_kea "$gateway" || return 1
	lab_exec "$gateway" rm -f "$LAB_KEA_SOCKET"
	lab_spawn "$gateway" kea "${as_kea[@]}" "$@" kea-dhcp4 -c /etc/kea/kea-dhcp4.conf || return 1
	lab_until_ready "$gateway" kea 15 lab_kea_answers "$gateway"
}

# lab_kea_try GATEWAY: likewise where it is expected to fail; Kea's own output and status, or after 10 s 124.
lab_kea_try()
{
	local as_kea=()
	lab_kea_folders "$1" && lab_as_kea "$1" || return 1
	lab_exec "$1" timeout 10 "${as_kea[@]}" kea-dhcp4 -c /etc/kea/kea-dhcp4.conf
}

# The folders that Debian's unit lets systemd make.
lab_kea_folders()
{
	local user
	user=$(lab_kea_unit "$1" User) || return 1
	lab_exec "$1" install -d -o "$user" -g "$user" -m 0750 /run/kea /run/lock/kea /var/lib/kea /var/log/kea
}

# lab_as_kea GATEWAY: what to put before a command so that it has the user, the capabilities and the environment of
# Debian's unit, and nothing more, in the caller's array as_kea.
lab_as_kea()
{
	local user caps environment
	user=$(lab_kea_unit "$1" User) && caps=$(lab_kea_unit "$1" AmbientCapabilities) &&
		environment=$(lab_kea_unit "$1" Environment) || return 1
	caps="-all,$(tr 'A-Z ' 'a-z,' <<< "$caps" | sed 's/cap_/+/g')"
	as_kea=(setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps="$caps" --ambient-caps="$caps"
		--bounding-set="$caps" --no-new-privs env "${environment//\"/}")
}

# lab_kea_unit GATEWAY KEY: what Debian's unit of kea-dhcp4 says of it; fails if that is nothing.
lab_kea_unit()
{
	lab_exec "$1" sed -n "s/^$2=//p" /lib/systemd/system/kea-dhcp4-server.service | grep .
}

# Kea reads its control socket only after its interfaces are open.
lab_kea_answers()
{
	[ "$(lab_kea_command "$1" status-get | jq .result)" = 0 ]
}

# lab_kea_command GATEWAY COMMAND [JSON ARGUMENTS]: over the control socket; prints the answer.
lab_kea_command()
{
	local socket
	socket=$(lab_path "$1" "$LAB_KEA_SOCKET") || return 1
	jq -cn --arg command "$2" --argjson arguments "${3:-{\}}" '{$command, $arguments}' |
		socat -t 10 - "UNIX-CONNECT:$socket"
}

# lab_kea_reload GATEWAY: read the configuration again; fails if Kea refuses it.
lab_kea_reload()
{
	[ "$(lab_kea_command "$1" config-reload | jq .result)" = 0 ]
}

# lab_kea_stop GATEWAY [SIGNAL]: end Kea (KILL: without a chance to tidy up); lab_kea_start brings it back.
lab_kea_stop()
{
	lab_kill "$1" kea "${2:-TERM}"
}

# lab_lease_of GATEWAY MAC: the address that Kea leased to this link-layer address and still holds; fails without one.
lab_lease_of()
{
	# The file is a log: the last line of an address counts. Columns: address,hwaddr,client_id,lifetime,...,state at 10.
	lab_exec "$1" cat /var/lib/kea/kea-leases4.csv | awk -F, -v mac="$2" '
		NR > 1 { held[$1] = $2 == mac && $4 > 0 && $10 == 0 }
		END { for (a in held) if (held[a]) { print a; found = 1 } exit !found }'
}

# --- dhcpcd ---------------------------------------------------------------

# lab_dhcpcd HOST [LINE...]: run dhcpcd on eth0 with these further lines in dhcpcd.conf; returns when it is up.
# Wait for the lease with: lab_until 15 lab_address HOST
lab_dhcpcd()
{
	local host=$1
	shift
	# noarp: nobody else is here to claim the address, so don't wait 5 s to see.
	{
		printf '%s\n' 'ipv4only' 'noipv4ll' 'noarp' 'nodelay' 'option domain_name_servers'
		[ "$#" = 0 ] || printf '%s\n' "$@"
	} | lab_write "$host" /etc/dhcpcd.conf
	lab_dhcpcd_start "$host"
}

# lab_dhcpcd_start HOST: with the configuration that is there.
lab_dhcpcd_start()
{
	lab_exec "$1" mkdir -p /run/dhcpcd /var/lib/dhcpcd
	lab_spawn "$1" dhcpcd dhcpcd -B -d -f /etc/dhcpcd.conf eth0
}

# lab_dhcpcd_release HOST: give the lease back and end dhcpcd.
lab_dhcpcd_release()
{
	lab_exec "$1" dhcpcd -k eth0 > /dev/null 2>&1 || return 1
	lab_until 15 lab_not lab_running "$1" dhcpcd
}

# lab_dhcpcd_stop HOST [SIGNAL]: end dhcpcd; the undo of lab_dhcpcd.
lab_dhcpcd_stop()
{
	lab_kill "$1" dhcpcd "${2:-TERM}" || return 1
	[ "${2:-}" = KILL ] || return 0
	# One that is killed leaves its helpers behind, and with them port 68.
	# shellcheck disable=SC2016 # the host's shell expands it
	lab_exec "$1" sh -c 'for pid in $(pgrep -x dhcpcd); do kill -KILL "$pid"; done'
}

# --- udhcpc ---------------------------------------------------------------

# lab_udhcpc HOST [ARGUMENT...]: run udhcpc on eth0 (e.g. -x 0x7d:HEX); returns when it has a lease.
lab_udhcpc()
{
	lab_udhcpc_start "$@" || return 1
	lab_until 15 lab_udhcpc_bound "$1"
}

# lab_udhcpc_start HOST [ARGUMENT...]: likewise without waiting.
lab_udhcpc_start()
{
	local host=$1
	shift
	lab_udhcpc_script | lab_write "$host" /run/udhcpc/script 0755
	lab_exec "$host" rm -f /run/udhcpc/event
	lab_spawn "$host" udhcpc busybox udhcpc -f -i eth0 -t 20 -T 1 -A 1 -s /run/udhcpc/script "$@"
}

# What udhcpc calls: sets the address, and leaves the event and its variables in /run/udhcpc/event.
lab_udhcpc_script()
{
	cat <<'SCRIPT'
#!/bin/sh
case $1 in
bound | renew) ip address replace "$ip/$mask" dev "$interface" ;;
deconfig) ip -4 address flush dev "$interface" ;;
esac
{ echo "event=$1"; env; } > /run/udhcpc/event.new
mv /run/udhcpc/event.new /run/udhcpc/event
echo "udhcpc event: $1 ${ip:-}"
SCRIPT
}

# lab_udhcpc_event HOST EVENT: was this (bound, renew, nak, deconfig, leasefail) the last event?
lab_udhcpc_event()
{
	lab_exec "$1" grep -qx "event=$2" /run/udhcpc/event
}

lab_udhcpc_bound()
{
	lab_udhcpc_event "$1" bound
}

# lab_udhcpc_renew HOST: ask for the lease again now.
lab_udhcpc_renew()
{
	lab_exec "$1" rm -f /run/udhcpc/event
	lab_signal "$1" udhcpc USR1 || return 1
	lab_until 10 lab_udhcpc_event "$1" renew
}

# lab_udhcpc_release HOST: give the lease back; udhcpc goes on idle.
lab_udhcpc_release()
{
	lab_signal "$1" udhcpc USR2 || return 1
	lab_until 10 lab_udhcpc_event "$1" deconfig
}

# lab_udhcpc_stop HOST [SIGNAL]: end udhcpc without giving the lease back.
lab_udhcpc_stop()
{
	lab_kill "$1" udhcpc "${2:-TERM}"
}
