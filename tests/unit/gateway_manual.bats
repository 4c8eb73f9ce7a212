#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # top_srcdir comes from make check
# assoc-gateway-hook(8) has all that the hook understands and says, and nothing else.

setup()
{
	SOURCE=$top_srcdir/gateway-hook
	MANUAL=$top_srcdir/man/assoc-gateway-hook.8
}

# section NAME: its lines.
section()
{
	awk -v name="$1" '/^\.Sh / { inside = $0 == ".Sh " name; next } inside' "$MANUAL"
}

# same WHAT: standard input has two lists, the source's behind "<" and the manual's behind ">"; they must be
# equal and not empty.
same()
{
	local lists source manual
	lists=$(cat)
	source=$(sed -n 's/^< //p' <<<"$lists" | sort -u)
	manual=$(sed -n 's/^> //p' <<<"$lists" | sort -u)
	[ -n "$source" ]
	diff -u --label "$1 in the source" --label "$1 in the manual" - <(echo "$manual") <<<"$source"
}

# listed DEPTH MACRO: the first words of the items of lists at this depth, on standard input.
listed()
{
	awk -v depth="$1" -v macro="$2" '
		/^\.Bl / { level++ }
		/^\.El/ { level-- }
		level == depth && $1 == ".It" && $2 == macro { print $3 }'
}

@test "each message has its paragraph in the manual, with its severity" {
	{
		sed -n 's/.*{"\(ASSOC_[A-Z_]*\)", MESSAGE_\([A-Z]*\),.*/< \1 \2/p' "$SOURCE/messages.c"
		section DIAGNOSTICS | sed -n 's/^\.It Sy \(.*\) Pq info$/> \1 INFO/p
			s/^\.It Sy \(.*\) Pq warning$/> \1 WARN/p
			s/^\.It Sy \(.*\) Pq error$/> \1 ERROR/p'
	} | same messages
}

@test "the manual lists no message twice, and leaves no paragraph empty" {
	[ -z "$(section DIAGNOSTICS | listed 1 Sy | sort | uniq -d)" ]
	[ -z "$(section DIAGNOSTICS | awk '/^\.(It|El)/ && last { print last } { last = /^\.It / ? $0 : "" }')" ]
}

@test "each parameter is in the manual" {
	{
		grep -o 'KEY("[a-z-]*"' "$SOURCE/settings.c" | sed 's/KEY("\(.*\)"/< \1/'
		section PARAMETERS | listed 1 Cm | sed 's/^/> /'
	} | same parameters
}

@test "each member of neighbour-watch is in the manual" {
	local members member
	members=$(grep -o 'KEY("neighbour-watch\.[a-z-]*"' "$SOURCE/settings.c" | sed 's/.*\.\(.*\)"/\1/')
	[ -n "$members" ]
	for member in $members; do
		section PARAMETERS | awk '/^\.It Cm neighbour-watch/ { inside = 1; next } /^\.It / { inside = 0 } inside' |
			grep -q "^\.Cm $member\b"
	done
}

@test "each control command is in the manual" {
	{
		grep -ho '"assoc-[a-z-]*"' "$SOURCE/gateway_command.c" | tr -d '"' | sed 's/^/< /'
		section COMMANDS | listed 1 Cm | sed 's/^/> /'
	} | same commands
}

@test "each argument of the control commands is in the manual" {
	local names name
	names=$(grep -o 'ARGUMENT("[a-z-]*"' "$SOURCE/gateway_command.c" | sed 's/.*"\(.*\)"/\1/')
	[ -n "$names" ]
	for name in $names; do
		section COMMANDS | grep -q "^\.Cm $name\b"
	done
}

@test "each counter of assoc-status is in the manual" {
	{
		grep -o 'COUNTER("[a-z-]*"' "$SOURCE/gateway_status.c" | sed 's/COUNTER("\(.*\)"/< \1/'
		section COMMANDS | listed 3 Cm | sed 's/^/> /'
	} | same counters
}
