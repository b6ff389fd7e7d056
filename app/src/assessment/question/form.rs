//! An answer as a form without scripts sends it.

use serde::{Deserialize, Serialize};

/// An answer of the exam room or of practice, as a form without scripts sends it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// Which kind of answer the fields are.
    pub kind: String,
    pub typed: String,
    pub unit: String,
    pub chosen: Vec<String>,
    /// The button: `up-b` and `down-b` change the order, `clear` clears the choice.
    pub go: String,
}

#[cfg(feature = "ssr")]
impl AnswerForm {
    /// The answer after the button has acted; `None` if there is none.
    pub fn response(self) -> Option<domain::assessment::question::Response> {
        let (kind, chosen) = match self.go.as_str() {
            "clear" => (self.kind, Vec::new()),
            go if super::order::moves(go) => ("ordered".to_owned(), super::order::moved(self.chosen, go)),
            _ => (self.kind, self.chosen),
        };
        domain::assessment::question::Response::from_fields(&kind, self.typed, self.unit, chosen)
    }
}
