//! A person belongs to an organisation no more: they leave it, an administrator ends their membership, or the upload that brought them is
//! undone. One function does what follows from it.

use domain::{FormToken, Problem, accounts::PersonId, learning::Slug, organisations::OrganisationId};
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{
    one_at_a_time,
    people::note,
    questions::{Questions, take_back_questions},
};
use crate::{
    Error, Result, Services,
    access::{self, OrganisationAdministrator},
    accounts::{self, Actor},
    kit::{
        audit,
        mail::{self, Letter, Mail, MailKind, Recipient},
        once::{done_by_anybody, once},
        waiting::{AS_LONG_AS_IT_TAKES, SHORTLY, being_changed, busy, wait},
    },
    moment,
};

/// Memberships to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending<'a> {
    pub organisation: OrganisationId,
    pub people: &'a [Uuid],
    /// `None` for a job.
    pub by: Option<PersonId>,
    /// Kept with each role that is taken back.
    pub reason: &'a str,
}

/// Ends memberships, with all that hangs on them: the roles in the organisation and its cohorts, the places in its cohorts, and its
/// invitations. What somebody has completed is kept, without the cohort. An account that nobody has opened goes, unless another
/// organisation waits for the same person, or they hold a role: it would go with the account, without an event. Who sees any of it is told.
pub(super) async fn end(services: &Services, db: &mut PgConnection, ending: Ending<'_>) -> Result<()> {
    let Ending { organisation, people, by, reason } = ending;
    access::keep_leaving(services, db, people).await?;
    access::take_back_all(services, db, Some(organisation), people, (by, reason)).await?;
    sqlx::query!(
        r#"select count(*) as "told!" from (
            select distinct 'cohort' as kind, c.id from enrolments e join cohorts_named c on c.id = e.cohort_id
            where e.learner_id = any($1) and c.organisation_id = $2
            union all
            select 'learner', person from unnest($1) as person
            union all
            select 'organisation', $2
        ) t, lateral live_tell(t.kind, t.id)"#,
        people,
        organisation.0,
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query!(
        "delete from memberships where organisation_id = $1 and person_id = any($2)",
        organisation.0,
        people,
    )
    .execute(&mut *db)
    .await?;
    leave_cohorts(db, organisation, people).await?;
    sqlx::query!(
        "delete from people p where p.id = any($1) and p.activated_at is null
            and not exists (select from memberships m where m.person_id = p.id)
            and not exists (select from membership_requests r where r.person_id = p.id)
            and not exists (select from roles_held h where h.person_id = p.id)",
        people,
    )
    .execute(&mut *db)
    .await?;
    // Whom another organisation waits for has a link of that one.
    accounts::take_back_invitations(db, organisation, people).await
}

/// A place in which nobody can have done anything goes; any other is one without a cohort, which opens the course when something else gives
/// it to them. It stays one that was made for this organisation: no other one sees what was done in it.
async fn leave_cohorts(db: &mut PgConnection, organisation: OrganisationId, people: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "delete from enrolments e using people p
        where e.learner_id = any($1) and e.organisation_id = $2 and p.id = e.learner_id and p.activated_at is null",
        people,
        organisation.0,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update enrolments set cohort_id = null where learner_id = any($1) and organisation_id = $2 and cohort_id is not null",
        people,
        organisation.0,
    )
    .execute(&mut *db)
    .await?;
    // What another organisation assigns to them is theirs still.
    sqlx::query!("select enrol_assigned($1)", people).execute(db).await?;
    Ok(())
}

