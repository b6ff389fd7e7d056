#!/usr/bin/env bash
# Builds the server and the site.   scripts/build.sh dev|release
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
case ${1:-dev} in
# The panic backtrace of the build tool helps nobody who mistyped a line of Rust.
release) RUST_BACKTRACE=0 cargo leptos build --release --precompress ;;
dev) RUST_BACKTRACE=0 cargo leptos build ;;
esac
