#!/usr/bin/env bash
# A cluster keeps running for its users, whatever others start and stop beside them; the databases of tests have the
# migrations.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

postgres() { "$root/scripts/postgres.sh" "$@"; }
runs() { psql -Xqc 'select 1' "$(postgres url leases)" >/dev/null 2>&1; }
expect() { runs || fail "$1"; }
expect_stopped() { ! runs || fail "$1"; }

# Two processes in place of `make serve` and `make bench`; they live until they are ended here.
sleep infinity & serve=$!
sleep infinity & bench=$!
trap 'kill "$serve" "$bench" 2>/dev/null || true; postgres stop leases; postgres stop test $$' EXIT

postgres start leases "$serve" & both=$!
postgres start leases "$bench"
wait "$both"
postgres stop leases "$bench"
expect "one user's stop took the cluster from the other"
postgres start leases "$bench"
postgres stop leases "$serve"
expect "the first user's stop took the cluster from the second"
kill "$bench" && wait "$bench" || true
postgres start leases "$serve"
postgres stop leases "$serve"
expect_stopped "a user that has died keeps the cluster running"

postgres start leases
postgres start leases "$serve"
postgres stop leases "$serve"
expect "a script stopped what a person had started"
postgres start leases "$serve"
postgres stop leases
expect_stopped "a person could not stop the cluster"

# As after another branch: one of the migrations is unknown to the template.
postgres start test $$
cluster=$(postgres url test) copy="copy_$$"
psql -Xqc 'delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)' "${cluster%/*}/template1"
postgres start test $$
psql -Xqc "create database $copy" "$cluster"
found=$(psql -XAtc 'select count(*) from _sqlx_migrations' "${cluster%/*}/$copy") || true
psql -Xqc "drop database $copy" "$cluster"
[ "$found" = "$(find "$root/migrations" -name '*.sql' | wc -l)" ] || fail "a new database of the tests does not have the migrations"
