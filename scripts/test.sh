#!/usr/bin/env bash
# Everything that must hold, cheapest first. Every step runs, whatever failed before it; the summary is at the end.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

scripts/setup.sh --browser || exit 1
scripts/postgres.sh start test || exit 1
trap 'scripts/postgres.sh stop test; rm -f "$output"' EXIT
DATABASE_URL=$(scripts/postgres.sh url test)
export DATABASE_URL RUST_BACKTRACE=0

passed=0 failed=0 report='' faults_named=''
output=$(mktemp)
step() {
    local name=$1 start=$SECONDS result
    shift
    say "$name"
    if "$@" 2>&1 | tee "$output"; then
        result=passed passed=$((passed + 1))
    else
        result=FAILED failed=$((failed + 1))
        # What failed stands far above the end of a long output.
        faults_named+="$name:"$'\n'$(grep -E '✘|FAILED|panicked at|^error|Error:|Expected|Received|\.spec\.ts:[0-9]+:[0-9]+$' "$output" | cut -c 1-300 | tail -n 24)$'\n'
    fi
    report+=$(printf '%-46s %s (%d s)' "$name" "$result" $((SECONDS - start)))$'\n'
}

lint_browser() {
    cargo clippy -q --locked -p frontend --target wasm32-unknown-unknown --target-dir target/front --profile wasm-release -- -D warnings
}
# All of them, whatever failed before.
tests() { cargo test -q --locked --no-fail-fast --workspace --exclude frontend --features app/ssr; }
faults() { cargo build -q --locked -p server --example faults && scripts/faults.sh short; }
scripts_are_sound() { for script in scripts/*.sh; do bash -n "$script" || return 1; done; }

step "Documents name what is there" node scripts/docs.mjs
step "Scripts can be read" scripts_are_sound
step "Formatting" cargo fmt --all --check
step "Queries against the database, lints of the server" scripts/sqlx.sh check
step "Lints of the browser's side" lint_browser
step "Unit, property, database and HTTP tests" tests
step "Build of server and site" scripts/build.sh dev
step "Sizes of what a browser loads" scripts/weigh.sh target/site-dev
step "Journeys in a real browser" scripts/e2e.sh
step "Faults under an exam, the short form" faults

printf '\n%s\n' "$report"
[ -z "$faults_named" ] || printf '%s\n' "$faults_named"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
