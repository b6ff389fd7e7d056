//! Leads add, members suggest, with the same form. A lead adds a version.

use domain::{
    FieldProblem, FormToken, Problem,
    learning::Slug,
    visible_lines,
    zone::{
        AreaId, MemberId,
        resources::{FileType, MOST_VIDEO_BYTES, ResourceId, ResourceState},
    },
};
use sqlx::PgConnection;
use uuid::Uuid;

pub use super::keeping::NewVersion;
use super::{
    Said,
    facts::{Facts, Problems, owner},
    in_words,
    keeping::{Checked, Kept, keep, too_long},
    note, today,
};
use crate::{
    Error, Result, Services,
    accounts::{self, Actor},
    kit::once::{once, saying},
    zone::unless_left,
};

/// How many suggestions of one member wait at most.
const MOST_WAITING: i64 = 20;
const LONGEST_CHANGE: usize = 500;

/// The answer to a file that is not even waited for.
pub fn too_large() -> Error {
    Error::invalid("file", too_long(MOST_VIDEO_BYTES))
}

/// The answer to one more file while others of the same person arrive.
pub fn too_many_at_once() -> Error {
    Error::invalid("file", in_words("Wait until your other files have arrived, then upload this one"))
}

/// Whether the actor may add something, or a version of this resource: asked before a file has arrived.
///
/// # Errors
/// [`Problem::InWords`] on `title` when many suggestions of theirs wait; [`Error::NotFound`] for a resource that is not there; as
/// [`Actor::member_of`], for a version as [`Actor::leads`].
pub async fn may_add(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: Option<ResourceId>,
) -> Result<()> {
    let mut db = services.begin().await?;
    match resource {
        Some(resource) => {
            let lead = actor.leads(&mut db, area).await?;
            let there = sqlx::query_scalar!(
                r#"select exists (select from zone_resources where id = $1 and area_id = $2) as "there!""#,
                resource.0,
                lead.area().0,
            );
            if !there.fetch_one(&mut *db).await? {
                return Err(Error::NotFound);
            }
        }
        None => {
            let member = actor.member_of(&mut db, area).await?;
            if !member.is_lead() {
                has_room(&mut db, member.area(), member.member()).await?;
            }
        }
    }
    db.commit().await?;
    Ok(())
}

async fn has_room(db: &mut PgConnection, area: AreaId, member: MemberId) -> Result<()> {
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "waiting!" from zone_resources where area_id = $1 and added_by = $2 and state = 'suggested'"#,
        area.0,
        member.0,
    );
    if waiting.fetch_one(db).await? < MOST_WAITING {
        return Ok(());
    }
    let words = format!(
        "Wait until a lead has decided, or take one of your suggestions back: {MOST_WAITING} wait already"
    );
    Err(Error::invalid("title", in_words(words)))
}

/// What has become of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    pub resource: ResourceId,
    /// It waits for a lead.
    pub suggested: bool,
}

