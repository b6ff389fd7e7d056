#!/usr/bin/env bash
# Measures the optimised server on a seeded database, as ratios in one run, and weighs what a page sends.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
scripts/setup.sh
scripts/build.sh release
cargo build -q --release --locked -p server --example bench
scripts/postgres.sh start dev
cluster=$(scripts/postgres.sh url dev)
scratch="bench_$$"
psql -Xqc "create database $scratch" "$cluster"
trap 'psql -Xqc "drop database if exists $scratch with (force)" "$cluster"; scripts/postgres.sh stop dev' EXIT
export DATABASE_URL="${cluster%/*}/$scratch" LOG=warn METRICS_LISTEN=off LISTEN="127.0.0.1:$(free_port)" SITE_ROOT="$root/target/site"
PGBENCH=$(ls /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | sort -V | tail -n 1)
export PGBENCH=${PGBENCH:-pgbench} SERVER="$root/target/release/server"
export PUBLIC_URL="http://$LISTEN" MAIL_FOLDER="$local_dir/mail"
for step in migrate "content import" "questions import" seed-demo; do
    # shellcheck disable=SC2086
    target/release/server $step >/dev/null
done
# The example stands beside the server, where the hashes of the site's files are.
cp target/release/examples/bench target/release/bench
status=0
target/release/bench || status=$?
# What a click costs against a page load, in a browser.
node end2end/measure/navigation.mjs || status=$?
exit "$status"
