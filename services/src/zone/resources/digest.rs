//! What members suggest is told to the leads of the area once a day, in the morning, if it still waits then.

use domain::{accounts::PersonId, count, zone::AreaId};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::{
    Result, Services, access,
    kit::{
        jobs::{self, Attempt, Job, Schedule},
        mail::{self, Letter, Mail, MailKind, Recipient},
    },
};

/// In London.
const MORNING: Schedule = Schedule::Nightly { hour: 7 };

/// Something waits: the leads are told the next morning. All that comes before then is told with it.
pub(super) async fn tell_in_the_morning(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    area: AreaId,
) -> Result<()> {
    let now = services.clock.now();
    jobs::enqueue_after(db, Job::TellSuggestions { area: area.0 }, MORNING.next(now) - now).await
}

/// Tells the leads how many suggestions wait. Where none does any more, or nobody leads the area, nobody is told.
///
/// # Errors
/// Those of the database.
pub(crate) async fn tell(services: &Services, attempt: &Attempt, area: Uuid) -> Result<()> {
    let mut db = services.begin().await?;
    access::sets_up(&mut db, AreaId(area)).await?;
    let leads = sqlx::query!(
        r#"select a.slug as "slug!", a.name as "name!", l.person_id as "lead!", p.full_name as "full_name!", s.waiting as "waiting!"
        from zone_areas a
        join zone_leads l on l.area_id = a.id
        join people_named p on p.id = l.person_id
        cross join lateral (select count(*) as waiting from zone_resources r where r.area_id = a.id and r.state = 'suggested') s
        where a.id = $1 and s.waiting > 0
        order by l.person_id"#,
        area,
    )
    .fetch_all(&mut *db)
    .await?;
    let mails = leads.into_iter().map(|lead| {
        let (name, waiting) = (lead.name, count(lead.waiting, "suggestion"));
        let letter = Letter::new(format!("For the library of {name}: {waiting}"))
            .paragraph(format!("Hello {},", lead.full_name))
            .paragraph(format!("You lead {name} in NMP Zone. What members suggest for its library waits for a lead to decide: {waiting} just now."))
            .link("Look at what waits", format!("{}/zone/{}/resources?state=suggested", services.public_url, lead.slug))
            .paragraph("You get this mail in the morning after something was suggested, once a day at most, and not if it is decided by then.");
        let to = Recipient::Person(PersonId(lead.lead));
        Mail { kind: MailKind::ZoneSuggested, to, letter, unsubscribe: None }
    });
    let mails: Vec<Mail> = mails.collect();
    if !mails.is_empty() {
        mail::enqueue_many(services, &mut db, &mails).await?;
    }
    if attempt.complete_in(&mut db).await? {
        db.commit().await?;
    }
    Ok(())
}
