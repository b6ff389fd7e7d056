#!/usr/bin/env bash
# Weighs a browser's download for a hydrated page, compressed as shipped, and fails when it exceeds the budget.
#   scripts/weigh.sh [SITE]     (default target/site, which must have been built)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
site=${1:-$root/target/site}
[ -f "$site/pkg/current" ] || fail "$site is not built. Type: make build"
node "$root/scripts/weigh.mjs" "$site/pkg/$(cat "$site/pkg/current")"
