#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod hostile;
mod packing;
mod read_all;
mod rules;
mod support;
