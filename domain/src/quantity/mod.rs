//! Amounts: exact numbers, units, and the only reader of typed amounts. Knowledge checks and papers both mark with it.

mod entry;
mod rational;
mod unit;

pub(crate) use entry::{Entry, MAX_CHARS};
pub use entry::{bare_number, number_in};
pub use rational::{NotANumber, Rational};
#[cfg(test)]
pub(crate) use unit::names;
pub use unit::{Unit, UnitError};
