#!/usr/bin/env bash
# A development build that is rebuilt and reloaded on every change.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
scripts/setup.sh
own_database=
if [ -z "${DATABASE_URL:-}" ]; then
    scripts/postgres.sh start dev
    DATABASE_URL=$(scripts/postgres.sh url dev)
    export DATABASE_URL
    own_database=yes
    trap 'scripts/postgres.sh stop dev' EXIT
fi
scripts/build.sh dev
for step in migrate "content import" "questions import" seed-demo; do
    # shellcheck disable=SC2086
    LOG=warn target/debug/server $step
done
export LEPTOS_SITE_ROOT=target/site-dev SITE_ROOT=target/site-dev
# The server's command stands behind the --, as cargo leptos passes it on.
RUST_BACKTRACE=0 cargo leptos watch --split -- serve
