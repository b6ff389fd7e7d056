#!/usr/bin/env bash
# `inner_html` says what is in an element, as finished HTML: from a variable, or written as a literal.
#
# Most expect: both give the same element.
# Seen (leptos 0.8.23, server-side rendering): within an element of which all parts are literals, the macro writes everything as one text, and
# `inner_html` with it, as an attribute like any other. The page has an empty element and an attribute that no browser knows. Outside of such an
# element the literal is understood.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "look"
version = "0.1.0"
edition = "2024"

[dependencies]
leptos = { version = "=0.8.23", features = ["ssr"] }
TOML
cat >src/main.rs <<'RUST'
use leptos::prelude::*;

fn main() {
    let text = "<b>bold</b>";
    println!("{}", view! { <div><p inner_html=text></p></div> }.to_html());
    println!("{}", view! { <div><p inner_html="<b>bold</b>"></p></div> }.to_html());
    println!("{}", view! { <p inner_html="<b>bold</b>"></p> }.to_html());
}
RUST
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>/dev/null
echo "leptos 0.8.23: a variable, a literal, a literal that is not within another element:"
cat seen
mapfile -t seen <seen
[[ ${seen[0]} == '<div><p><b>bold</b></p>'* ]]
[[ ${seen[1]} == '<div><p inner_html="'*'"></p>'* ]]
[ "${seen[2]}" = '<p><b>bold</b></p>' ]
echo "As stated: within another element the literal is an attribute."
