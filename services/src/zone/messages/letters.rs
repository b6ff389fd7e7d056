//! The mails of messages and reports.

use chrono::{DateTime, Utc};
use domain::{
    accounts::{EmailAddress, PersonId},
    zone::{MemberId, messages::ReportKind},
};

use crate::{
    Services,
    kit::{
        mail::{Letter, Mail, MailKind, Recipient},
        random::Token,
    },
    moment,
};

/// An area as a mail names it.
pub(super) struct Named<'a> {
    pub slug: &'a str,
    pub name: &'a str,
}

/// A message to relay.
pub(super) struct Relayed<'a> {
    pub area: Named<'a>,
    pub from: MemberId,
    pub from_name: &'a str,
    pub to: PersonId,
    pub to_name: &'a str,
    pub text: &'a str,
    /// The sender's, if they let the recipient see it.
    pub address: Option<EmailAddress>,
    /// Takes no more messages, without signing in.
    pub stop: &'a Token,
}

/// Neither address is in the mail that the other one gets, except the sender's where they want that.
pub(super) fn relay(services: &Services, message: Relayed<'_>) -> Mail {
    let Relayed { area, from, from_name, to, to_name, text, address, stop } = message;
    let (site, stop) = (&services.public_url, stop.as_str());
    let base = format!("{site}/zone/{}", area.slug);
    let letter = Letter::new(format!("{from_name} writes to you in {}", area.name))
        .paragraph(format!("Hello {to_name},"))
        .paragraph(format!("{from_name}, a member of {} in NMP Zone, writes to you:", area.name))
        .quote(text);
    let letter = match address {
        Some(address) => letter
            .paragraph(format!(
                "{from_name} lets you see their e-mail address, {}. If you answer this mail, your answer goes there, and they see your address.",
                address.as_str()
            ))
            .answers_to(address),
        None => letter.paragraph(
            "They do not see your e-mail address, and you do not see theirs. An answer to this mail reaches nobody: answer on their page.",
        ),
    };
    let letter = letter
        .link("Answer on their page", format!("{base}/members/{from}"))
        .link("Block them, or report the message", format!("{base}/messages"))
        .link(
            format!("Take no more messages from members of {}", area.name),
            format!("{site}/stop-messages/{stop}"),
        );
    // A site without TLS is a developer's.
    let stops = site.starts_with("https://");
    let unsubscribe = stops.then(|| format!("{site}/mail/stop-messages/{stop}"));
    Mail { kind: MailKind::ZoneMessage, to: Recipient::Person(to), letter, unsubscribe }
}

/// What is reported is read on the page of the reports: the mail says neither who nor what.
pub(super) fn reported(services: &Services, area: &Named<'_>, kind: ReportKind, lead: PersonId) -> Mail {
    let Named { slug, name } = area;
    let safety = kind == ReportKind::Safety;
    let subject = if safety {
        format!("Urgent: a worry about somebody's safety in {name}")
    } else {
        format!("A report waits for you in {name}")
    };
    let letter = Letter::new(subject).paragraph("Hello,").paragraph(if safety {
        format!("A member of {name} is worried about somebody's safety. Please read the report now. If somebody is in immediate danger, call 999.")
    } else {
        format!("A member of {name} has reported something to its leads, and you are one of them.")
    });
    let letter = letter.link("Read the report", format!("{}/zone/{slug}/reports", services.public_url));
    Mail { kind: MailKind::ZoneReport, to: Recipient::Person(lead), letter, unsubscribe: None }
}

/// Support appoints a lead, and reads no report.
pub(super) fn leaderless(services: &Services, area: &Named<'_>, kind: ReportKind, support: PersonId) -> Mail {
    let name = area.name;
    let safety = kind == ReportKind::Safety;
    let subject = format!("{name} has no lead, and a report waits");
    let subject = if safety { format!("Urgent: {subject}") } else { subject };
    let letter = Letter::new(subject).paragraph("Hello,").paragraph(if safety {
        format!("A member of {name} in NMP Zone is worried about somebody's safety, and the area has no lead who reads it. Please appoint one now. If somebody is in immediate danger, call 999.")
    } else {
        format!("A member of {name} in NMP Zone has reported something to its leads, and the area has none. Please appoint one, who reads the report.")
    });
    let letter = letter.link("Find somebody to appoint", format!("{}/support", services.public_url));
    Mail { kind: MailKind::ZoneReport, to: Recipient::Person(support), letter, unsubscribe: None }
}

pub(super) fn closed(
    services: &Services,
    area: &Named<'_>,
    made_at: DateTime<Utc>,
    reporter: PersonId,
) -> Mail {
    let Named { slug, name } = area;
    let (site, at) = (&services.public_url, moment(made_at).london);
    let letter = Letter::new(format!("Your report in {name} was looked at"))
        .paragraph("Hello,")
        .paragraph(format!("A lead of {name} has looked at what you reported on {at}. What they have done about it concerns somebody else, so this mail does not say it."))
        .paragraph("If it goes on, report it again. You can also block somebody: then you get no messages from them.")
        .link("Your messages", format!("{site}/zone/{slug}/messages"));
    Mail { kind: MailKind::ZoneReportClosed, to: Recipient::Person(reporter), letter, unsubscribe: None }
}
