//! Marking as a whole: against a table calculated by hand, against an independent oracle, and on the banks of the
//! project.

mod answers;
pub(super) mod banks;
mod docs;
mod figures;
mod golden;
mod items;
mod oracle;
mod said;
mod table;
