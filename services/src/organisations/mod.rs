//! The organisations that people belong to: universities, employers and others, with what their administrators see and do.
//!
//! | what | where |
//! |---|---|
//! | who belongs to an organisation, as a list and as a file | `people.rs` |
//! | files of people: preview, confirmation, the jobs that take one in or undo it | `uploads/` |
//! | somebody who has an account says whether they belong to an organisation | `questions.rs` |
//! | one person by hand, by the same rules | `by_hand.rs` |
//! | a person leaves, or an administrator ends a membership | `endings.rs` |
//! | who has completed what, as a list and as a file | `report/` |
//! | which courses are given to everyone, to a team or to a cohort | `courses.rs` |
//! | learners with an account of their own for whom the organisation pays | `sponsors.rs`, what they do; `sponsored.rs`, what it does |
//!
//! Its cohorts are in [`crate::cohorts`].

mod by_hand;
mod courses;
mod endings;
mod people;
mod questions;
mod report;
mod sponsored;
mod sponsors;
#[cfg(test)]
mod tests;
mod uploads;

pub use by_hand::{PersonByHand, add_person};
pub use courses::{assign_course, courses_page, take_back_course};
pub use endings::{end_membership, leave_organisation};
pub use people::{people_file, people_page, resend_activation, resend_all_activations};
pub use questions::{answer_membership, forget_requests};
pub use report::{report_file, report_page};
pub use sponsored::{confirm_sponsored, end_sponsored, give_out_code, sponsored_page};
pub(crate) use sponsors::{SponsorKept, end_all_sponsors};
pub use sponsors::{consent_to_sponsor, end_sponsor, name_sponsor};
pub use uploads::{
    FileSaid, MOST_BYTES, NewUpload, confirm_upload, discard_upload, failed_rows_file, forget_uploads,
    match_columns, may_upload, start_upload, too_large, too_many_at_once, undo_upload, upload_page,
    uploads_page,
};
pub(crate) use uploads::{take_in, take_in_failed, undo, undo_failed};

use domain::{
    access::Role,
    accounts::{EmailAddress, PersonId},
    learning::Slug,
    organisations::{OrganisationHead, OrganisationId, OrganisationKind, OrganisationPage},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    access::{self, NewGrant},
    accounts::{self, Actor},
    kit::audit,
    number,
};

/// Finds or makes an organisation by its name. For setting up: it checks no permission.
///
/// # Errors
/// When the database fails, or knows no such kind.
pub async fn ensure_organisation(
    services: &Services,
    db: &mut PgConnection,
    name: &str,
    kind: &str,
) -> Result<OrganisationId> {
    let id = sqlx::query_scalar!(
        "insert into organisations (id, name, kind, created_at) values ($1, $2, $3, $4)
        on conflict (name) do update set kind = excluded.kind returning id",
        Uuid::now_v7(),
        name,
        kind,
        services.clock.now(),
    )
    .fetch_one(db)
    .await?;
    Ok(OrganisationId(id))
}

