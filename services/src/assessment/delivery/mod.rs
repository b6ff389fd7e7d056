//! Sitting a paper: what is set for a candidate, the exam room, how an answer is kept, and the end of a sitting.

pub(crate) mod code_tries;
pub(crate) mod order;
mod plain_form;
pub(crate) mod receipt_mail;
mod receipt_pdf;
pub(crate) mod room;
mod saving;
mod sitting;
pub(crate) mod submission;

pub use code_tries::forget_code_tries;
pub use plain_form::{PlainAnswer, PlainSaved, save_plain};
#[cfg(test)]
pub(in crate::assessment) use receipt_pdf::own_slip;
pub use receipt_pdf::receipt_pdf;
pub use room::{begin_epoch, open_hint, open_room, pause, report_window, resume, room_news, room_state};
pub(crate) use saving::Saves;
pub use saving::save_answers;
pub use sitting::{candidate_home, paper_by_code, start_page, start_sitting};
pub use submission::{
    SWEPT_AT_ONCE, goes_on, receipt, remove_old_sittings, submit_if_over, submit_sitting, sweep,
};
