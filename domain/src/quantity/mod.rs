//! Amounts: exact numbers, units, and the one reader of what people type. Knowledge checks and papers both mark by it.

mod entry;
mod rational;
mod unit;

pub(crate) use entry::{Entry, MAX_CHARS};
pub use entry::{bare_number, number_in};
pub use rational::{NotANumber, Rational};
#[cfg(test)]
pub(crate) use unit::names;
pub use unit::{Unit, UnitError};