/// Makes a person belong to an organisation. For setting up: it checks no permission, and asks nobody.
///
/// # Errors
/// When the database fails.
pub async fn ensure_member(
    services: &Services,
    db: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    sqlx::query!(
        "insert into memberships (organisation_id, person_id, joined_at) values ($1, $2, $3) on conflict do nothing",
        organisation.0,
        person.0,
        services.clock.now(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// An organisation to make.
#[derive(Debug, Clone, Copy)]
pub struct NewOrganisation<'a> {
    pub name: &'a str,
    pub kind: OrganisationKind,
    pub slug: &'a Slug,
    /// Gets a mail to open their account, with their consent, if they have none.
    pub administrator: &'a EmailAddress,
    pub administrator_name: &'a str,
    /// Why they administer it: kept with the role.
    pub reason: &'a str,
}

/// Why there is no new organisation.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    #[error("an organisation has this name or this slug already; nothing was changed")]
    Taken,
    #[error(transparent)]
    Other(#[from] Error),
}

/// Makes an organisation and its first administrator. For the command line, which checks no permission.
///
/// # Errors
/// [`NotMade::Taken`] when there is one of that name or slug. Nothing has changed then.
pub async fn create_organisation(
    services: &Services,
    new: NewOrganisation<'_>,
) -> std::result::Result<OrganisationId, NotMade> {
    let mut db = services.begin().await?;
    let made = sqlx::query_scalar!(
        "insert into organisations (id, name, kind, slug, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing returning id",
        Uuid::now_v7(),
        new.name,
        new.kind.as_str(),
        new.slug.as_str(),
        services.clock.now(),
    )
    .fetch_optional(&mut *db)
    .await
    .map_err(Error::from)?;
    let organisation = OrganisationId(made.ok_or(NotMade::Taken)?);
    let person =
        accounts::ensure_pending(services, &mut db, new.administrator, new.administrator_name).await?;
    ensure_member(services, &mut db, organisation, person).await?;
    accounts::invite(services, &mut db, person, organisation).await?;
    let role = Role::OrganisationAdministrator(organisation);
    access::grant(services, &mut db, NewGrant { person, role, by: None, reason: new.reason }).await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: None,
        subject: Some(person),
        action: "organisations.created",
    };
    audit::record_with(&mut db, event, serde_json::json!({ "organisation": organisation })).await?;
    db.commit().await.map_err(Error::from)?;
    Ok(organisation)
}

/// The name of an organisation in its addresses.
///
/// # Errors
/// [`Error::NotFound`] when there is no such organisation.
pub async fn slug_of(services: &Services, organisation: OrganisationId) -> Result<String> {
    sqlx::query_scalar!("select slug from organisations where id = $1", organisation.0)
        .fetch_optional(&services.db)
        .await?
        .ok_or(Error::NotFound)
}

/// `/organisation/{slug}`.
///
/// # Errors
/// As [`Actor::administers`].
pub async fn organisation_page(services: &Services, actor: &Actor, slug: &Slug) -> Result<OrganisationPage> {
    let mut db = services.db.acquire().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let row = sqlx::query!(
        r#"select o.slug, o.name, o.kind,
            -- Each by the key: a join could read the whole table.
            (select count(*) from memberships m
                cross join lateral (
                    select from people x where x.id = m.person_id and x.activated_at is not null and x.withdrawn_at is null offset 0) p
                where m.organisation_id = o.id) as "active!",
            (select count(*) from memberships m
                cross join lateral (select x.activated_at from people x where x.id = m.person_id offset 0) p
                -- Outside, or those of everybody who is pending would be read for each.
                where m.organisation_id = o.id and p.activated_at is null)
                + (select count(*) from membership_requests r where r.organisation_id = o.id and r.asked_at > $2) as "pending!",
            (select count(*) from cohorts_named c where c.organisation_id = o.id) as "cohorts!",
            (select count(*) from courses_assigned a where a.organisation_id = o.id) as "assigned!",
            (select count(*) from uploads u where u.organisation_id = o.id) as "uploads!",
            (select count(*) from uploads u where u.organisation_id = o.id and u.state in ('preview', 'failed')) as "waiting!",
            (select count(*) from sponsorships s where s.organisation_id = o.id and s.confirmed_at is not null) as "sponsored!",
            (select count(*) from sponsorships s
                where s.organisation_id = o.id and s.consented_at is not null and s.confirmed_at is null) as "asking!",
            exists (select from progress_access(o.id, $3)) as "follows!"
        from organisations o where o.id = $1"#,
        administrator.organisation().0,
        questions::listed_since(services),
        actor.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    let kind = OrganisationKind::parse(&row.kind)
        .ok_or_else(|| Error::failed("the database has a kind of organisation that nobody knows"))?;
    Ok(OrganisationPage {
        head: OrganisationHead { slug: row.slug, name: row.name },
        kind,
        active: number(row.active)?,
        pending: number(row.pending)?,
        cohorts: number(row.cohorts)?,
        assigned: number(row.assigned)?,
        uploads: number(row.uploads)?,
        waiting: number(row.waiting)?,
        follows: row.follows,
        sponsored: number(row.sponsored)?,
        asking: number(row.asking)?,
    })
}

/// Until the transaction ends, others who ask for the same organisation wait.
pub(crate) async fn one_at_a_time(db: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    sqlx::query!("select id from organisations where id = $1 for no key update", organisation.0)
        .fetch_one(db)
        .await?;
    Ok(())
}