/// The signed-in person leaves an organisation. To leave one to which they do not belong, or no more, is fine.
///
/// # Errors
/// A problem in words on `leave-{organisation}`: while somebody else changes the membership, for its only administrator, and for who has a role
/// there without a membership. [`Error::NotFound`] for an organisation that is not there.
pub async fn leave_organisation(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<()> {
    let mut db = services.begin().await?;
    let (person, field) = (actor.person(), format!("leave-{organisation}"));
    if !belongs(&mut db, organisation, person, &field).await? {
        if access::has_role_in(&mut db, organisation, person).await? {
            let words = format!(
                "You have a role in this organisation, and no membership that you could end. Ask {} to take the role back",
                our_support(services)
            );
            return Err(wrong(&field, &words));
        }
        let there = sqlx::query!("select id from organisations where id = $1", organisation.0);
        return there.fetch_optional(&mut *db).await?.map(|_| ()).ok_or(Error::NotFound);
    }
    if access::administers_alone(&mut db, organisation, person).await? {
        let words = format!(
            "You are the only administrator of this organisation. Ask {} to make somebody else administrator, then leave it",
            our_support(services)
        );
        return Err(wrong(&field, &words));
    }
    let ending =
        Ending { organisation, people: &[person.0], by: Some(person), reason: "Left the organisation" };
    end(services, &mut db, ending).await?;
    let action = "organisations.left";
    let event = audit::Event { at: services.clock.now(), actor: Some(person), subject: Some(person), action };
    audit::record_with(&mut db, event, json!({ "organisation": organisation })).await?;
    db.commit().await?;
    Ok(())
}

/// An administrator ends a membership, or takes the question back whether somebody belongs to the organisation, and is not told which: that
/// would tell who has an account. A person with an open account is told by mail that they belong to it no more, and by whose act: the
/// organisation's, or support's, which they read in their account too. Ending it twice is fine.
///
/// # Errors
/// A problem in words on `end-{person}`: while somebody else changes the membership, for the administrator's own membership, for that of
/// the only administrator, and for who has a role there without a membership; [`Error::NotFound`] for nobody; as [`Actor::administers`].
pub async fn end_membership(services: &Services, actor: &Actor, slug: &Slug, person: PersonId) -> Result<()> {
    let mut db = services.begin().await?;
    let administrator = actor.administers(services, &mut db, slug).await?;
    let (organisation, field) = (administrator.organisation(), format!("end-{person}"));
    if person == actor.person() {
        return Err(wrong(&field, "End your own membership in your account: there it says what you lose"));
    }
    let action = if administrator.is_support() {
        "support.membership_ended"
    } else {
        "organisations.membership_ended"
    };
    if belongs(&mut db, organisation, person, &field).await? {
        if access::administers_alone(&mut db, organisation, person).await? {
            let words = format!(
                "This is the only administrator of the organisation. Ask {} to make somebody else administrator first",
                our_support(services)
            );
            return Err(wrong(&field, &words));
        }
        note(services, &mut db, actor, administrator, Some(person), action).await?;
        tell(services, &mut db, administrator, person).await?;
        let (people, by) = (&[person.0], Some(actor.person()));
        let ending =
            Ending { organisation, people, by, reason: "Does not belong to the organisation any more" };
        end(services, &mut db, ending).await?;
    } else if access::has_role_in(&mut db, organisation, person).await? {
        let words = format!(
            "This person has a role in the organisation, and no membership that could end. Ask {} to take the role back",
            our_support(services)
        );
        return Err(wrong(&field, &words));
    } else {
        let which = Questions::To(organisation, person);
        // A file that changes what the organisation keeps of them holds the question.
        wait(&mut db, SHORTLY).await?;
        let asked = take_back_questions(services, &mut db, which).await;
        let asked = asked.map_err(|error| busy(error, &field, "Try again"))?;
        wait(&mut db, AS_LONG_AS_IT_TAKES).await?;
        accounts::take_back_invitations(&mut db, organisation, &asked).await?;
        if asked.is_empty() {
            return is_known(&mut db, organisation, person).await;
        }
        note(services, &mut db, actor, administrator, Some(person), action).await?;
    }
    // The account of who never opened it may be gone now.
    once(services, &mut db, actor, Some(FormToken(person.0)), &ended(organisation), person.0).await?;
    db.commit().await?;
    Ok(())
}

/// As stored in `done_forms`.
fn ended(organisation: OrganisationId) -> String {
    format!("end membership {organisation}")
}

/// There is nothing to end, which is fine for a person who is there, or whose account has gone when somebody ended it.
///
/// # Errors
/// [`Error::NotFound`] for nobody.
async fn is_known(db: &mut PgConnection, organisation: OrganisationId, person: PersonId) -> Result<()> {
    let there = sqlx::query_scalar!(r#"select id as "id!" from people_named where id = $1"#, person.0);
    if there.fetch_optional(&mut *db).await?.is_some() {
        return Ok(());
    }
    let before = done_by_anybody(db, FormToken(person.0), &ended(organisation)).await?;
    if before { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether somebody belongs to the organisation. Until the transaction ends, nobody else ends the membership, and of two administrators who
/// end each other's one stays.
async fn belongs(
    db: &mut PgConnection,
    organisation: OrganisationId,
    person: PersonId,
    field: &str,
) -> Result<bool> {
    if !is_member(db, organisation, person).await? {
        return Ok(false);
    }
    // Who adds a person, or sends all mails again, holds it for longer.
    wait(db, SHORTLY).await?;
    one_at_a_time(db, organisation).await.map_err(|error| busy(error, field, "Try again"))?;
    // Who opens the account at this moment is waited for, and stays. A file that changes the name holds it too, for longer.
    let there = accounts::one_at_a_time(db, person).await;
    if matches!(there, Err(Error::NotFound)) {
        // Somebody else has ended the membership at this moment, and the account, which nobody had opened, has gone with it.
        return Ok(false);
    }
    there.map_err(|error| busy(error, field, "Try again"))?;
    wait(db, AS_LONG_AS_IT_TAKES).await?;
    let held = sqlx::query!(
        "select person_id from memberships where organisation_id = $1 and person_id = $2 for update skip locked",
        organisation.0,
        person.0,
    )
    .fetch_optional(&mut *db)
    .await?;
    if held.is_none() && is_member(db, organisation, person).await? {
        return Err(being_changed(field, "Try again"));
    }
    Ok(held.is_some())
}

async fn is_member(db: &mut PgConnection, organisation: OrganisationId, person: PersonId) -> Result<bool> {
    let member = sqlx::query_scalar!(
        r#"select exists (select from memberships where organisation_id = $1 and person_id = $2) as "member!""#,
        organisation.0,
        person.0,
    );
    Ok(member.fetch_one(db).await?)
}

/// Who makes somebody an administrator, with `server roles give`, and answers for what support did.
fn our_support(services: &Services) -> String {
    match &*services.support_contact {
        "" => "our support".to_owned(),
        contact => format!("our support ({contact})"),
    }
}

fn wrong(field: &str, words: &str) -> Error {
    Error::invalid(field, Problem::InWords { words: words.to_owned() })
}

/// Writes to a person whose membership an administrator ends, or support, if their account is open.
async fn tell(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    administrator: OrganisationAdministrator,
    person: PersonId,
) -> Result<()> {
    let open = sqlx::query!(
        r#"select p.full_name, o.name, o.kind = 'funder' as "funder!",
            exists (select from sponsorships s
                where s.organisation_id = o.id and s.person_id = p.id and s.confirmed_at is not null) as "pays!"
        from people p join organisations o on o.id = $2
        where p.id = $1 and p.activated_at is not null and p.withdrawn_at is null"#,
        person.0,
        administrator.organisation().0,
    );
    let Some(open) = open.fetch_optional(&mut **db).await? else { return Ok(()) };
    let (name, site, at) = (open.name, &services.public_url, moment(services.clock.now()).london);
    let (ended, it, ask) = if administrator.is_support() {
        let ended = format!("Our support ended your membership of {name} on {at}.");
        (ended, name.as_str(), format!("{name} or {}", our_support(services)))
    } else {
        (format!("{name} ended your membership on {at}."), "It", name.clone())
    };
    // A funder has seen nobody's progress.
    let follows = if open.funder {
        "You have no role there any more.".to_owned()
    } else if open.pays {
        format!(
            "You have no role there any more. {name} pays for you still: it sees your progress in the courses that you follow by yourself until you end that in your account."
        )
    } else {
        format!("{it} does not see your progress any more, and you have no role there any more.")
    };
    let letter = Letter::new(format!("You no longer belong to {name}"))
        .paragraph(format!("Hello {},", open.full_name))
        .paragraph(format!("{ended} {follows}"))
        .paragraph("You cannot open the courses that it gave you, unless something else gives them to you. Your account stays open, and what you have completed is kept.")
        .paragraph(format!("If you think that this is a mistake, ask {ask}."))
        .link("Your account", format!("{site}/account"));
    let kind = MailKind::MembershipEnded;
    mail::enqueue(services, db, &Mail { kind, to: Recipient::Person(person), letter, unsubscribe: None })
        .await
}
