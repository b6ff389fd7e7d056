#!/usr/bin/env bash
# Takes a fresh machine to the demo in a browser. Ctrl-C stops everything that this started.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

say "1 of 4: looking for what is missing"
scripts/setup.sh
say "2 of 4: building (the first time takes some minutes)"
built="$root/target/site/.built"
sources=(Cargo.toml Cargo.lock package-lock.json .cargo .sqlx app demo domain roster services server/src frontend migrations style public scripts)
if [ -x target/release/server ] && [ -x target/release/demo ] && [ -e "$built" ] && [ -z "$(find "${sources[@]}" -type f -newer "$built" -print -quit)" ]; then
    say "    everything is built already"
else
    scripts/build.sh release
    touch "$built"
fi
own_database=
if [ -z "${DATABASE_URL:-}" ]; then
    say "3 of 4: starting a private PostgreSQL"
    scripts/postgres.sh start dev $$
    DATABASE_URL=$(scripts/postgres.sh url dev)
    export DATABASE_URL
    own_database=yes
else
    say "3 of 4: using the PostgreSQL of DATABASE_URL"
fi
server="$root/target/release/server"
pid=
finish() {
    trap - EXIT INT TERM
    [ -z "$pid" ] || { kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; } || true
    [ -z "$own_database" ] || scripts/postgres.sh stop dev $$
    say "Stopped."
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "4 of 4: bringing the database up to date"
export LOG=${LOG:-warn}
[ -z "$own_database" ] || export APPLICATION_ROLE=learning_application
"$server" migrate
"$server" content import
"$server" questions import
demo=
if [ "${APP_ENV:-development}" != production ]; then
    target/release/demo
    demo=yes
    # The demo's tutors and setters have no second factor.
    export SECOND_FACTOR=${SECOND_FACTOR:-offered}
fi
# As in production: a role that owns nothing.
[ -z "$own_database" ] || DATABASE_URL=$(scripts/postgres.sh application dev "$DATABASE_URL")
"$server" serve &
pid=$!
listen=${LISTEN:-127.0.0.1:3000}
for _ in $(seq 100); do
    curl -fs "http://$listen/readyz" >/dev/null 2>&1 && break
    kill -0 "$pid" 2>/dev/null || { wait "$pid" || true; pid=; fail "The server did not start; the line above says why."; }
    sleep 0.1
done
say "Ready: ${PUBLIC_URL:-http://$listen}"
if [ -n "$demo" ]; then
    cat <<DEMO

    Demo accounts (password: learning-demo-2026)
      student@demo.example   works through the modules
      tutor@demo.example     follows a cohort of students
      setter@demo.example    sets papers and sees their results
      learner@demo.example   sits papers and practises (access code DEMO2026)
      support@demo.example   staff

    Mail is written to .local/mail. Ctrl-C stops everything.

DEMO
fi
wait "$pid"
