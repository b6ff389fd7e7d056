#!/usr/bin/env bash
# Lighthouse's mobile scores of seven pages of the release build, as a table; fails with the missed targets.
#   scripts/lighthouse.sh [name of a page ...]
# SERVER and SITE_ROOT name another build. RUNS says how often each page is measured; medians count.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

server=${SERVER:-$root/target/release/server}
[ -x "$server" ] || fail "$server is not built. Type: scripts/build.sh release"
# With its window: the journeys have it without.
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || fail "Chromium is missing. Type: sudo apt-get install chromium"
# Nothing else needs it, so it is not one of the project's packages.
tool=end2end/lighthouse
if ! cmp -s $tool/package-lock.json $tool/node_modules/.installed-for; then
    say "Installing Lighthouse"
    npm install --prefix $tool --no-save --no-audit --no-fund --loglevel=error >"$local_dir/lighthouse.log" 2>&1 ||
        { cat "$local_dir/lighthouse.log" >&2; fail "Lighthouse could not be installed. Type: npm install --prefix $tool"; }
    cp $tool/package-lock.json $tool/node_modules/.installed-for
fi

scripts/postgres.sh start dev $$
cluster=$(scripts/postgres.sh url dev)
scratch="lighthouse_$$"
psql -Xqc "create database $scratch" "$cluster"
pid=
finish() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
    psql -Xqc "drop database if exists $scratch with (force)" "$cluster"
    scripts/postgres.sh stop dev $$
}
trap finish EXIT

port=$(free_port)
export DATABASE_URL="${cluster%/*}/$scratch" LISTEN="127.0.0.1:$port" METRICS_LISTEN=off PUBLIC_URL="http://127.0.0.1:$port" \
    MAIL_FOLDER="$local_dir/mail" FILES="$local_dir/files" LOG=warn SITE_ROOT="${SITE_ROOT:-$root/target/site}"
with_demo "$server"
"$server" serve 2>"$local_dir/lighthouse-server.log" &
pid=$!
until curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || { cat "$local_dir/lighthouse-server.log" >&2; fail "the server did not start"; }
    sleep 0.1
done
BASE_URL="http://127.0.0.1:$port" node $tool/measure.mjs "$@"
