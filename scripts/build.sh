#!/usr/bin/env bash
# Builds the server, the demo and the site.   scripts/build.sh dev|release|front    (`front` is what both share of the site)
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
# The panic backtrace of the build tool does not help with a mistyped line of Rust.
export RUST_BACKTRACE=0

# The site is built once for both: the journeys test exactly the shipped files. Each server gets a copy of its own.
front=target/front/site
hashes=target/front/hash.txt

# Nothing is done when nothing has changed. File names contain hashes, which each server finds beside its binary.
build_front() {
    local now name
    # `make serve` and `make test` may run at once.
    mkdir -p target/front
    exec 7>target/front/lock
    flock 7
    now=$(fingerprint Cargo.toml Cargo.lock package-lock.json .cargo app domain frontend style public scripts/setup.sh scripts/build.sh scripts/optimise.mjs scripts/bundle.mjs scripts/compress.mjs)
    [ "$(cat target/front/built 2>/dev/null)" != "$now" ] || return 0
    rm -rf target/front/built "$front"
    mkdir -p target/release
    # The build tool runs wasm-opt for each file, which takes minutes: it finds one here, before any other, that does nothing.
    ln -sf "$(type -P true)" node_modules/.bin/wasm-opt
    # The hashes' file is named from the binary's folder.
    LEPTOS_SITE_ROOT=$front LEPTOS_HASH_FILE_NAME=../front/hash.txt cargo leptos build --release --frontend-only --split
    # It says of each file that it leaves one list of names as it is.
    node scripts/optimise.mjs "$front/pkg" 2> >(grep -v 'unknown name subsection' >&2)
    # All of a browser's files go into a folder named by a hash of their contents, because the build tool keeps a file's
    # name although its imports have changed: a browser with a cached copy would look for missing files. The server
    # reads which folder is current.
    node scripts/bundle.mjs "$front/pkg"
    node scripts/compress.mjs "$front"
    name=$(cd "$front/pkg" && find . -type f ! -name '*.br' ! -name '*.gz' -exec sha256sum {} + | sort -k 2 | sha256sum | cut -c 1-16)
    mv "$front/pkg" target/front/pkg
    mkdir "$front/pkg"
    mv target/front/pkg "$front/pkg/$name"
    printf '%s' "$name" >"$front/pkg/current"
    name_files_of_worker "$name"
    printf '%s' "$now" >target/front/built
}

# Writes into the worker which files a page needs that is read without a network. They name the build, so each new one is
# a new version of the worker.
name_files_of_worker() {
    local files
    files=$(cd "$front" && { find "pkg/$1" fonts -type f \( -name '*.css' -o -name '*.woff2' \) 2>/dev/null || true; } | sort | sed "s|.*|'/&'|" | paste -sd,)
    sed -i -e "s|^const BUILD = .*|const BUILD = '$1';|" -e "s|^const FILES = .*|const FILES = [$files];|" "$front/worker.js"
    rm -f "$front/worker.js.br" "$front/worker.js.gz"
}

# Gives a server the site. The scripts of the previous version stay, for tabs that are still open.
hand_over() {
    local site=$1 binaries=$2 name
    name=$(cat "$front/pkg/current")
    mkdir -p "$site/pkg" "$binaries"
    find "$front" -mindepth 1 -maxdepth 1 ! -name pkg -exec cp -r -t "$site" {} +
    cp -r "$front/pkg/$name" "$site/pkg"
    touch "$site/pkg/$name"
    cp "$hashes" "$binaries/hash.txt"
    printf '%s' "$name" >"$site/pkg/current"
    # shellcheck disable=SC2012
    ls -1dt "$site"/pkg/*/ | tail -n +3 | xargs -r rm -rf
}

build_front
case ${1:-dev} in
front) ;;
release)
    cargo build --release --locked -p server --bin server -p demo --bin demo
    hand_over target/site target/release
    ;;
dev)
    # The example switches on the features of the tests, so that everything is compiled once for tests, journeys and
    # faults.
    cargo build --locked --bins --example faults
    hand_over target/site-dev target/debug
    ;;
esac
