//! Ids, value types, wire types and pure rules.
//!
//! Nothing here does I/O, reads a clock or knows of SQL or Leptos: the crate builds for the server and for the browser,
//! and every decision that needs no rows is made here.

pub mod access;
pub mod accounts;
pub mod assessment;
pub mod cohorts;
pub mod home;
pub mod kit;
pub mod learning;
pub mod organisations;
pub mod quantity;
pub mod support;
pub mod zone;

pub use kit::count::{count, minutes_begun, some_of};
pub use kit::moment::{DayTime, Moment, Years, ago};
pub use kit::problem::{FieldProblem, Problem};
pub use kit::typed::{visible, visible_lines};

/// Declares an id as its own type, so that the id of a cohort can never be passed for that of a learner.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}
pub(crate) use id;

id! {
    /// The token of a form as it was drawn: the form acts once, however often it is sent.
    FormToken
}
