#!/usr/bin/env bash
# Checks every query against a freshly migrated database, and lints the code while it is compiled for that.
#   scripts/sqlx.sh write   refreshes the committed .sqlx
#   scripts/sqlx.sh check   fails when .sqlx disagrees with the database
# A passed check is not repeated until one of its inputs has changed; the lints always run.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

lints() { cargo clippy -q --locked --all-targets -- -D warnings; }
passed="$local_dir/queries-passed"
now=$(fingerprint Cargo.toml Cargo.lock clippy.toml .cargo .sqlx app demo domain migrations server services scripts/sqlx.sh scripts/postgres.sh)
if [ "${1:-check}" = check ] && [ "$(cat "$passed" 2>/dev/null)" = "$now" ]; then
    lints
    exit
fi

scripts/postgres.sh start test $$
url=$(scripts/postgres.sh url test)
scratch="queries_$$"
# Each new database of this cluster has the migrations.
psql -Xqc "create database $scratch" "$url"
# The macros write their results while they compile, so crates with queries are compiled again. Cargo compares file
# times; they are restored, so that nothing else is compiled.
queries=(services/src/lib.rs demo/src/lib.rs)
times=$(mktemp -d "$local_dir/times.XXXXXX")
for file in "${queries[@]}"; do touch -r "$file" "$times/${file%%/*}"; done
finish() {
    for file in "${queries[@]}"; do touch -r "$times/${file%%/*}" "$file"; done
    rm -rf "$times"
    psql -Xqc "drop database if exists $scratch with (force)" "$url"
    scripts/postgres.sh stop test $$
}
trap finish EXIT
fresh="${url%/*}/$scratch"

found="$local_dir/sqlx"
rm -rf "$found" && mkdir -p "$found"
touch "${queries[@]}"
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$found" DATABASE_URL="$fresh" lints
# Queries used only in tests are not committed twice; the names are hashes of the queries.
case ${1:-check} in
write) mkdir -p .sqlx && rm -f .sqlx/*.json && cp "$found"/*.json .sqlx/ ;;
check)
    diff -rq .sqlx "$found" >&2 || fail ".sqlx is stale: run \`make sqlx\` and commit what it changes"
    printf '%s' "$now" >"$passed"
    ;;
esac
