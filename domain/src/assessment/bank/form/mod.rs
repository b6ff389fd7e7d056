//! A template as the fields of a form, both ways without loss, and as the text of a file.
//!
//! | file | to change ... |
//! |---|---|
//! | `fields` | which fields there are, which of them are rows, and the place of a fault |
//! | `read` | how a template is read from the fields |
//! | `write` | how the fields are filled from a template |
//! | `toml` | how a template is written as a file |
//! | `cells` | how a list or a table stands in one field of several lines |

// Only the server reads and writes templates: the browser has the fields alone.
#[cfg(not(target_arch = "wasm32"))]
mod cells;
mod fields;
#[cfg(not(target_arch = "wasm32"))]
mod read;
#[cfg(test)]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
mod toml;
#[cfg(not(target_arch = "wasm32"))]
mod write;

pub use fields::{FIGURES, Fields, HOW, PRECISIONS, ROUNDINGS, TASKS, UNIT_ENTRIES, row_key, row_of};
