#!/usr/bin/env bash
# All checks, cheapest first. Every step runs, whatever failed before it; the summary is at the end.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

# What a clean run writes into target/. What earlier runs have left there counts.
needed=25
[ "${CARGO_INCREMENTAL:-}" != 0 ] || needed=12
free=$(($(df -Pk . | awk 'END { print $4 }') / 1048576))
gigabytes() { echo $(($({ du -sk "$1" 2>/dev/null || echo 0; } | cut -f 1) / 1048576)); }
here=$(gigabytes target)
say "$free GB of disk are free; target/ has $here GB already"
[ $((free + here)) -ge "$needed" ] ||
    fail "That is too little: a clean run writes $needed GB. Remove what is not needed; target/debug/incremental always may be removed."

scripts/setup.sh --browser || exit 1
scripts/postgres.sh start test $$ || exit 1
beside=$(mktemp -d) browser=
trap '[ -z "$browser" ] || kill -- "-$browser" 2>/dev/null; scripts/postgres.sh stop test $$; rm -rf "$output" "$beside"' EXIT
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
        # Failures are far above the end of a long output.
        faults_named+="$name:"$'\n'$(grep -E '✘|FAILED|panicked at|^error|Error:|Expected|Received|\.spec\.ts:[0-9]+:[0-9]+$' "$output" | cut -c 1-300 | tail -n 24)$'\n'
    fi
    report+=$(printf '%-46s %s (%d s)' "$name" "$result" $((SECONDS - start)))$'\n'
}

lint_browser() {
    cargo clippy -q --locked -p frontend --target wasm32-unknown-unknown --target-dir target/front --profile wasm-release -- -D warnings
}
# The crates of either side are compiled one after the other, mostly on one core each: so the browser's side is compiled
# while the server's is. It has a process group of its own, which ends with this script, and target/front to itself.
begin_beside() {
    set -m
    {
        start=$SECONDS
        lint_browser
        lints=$?
        scripts/build.sh front
        echo $((lints + $?)) >"$beside/result"
        say "$((SECONDS - start)) s in all, beside other steps"
    } </dev/null >"$beside/output" 2>&1 &
    browser=$!
    set +m
}
end_beside() {
    tail -n +1 -f --pid="$browser" "$beside/output"
    [ "$(cat "$beside/result" 2>/dev/null)" = 0 ]
}
# The selection, the default members with their tests and examples, has the same features as in scripts/sqlx.sh and
# scripts/build.sh, so nothing is compiled twice.
compile_tests() { cargo test -q --locked --no-run; }
# All of them, whatever failed before. Nothing is compiled meanwhile: some measure times.
tests() {
    if have cargo-nextest; then
        cargo nextest run --locked --no-fail-fast --status-level fail --final-status-level fail
    else
        say "cargo-nextest is not installed: cargo test does the same, one program of tests after the other"
        cargo test -q --locked --no-fail-fast
    fi
}
# The words that identify the demo are in its own program (otherwise this looks for the wrong ones), and not in the
# server.
no_demo() {
    local words='learning-demo-2026|DEMO2026|@demo\.example|seed-demo'
    LC_ALL=C grep -aqE "$words" target/debug/demo || { echo "error: the demo does not contain the expected words"; return 1; }
    ! LC_ALL=C grep -aoE "$words" target/debug/server || { echo "error: the server contains words of the demo"; return 1; }
}
unused() {
    if have cargo-shear; then cargo shear; else echo "cargo-shear is not installed: not looked for (cargo install cargo-shear)"; fi
}
licences() {
    # Not the advisories, which need the network: CONTRIBUTING.md says when to check them.
    if have cargo-deny; then cargo deny --offline check bans licenses sources; else echo "cargo-deny is not installed: not checked (cargo install cargo-deny)"; fi
}
scripts_are_sound() { for script in scripts/*.sh; do bash -n "$script" || return 1; done; }

step "Documents name existing things" node scripts/docs.mjs
step "Scripts can be read" scripts_are_sound
step "Formatting" cargo fmt --all --check
step "Clusters are left to their users" scripts/postgres.test.sh
step "Unused dependencies" unused
step "Licences and sources of dependencies" licences
begin_beside
step "Queries against the database, lints of the server" scripts/sqlx.sh check
step "Tests can be compiled" compile_tests
step "Lints and build of the browser's side" end_beside
browser=
step "Unit, property, database and HTTP tests" tests
step "Build of server and site" scripts/build.sh dev
step "No demo in the server" no_demo
step "Download sizes of a browser" scripts/weigh.sh target/site-dev
step "Journeys in a real browser" scripts/e2e.sh
step "Faults under an exam, the short form" scripts/faults.sh short

printf '\n%s\n' "$report"
[ -z "$faults_named" ] || printf '%s\n' "$faults_named"
printf '%d passed, %d failed; target/ has %d GB\n' "$passed" "$failed" "$(gigabytes target)"
[ "$failed" = 0 ]
