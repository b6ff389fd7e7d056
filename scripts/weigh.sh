#!/usr/bin/env bash
# Weighs what a browser loads to bring a page to life, compressed as it is shipped, and fails when it is more than was agreed.
#   scripts/weigh.sh [SITE]     (default target/site, which must have been built)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
site=${1:-$root/target/site}
[ -f "$site/pkg/current" ] || fail "$site is not built. Type: make build"
node "$root/scripts/weigh.mjs" "$site/pkg/$(cat "$site/pkg/current")"
