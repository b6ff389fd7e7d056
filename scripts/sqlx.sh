#!/usr/bin/env bash
# Checks every query of `services` against a freshly migrated database, and lints the code while it is compiled for that.
#   scripts/sqlx.sh write   refreshes the committed .sqlx
#   scripts/sqlx.sh check   fails when .sqlx is not what the database says
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

scripts/postgres.sh start test
url=$(scripts/postgres.sh url test)
scratch="queries_$$"
psql -Xqc "create database $scratch" "$url"
trap 'psql -Xqc "drop database if exists $scratch with (force)" "$url"' EXIT
fresh="${url%/*}/$scratch"
# One transaction a file, as the server does it.
for file in migrations/*.sql; do psql -Xq1 -v ON_ERROR_STOP=1 "$fresh" -f "$file"; done

found="$local_dir/sqlx"
rm -rf "$found" && mkdir -p "$found"
# The macros write what they find out while they compile, so they have to be compiled anew.
touch services/src/lib.rs
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$found" DATABASE_URL="$fresh" cargo clippy -q --locked --all-targets -- -D warnings
# What only tests ask is not part of the committed data twice; the names are hashes of the queries.
case ${1:-check} in
write) mkdir -p .sqlx && rm -f .sqlx/*.json && cp "$found"/*.json .sqlx/ ;;
check) diff -rq .sqlx "$found" >&2 || fail ".sqlx is stale: run \`make sqlx\` and commit what it changes" ;;
esac
