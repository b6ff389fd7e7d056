//! The page "Your account".

use chrono::{DateTime, Utc};
use domain::{
    accounts::{AccountPage, Consent, Device, Membership, MembershipAsked, SessionId},
    organisations::Sponsor,
    support::SupportLook,
};
use serde::Deserialize;
use sqlx::types::Json;

use super::Actor;
use crate::{Result, Services, moment, number, organisations::SponsorKept, support};

/// The person, their consent, their organisations, every signed-in device, and when support looked.
pub async fn account_page(services: &Services, actor: &Actor) -> Result<AccountPage> {
    let mut db = services.db.acquire().await?;
    let person = sqlx::query!(
        r#"select p.email, c.policy_version as "policy?", c.given_at as "given_at?",
            (select coalesce(jsonb_agg(jsonb_build_object('organisation', q.organisation_id, 'name', q.name,
                    'declined', q.declined, 'funder', o.kind = 'funder') order by q.name), '[]')
                from membership_questions q join organisations_named o on o.id = q.organisation_id
                where q.person_id = p.id) as "asked!: Json<Vec<MembershipAsked>>",
            (select coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'name', o.name, 'funder', o.kind = 'funder')
                    order by o.name), '[]')
                from organisation_members m join organisations_named o on o.id = m.organisation_id
                where m.person_id = p.id) as "memberships!: Json<Vec<Membership>>",
            (select coalesce(jsonb_agg(jsonb_build_object('organisation', s.organisation_id, 'name', s.name,
                    'consent_version', s.consent_version, 'consented_at', s.consented_at, 'confirmed_at', s.confirmed_at,
                    'ended_at', s.ended_at) order by s.name, s.organisation_id), '[]')
                from sponsors_of_people s where s.person_id = p.id) as "sponsors!: Json<Vec<SponsorKept>>",
            (select coalesce(jsonb_agg(jsonb_build_object('by', l.by, 'gone', l.gone, 'run_by', l.run_by, 'at', l.at,
                    'action', l.action, 'reason', l.reason)
                    order by l.at desc, l.id), '[]')
                from (
                    select s.id, s.at, s.action, s.reason, s.run_by, b.full_name as by,
                        s.actor_id is not null and b.id is null as gone
                    from support_looks s left join people b on b.id = s.actor_id
                    where s.person_id = p.id order by s.at desc, s.id limit $2
                ) l) as "looks!: Json<Vec<Look>>",
            (select count(*) from support_looks s where s.person_id = p.id) as "all_looks!",
            exists (select from reminders_stopped r where r.person_id = p.id) as "reminders_stopped!"
        from people p
        left join lateral (
            select policy_version, given_at from consents
            where person_id = p.id and withdrawn_at is null order by given_at desc limit 1
        ) c on true where p.id = $1"#,
        actor.person.0,
        LOOKS,
    )
    .fetch_one(&mut *db)
    .await?;
    let rows = sqlx::query!(
        "select id, device, created_at, last_used_at, ends_at from sessions
        where person_id = $1 and ends_at > $2 and whole_until is null order by created_at desc, id",
        actor.person.0,
        services.clock.now(),
    )
    .fetch_all(&mut *db)
    .await?;
    let devices = rows.into_iter().map(|row| Device {
        id: SessionId(row.id),
        name: row.device,
        signed_in: moment(row.created_at),
        last_used: moment(row.last_used_at),
        ends: moment(row.ends_at),
        current: row.id == actor.session.0,
    });
    let consent = person.policy.zip(person.given_at);
    let consent = consent.map(|(policy, given)| Consent { policy, given: moment(given) });
    let (devices, asked) = (devices.collect(), person.asked.0);
    let looks = person.looks.0.into_iter().map(|look| SupportLook {
        by: look.by.or_else(|| (!look.gone).then(|| of_the_staff(look.run_by))),
        at: moment(look.at),
        what: support::words(&look.action),
        reason: look.reason,
    });
    let looks = looks.collect();
    Ok(AccountPage {
        name: actor.name.clone(),
        email: person.email,
        devices,
        consent,
        asked,
        memberships: person.memberships.0,
        sponsors: person.sponsors.0.into_iter().map(Sponsor::from).collect(),
        looks,
        all_looks: number(person.all_looks)?,
        reminders_stopped: person.reminders_stopped,
    })
}

/// How many looks of support the page shows: the newest.
const LOOKS: i64 = 100;

/// Who did it without an account.
fn of_the_staff(name: Option<String>) -> String {
    name.map_or_else(|| "Somebody of the staff".to_owned(), |name| format!("{name}, of the staff"))
}

/// A row of the view `support_looks`.
#[derive(Debug, Deserialize)]
struct Look {
    by: Option<String>,
    /// The account of who did it is gone.
    gone: bool,
    /// The name of who ran the command line.
    run_by: Option<String>,
    at: DateTime<Utc>,
    action: String,
    reason: Option<String>,
}
