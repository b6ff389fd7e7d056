#!/usr/bin/env bash
# A page that waits for its data on the server: a `Suspense`, in it a `Suspend` that awaits the data and shows a list, and in the list a
# closure, because what it shows changes later in the browser.
#
# Most expect: the server draws the page once, so it calls the closure once.
# Seen (leptos 0.8.23, server-side rendering): the closure is called three times for one page. `Suspense` walks through what it holds to
# find other data to wait for, once more to be sure that there is none, and calls every closure on the way; then it writes the page. A page that is
# made of closures costs a multiple of one that is not, and what a closure counts or writes is done that often. Written to a text inside
# the `Suspend`, the page has it called once.
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
any_spawner = { version = "=0.3.0", features = ["tokio"] }
futures = "0.3"
hydration_context = "=0.3.2"
leptos = { version = "=0.8.23", features = ["ssr"] }
tokio = { version = "1", features = ["rt-multi-thread", "macros", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::StreamExt;
use leptos::{prelude::*, tachys::html::InertElement};

async fn calls(at_once: bool) -> (u32, String) {
    let calls = Arc::new(AtomicU32::new(0));
    let owner = Owner::new_root(Some(Arc::new(hydration_context::SsrSharedContext::new())));
    let counted = calls.clone();
    let html = owner.with(move || {
        let data = Resource::new(
            || (),
            |()| async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                7
            },
        );
        let page = Suspend::new(async move {
            let number = data.await;
            let closure = move || {
                counted.fetch_add(1, Ordering::SeqCst);
                number.to_string()
            };
            let list = view! { <ul><li>{closure}</li></ul> };
            if at_once { InertElement::new(list.to_html()).into_any() } else { list.into_any() }
        });
        view! { <Suspense fallback=|| "Loading">{page}</Suspense> }.to_html_stream_in_order()
    });
    let html: String = html.collect().await;
    drop(owner);
    (calls.load(Ordering::SeqCst), html)
}

#[tokio::main]
async fn main() {
    any_spawner::Executor::init_tokio().unwrap();
    for at_once in [false, true] {
        let (calls, html) = calls(at_once).await;
        assert!(html.contains("7"), "{html}");
        println!("{calls}");
    }
}
RUST
seen=$(CARGO_TARGET_DIR="${KEEP:-$folder/target}" cargo run --quiet | tr '\n' ' ')
echo "leptos 0.8.23 calls the closure, as a view and as a text: $seen"
[ "$seen" = '3 1 ' ]
echo "As stated: several times as a view, once as a text."
