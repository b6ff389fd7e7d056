//! How an account is opened: an organisation gives a name and an address, and the person consents and chooses a password.
//!
//! | what | where |
//! |---|---|
//! | invitations, and the links and mails of an activation | `invitations.rs` |
//!
//! Without consent there is no account: a *pending* person (`people.activated_at is null`) cannot sign in, and gets no
//! mail but those made here.

mod invitations;

pub use invitations::{invite, invite_all};
