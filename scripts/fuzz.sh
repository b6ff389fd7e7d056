#!/usr/bin/env bash
# Reads damaged uploads for a minute, or for FUZZ_SECONDS. What fails says how to repeat it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"
FUZZ_SECONDS=${FUZZ_SECONDS:-60} exec cargo test -q --locked --test fuzz -- --nocapture
