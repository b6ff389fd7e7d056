#!/usr/bin/env bash
# Leptos: `inner_html` sets what is in an element, from a variable and, as everybody would expect, from a literal. An element of which all
# parts are literals is written by the macro as finished HTML, and there `inner_html` is an attribute like any other: the element is empty.
set -euo pipefail
leptos=0.8.23
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/src"
cat >"$dir/Cargo.toml" <<EOF
[package]
name = "seen"
version = "0.1.0"
edition = "2024"
[dependencies]
leptos = { version = "=$leptos", features = ["ssr"] }
EOF
cat >"$dir/src/main.rs" <<'EOF'
use leptos::prelude::*;

fn main() {
    let text = "<b>bold</b>";
    println!("{}", view! { <div><p inner_html=text></p></div> }.to_html());
    println!("{}", view! { <div><p inner_html="<b>bold</b>"></p></div> }.to_html());
    // Not within another element: the same attribute is understood.
    println!("{}", view! { <p inner_html="<b>bold</b>"></p> }.to_html());
}
EOF
cargo run -q --manifest-path "$dir/Cargo.toml" >"$dir/seen"
echo "leptos $leptos"
echo "expected of all three: <p><b>bold</b></p>"
echo "seen:"
cat "$dir/seen"
mapfile -t seen <"$dir/seen"
[ "${seen[0]}" = '<p><b>bold</b></p>' ]
[ "${seen[1]}" != "${seen[0]}" ] && [[ ${seen[1]} == *'inner_html="'* ]]
[[ ${seen[2]} == *'><b>bold</b></p>' ]]
