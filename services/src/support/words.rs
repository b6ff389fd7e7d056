//! What the audit and the outbox say, in words.

use domain::access::Role;
use serde_json::Value;

use crate::kit::mail::MailKind;

/// The words of the audit's actions. A test holds every action of the services to this list.
const ACTIONS: &[(&str, &str)] = &[
    ("access.granted", "Gave a role"),
    ("access.taken_back", "Took back a role"),
    ("accounts.activated", "Opened the account, with consent"),
    ("accounts.activation_link_requested", "Asked for the mail of the activation"),
    ("accounts.activation_resent", "Got the mail of the activation again"),
    ("accounts.code_asked_for", "Gave the right password, and was asked for a code"),
    ("accounts.consent_withdrawn", "Withdrew consent, and closed the account"),
    ("accounts.invited", "Was invited"),
    ("accounts.link_requested", "Asked for a link to choose a password"),
    ("accounts.password_changed", "Changed the password"),
    ("accounts.password_chosen", "Chose a password with a link"),
    ("accounts.pending_removed", "Accounts were removed that nobody activated"),
    ("accounts.recovery_codes_replaced", "Made new recovery codes"),
    ("accounts.registered", "Registered"),
    ("accounts.reminded", "Was reminded of the activation"),
    ("accounts.reminders_stopped", "Wants no more reminders"),
    ("accounts.second_factor_ended", "Support ended the second factor"),
    ("accounts.second_factor_refused", "Entered a wrong code"),
    ("accounts.second_factor_set_up", "Set up a second factor"),
    ("accounts.second_factor_turned_off", "Turned the second factor off"),
    ("accounts.session_ended", "Signed a device out"),
    ("accounts.sessions_ended", "Signed all other devices out"),
    ("accounts.signed_in", "Signed in"),
    ("assessment.adjustment_set", "Set extra time"),
    ("assessment.adjustment_taken_back", "Took back extra time"),
    ("assessment.bank_imported", "Took question templates in"),
    ("assessment.bank_seen_by_support", "Support looked at question templates"),
    ("assessment.candidates_changed", "Changed the candidates of a paper"),
    ("assessment.certificate_named", "Named a certificate"),
    ("assessment.code_wait", "Has to wait with access codes"),
    ("assessment.draft_removed", "Removed a draft of question templates"),
    ("assessment.key_corrected", "Corrected a question"),
    ("assessment.paper_brought_back", "Brought back a paper that was put away"),
    ("assessment.paper_closed", "Closed a paper early"),
    ("assessment.paper_code_changed", "Changed the access code of a paper"),
    ("assessment.paper_corrected", "Corrected the title or instructions of a paper"),
    ("assessment.paper_created", "Made a paper"),
    ("assessment.paper_extended", "Extended a paper"),
    ("assessment.paper_moved", "Moved a paper"),
    ("assessment.paper_published", "Published a paper"),
    ("assessment.paper_put_away", "Put a paper away"),
    ("assessment.paper_withdrawn", "Withdrew a paper"),
    ("assessment.question_written", "Wrote or changed a question template by form"),
    ("assessment.reopened", "Opened a sitting again"),
    ("assessment.results_released", "Released results"),
    ("assessment.seen_by_support", "Support looked"),
    ("assessment.submitted_for", "Handed a paper in for somebody"),
    ("assessment.template_brought_back", "Brought a question template back"),
    ("assessment.template_retired", "Retired a question template"),
    ("assessment.time_added", "Added time to a sitting"),
    ("cohorts.dates_set", "Set target dates of a cohort"),
    ("cohorts.made", "Made a cohort"),
    ("cohorts.note_removed", "Removed a note about a student of a cohort"),
    ("cohorts.note_written", "Wrote a note about a student of a cohort"),
    ("cohorts.reminded", "Sent a reminder to a student of a cohort"),
    ("cohorts.reminders_stopped", "Wants no more reminders from tutors"),
    ("cohorts.reminders_taken", "Takes reminders from tutors again"),
    ("learning.calendar_made", "Made a secret address for the calendar of their dates"),
    ("learning.calendar_removed", "Ended the secret address of their calendar"),
    ("learning.certificate_named", "Named the certificate of a course"),
    ("learning.reminders_set", "Set reminders for themselves"),
    ("learning.reminders_stopped", "Wants no more reminders that they had set"),
    ("organisations.activation_resent", "Sent the mail of the activation again"),
    (
        "organisations.activations_resent",
        "Sent the mail of the activation again to all who have not answered",
    ),
    ("organisations.course_assigned", "Gave a course to people of an organisation"),
    ("organisations.course_taken_back", "Took back a course that people of an organisation had"),
    ("organisations.created", "Made an organisation"),
    ("organisations.left", "Left an organisation"),
    ("organisations.membership_accepted", "Said that they belong to an organisation"),
    ("organisations.membership_declined", "Said that they do not belong to an organisation"),
    ("organisations.membership_ended", "Ended the membership of a person, or asks them no more to join"),
    ("organisations.person_added", "Added a person by hand"),
    ("organisations.sponsor_code_given_out", "Gave out a code for learners whom an organisation pays for"),
    (
        "organisations.sponsor_code_taken_back",
        "Took back the code for learners whom an organisation pays for",
    ),
    ("organisations.sponsor_confirmed", "Confirmed that an organisation pays for a learner"),
    ("organisations.sponsor_consented", "Consented to an organisation seeing their progress"),
    ("organisations.sponsor_ended", "Ended an organisation seeing their progress"),
    ("organisations.sponsor_refused", "Said that an organisation does not pay for a learner"),
    ("organisations.upload_confirmed", "Confirmed a file of people"),
    ("organisations.upload_discarded", "Discarded a file of people"),
    ("organisations.upload_taken_in", "A file of people was taken in"),
    ("organisations.upload_undone", "Undid a file of people"),
    ("organisations.uploaded", "Uploaded a file of people"),
    ("support.log_downloaded", "Support downloaded the audit"),
    ("support.log_searched", "Support searched the audit"),
    ("support.mail_sent", "Support sent a mail again"),
    (
        "support.membership_ended",
        "Support ended a membership, or took the question back whether somebody belongs to an organisation",
    ),
    ("support.people_searched", "Support searched for people"),
    // These are of the view `support_looks`, for the person.
    ("support.saw_account", "Looked at your account"),
    (
        "support.saw_extra_time",
        "Looked at the people to whom an organisation gives extra time, you among them",
    ),
    ("support.saw_members", "Looked at the people of an organisation, you among them"),
    ("support.saw_paper", "Looked at a paper and its candidates, you among them"),
    ("support.sessions_ended", "Support signed all devices out"),
    ("support.unlocked", "Support ended a wait for signing in"),
    // No area is named: only its members know who belongs to it.
    ("zone.admitted", "Became a member of an area of NMP Zone"),
    ("zone.application_withdrawn", "Took back an application to an area of NMP Zone"),
    ("zone.applied", "Applied to join an area of NMP Zone"),
    ("zone.contact_changed", "Changed a contact of an area"),
    ("zone.contact_pinned", "Pinned a contact in an area"),
    ("zone.contact_removed", "Removed a contact from an area"),
    ("zone.domain_admitted", "Admitted a domain to an area of NMP Zone"),
    ("zone.domain_dropped", "Admits a domain to an area of NMP Zone no more"),
    ("zone.left", "Left an area of NMP Zone"),
    ("zone.member_blocked", "Blocked a member of an area"),
    ("zone.member_unblocked", "Ended a block of a member of an area"),
    ("zone.message_reported", "Reported a message or a member to the leads of an area"),
    ("zone.messages_stopped", "Wants no more messages from members of an area"),
    ("zone.picture_changed", "Changed their picture in an area of NMP Zone"),
    ("zone.picture_removed", "Removed their picture in an area of NMP Zone"),
    ("zone.profile_changed", "Changed their profile in an area of NMP Zone"),
    ("zone.refused", "Refused an application to an area of NMP Zone"),
    ("zone.removed", "Ended a membership of an area of NMP Zone"),
    ("zone.report_closed", "Closed a report in an area"),
    ("zone.resource_accepted", "Accepted a suggestion for the library of an area"),
    ("zone.resource_added", "Added to the library of an area"),
    ("zone.resource_brought_back", "Brought back something of the library of an area"),
    ("zone.resource_changed", "Changed something in the library of an area"),
    ("zone.resource_declined", "Declined a suggestion for the library of an area"),
    ("zone.resource_destroyed", "Removed something from the library of an area for good"),
    ("zone.resource_retired", "Retired something of the library of an area"),
    ("zone.resource_suggested", "Suggested something for the library of an area"),
    ("zone.resource_version_added", "Added a version to the library of an area"),
];

