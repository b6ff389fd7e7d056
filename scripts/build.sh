#!/usr/bin/env bash
# Builds the server and the site.   scripts/build.sh dev|release
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
# The panic backtrace of the build tool helps nobody who mistyped a line of Rust.
export RUST_BACKTRACE=0
# The names of the built files have hashes in them, which each server finds beside its binary.

# All that a browser loads goes into a folder named by the content of all of it, because the build tool gives files that import others by
# name the same name although they import others: a browser that kept them would look for what is gone. The server reads which folder
# is the current one. That of the version before stays, for tabs that are still open.
publish() {
    local pkg=$1/pkg name
    node scripts/bundle.mjs "$pkg"
    name=$(cd "$pkg" && find . -maxdepth 1 -type f ! -name '*.br' ! -name '*.gz' ! -name current -exec sha256sum {} + | sort -k 2 | sha256sum | cut -c 1-16)
    mkdir -p "$pkg/$name"
    find "$pkg" -maxdepth 1 -type f ! -name current -exec mv -f -t "$pkg/$name" {} +
    printf '%s' "$name" >"$pkg/current"
    # shellcheck disable=SC2012
    ls -1dt "$pkg"/*/ | tail -n +3 | xargs -r rm -rf
}

case ${1:-dev} in
release)
    LEPTOS_SITE_ROOT=target/site cargo leptos build --release --precompress --split
    publish target/site
    ;;
dev)
    # The site is the one that is shipped, to the bit: what the journeys see is what people get.
    LEPTOS_SITE_ROOT=target/site-dev LEPTOS_HASH_FILE_NAME=../debug/hash.txt cargo leptos build --release --frontend-only --split
    publish target/site-dev
    cargo build -q --locked -p server --bin server
    ;;
esac
