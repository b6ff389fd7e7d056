#!/usr/bin/env bash
# A development build that is rebuilt and reloaded on every change.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
scripts/setup.sh
if [ -z "${DATABASE_URL:-}" ]; then
    scripts/postgres.sh start dev $$
    DATABASE_URL=$(scripts/postgres.sh url dev)
    export DATABASE_URL
    trap 'scripts/postgres.sh stop dev $$' EXIT
fi
scripts/build.sh dev
LOG=warn with_demo target/debug/server
export LEPTOS_SITE_ROOT=target/site-dev SITE_ROOT=target/site-dev
# The server's command comes after the --, because cargo leptos passes it on.
RUST_BACKTRACE=0 cargo leptos watch --split -- serve
