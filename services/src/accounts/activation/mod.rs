//! How an account is opened: an organisation gives a name and an address, or a person registers; the person consents and
//! chooses a password.
//!
//! | what | where |
//! |---|---|
//! | [`invite_all`], and the links and mails of an activation | `invitations.rs` |
//! | links that are sent again, and the state of the mail | `resending.rs` |
//! | the page of a link, consent and its withdrawal | `opening.rs` |
//! | reminders, and the end of pending records | `reminders.rs` |
//! | people who register themselves | `registration.rs` |
//! | the form of a link, sent twice | `followed.rs` in the folder above |
//!
//! Without consent there is no account: a *pending* person (`people.activated_at is null`) has no password, which the
//! table checks, and gets no mail but those made here.

mod invitations;
mod opening;
mod registration;
mod reminders;
mod resending;
#[cfg(test)]
mod tests;

pub use invitations::{invite, invite_all};
pub(crate) use invitations::{invite_staff, take_back_invitations};
pub use opening::{activate, activation_page, withdraw_consent};
pub(super) use registration::forget_registrations;
pub(crate) use registration::send_registration;
pub use registration::{Registered, Registration, confirm_registration, register, registration_page};
pub use reminders::{remind_invited, remove_pending, stop_reminders};
pub(super) use resending::send_link_to_open;
pub use resending::{account_states, resend, resend_all};
