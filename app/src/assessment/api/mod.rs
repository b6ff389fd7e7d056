//! The server functions of the assessment area: the candidate's, practice, setting papers, and running them.

mod candidate;
mod practice;
mod running;
mod setting;

pub use candidate::*;
pub use practice::*;
pub use running::*;
pub use setting::*;

#[cfg(feature = "ssr")]
mod parse {
    use std::str::FromStr;

    use domain::Problem;

    use crate::api::{ApiError, Form, RequestContext, answer};

    /// An id out of an address or a hidden field. What cannot be one names nothing.
    pub fn id<T: FromStr>(request: &RequestContext, text: &str) -> Result<T, ApiError> {
        text.parse().or_else(|_| answer(request, Err(services::Error::NotFound)))
    }

    /// Which version of a paper's part a form shows. A form that does not say shows none that there is.
    pub fn version(text: &str) -> Option<u32> {
        Some(part_version(text))
    }

    /// The same of one part of several.
    pub fn part_version(text: &str) -> u32 {
        text.parse().unwrap_or(u32::MAX)
    }

    /// A whole number as somebody typed it.
    pub fn whole<T: FromStr>(text: &str) -> Result<T, Problem> {
        text.trim().parse().map_err(|_| Problem::NumberOutOfRange)
    }

    /// The answer as it goes back with a form: under the names that `parts::answer::answer_in` reads.
    pub fn typed_answer(form: &mut Form<'_>, kind: &str, typed: &str, unit: &str, chosen: &[String]) {
        for (name, value) in [("kind", kind), ("typed", typed), ("unit", unit)] {
            form.typed(name, value);
        }
        for id in chosen {
            form.typed("chosen", id);
        }
    }

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
        fn a_button_moves_an_item_a_place_and_none_off_the_end() {
            let order = || vec!["b".to_owned(), "a".to_owned()];
            assert_eq!(moved(order(), "down-b"), ["a", "b"]);
            assert_eq!(moved(order(), "up-b"), order());
        }
    }
}
