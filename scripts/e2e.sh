#!/usr/bin/env bash
# The browser journeys: a fresh database, the demo in it, the site on a free port, and Playwright in a real Chromium.
#   scripts/e2e.sh [Playwright's arguments]
# SERVER names the binary to serve with (default target/debug/server); the site must have been built.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

server=${SERVER:-$root/target/debug/server}
[ -x "$server" ] || fail "$server is not built. Type: make build"
scripts/postgres.sh start test $$
cluster=$(scripts/postgres.sh url test)
scratch="e2e_$$"
# Empty, so that the server migrates it as it migrates a new installation.
psql -Xqc "create database $scratch template template0" "$cluster"
mail=$(mktemp -d "$local_dir/e2e-mail.XXXXXX")
files=$(mktemp -d "$local_dir/e2e-files.XXXXXX")
pid=
finish() {
    [ -z "$pid" ] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
    psql -Xqc "drop database if exists $scratch with (force)" "$cluster"
    rm -rf "$mail" "$files"
    "$root/scripts/postgres.sh" stop test $$
}
trap finish EXIT

port=$(free_port)
export DATABASE_URL="${cluster%/*}/$scratch" LISTEN="127.0.0.1:$port" METRICS_LISTEN=off PUBLIC_URL="http://127.0.0.1:$port" \
    MAIL_FOLDER="$mail" FILES="$files" LOG=warn SITE_ROOT="${SITE_ROOT:-$root/target/site-dev}" APP_ENV=development SMTP_URL=
export APPLICATION_ROLE=learning_application
with_demo "$server"
# As in production: a role that owns nothing. The journeys prepare their data as the owner.
SERVES_WITH=$(scripts/postgres.sh application test "$DATABASE_URL")
export SERVES_WITH
DATABASE_URL="$SERVES_WITH" "$server" serve 2>"$local_dir/e2e-server.log" &
pid=$!
until curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || { cat "$local_dir/e2e-server.log" >&2; fail "the server did not start"; }
    sleep 0.1
done
cd end2end
BASE_URL="http://127.0.0.1:$port" MAIL_FOLDER="$mail" SERVER="$server" npx --no-install playwright test "$@"
