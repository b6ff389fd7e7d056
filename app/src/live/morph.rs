//! Puts what has changed into a part of the page. What is equal is not touched: focus, open details, what was typed and where
//! somebody has scrolled to stay as they are, and a screen reader hears only what is new.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// The attribute by which a row is known again when others come before it or go.
const KEY: &str = "data-key";

/// Makes `shown` equal to `drawn`, which belongs to a document that nobody sees.
pub fn morph(shown: &Node, drawn: &Node) {
    if shown.is_equal_node(Some(drawn)) {
        return;
    }
    match (shown.dyn_ref::<Element>(), drawn.dyn_ref::<Element>()) {
        (Some(from), Some(to)) if same(from, to) => {
            // An island looks after itself.
            if from.tag_name() != "LEPTOS-ISLAND" {
                attributes(from, to);
                children(shown, drawn);
            }
        }
        (None, None) if shown.node_type() == drawn.node_type() => {
            shown.set_node_value(drawn.node_value().as_deref());
        }
        _ => {
            if let (Some(parent), Some(copy)) = (shown.parent_node(), copy(drawn)) {
                let _ = parent.replace_child(&copy, shown);
            }
        }
    }
}

/// Whether one can become the other. A control of another name is another control: what was typed into it stays with it.
fn same(shown: &Element, drawn: &Element) -> bool {
    ["id", "name"].iter().all(|name| shown.get_attribute(name) == drawn.get_attribute(name))
        && shown.tag_name() == drawn.tag_name()
}

fn attributes(shown: &Element, drawn: &Element) {
    let names = |element: &Element| {
        let names = element.get_attribute_names();
        (0..names.length()).filter_map(move |n| names.get(n).as_string())
    };
    for name in names(shown) {
        // Whether details are open is for whoever reads them to say.
        if !drawn.has_attribute(&name) && name != "open" {
            let _ = shown.remove_attribute(&name);
        }
    }
    for name in names(drawn) {
        let value = drawn.get_attribute(&name).unwrap_or_default();
        if shown.get_attribute(&name).as_deref() != Some(&value) {
            let _ = shown.set_attribute(&name, &value);
        }
    }
}

fn children(shown: &Node, drawn: &Node) {
    let mut place = shown.first_child();
    let mut next = drawn.first_child();
    while let Some(wanted) = next {
        next = wanted.next_sibling();
        if let Some(key) = key(&wanted) {
            place = with_key(shown, drawn, place, &key);
        }
        match place.take() {
            Some(here) if key(&here) == key(&wanted) => {
                place = here.next_sibling();
                morph(&here, &wanted);
            }
            before => {
                if let Some(copy) = copy(&wanted) {
                    let _ = shown.insert_before(&copy, before.as_ref());
                }
                place = before;
            }
        }
    }
    while let Some(gone) = place {
        place = gone.next_sibling();
        let _ = shown.remove_child(&gone);
    }
}

/// Brings what has that key to this place, if it is there: what stands before it and is gone goes, and it moves only when the
/// order has changed. Gives what stands at the place afterwards.
fn with_key(shown: &Node, drawn: &Node, mut place: Option<Node>, wanted: &str) -> Option<Node> {
    while let Some(here) = place {
        let gone = match key(&here) {
            Some(other) if other == wanted => return Some(here),
            Some(other) => !has(drawn, &other),
            // What has no key is drawn anew wherever it is wanted.
            None => later(&here, wanted).is_some(),
        };
        if !gone {
            let Some(row) = later(&here, wanted) else { return Some(here) };
            let _ = shown.insert_before(&row, Some(&here));
            return Some(row);
        }
        place = here.next_sibling();
        let _ = shown.remove_child(&here);
    }
    None
}

fn later(here: &Node, wanted: &str) -> Option<Node> {
    let mut row = here.next_sibling();
    while let Some(node) = row {
        if key(&node).as_deref() == Some(wanted) {
            return Some(node);
        }
        row = node.next_sibling();
    }
    None
}

fn key(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>()?.get_attribute(KEY)
}

fn has(parent: &Node, wanted: &str) -> bool {
    let mut child = parent.first_child();
    while let Some(node) = child {
        if key(&node).as_deref() == Some(wanted) {
            return true;
        }
        child = node.next_sibling();
    }
    false
}

fn copy(drawn: &Node) -> Option<Node> {
    leptos::prelude::document().import_node_with_deep(drawn, true).ok()
}
