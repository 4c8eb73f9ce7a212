# SPDX-License-Identifier: BSD-2-Clause
# README's recipe, followed in a folder of another Debian: run by ./check --only recipe.
EXTRA_DIST += %D%/gateway_recipe.bats %D%/systemctl
