# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# check_lint.bash - what ./check holds against every file, whatever it does; sourced by it.

# Each bats test is a subshell of its own that ends at the first failure; its helpers and the build set variables for it.
lint_shell()
{
	local scripts
	scripts=$(git ls-files | while read -r file; do
		head -n 1 "$file" 2>/dev/null | tr -d '\0' | grep -qE '^#!.*\b(sh|bash)$|^# shellcheck shell' && echo "$file"
	done)
	xargs shellcheck -x <<<"$scripts" && git ls-files '*.bats' | xargs shellcheck -x -e SC2030,SC2031,SC2034,SC2154,SC2164
}

lint_man()
{
	git ls-files 'man/*.[1-8]' | xargs mandoc -Tlint -W warning
}

lint_licence()
{
	local missing
	missing=$(git ls-files ':!tests/corpus' ':!NEWS' | xargs grep -L 'SPDX-License-Identifier: BSD-2-Clause')
	[ -z "$missing" ] || { printf 'no SPDX line:\n%s\n' "$missing"; return 1; }
}

lint_format()
{
	git ls-files '*.c' '*.h' ':!gateway-hook/kea*' | xargs clang-format --dry-run --Werror
}