/// An action in words. One that is not in the list is shown as it is stored.
pub(crate) fn words(action: &str) -> String {
    let known = ACTIONS.iter().find(|(word, _)| *word == action);
    known.map_or(action, |(_, words)| words).to_owned()
}

/// What support looked at, by the key in the detail of the event.
const LOOKED_AT: &[(&str, &str)] = &[
    ("person", "Support looked at an account"),
    ("members", "Support looked at the people of an organisation"),
    ("organisation", "Support looked at who has extra time"),
    ("paper", "Support looked at a paper and its candidates"),
    ("log", "Support looked at the audit"),
];

/// What a correction was, by the kind in the detail of the event. Events of an earlier version have none.
const CORRECTED: &[(&str, &str)] = &[
    ("put-back", "Put a question back that had been taken out"),
    ("right-answer", "Corrected a right answer"),
    ("taken-out", "Took a question out"),
];

/// An event in words: the action with its role or with what was looked at, the name of the organisation or cohort, and who ran the command
/// line.
pub(super) fn what(action: &str, detail: &Value, of: Option<&str>) -> String {
    let text = |key: &str| detail.get(key).and_then(Value::as_str);
    let role = || Role::read(text("role")?, text("scope").and_then(|scope| scope.parse().ok()));
    let looked_at = || LOOKED_AT.iter().find(|(key, _)| text(key).is_some());
    let mut said = match action {
        "assessment.seen_by_support" => {
            looked_at().map_or_else(|| words(action), |(_, words)| (*words).to_owned())
        }
        "assessment.key_corrected" => {
            let kind = CORRECTED.iter().find(|(kind, _)| text("kind") == Some(*kind));
            kind.map_or_else(|| words(action), |(_, words)| (*words).to_owned())
        }
        "access.granted" | "access.taken_back" => match role() {
            Some(role) => format!("{}: {}", words(action), role.label()),
            None => words(action),
        },
        _ => words(action),
    };
    if let Some(of) = of {
        said = format!("{said}, {of}");
    }
    if let Some(by) = text("by") {
        said = format!("{said} ({by}, at the command line)");
    }
    said
}

