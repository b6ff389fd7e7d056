//! The mails about joining an area: to its leads, that people wait, to somebody, what was decided, and to support, that nobody is there who
//! decides.

use chrono::Duration;
use domain::{accounts::PersonId, zone::AreaId};
use sqlx::{Postgres, Transaction};

use crate::{
    Result, Services,
    kit::{
        mail::{self, Letter, Mail, MailKind, Recipient},
        once::done_within,
    },
};

/// How often support is told of applications to the same area without a lead.
const TOLD_AGAIN_AFTER: Duration = Duration::days(1);
/// As stored in `done_forms`.
const TOLD: &str = "told of an area without a lead";

/// Tells the leads of the area that somebody waits. Each gets one such mail a day at most. Where nobody leads the area, support is told.
pub(super) async fn leads(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    area: AreaId,
) -> Result<()> {
    // Of two who apply at once, the second finds the mail that the first has queued.
    let held = sqlx::query!("select slug, name from zone_areas where id = $1 for no key update", area.0)
        .fetch_one(&mut **db)
        .await?;
    let leads = sqlx::query!(
        r#"select p.id as "id!", p.full_name as "full_name!"
        from roles_held h join people_named p on p.id = h.person_id join account_facts f on f.person_id = p.id
        where h.role = 'zone-lead' and h.scope_id = $1 and f.activated_at is not null and f.withdrawn_at is null
            and not exists (select from mails_of_people m
                where m.person_id = p.id and m.kind = $2 and m.queued_at > clock_timestamp() - interval '1 day')
        order by p.id"#,
        area.0,
        MailKind::ZoneWaiting.word(),
    )
    .fetch_all(&mut **db)
    .await?;
    if leads.is_empty() {
        return support(services, db, area, Leaderless::Waits).await;
    }
    let (name, page) = (&held.name, format!("{}/zone/{}/applications", services.public_url, held.slug));
    let mails = leads.into_iter().map(|lead| {
        let letter = Letter::new(format!("Somebody asks to join {name}"))
            .paragraph(format!("Hello {},", lead.full_name))
            .paragraph(format!("You lead {name} in NMP Zone. Somebody has applied to join it, and waits for a lead to decide."))
            .link("Who waits", page.as_str())
            .paragraph("You get this mail once a day at most, however many people apply.");
        let to = Recipient::Person(PersonId(lead.id));
        Mail { kind: MailKind::ZoneWaiting, to, letter, unsubscribe: None }
    });
    mail::enqueue_many(services, db, &mails.collect::<Vec<_>>()).await
}

/// Why support is told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaderless {
    /// The last lead does not lead the area any more.
    LastLead,
    /// Somebody has applied. Told once a day at most.
    Waits,
}

/// Tells support, which appoints leads and sees no applicant, that nobody leads the area. Where somebody does, nobody is told.
pub(super) async fn support(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    area: AreaId,
    why: Leaderless,
) -> Result<()> {
    let support = sqlx::query!(
        r#"select a.name as "name!", h.person_id as "person!"
        from zone_areas a
        join roles_held h on h.role = 'support'
        join account_facts f on f.person_id = h.person_id and f.activated_at is not null and f.withdrawn_at is null
        where a.id = $1 and not exists (select from zone_leads l where l.area_id = a.id)
        order by h.person_id"#,
        area.0,
    )
    .fetch_all(&mut **db)
    .await?;
    let mut mails = Vec::new();
    for row in support {
        let to = PersonId(row.person);
        if why == Leaderless::Waits && done_within(services, db, (to, area.0), TOLD, TOLD_AGAIN_AFTER).await?
        {
            continue;
        }
        let name = row.name;
        let (subject, text) = match why {
            Leaderless::LastLead => (
                format!("{name} has lost its last lead"),
                format!(
                    "The last lead of {name} in NMP Zone does not lead it any more. Until somebody else does, nobody decides who joins it, and nobody reads what members report. Please appoint a lead."
                ),
            ),
            Leaderless::Waits => (
                format!("Somebody asks to join {name}, which has no lead"),
                format!(
                    "Somebody has applied to join {name} in NMP Zone, and nobody leads it who could decide. Please appoint a lead. You get this mail once a day at most, however many people apply."
                ),
            ),
        };
        let letter = Letter::new(subject)
            .paragraph("Hello,")
            .paragraph(text)
            .link("Find somebody to appoint", format!("{}/support", services.public_url));
        let to = Recipient::Person(to);
        mails.push(Mail { kind: MailKind::ZoneLeaderless, to, letter, unsubscribe: None });
    }
    if mails.is_empty() {
        return Ok(());
    }
    mail::enqueue_many(services, db, &mails).await
}

/// What somebody is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told<'a> {
    Admitted,
    /// With the lead's reason.
    Refused(&'a str),
    /// With the lead's reason.
    Removed(&'a str),
    /// Support has appointed them.
    Leads,
}

/// Tells somebody what was decided about them. They need not be able to see the area any more.
pub(super) async fn person(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    (person, area): (PersonId, AreaId),
    told: Told<'_>,
) -> Result<()> {
    let row = sqlx::query!(
        r#"select p.full_name as "full_name!", a.name, a.slug from people_named p join zone_areas a on a.id = $2
        where p.id = $1"#,
        person.0,
        area.0,
    );
    let Some(row) = row.fetch_optional(&mut **db).await? else { return Ok(()) };
    let (name, site) = (&row.name, &services.public_url);
    let (subject, text) = match told {
        Told::Admitted => (
            format!("You are a member of {name}"),
            format!(
                "You asked to join {name} in NMP Zone, and a lead of the area has let you in. Nobody outside it sees that you are a member. In its directory the other members see your name, and what you choose to add."
            ),
        ),
        Told::Refused(_) => (
            format!("Your application to {name}"),
            format!("You asked to join {name} in NMP Zone. A lead of the area has refused it, and says why:"),
        ),
        Told::Removed(_) => (
            format!("Your membership of {name} has ended"),
            format!("A lead of {name} in NMP Zone has ended your membership, and says why:"),
        ),
        Told::Leads => (
            format!("You lead {name} now"),
            format!(
                "Our support has made you a lead of {name} in NMP Zone: you decide who joins, and look after its contacts and resources."
            ),
        ),
    };
    let letter = Letter::new(subject).paragraph(format!("Hello {},", row.full_name)).paragraph(text);
    let letter = match told {
        Told::Admitted | Told::Leads => letter.link(name.as_str(), format!("{site}/zone/{}", row.slug)),
        Told::Refused(reason) | Told::Removed(reason) => letter
            .paragraph(reason)
            .paragraph("You can apply again, once a day at most. A lead decides again then.")
            .link("NMP Zone", format!("{site}/zone")),
    };
    let kind = MailKind::ZoneDecided;
    mail::enqueue(services, db, &Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None })
        .await
}
