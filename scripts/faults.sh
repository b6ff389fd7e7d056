#!/usr/bin/env bash
# Learners sit an exam while the server, the database and the network are broken under them.
#   scripts/faults.sh [short]
# SERVER names the binary to break (default target/debug/server). The cluster is its own, as durable as in production.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

export SERVER=${SERVER:-$root/target/debug/server}
[ -x "$SERVER" ] || fail "$SERVER is not built. Type: make build"
tool=$(dirname "$SERVER")/examples/faults
[ -x "$tool" ] || fail "$tool is not built. Type: cargo build -p server --example faults"
# Two at once would break the cluster under each other.
exec 8>"$local_dir/faults.lock"
flock -n 8 || { say "Another run breaks things here; waiting for its end"; flock 8; }
scripts/postgres.sh start faults $$
cluster=$(scripts/postgres.sh url faults)
scratch="faults_$$"
psql -Xqc "create database $scratch" "$cluster"
finish() {
    SAME_PORT=yes scripts/postgres.sh start faults $$
    psql -Xqc "drop database if exists $scratch with (force)" "$cluster"
    scripts/postgres.sh stop faults $$
}
trap finish EXIT
LISTEN="127.0.0.1:$(free_port)"
export LISTEN DATABASE_URL="${cluster%/*}/$scratch" METRICS_LISTEN=off PUBLIC_URL="http://$LISTEN" LOG=error APP_ENV=development \
    MAIL_FOLDER="$local_dir/mail" FILES="$local_dir/files" SITE_ROOT="${SITE_ROOT:-$root/target/site-dev}" SMTP_URL=
export KILL_POSTMASTER="$root/scripts/postgres.sh kill faults" START_POSTGRES="SAME_PORT=yes $root/scripts/postgres.sh start faults $$"
with_demo "$SERVER"
"$tool" "$@"