/// Puts a link or a file into the library, or suggests it. The same form acts once.
///
/// # Errors
/// [`Problem::TitleMissing`] on `title`; [`Problem::DayInvalid`] on `review_on`; [`Problem::InWords`] on these, on `purpose`, `owner`, `url`,
/// `file`, `captions` and `alt`; as [`may_add`].
pub async fn add(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    said: Said,
    new: NewVersion,
    form: Option<FormToken>,
) -> Result<Added> {
    may_add(services, actor, area, None).await?;
    let owner = owner_said(services, actor, area, &said.owner).await?;
    let mut problems = Problems::default();
    let facts = said.read(owner, today(services), &mut problems);
    let checked = check(services, new).await?.map_err(|more| problems.extend(more)).ok();
    let (facts, (checked, content)) = problems.unless_any(facts.zip(checked))?;
    let what = what_added(area, &facts, &content);
    let kept = keep(services, checked).await?;
    let mut db = services.begin().await?;
    let resource = ResourceId(Uuid::now_v7());
    let before = once(services, &mut db, actor, form, &what, resource.0).await?;
    // Permission may have ended while the file was read.
    let member = actor.member_of(&mut db, area).await?;
    let suggested = !member.is_lead();
    if let Some(before) = before {
        return Ok(Added { resource: ResourceId(before), suggested });
    }
    let owner = facts.owner.unwrap_or(member.member());
    if suggested {
        // Suggestions that are made at the same time are counted one after the other.
        accounts::one_at_a_time(&mut db, member.person()).await?;
        has_room(&mut db, member.area(), member.member()).await?;
    }
    let state = if suggested { ResourceState::Suggested } else { ResourceState::Current };
    sqlx::query!(
        "insert into zone_resources (id, area_id, state, kind, title, purpose, owner_id, review_on, added_by, added_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        resource.0,
        member.area().0,
        state.as_str(),
        kept.kind.as_str(),
        facts.title,
        facts.purpose,
        owner.0,
        facts.review_on,
        member.member().0,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await
    .map_err(unless_left)?;
    version(services, &mut db, member.area(), (resource, 1), None, member.member(), &kept).await?;
    let action = if suggested { "zone.resource_suggested" } else { "zone.resource_added" };
    note(services, &mut db, actor, member.area(), resource, action).await?;
    db.commit().await?;
    Ok(Added { resource, suggested })
}

/// Adds a version, which then is the one that counts. `change` says what is different. The same form acts once.
///
/// # Errors
/// [`Problem::InWords`] on `url`, `file`, `captions`, `alt` and `change`; as [`may_add`].
pub async fn add_version(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    resource: ResourceId,
    change: &str,
    new: NewVersion,
    form: Option<FormToken>,
) -> Result<()> {
    may_add(services, actor, area, Some(resource)).await?;
    let mut problems = Problems::default();
    let checked = check(services, new).await?.map_err(|more| problems.extend(more)).ok();
    let change = problems.take("change", change_of(change));
    let ((checked, content), change) = problems.unless_any(checked.zip(change))?;
    let what = saying("add a version", &[resource.0.as_bytes(), change.as_bytes(), &content]);
    let kept = keep(services, checked).await?;
    let mut db = services.begin().await?;
    let before = once(services, &mut db, actor, form, &what, resource.0).await?;
    let lead = actor.leads(&mut db, area).await?;
    if before.is_some() {
        return Ok(());
    }
    // Of two at once the second has the next number.
    let held = sqlx::query!(
        "select id from zone_resources where id = $1 and area_id = $2 for update",
        resource.0,
        lead.area().0,
    );
    held.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?;
    let facts = sqlx::query!(
        r#"select (select max(v.number) from zone_resource_versions v where v.resource_id = $1) as "last!",
            (select p.member_id from zone_profiles p where p.area_id = $2 and p.person_id = $3) as "member?""#,
        resource.0,
        lead.area().0,
        lead.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    let (number, member) = (facts.last.saturating_add(1), MemberId(facts.member.ok_or(Error::NotFound)?));
    version(services, &mut db, lead.area(), (resource, number), Some(&change), member, &kept).await?;
    sqlx::query!(
        "update zone_resources set kind = $3, changed_at = $4 where id = $1 and area_id = $2",
        resource.0,
        lead.area().0,
        kept.kind.as_str(),
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    note(services, &mut db, actor, lead.area(), resource, "zone.resource_version_added").await?;
    db.commit().await?;
    Ok(())
}

async fn version(
    services: &Services,
    db: &mut PgConnection,
    area: AreaId,
    (resource, number): (ResourceId, i32),
    change: Option<&str>,
    by: MemberId,
    kept: &Kept,
) -> Result<()> {
    kept.named(db).await?;
    sqlx::query!(
        "insert into zone_resource_versions (id, area_id, resource_id, number, made_at, made_by, change, url, file_key, file_type,
            file_bytes, alt, captions_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        Uuid::now_v7(),
        area.0,
        resource.0,
        number,
        services.clock.now(),
        by.0,
        change,
        kept.url,
        kept.key,
        kept.file_type.map(FileType::extension),
        kept.bytes,
        kept.alt,
        kept.captions,
    )
    .execute(db)
    .await
    .map_err(unless_left)?;
    Ok(())
}

/// A link or a file with its digest, or what is wrong with it, off the async threads.
async fn check(
    services: &Services,
    new: NewVersion,
) -> Result<std::result::Result<(Checked, Vec<u8>), Vec<FieldProblem>>> {
    let checked = move || {
        new.check().map(|checked| {
            let digest = checked.digest();
            (checked, digest)
        })
    };
    match services.queues.heavy.work(checked).await {
        // A fault in a decoder, which a strange file has found: it has not harmed anybody.
        Err(Error::Failed(error)) => {
            tracing::warn!(%error, "a file could not be checked");
            let words =
                "Open the file in its program, save it again, and upload that: this one cannot be read";
            Ok(Err(vec![FieldProblem::new("file", in_words(words))]))
        }
        checked => checked,
    }
}

/// The owner whom a lead names. Others do not say who it is.
async fn owner_said(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    text: &str,
) -> Result<std::result::Result<Option<MemberId>, Problem>> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let owner = if member.is_lead() { owner(&mut db, member.area(), text).await? } else { Ok(None) };
    db.commit().await?;
    Ok(owner)
}

fn change_of(text: &str) -> std::result::Result<String, Problem> {
    let text = visible_lines(text);
    let fits = (1..=LONGEST_CHANGE).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(in_words("Say what is different in it, in at most 500 characters")) }
}

/// For [`once`].
fn what_added(area: &Slug, facts: &Facts, content: &[u8]) -> String {
    let Facts { title, purpose, owner, review_on } = facts;
    let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
    let review_on = review_on.to_string();
    let mut said = [area.as_str(), title, purpose, &owner, &review_on].map(str::as_bytes).to_vec();
    said.push(content);
    saying("add a resource", &said)
}
