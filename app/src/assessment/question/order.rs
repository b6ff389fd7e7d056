//! The buttons beside an item of an order, for pages without scripts.

/// Whether a button moves an item of an order: `up-b`, `down-b`.
pub fn moves(go: &str) -> bool {
    go.starts_with("up-") || go.starts_with("down-")
}

/// The order after its button moved one item a place up or down.
pub fn moved(mut order: Vec<String>, how: &str) -> Vec<String> {
    let Some((direction, id)) = how.split_once('-') else { return order };
    if let Some(at) = order.iter().position(|item| item == id) {
        let to = if direction == "up" { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to.filter(|to| *to < order.len()) {
            order.swap(at, to);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_moves_an_item_one_place_and_never_off_the_end() {
        let order = || vec!["b".to_owned(), "a".to_owned()];
        assert_eq!(moved(order(), "down-b"), ["a", "b"]);
        assert_eq!(moved(order(), "up-b"), order());
    }
}
