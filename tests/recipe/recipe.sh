# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# recipe.sh - follow a recipe of README to the letter in a lab host whose root is RECIPE_ROOT, the folder of a Debian that
# has nothing of ours; for the *_recipe.bats, after lab.sh. The hosts beside it have LAB_ROOT and LAB_STAGE, as any.

CLONE=/root/tr111-assoc
RECIPE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# recipe_host NAME: with a fresh clone, what git knows and what is new.
recipe_host()
{
	local top
	top=$(cd "$LAB_LIBRARY/../.." && pwd)
	LAB_ROOT=$RECIPE_ROOT LAB_STAGE='' lab_host "$1" || return 1
	lab_write "$1" /usr/local/bin/apt-get 0755 < "$top/tests/recipe/apt-get"
	lab_exec "$1" mkdir -p "$CLONE"
	(cd "$top" && git ls-files -co --exclude-standard --deduplicate | tar -cf - -T - --ignore-failed-read) |
		tar -C "$(lab_path "$1" "$CLONE")" -xf -
}

# block NAME: the lines of code below README's mark of that name.
block()
{
	awk -v mark="<!-- $1 -->" '
		$0 == mark { on = 1; next }
		on && /^\t/ { print substr($0, 2); seen = 1; next }
		on && seen { exit }' "$LAB_LIBRARY/../../README.md"
}

# block_is_short NAME: ten lines or fewer, and one to look at what came of it.
block_is_short()
{
	[ "$(block "$1" | wc -l)" -gt 3 ] && [ "$(block "$1" | wc -l)" -le 10 ] && [ "$(block "$1: look" | wc -l)" = 1 ]
}

# follow HOST NAME: as the administrator's shell does, in the clone. Only apt-get reaches the machine's network.
follow()
{
	block "$2" | lab_write "$1" /run/recipe
	lab_exec "$1" env -i "PATH=$RECIPE_PATH" HOME=/root env -C "$CLONE" bash -e /run/recipe \
		< /dev/null 3>&- 8< /proc/self/ns/net
}

# nothing_of_ours HOST: not even a compiler to make it with.
nothing_of_ours()
{
	lab_not lab_exec "$1" sh -c 'command -v gcc || command -v assocctl'
}
