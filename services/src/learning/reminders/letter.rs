//! The words of a reminder.

use domain::{accounts::PersonId, count, learning::CourseCard};

use super::Ahead;
use crate::{
    Services,
    kit::{
        mail::{Letter, Mail, MailKind, Recipient},
        random::Token,
    },
};

/// What a reminder says.
pub(super) struct Said<'a> {
    /// The mail of the week: on which day it comes.
    pub weekly: Option<&'static str>,
    pub days_before: Option<u8>,
    /// Where to go on. Those without a way on are left out.
    pub courses: Vec<&'a CourseCard>,
    pub dates: Vec<&'a Ahead>,
}

impl Said<'_> {
    fn subject(&self) -> String {
        match (self.weekly, self.dates.as_slice()) {
            (Some(_), _) => "Your week of learning".to_owned(),
            (None, [date]) => date.words.clone(),
            (None, dates) => format!("{} of yours are near", count(dates.len(), "date")),
        }
    }

    /// Why the mail comes.
    fn asked(&self) -> String {
        match (self.weekly, self.days_before) {
            (Some(day), _) => format!("You have asked us for a reminder every {day}. This is where you are."),
            (None, days) => {
                let days = count(days.unwrap_or(1), "day");
                format!("You have asked us for a reminder {days} before a date of yours.")
            }
        }
    }
}

pub(super) fn letter(
    services: &Services,
    said: &Said<'_>,
    (to, name): (PersonId, &str),
    stop: &Token,
) -> Mail {
    let (site, stop) = (&services.public_url, stop.as_str());
    let mut letter = Letter::new(said.subject()).paragraph(format!("Hello {name},")).paragraph(said.asked());
    for date in &said.dates {
        letter = letter.paragraph(format!("{}.", date.words));
        if let Some((words, address)) = &date.link {
            letter = letter.link(words, address);
        }
    }
    for course in &said.courses {
        let Some(go_on) = &course.go_on else { continue };
        letter = letter
            .paragraph(format!("{}: {}.", course.title, go_on.in_words()))
            .link(go_on.label(), format!("{site}{}", go_on.address(&course.leads_to)));
    }
    if said.weekly.is_some() {
        letter = letter.paragraph("If this is not a good week, do nothing: your place is kept.");
    }
    let letter = letter
        .link("Change your reminders", format!("{site}/account/reminders"))
        .link("Get no more of these reminders", format!("{site}/stop-own-reminders/{stop}"));
    // A site without TLS is a developer's.
    let stops = site.starts_with("https://");
    let unsubscribe = stops.then(|| format!("{site}/mail/stop-own-reminders/{stop}"));
    Mail { kind: MailKind::OwnReminder, to: Recipient::Person(to), letter, unsubscribe }
}
