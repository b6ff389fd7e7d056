//! How a question is drawn and answered: in the exam room, in practice, and without scripts.

pub mod answer;
pub mod form;
mod keys;
pub mod order;
