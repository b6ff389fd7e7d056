#!/usr/bin/env bash
# A private PostgreSQL cluster on a free port of 127.0.0.1, beside any other that runs here.
#   scripts/postgres.sh start NAME [PID]   starts cluster NAME (makes it first), prints nothing
#   scripts/postgres.sh url NAME           prints its DATABASE_URL, as the owner of everything
#   scripts/postgres.sh application NAME URL   prints that URL for the role of the application, which owns nothing
#   scripts/postgres.sh stop NAME [PID]
#   scripts/postgres.sh kill NAME          kill -9 of the postmaster; SAME_PORT=yes starts it again on the same port
# NAME is `dev` (keeps its data, as durable as in production), `faults` (as durable) or `test` (no fsync: its data is thrown
# away; its new databases have the migrations).
#
# Several may use one cluster: `make serve`, and `make bench` beside it. A script passes its own process, and uses the
# cluster until it stops it or dies; the last user stops the cluster. Without PID the user is a person: a cluster that
# they start runs until they stop it, and then stops at once.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

command=$1 name=$2 user=${3:-}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
[ -x "$bin/initdb" ] || fail "PostgreSQL's server programs are missing. Type: sudo apt-get install postgresql"

# PostgreSQL refuses to run as root: then it runs as the packaged `postgres` user, in a folder which that user can
# reach.
home="$local_dir/postgres-$name"
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    as() { (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"); }
    if ! as test -x "$local_dir"; then
        home="/var/tmp/learning-postgres-$name-$(printf %s "$root" | sha256sum | cut -c1-12)"
    fi
fi
# In memory where there is room: each database test makes a database and drops it, hundreds of files each time, and ext4 looks at
# every file that was just deleted before it makes a new one.
memory="/dev/shm/learning-postgres-test-$(printf %s "$root" | sha256sum | cut -c1-12)"
if [ "$name" = test ] && { [ -e "$memory/ready" ] || [ "$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $4 + 0 }')" -gt 4000000 ]; }; then
    home=$memory
fi
data="$home/data"
application=learning_application

# The process alone proves nothing: a killed one may not have been reaped yet. So the port must answer too, even if it
# is not ready (1).
answers() { "$bin/pg_isready" -q -h 127.0.0.1 -p "$(cat "$home/port")" || [ $? = 1 ]; }
running() { [ -f "$data/postmaster.pid" ] && as "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1 && answers; }
url() { printf 'postgres://learning:%s@127.0.0.1:%s/learning\n' "$(cat "$home/password")" "$(cat "$home/port")"; }

# The users: a file each, named by the process, with its start time, because process numbers are reused. A person's file
# is called `person`.
users="$local_dir/postgres-$name.users"
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
in_use() {
    local file
    for file in "$users"/*; do
        [ -e "$file" ] || continue
        [ "${file##*/}" != person ] || return 0
        if [ -s "$file" ] && [ "$(began "${file##*/}")" = "$(cat "$file")" ]; then return 0; fi
        rm -f "$file"
    done
    return 1
}
# Each database test gets a database of its own, which `create database` copies from template1. In the test cluster that has
# the migrations, recorded as sqlx records them, so that it finds none to run: running them takes most of a short test. What
# must begin empty says `template template0`.
migrate_template() {
    local server=${1%/*} wanted migration version
    wanted=$(cd "$root/migrations" && sha384sum -- *.sql | sed -E 's/^([0-9a-f]+)  ([0-9]+)_.*/\2|\1/')
    psql() { PGOPTIONS='-c client_min_messages=warning' "$bin/psql" -Xq -v ON_ERROR_STOP=1 "$@"; }
    [ "$wanted" != "$(psql -Atc "select version, encode(checksum, 'hex') from _sqlx_migrations order by version" "$server/template1" 2>&1)" ] || return 0
    psql "$server/postgres" <<'SQL'
        update pg_database set datistemplate = false where datname = 'template1';
        drop database if exists template1;
        create database template1 template template0 is_template true;
SQL
    {
        echo 'create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null, execution_time bigint not null);'
        # One transaction a file, as the server does it.
        for migration in $wanted; do
            version=${migration%|*}
            printf "begin;\n\\i '%s'\n" "$root/migrations/$version"_*.sql
            printf "insert into _sqlx_migrations values (%s, 'copied', now(), true, '\\\\x%s', 0);\ncommit;\n" "$version" "${migration#*|}"
        done
    } | psql "$server/template1" >/dev/null
}
# A start waits for a stop. The cluster itself must not inherit a script's lock (8 and 9), because it may live longer.
mkdir -p "$users"
if [ "$command" = start ] || [ "$command" = stop ]; then
    exec 9>"$users.lock"
    flock 9
fi

case $command in
start)
    if [ -n "$user" ]; then began "$user" >"$users/$user"; else touch "$users/person"; fi
    if ! [ -f "$home/ready" ]; then
        rm -rf "$home"
        mkdir -p "$home"
        head -c 24 /dev/urandom | base64 | tr -dc 'a-zA-Z0-9' >"$home/password"
        [ "$(id -u)" != 0 ] || chown postgres "$home" "$home/password"
        # The tests connect thousands of times, and SCRAM derives a key each time: some 50 ms in an unoptimised program.
        [ "$name" = test ] && authentication=password || authentication=scram-sha-256
        as "$bin/initdb" -D "$data" -U learning -A "$authentication" --pwfile="$home/password" -E UTF8 --locale=C.UTF-8 >/dev/null
        touch "$home/ready"
    fi
    if ! running; then
        [ -n "${SAME_PORT:-}" ] || free_port >"$home/port"
        options="-c listen_addresses=127.0.0.1 -c port=$(cat "$home/port") -c unix_socket_directories='' -c max_connections=200"
        [ "$name" != test ] || options="$options -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        as "$bin/pg_ctl" -D "$data" -o "$options" -l "$home/log" -w -t 60 start >/dev/null 8>&- 9>&- || {
            tail -n 20 "$home/log" >&2
            fail "PostgreSQL did not start; its log is $home/log"
        }
        "$bin/psql" -Xqc 'select 1' "$(url)" >/dev/null 2>&1 ||
            "$bin/psql" -Xqc 'create database learning' "$(url | sed 's#/learning$#/postgres#')"
    fi
    [ -n "$("$bin/psql" -XAtc "select 1 from pg_roles where rolname = '$application'" "$(url)")" ] ||
        "$bin/psql" -Xq -v password="$(cat "$home/password")" "$(url)" <<<"create role $application login password :'password';"
    [ "$name" != test ] || migrate_template "$(url)"
    ;;
stop)
    if [ -n "$user" ]; then rm -f "$users/$user"; else rm -f "$users"/*; fi
    if ! in_use && running; then
        as "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null
        # What is in memory takes it from others, and comes again within seconds.
        [ "$home" != "$memory" ] || rm -rf "$home"
    fi
    ;;
kill) kill -9 "$(head -n 1 "$data/postmaster.pid")" ;;
url) url ;;
application) sed -E "s#^postgres://[^:]+:#postgres://$application:#" <<<"$3" ;;
*) fail "usage: scripts/postgres.sh start|stop|kill|url|application dev|test|faults [PID|URL]" ;;
esac
