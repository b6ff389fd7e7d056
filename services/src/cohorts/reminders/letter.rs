//! The mail of a reminder. Its page shows the same words before it is sent.

use domain::accounts::PersonId;

use crate::{
    Services,
    kit::{
        mail::{Letter, Mail, MailKind, Recipient},
        random::Token,
    },
};

/// What a reminder says.
pub(super) struct Said<'a> {
    pub author: &'a str,
    pub cohort: &'a str,
    pub organisation: &'a str,
    pub course: &'a str,
    /// What the tutor has written.
    pub text: &'a str,
}

impl Said<'_> {
    pub(super) fn subject(&self) -> String {
        format!("{} reminds you of {}", self.author, self.course)
    }

    /// The sentence before the tutor's text.
    pub(super) fn before(&self) -> String {
        format!(
            "{}, who follows the cohort {} of {}, writes to you:",
            self.author, self.cohort, self.organisation
        )
    }

    /// The sentence after it.
    pub(super) fn after(&self) -> String {
        format!("An answer to this mail reaches nobody. Write to {} as you usually do.", self.author)
    }
}

pub(super) fn letter(
    services: &Services,
    said: &Said<'_>,
    course: &str,
    (to, name): (PersonId, &str),
    stop: &Token,
) -> Mail {
    let (site, stop) = (&services.public_url, stop.as_str());
    let letter = Letter::new(said.subject())
        .paragraph(format!("Hello {name},"))
        .paragraph(said.before())
        .quote(said.text)
        .link(format!("Go on with {}", said.course), format!("{site}/learn/{course}"))
        .paragraph(said.after())
        .link("Get no more reminders from tutors", format!("{site}/stop-cohort-reminders/{stop}"));
    // A site without TLS is a developer's.
    let stops = site.starts_with("https://");
    let unsubscribe = stops.then(|| format!("{site}/mail/stop-cohort-reminders/{stop}"));
    Mail { kind: MailKind::CohortReminder, to: Recipient::Person(to), letter, unsubscribe }
}
