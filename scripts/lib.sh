# Shared by the scripts beside it: paths, and messages.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
local_dir="$root/.local"
# The build tools in this project's versions, which scripts/setup.sh compiles once for all clones of a person.
cargo_leptos=0.3.8
bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p}' "$root/Cargo.lock")
tools="${XDG_CACHE_HOME:-$HOME/.cache}/learning-tools/cargo-leptos-$cargo_leptos-wasm-bindgen-$bindgen"
export PATH="$root/node_modules/.bin:$tools/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
mkdir -p "$local_dir"
# The variables that cargo-leptos sets; without them, cargo and cargo-leptos would rebuild each other's work.
export LEPTOS_OUTPUT_NAME=learning

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Seeds an empty database with the demo, for all tests and measurements: the demo's program is beside the server. Its tutors
# and setters have no second factor, so a server that is started after this only offers one.
with_demo() {
    local server=$1 demo
    export SECOND_FACTOR=${SECOND_FACTOR:-offered}
    demo=$(dirname "$server")/demo
    [ -x "$demo" ] || fail "$demo is not built. Type: make build, or scripts/build.sh release"
    "$server" migrate >/dev/null
    "$server" content import >/dev/null
    "$server" questions import >/dev/null
    "$demo" >/dev/null
}

# One word that changes when any of these files or folders does, or the compiler.
fingerprint() {
    { rustc --version; find "$@" -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum | cut -d ' ' -f 1
}

# Below the machine's range for outgoing connections, so that none takes it before it is used.
free_port() {
    python3 - <<'PYTHON'
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PYTHON
}
