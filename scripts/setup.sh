#!/usr/bin/env bash
# Installs missing tools, says what it does, and gives the command to type for anything that it cannot do. Safe to run
# again. scripts/setup.sh [--browser]   with --browser also the needs of the browser journeys
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$root"

browser=${1:-}
rust=1.95
node=20

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Debian's packages: name, and the command or file that shows it is there.
missing=()
want() { have "$2" || [ -e "$2" ] || missing+=("$1"); }
want build-essential cc
want curl curl
want git git
want python3 python3
want nodejs node
want npm npm
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || have initdb || missing+=(postgresql)
have psql || missing+=(postgresql-client)
if [ "$browser" = --browser ]; then
    # The journeys take Chromium without its window, which is a package of its own and starts and draws faster.
    [ -n "${CHROMIUM:-}" ] || want chromium-headless-shell chromium-headless-shell
fi
if [ ${#missing[@]} -gt 0 ]; then
    say "Installing ${missing[*]}"
    if have apt-get && { [ "$(id -u)" = 0 ] || have sudo; }; then
        # PostgreSQL's package would start an unwanted server of its own.
        export DEBIAN_FRONTEND=noninteractive
        { as_root apt-get update -q && as_root apt-get install -yq --no-install-recommends "${missing[@]}"; } >"$local_dir/apt.log" 2>&1 ||
            fail "That did not work (see .local/apt.log). Type: sudo apt-get install ${missing[*]}"
    else
        fail "Some programs are missing. Install them, then run this again: ${missing[*]}"
    fi
fi
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$node" ] || fail "Node.js is older than $node. Install a newer one: https://nodejs.org"

have cargo && have rustup || fail "Rust is missing. Install it with rustup (https://rustup.rs), version $rust or newer, then run this again."
version=$(rustc --version | sed -E 's/rustc ([0-9]+\.[0-9]+).*/\1/')
[ "$(printf '%s\n%s\n' "$rust" "$version" | sort -V | head -n 1)" = "$rust" ] || fail "Rust $version is older than $rust. Type: rustup update stable"
for target in wasm32-unknown-unknown; do
    rustup target list --installed | grep -qx "$target" || { say "Adding the Rust target $target"; rustup target add "$target"; }
done
for component in clippy rustfmt; do
    rustup component list --installed | grep -q "^$component" || { say "Adding $component"; rustup component add "$component"; }
done

# The build tools. The machine's own are used if they have the right version. Two clones may be set up at once.
mkdir -p "$tools"
exec 6>"$tools/lock"
flock 6

# Cargo's progress, a line for each tenth, with an estimate of the remaining time.
progress() {
    local line done all tenth left said=0 start=$SECONDS
    while IFS= read -r -d $'\r' line; do
        [[ $line =~ \]\ ([0-9]+)/([0-9]+) ]] || continue
        done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
        tenth=$((10 * done / all))
        [ "$tenth" -gt "$said" ] || continue
        said=$tenth left=$(((SECONDS - start) * (all - done) / done))
        if [ "$left" -lt 90 ]; then left="$left seconds"; else left="$(((left + 30) / 60)) minutes"; fi
        say "    $done of $all steps; about $left to go"
    done
}
tool() {
    local command=$1 package=$2 version=$3 minutes=$4
    shift 4
    if "$command" --version 2>/dev/null | grep -qF " $version"; then return; fi
    say "Compiling $package $version (once; about $minutes minutes on two cores)"
    # In a folder of its own, so that an interrupted build goes on where it was.
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 cargo install "$package" --version "$version" --force --root "$tools" \
        --target-dir "$tools/target" --config scripts/tools.toml "$@" 2>&1 | tee "$local_dir/$package.log" | progress ||
        { tr '\r' '\n' <"$local_dir/$package.log" | grep -v ' Building ' | tail -n 20 >&2; fail "$package could not be compiled. Type: cargo install $package --version $version $*"; }
}
# The part of cargo-leptos that makes new projects needs OpenSSL, and compiles its own if the machine has no development
# files.
if have pkg-config && pkg-config --exists openssl; then export OPENSSL_NO_VENDOR=1; fi
# Without its downloads: those tools come from npm below, and from here.
tool cargo-leptos cargo-leptos "$cargo_leptos" 6 --locked --no-default-features --features no_downloads
tool wasm-bindgen wasm-bindgen-cli "$bindgen" 2
rm -rf "$tools/target"
exec 6>&-

if ! cmp -s package-lock.json node_modules/.installed-for; then
    say "Installing the npm packages"
    # Not `npm ci`: it wants every other platform's variant of a package, which a mirror may not have.
    npm install --no-save --no-audit --no-fund --loglevel=error >"$local_dir/npm.log" 2>&1 ||
        { cat "$local_dir/npm.log" >&2; fail "The npm packages could not be installed. Type: npm install"; }
    cp package-lock.json node_modules/.installed-for
fi
