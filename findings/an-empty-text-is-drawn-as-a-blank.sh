#!/usr/bin/env bash
# A sentence is put together from texts of which one may be empty: "Give the answer", an optional addition, and a full stop.
#
# Most expect: the HTML of Leptos' server reads like the texts, so an empty one leaves nothing.
# Seen (leptos 0.8.23, server-side rendering): an empty text is written as a blank, so that the browser finds a text node to take
# over. "Give the answer" + "" + "." is read as "Give the answer ." by people and screen readers; `Option::None` in its place is
# written as a comment, without a blank. Sentences are put together before they are drawn.
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
    let owner = Owner::new();
    let html = owner.with(|| {
        let empty = String::new();
        let nothing: Option<String> = None;
        view! { <p>"Give the answer" {empty} "."</p> <p>"Give the answer" {nothing} "."</p> }.to_html()
    });
    // What people read: the markup taken out.
    let mut text = String::new();
    let mut inside = false;
    for character in html.replace("</p>", "|").chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    println!("{text}");
}
RUST
seen=$(CARGO_TARGET_DIR="$folder/target" cargo run --quiet 2>/dev/null)
echo "leptos 0.8.23 is read as: $seen"
[ "$seen" = 'Give the answer .|Give the answer.|' ]
echo "As stated: the empty text is a blank, the missing one is not."