/// What a mail is, by the word of its kind. A kind that an earlier version sent is shown as it is stored.
pub(super) fn mail_words(kind: &str) -> String {
    let words = match MailKind::read(kind) {
        Some(kind) => of_mail(kind),
        None => kind,
    };
    words.to_owned()
}

fn of_mail(kind: MailKind) -> &'static str {
    match kind {
        MailKind::PasswordLink => "Link to choose a password",
        MailKind::PasswordChanged => "The password was changed",
        MailKind::SecondFactorChanged => "The second factor was changed",
        MailKind::SecondFactorRefused => "Wrong codes were entered",
        MailKind::Activation => "Activation",
        MailKind::ActivationReminder => "Reminder of the activation",
        MailKind::Registration => "Link to register",
        MailKind::MembershipAsked => "An organisation asks whether they belong to it",
        MailKind::MembershipEnded => "An organisation ended their membership",
        MailKind::CohortReminder => "Reminder from a tutor of their cohort",
        MailKind::ZoneSuggestion => "A suggestion of theirs for a library was decided on",
        MailKind::ZoneSuggested => "Suggestions for the library of an area that they lead wait",
        MailKind::ZoneWaiting => "Somebody asks to join an area of NMP Zone that they lead",
        MailKind::ZoneDecided => "A decision about them in NMP Zone",
        MailKind::ZoneLeaderless => "An area of NMP Zone has no lead",
        MailKind::ZoneMessage => "Message from a member of NMP Zone",
        MailKind::ZoneReport => "A report waits for the leads of an area",
        MailKind::ZoneReportClosed => "Their report in an area was looked at",
        MailKind::Receipt => "Receipt of a paper that they handed in",
        MailKind::OwnReminder => "Reminder that they set for themselves",
        MailKind::Test => "Test",
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use domain::{
        accounts::PersonId, assessment::PaperId, kit::list::Choice, organisations::OrganisationId,
        support::LogShown,
    };
    use uuid::Uuid;

    use super::*;
    use crate::{access::LookedAt, assessment::results::Correction, tables};

    /// Texts that look like an action and are none, with what they are.
    const NO_ACTIONS: &[(&str, &str)] = &[
        ("learning.import", "the name of a lock"),
        ("zone.area", "a setting of a transaction"),
        ("zone.domain", "a setting of a transaction"),
        ("zone.lead", "a setting of a transaction"),
        ("zone.person", "a setting of a transaction"),
        ("zone.old", "a setting of a transaction"),
        ("zone.stop", "a setting of a transaction"),
    ];

    /// The actions that a source names: quoted texts of an area, a dot, and a word of lower-case letters and low lines.
    fn actions(source: &str) -> impl Iterator<Item = &str> {
        let areas: BTreeSet<_> = tables::areas().collect();
        source.split(['"', '\'']).skip(1).filter(move |text| {
            text.split_once('.').is_some_and(|(area, word)| {
                areas.contains(area)
                    && !word.is_empty()
                    && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            })
        })
    }

    /// Every file that can record an event, but for tests and for this list: the services, the server, the demo and the migrations.
    fn sources() -> Vec<(PathBuf, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut folders: Vec<_> =
            ["services/src", "server/src", "demo/src", "migrations"].map(|folder| root.join(folder)).into();
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_dir() {
                    if name != "tests" {
                        folders.push(path);
                    }
                } else if !["tests.rs", "testing.rs", "tables.rs"].contains(&name)
                    && !path.ends_with("support/words.rs")
                    && path.extension().is_some_and(|kind| kind == "rs" || kind == "sql")
                {
                    let source = fs::read_to_string(&path).unwrap();
                    let without_tests = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                    found.push((path, without_tests.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn the_words_are_those_of_the_actions_that_are_recorded() {
        let mut used = BTreeMap::new();
        let sources = sources();
        for (path, source) in &sources {
            used.extend(actions(source).map(|action| (action, path)));
        }
        for (text, what) in NO_ACTIONS {
            assert!(used.remove(text).is_some(), "{text}, {what}, is nowhere any more");
        }
        let listed: BTreeSet<_> = ACTIONS.iter().map(|(action, _)| *action).collect();
        assert_eq!(listed.len(), ACTIONS.len(), "an action stands twice");
        let missing: Vec<_> = used.iter().filter(|(action, _)| !listed.contains(*action)).collect();
        assert!(missing.is_empty(), "not in ACTIONS: {missing:?}");
        let stale: Vec<_> = listed.iter().filter(|action| !used.contains_key(*action)).collect();
        assert!(stale.is_empty(), "in ACTIONS, and recorded nowhere: {stale:?}");
    }

    #[test]
    fn every_action_is_in_a_filter_of_the_audit() {
        for (action, _) in ACTIONS {
            let (area, _) = action.split_once('.').unwrap();
            let pattern = format!("{area}.%");
            let filters = LogShown::ALL.iter().filter(|shown| shown.pattern() == pattern);
            assert_eq!(filters.count(), 1, "{action}");
            // The filter of the looks reads that part of the index of areas.
            assert!(!action.ends_with("seen_by_support") || area == "assessment", "{action}");
        }
    }

    #[test]
    fn every_kind_of_look_and_of_correction_has_words_of_its_own() {
        let id = Uuid::from_u128(7);
        let looks = LookedAt::all(PaperId(id), OrganisationId(id), PersonId(id));
        let mut said = BTreeSet::new();
        for about in looks {
            let (key, about_id) = about.detail();
            let detail = serde_json::json!({ key: about_id, "reason": "Asked" });
            said.insert(what("assessment.seen_by_support", &detail, None));
            assert_eq!(about.to_string().parse::<LookedAt>().ok(), Some(about));
        }
        assert_eq!((said.len(), LOOKED_AT.len()), (looks.len(), looks.len()));
        assert!(!said.contains(&words("assessment.seen_by_support")));

        let kinds = [Correction::Void, Correction::PutBack, Correction::RightAnswer("7".into())];
        let corrected = |kind: &str| {
            what("assessment.key_corrected", &serde_json::json!({ "paper": id, "kind": kind }), None)
        };
        let mut said: BTreeSet<_> = kinds.iter().map(|correction| corrected(correction.word())).collect();
        said.insert(corrected("of an earlier version"));
        assert_eq!(said.len(), kinds.len() + 1);
    }

    #[test]
    fn an_event_says_which_role_and_what_was_looked_at() {
        let scope = Uuid::from_u128(7);
        let tutor =
            serde_json::json!({ "role": "cohort-tutor", "scope": scope, "reason": "Asked", "by": "Ann" });
        assert_eq!(
            what("access.taken_back", &tutor, Some("Autumn")),
            "Took back a role: Tutor, Autumn (Ann, at the command line)"
        );
        let support = serde_json::json!({ "role": "support", "scope": null });
        assert_eq!(what("access.granted", &support, None), "Gave a role: Support");
        for (key, words) in LOOKED_AT {
            let detail = serde_json::json!({ *key: scope, "reason": "Asked" });
            assert_eq!(what("assessment.seen_by_support", &detail, None), *words);
        }
        assert_eq!(what("accounts.signed_in", &Value::Null, None), "Signed in");
    }

    #[test]
    fn every_kind_of_mail_is_known_by_its_word() {
        let source =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kit/mail/mod.rs")).unwrap();
        let (_, of_kinds) = source.split_once("pub fn word(self)").unwrap();
        let (of_kinds, _) = of_kinds.split_once("\n    }\n").unwrap();
        let words: Vec<_> = of_kinds.split('"').skip(1).step_by(2).collect();
        assert_eq!(words.len(), MailKind::ALL.len());
        for word in words {
            assert_ne!(mail_words(word), word, "{word} is not in MailKind::ALL");
        }
        assert_eq!(mail_words("of_long_ago"), "of_long_ago");
    }
}
