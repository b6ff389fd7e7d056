#!/usr/bin/env bash
# Makes the pictures of docs/design.md from the running product with the demo in it: each page at 1280 and 320 px, light and dark.
#   scripts/pictures.sh [--before ADDRESS] [name of a picture ...]
# ADDRESS is an older state of the product, which runs with the demo too (scripts/serve.sh in its clone): each picture then begins with
# what the page was. SERVER and SITE_ROOT name another build.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

before=
if [ "${1:-}" = --before ]; then
    before=${2:?an address, like http://127.0.0.1:3000}
    shift 2
fi
server=${SERVER:-$root/target/debug/server}
[ -x "$server" ] || fail "$server is not built. Type: make build"
scripts/postgres.sh start dev $$
cluster=$(scripts/postgres.sh url dev)
scratch="pictures_$$"
psql -Xqc "create database $scratch template template0" "$cluster"
pid=
finish() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
    psql -Xqc "drop database if exists $scratch with (force)" "$cluster"
    scripts/postgres.sh stop dev $$
}
trap finish EXIT

port=$(free_port)
export DATABASE_URL="${cluster%/*}/$scratch" LISTEN="127.0.0.1:$port" METRICS_LISTEN=off PUBLIC_URL="http://127.0.0.1:$port" \
    MAIL_FOLDER="$local_dir/mail" FILES="$local_dir/files" LOG=warn SITE_ROOT="${SITE_ROOT:-$root/target/site-dev}" APP_ENV=development SMTP_URL=
with_demo "$server"
"$server" serve 2>"$local_dir/pictures-server.log" &
pid=$!
until curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || { cat "$local_dir/pictures-server.log" >&2; fail "the server did not start"; }
    sleep 0.1
done
BASE_URL="http://127.0.0.1:$port" BEFORE="$before" node end2end/pictures/pictures.mjs "$@"
