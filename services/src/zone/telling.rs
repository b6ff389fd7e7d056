//! The mails about joining an area: to its leads, that people wait, and to somebody, what was decided.

use domain::{accounts::PersonId, zone::AreaId};
use sqlx::{Postgres, Transaction};

use crate::{
    Result, Services,
    kit::mail::{self, Letter, Mail, MailKind, Recipient},
};

/// Tells the leads of the area that somebody waits. Each gets one such mail a day at most.
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
        return Ok(());
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
