//! Mail: queued in the transaction that causes it, sent by a job.
//!
//! | what | where |
//! |---|---|
//! | the text of a mail, as text and as HTML | `letter.rs` |
//! | [`enqueue`], [`enqueue_many`], and support's view of the outbox | `outbox.rs` |
//! | the job that sends a mail | `sending.rs` |
//! | the message, its signature and its delivery to the mail server | `message.rs`, `mailer.rs` |
//!
//! `docs/jobs.md` says why a mail may reach the mail server twice, and is never lost.

mod letter;
mod mailer;
mod message;
mod outbox;
mod sending;
#[cfg(test)]
mod tests;

use domain::accounts::{EmailAddress, PersonId};

pub use self::{
    letter::Letter,
    mailer::Mailer,
    outbox::{OutboxEntry, enqueue, enqueue_alone, enqueue_many, list},
};
pub(crate) use self::{
    outbox::purge,
    sending::{failed, send},
};

#[derive(Debug, Clone)]
pub struct Mail {
    pub kind: MailKind,
    pub to: Recipient,
    pub letter: Letter,
    /// For mail that a person can stop, the address that stops it: `https`, and a POST to it stops the mail at once
    /// (RFC 8058). Necessary mail has none.
    pub unsubscribe: Option<String>,
}

/// The subject of a mail, as support sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    PasswordLink,
    PasswordChanged,
    SecondFactorChanged,
    /// Several wrong codes in a row.
    SecondFactorRefused,
    /// A link to consent and to choose the first password.
    Activation,
    ActivationReminder,
    /// A link that proves the address of a person who registers.
    Registration,
    /// An organisation names somebody who has an account, and asks whether they belong to it.
    MembershipAsked,
    /// An administrator has ended the membership of somebody who has an account.
    MembershipEnded,
    /// A tutor of a cohort reminds a student.
    CohortReminder,
    /// A lead of an area of the Zone has accepted or declined what a member suggested for its library.
    ZoneSuggestion,
    /// Suggestions for the library of an area that this person leads wait.
    ZoneSuggested,
    /// Somebody has applied to an area of NMP Zone that this person leads.
    ZoneWaiting,
    /// What was decided about an application to an area of NMP Zone, or about a membership or the role of a lead there.
    ZoneDecided,
    /// An area of NMP Zone has no lead, and support appoints one.
    ZoneLeaderless,
    /// A member of an area of NMP Zone has written to another.
    ZoneMessage,
    /// A member of an area has reported something to its leads.
    ZoneReport,
    /// A lead has closed the report of a member.
    ZoneReportClosed,
    /// The receipt of a paper that the candidate has handed in.
    Receipt,
    /// A learner reminds themselves of their courses and dates.
    OwnReminder,
    /// An operator tries whether mail arrives (`server mail test`).
    Test,
}

impl MailKind {
    pub const ALL: &[Self] = &[
        Self::PasswordLink,
        Self::PasswordChanged,
        Self::SecondFactorChanged,
        Self::SecondFactorRefused,
        Self::Activation,
        Self::ActivationReminder,
        Self::Registration,
        Self::MembershipAsked,
        Self::MembershipEnded,
        Self::CohortReminder,
        Self::ZoneSuggestion,
        Self::ZoneSuggested,
        Self::ZoneWaiting,
        Self::ZoneDecided,
        Self::ZoneLeaderless,
        Self::ZoneMessage,
        Self::ZoneReport,
        Self::ZoneReportClosed,
        Self::Receipt,
        Self::OwnReminder,
        Self::Test,
    ];

    /// The kind with this word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::PasswordLink => "password_link",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorChanged => "second_factor_changed",
            Self::SecondFactorRefused => "second_factor_refused",
            Self::Activation => "activation",
            Self::ActivationReminder => "activation_reminder",
            Self::Registration => "registration",
            Self::MembershipAsked => "membership_asked",
            Self::MembershipEnded => "membership_ended",
            Self::CohortReminder => "cohort_reminder",
            Self::ZoneSuggestion => "zone_suggestion",
            Self::ZoneSuggested => "zone_suggested",
            Self::ZoneWaiting => "zone_waiting",
            Self::ZoneDecided => "zone_decided",
            Self::ZoneLeaderless => "zone_leaderless",
            Self::ZoneMessage => "zone_message",
            Self::ZoneReport => "zone_report",
            Self::ZoneReportClosed => "zone_report_closed",
            Self::Receipt => "receipt",
            Self::OwnReminder => "own_reminder",
            Self::Test => "test",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// To the address that the person has when the mail is sent.
    Person(PersonId),
    /// An address without an account.
    Address(EmailAddress),
}
