//! Support helps people: finds them, sees the state of their account, and does what they cannot do. Anybody who is not support gets "not
//! found". Whatever says something about a person wants a reason first (`access::give_reason`), which the audit keeps and which the person
//! reads in their account.
//!
//! | what | where |
//! |---|---|
//! | the search for people | `find.rs` |
//! | one person | `person.rs` |
//! | what support does for them, each time with a reason | `acts.rs` |
//! | roles, given at the command line and taken back; leads of areas, appointed | `roles.rs` |
//! | the audit, as a list and as a file | `log.rs` |
//! | what the audit says, in words | `words.rs` |

mod acts;
mod find;
mod log;
mod person;
mod roles;
#[cfg(test)]
mod tests;
mod words;

pub use acts::{end_second_factor, end_second_factor_by_command_line, end_sessions, send_mail, unlock};
pub use find::find_people;
pub use log::{audit_file, audit_log};
pub use person::person_page;
pub use roles::{RoleToGive, appoint_lead, give_by_command_line, take_back_by_command_line, take_back_role};
pub(crate) use words::words;
