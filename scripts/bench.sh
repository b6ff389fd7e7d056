#!/usr/bin/env bash
# Measures the optimised server on a seeded database, as ratios in one run, each with its target: pages, saves, a crowd,
# long lists and a large upload in the example `bench`; download sizes, navigation and Lighthouse's scores in scripts of
# their own. It measures everything, and fails at the end with the missed targets. With the name of one part of the
# example (see `server/examples/bench/main.rs`), like `make bench PART=directory`, it measures that part alone.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
scripts/setup.sh --browser
scripts/build.sh release
cargo build -q --release --locked -p server --example bench
scripts/postgres.sh start dev $$
cluster=$(scripts/postgres.sh url dev)
scratch="bench_$$"
psql -Xqc "create database $scratch" "$cluster"
trap 'psql -Xqc "drop database if exists $scratch with (force)" "$cluster"; scripts/postgres.sh stop dev $$' EXIT
export DATABASE_URL="${cluster%/*}/$scratch" LOG=warn METRICS_LISTEN=off LISTEN="127.0.0.1:$(free_port)" SITE_ROOT="$root/target/site"
PGBENCH=$(ls /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | sort -V | tail -n 1)
export PGBENCH=${PGBENCH:-pgbench} SERVER="$root/target/release/server"
export PUBLIC_URL="http://$LISTEN" MAIL_FOLDER="$local_dir/mail" FILES="$local_dir/files"
with_demo target/release/server
# The example stands beside the server, where the hashes of the site's files are.
cp target/release/examples/bench target/release/bench

missed=()
part() {
    local name=$1
    shift
    "$@" || missed+=("$name")
}
# A separate script names its missed targets, and then fails. A missing script is skipped with a message.
if_there() {
    if [ -e "$2" ]; then part "$1" "${@:2}"; else missed+=("$1 (not measured: there is no $2)"); fi
}
if [ $# -gt 0 ]; then
    part "$1" target/release/bench "$1"
    [ ${#missed[@]} = 0 ] || fail "Targets were missed in: $1"
    exit 0
fi
part "pages, saves, crowds, lists, uploads and the directory" target/release/bench
# Bytes of WASM and JS, area by area, against their budgets.
if_there "what is loaded" scripts/weigh.sh
# The next page by a click against a whole page load: time and bytes.
part "moving from page to page" node end2end/measure/navigation.mjs
if_there "Lighthouse's scores" scripts/lighthouse.sh

[ ${#missed[@]} = 0 ] || fail "Targets were missed in: $(printf '%s; ' "${missed[@]}")"
