#!/usr/bin/env bash
# Builds the server and the site.   scripts/build.sh dev|release
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
# The panic backtrace of the build tool helps nobody who mistyped a line of Rust.
export RUST_BACKTRACE=0
# The names of the built files have hashes in them, which each server finds beside its binary.
case ${1:-dev} in
release)
    LEPTOS_SITE_ROOT=target/site cargo leptos build --release --precompress
    ;;
dev)
    # The site is the one that is shipped, to the bit: what the journeys see is what people get.
    LEPTOS_SITE_ROOT=target/site-dev LEPTOS_HASH_FILE_NAME=../debug/hash.txt cargo leptos build --release --frontend-only
    cargo build -q --locked -p server --bin server
    ;;
esac
