# SPDX-License-Identifier: BSD-2-Clause
# README's recipes, followed in folders of Debian: run by ./check --only recipe, and --release.
EXTRA_DIST += %D%/recipe.sh %D%/gateway_recipe.bats %D%/device_recipe.bats %D%/apt-get %D%/systemctl
