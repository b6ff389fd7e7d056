use domain::zone::messages::{Decides, ReportId, ReportKind, ReportRow, ReportSaid};

use super::*;
use crate::zone::{
    leaving::leave,
    messages::{NewReport, close_report, report, reports_page},
};

impl Place {
    async fn reports(&self, by: &Actor, about: NewReport, kind: &str) -> Result<()> {
        let said = ReportSaid::parse(kind, "Please look").unwrap();
        report(&self.world.services, by, &slug("north"), about, &said).await
    }

    async fn seen_by(&self, lead: &Actor) -> Vec<ReportRow> {
        reports_page(&self.world.services, lead, &slug("north")).await.unwrap().reports
    }

    async fn closes(&self, lead: &Actor, report: ReportId) -> Result<()> {
        close_report(&self.world.services, lead, &slug("north"), report, "Talked to them").await
    }

    /// Ann has written to Ben, who reports it.
    async fn reported(&self, kind: &str) -> ReportRow {
        self.sends(&self.ann, self.in_ben, "Buy this").await.unwrap();
        let message = self.rows(&self.ben).await[0].id;
        self.reports(&self.ben, NewReport::Message(message), kind).await.unwrap();
        self.seen_by(&self.lead).await.remove(0)
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_reported_message_is_read_by_the_leads_and_its_reporter_is_told_that_it_was(db: PgPool) {
    let place = place(db).await;
    let seen = place.reported("promotion").await;
    assert_eq!(seen.message.as_ref().unwrap().0, "Buy this");
    assert_eq!((seen.by.unwrap().name, seen.of.unwrap().name), ("Ben Baker".into(), "Ann Archer".into()));
    assert_eq!((seen.words.as_deref(), seen.decides), (Some("Please look"), Decides::Yes));
    let row = place.rows(&place.ben).await.remove(0);
    assert!(row.reported && row.received);
    // Twice is once.
    place.reports(&place.ben, NewReport::Message(row.id), "unkind").await.unwrap();
    assert_eq!(place.seen_by(&place.lead).await.len(), 1);
    let letters = place.mail_to("lea@north.example").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("https://learning.example/zone/north/reports"));
    for secret in ["Buy this", "Please look", "Ann", "Ben", "promot"] {
        assert!(!letters[0].contains(secret), "{secret}");
    }

    for _ in 0..2 {
        place.closes(&place.lead, seen.id).await.unwrap();
    }
    assert!(place.seen_by(&place.lead).await.is_empty());
    let letters = place.mail_to("ben@north.example").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("Subject: Your report in north was looked at"));
    assert!(!letters[0].contains("Talked to them") && !letters[0].contains("Ann"), "{}", letters[0]);
    let events: Vec<String> = sqlx::query_scalar(
        "select action || ' ' || detail::text from audit_events where action like 'zone.%' order by id",
    )
    .fetch_all(&place.db)
    .await
    .unwrap();
    assert_eq!(events.len(), 2);
    assert!(events[0].starts_with("zone.message_reported") && events[1].starts_with("zone.report_closed"));
    assert!(!events.concat().contains("Buy") && !events.concat().contains("look"), "{events:?}");
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_worry_about_safety_reaches_the_leads_at_once_as_urgent(db: PgPool) {
    let place = place(db).await;
    // That the member is reported for something else already holds up neither the mail nor the report, which comes first.
    place.reports(&place.ben, NewReport::Member(place.in_ann), "unkind").await.unwrap();
    place.mail_to("lea@north.example").await;
    place.world.clock.advance(chrono::Duration::hours(1));
    place.reports(&place.ben, NewReport::Member(place.in_ann), "safety").await.unwrap();
    let kinds: Vec<_> = place.seen_by(&place.lead).await.into_iter().map(|seen| seen.kind).collect();
    assert_eq!(kinds, [ReportKind::Safety, ReportKind::Unkind]);
    let letters = place.mail_to("lea@north.example").await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("Subject: Urgent: a worry about somebody's safety in north"));
    assert!(letters[0].contains("call 999"));
    // Of a member too there is one report of a kind at a time, and what else is written is not lost without a word.
    place.reports(&place.ben, NewReport::Member(place.in_ann), "safety").await.unwrap();
    assert_eq!(place.count("zone_reports").await, 2);
    let more = ReportSaid::parse("safety", "It is worse now").unwrap();
    let about = NewReport::Member(place.in_ann);
    let more = problems(report(&place.world.services, &place.ben, &slug("north"), about, &more).await);
    assert_eq!(more[0].field, format!("words-{}", place.in_ann));
    assert_eq!(place.count("zone_reports").await, 2);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn only_what_somebody_got_is_theirs_to_report_and_only_leads_read_it(db: PgPool) {
    let place = place(db).await;
    place.sends(&place.ann, place.in_ben, "Hello").await.unwrap();
    let message = NewReport::Message(place.rows(&place.ben).await[0].id);
    let south = area(&place.world, "south").await;
    let cat = named(&place.world, "cat@south.example", "Cat").await;
    let in_cat = lead(&place.world, south, &cat).await;
    for (by, about) in [
        (&place.ann, message),
        (&place.lead, message),
        (&cat, message),
        (&place.ann, NewReport::Member(place.in_ann)),
        (&place.ann, NewReport::Member(in_cat)),
        (&cat, NewReport::Member(place.in_ann)),
    ] {
        assert!(matches!(place.reports(by, about, "unkind").await, Err(Error::NotFound)), "{about:?}");
    }
    place.reports(&place.ben, message, "unkind").await.unwrap();
    let report = place.seen_by(&place.lead).await.remove(0).id;
    let services = &place.world.services;
    for other in [&place.ann, &place.ben, &cat] {
        assert!(matches!(reports_page(services, other, &slug("north")).await, Err(Error::NotFound)));
        assert!(matches!(place.closes(other, report).await, Err(Error::NotFound)));
    }
    assert!(reports_page(services, &cat, &slug("south")).await.unwrap().reports.is_empty());
    let elsewhere = close_report(services, &cat, &slug("south"), report, "No").await;
    assert!(matches!(elsewhere, Err(Error::NotFound)));
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_lead_whom_a_report_concerns_leaves_it_to_another_and_does_not_learn_by_whom_it_is(db: PgPool) {
    let place = place(db).await;
    let max = named(&place.world, "max@north.example", "Max").await;
    lead(&place.world, place.north, &max).await;
    place.reports(&place.ben, NewReport::Member(place.in_lead), "unkind").await.unwrap();
    let seen = place.seen_by(&place.lead).await.remove(0);
    assert_eq!((&seen.by, &seen.words, seen.decides), (&None, &None, Decides::Another));
    assert!(matches!(place.closes(&place.lead, seen.id).await, Err(Error::NotFound)));
    let by_max = place.seen_by(&max).await.remove(0);
    assert_eq!((by_max.by.unwrap().name.as_str(), by_max.decides), ("Ben Baker", Decides::Yes));
    assert!(place.mail_to("lea@north.example").await.is_empty());
    place.reports(&place.ann, NewReport::Member(place.in_lead), "unkind").await.unwrap();
    assert_eq!(place.mail_to("max@north.example").await.len(), 1);
    place.closes(&max, seen.id).await.unwrap();

    // Who is alone decides, and reads that it is so.
    world_without(&place, &max).await;
    let alone = place.seen_by(&place.lead).await.remove(0);
    assert_eq!(alone.decides, Decides::ForWantOfAnother);
    place.closes(&place.lead, alone.id).await.unwrap();
}

/// A lead's role is taken back.
async fn world_without(place: &Place, lead: &Actor) {
    sqlx::query("delete from grants where person_id = $1")
        .bind(lead.person().0)
        .execute(&place.db)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn twenty_reports_of_a_member_wait_and_a_worry_about_safety_finds_room(db: PgPool) {
    let place = place(db).await;
    let mut others = Vec::new();
    for n in 0..23 {
        let other = place.world.learner(&format!("other{n}@north.example")).await;
        others.push(NewReport::Member(join(&place.world, place.north, &other).await));
    }
    for other in &others[..20] {
        place.reports(&place.ben, *other, "unkind").await.unwrap();
    }
    // The same again is no other one.
    place.reports(&place.ben, others[0], "unkind").await.unwrap();
    let refused = problems(place.reports(&place.ben, others[20], "unkind").await);
    let NewReport::Member(refused_of) = others[20] else { panic!("of a member") };
    assert_eq!(refused[0].field, format!("words-{refused_of}"));
    assert!(matches!(&refused[0].problem, Problem::InWords { words } if words.contains("call 999")));
    place.reports(&place.ben, others[20], "safety").await.unwrap();
    place.reports(&place.ann, others[21], "unkind").await.unwrap();
    let first = place.seen_by(&place.lead).await.remove(0);
    let second = place.seen_by(&place.lead).await.remove(1);
    for closed in [first.id, second.id] {
        place.closes(&place.lead, closed).await.unwrap();
    }
    place.reports(&place.ben, others[22], "unkind").await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn where_no_lead_is_left_support_is_told_that_a_report_waits(db: PgPool) {
    let place = place(db).await;
    let support = place.world.learner("sue@support.example").await;
    place.world.grant(&support, domain::access::Role::Support).await;
    place.reports(&place.ben, NewReport::Member(place.in_ann), "unkind").await.unwrap();
    assert!(place.mail_to("sue@support.example").await.is_empty(), "a lead reads it");
    leave(&place.world.services, &place.lead, &slug("north")).await.unwrap();
    place.reports(&place.ann, NewReport::Member(place.in_ben), "safety").await.unwrap();
    let mut letters = place.mail_to("sue@support.example").await;
    letters.retain(|letter| letter.contains("a report waits"));
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("Subject: Urgent: north has no lead, and a report waits"), "{}", letters[0]);
    assert!(letters[0].contains("call 999"));
    for secret in ["Ann", "Ben", "Please look"] {
        assert!(!letters[0].contains(secret), "{secret}");
    }
}
