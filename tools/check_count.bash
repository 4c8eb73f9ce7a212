# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# check_count.bash - runs tests for ./check, which sources it, and counts how they end: in its variables passed, failed and skipped.
# Each test's output goes to a file in its folder $logs.
# A skip never reads as a pass: the set-up installs all that tests want, so what make check skips counts as failed. Only an
# instrumented build, in which allocations can't be counted, may leave tests out; those count as skipped.

# says TEXT CMD...: CMD succeeds and its output holds TEXT.
says()
{
	local text=$1 output
	shift
	output=$("$@" 2>&1) || { printf '%s\n' "$output"; return 1; }
	printf '%s\n' "$output"
	grep -qF -- "$text" <<<"$output"
}

# fails_in FOLDER CMD...: CMD, run there, fails.
fails_in()
{
	mkdir -p "$1" && cd "$1" || return 1
	shift
	! "$@"
}

# run_one NAME CMD...: one test; its output is shown only if it fails.
run_one()
{
	local name=$1 log started=$SECONDS
	shift
	log=$logs/$(tr -c 'a-z0-9\n' - <<<"${name,,}").log
	if "$@" >"$log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		echo "ok      $name ($((SECONDS - started)) s)"
		return 0
	fi
	failed=$((failed + 1))
	echo "FAILED  $name; the end of $log:"
	tail -n 40 "$log"
	return 1
}

skip_one()
{
	skipped=$((skipped + 1))
	echo "skipped $1: $2"
}

# add NAME PASSED FAILED SKIPPED STARTED
add()
{
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	echo "$([ "$3" = 0 ] && echo 'ok     ' || echo 'FAILED ') $1: $2 passed, $3 failed, $4 skipped ($((SECONDS - $5)) s)"
}

# make_check NAME BUILD MAKE...: the unit and command tests of that build, by that make.
make_check()
{
	local name=$1 build=$2 log=$logs/check-$1.log counts status started=$SECONDS
	shift 2
	find "$build" -name '*.trs' -not -path '*/stage/*' -delete
	"$@" -C "$build" -k -j "$(nproc)" check >"$log" 2>&1 </dev/null
	status=$?
	read -ra counts <<<"$(tools/count "$build")"
	# A build error stops tests from running at all: that must not pass as "none failed".
	if [ $status -ne 0 ] && [ "${counts[1]}" = 0 ] || [ "${counts[0]}" = 0 ]; then
		counts[1]=$((counts[1] + 1))
	fi
	if [ "$name" != sanitized ]; then
		counts=("${counts[0]}" $((counts[1] + counts[2])) 0)
	fi
	if [ "${counts[1]}" != 0 ]; then
		grep -E '^(FAIL|ERROR|XPASS|SKIP)|error:|\*\*\*' "$log" | head -n 40
		find "$build" -name '*.trs' -exec grep -lE ':test-result: (FAIL|ERROR)' {} + | while read -r trs; do
			echo "--- ${trs%.trs}.log"
			grep -vE '^(ok |\[ +(OK|RUN) )' "${trs%.trs}.log" | tail -n 40
		done
	fi
	add "make check ($name)" "${counts[@]}" "$started"
}

# run_bats NAME TESTS STAGE ROOT: what needs a lab, from that staged install on hosts with that root.
run_bats()
{
	local folder log planned ok bad skips status started=$SECONDS
	folder=$logs/$(tr -c 'a-z0-9\n' - <<<"$1")
	log=$folder.log
	LAB_STAGE=$3 LAB_ROOT=$4 top_srcdir=${top:?} run_files "$2" "$folder"
	status=$?
	cat "$folder"/*.log >"$log"
	planned=$(awk -F '\\.\\.' '/^1\.\.[0-9]+$/ { planned += $2 } END { print planned + 0 }' "$log")
	skips=$(grep -cE '^ok .* # skip' "$log")
	ok=$(($(grep -c '^ok ' "$log") - skips))
	# Planned but never reported counts as failed, and so does a file that planned nothing.
	bad=$((planned - ok - skips + $(grep -LE '^1\.\.[1-9]' "$folder"/*.log | wc -l)))
	[ $status -eq 0 ] || [ $bad -gt 0 ] || bad=1
	[ $bad -eq 0 ] || grep -vE '^ok ' "$log" | head -n 150
	add "$1" "$ok" "$bad" "$skips" "$started"
}

# run_files TESTS LOGS: every file's tests one after the other, files side by side: mostly they wait. The long ones first.
# A file with a line "# alone: WHY" has the machine to itself, after the others.
run_files()
{
	local failed
	rm -rf "$2"
	mkdir -p "$2"
	find "$1" -name '*.bats' -printf '%s %p\n' | sort -rn | cut -d' ' -f2- >"$2/files"
	xargs grep -L '^# alone: ' <"$2/files" | run_listed "$2" $(($(nproc) + 1))
	xargs grep -l '^# alone: ' <"$2/files" | run_listed "$2" 1
	failed=$(cut -d' ' -f2 "$2/failed" 2>/dev/null)
	[ -z "$failed" ] || run_again "$2" "$failed"
}

# run_listed LOGS AT_ONCE: the files that standard input names; those that failed are in LOGS/failed.
# shellcheck disable=SC2016 # the inner shell expands it
run_listed()
{
	xargs -r -P "$2" -I '{}' sh -c '
		bats --tap --print-output-on-failure "$1" >"$2/$(basename "$1" .bats).log" 2>&1 </dev/null ||
			echo "failed $1" >>"$2/failed"' - '{}' "$1"
}

# run_again LOGS FILES: with the machine to themselves, once. A packet that was lost on a busy machine is not held against us,
# but it is told, by name.
run_again()
{
	local logs=$1 file
	rm "$logs/failed"
	for file in $2; do
		sed -n 's/^not ok [0-9]* /again   /p' "$logs/$(basename "$file" .bats).log"
		mv "$logs/$(basename "$file" .bats).log" "$logs/$(basename "$file" .bats).first"
		run_listed "$logs" 1 <<<"$file"
	done
	[ ! -e "$logs/failed" ]
}
