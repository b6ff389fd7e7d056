//! Messages between members of an area, through the platform: relayed by mail, and neither address is given away unless its owner wants that.
//!
//! | what | where |
//! |---|---|
//! | a message, and the mail that relays it | `sending.rs`, `letters.rs` |
//! | how many somebody sends | `limits.rs` |
//! | `/zone/{area}/messages` | `list.rs` |
//! | blocks | `blocking.rs` |
//! | the link of a mail that takes no more of them | `stopping.rs` |
//! | reports to the leads, and what becomes of them | `reporting.rs`, `reports.rs` |
//! | the removal of what is old | `keeping.rs` |

mod blocking;
mod keeping;
mod letters;
mod limits;
mod list;
mod reporting;
mod reports;
mod sending;
mod stopping;

use domain::{FormToken, zone::messages::Writing};
use uuid::Uuid;

pub use self::{
    blocking::{block, unblock},
    keeping::forget_old_messages,
    list::messages_page,
    reporting::{NewReport, report},
    reports::{close_report, reports_page},
    sending::{NewMessage, send},
    stopping::stop,
};

/// For a page with the form that writes to a member: what its statement has found of the two.
#[must_use]
pub fn writing(takes_messages: bool, blocked: bool) -> Writing {
    Writing { form: FormToken(Uuid::now_v7()), takes_messages, blocked }
}
